"""What the demo looks for on pages is what pages say: nobody sees it break before a newcomer does otherwise."""

import re
from pathlib import Path

from babel.messages.pofile import read_po

DEMO, TEMPLATE = Path("hub/demo"), Path("ui/translations/messages.pot")
EXPECTED = re.compile(r'\.expect\("([^"]+)"')


def test_the_words_that_the_demo_expects_are_words_of_pages() -> None:
    with TEMPLATE.open("rb") as file:
        known = [
            text for each in read_po(file) for text in (each.id if isinstance(each.id, tuple) else (each.id,))
        ]
    expected = {words for path in DEMO.glob("*.py") for words in EXPECTED.findall(path.read_text())}
    assert len(expected) > 8
    assert [
        words for words in expected if not any(re.sub(r"\d+", "%(num)d", words) in text for text in known)
    ] == []
