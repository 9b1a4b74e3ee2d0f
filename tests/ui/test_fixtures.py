"""GOV.UK Frontend's own examples, drawn by the macros as the pages load them: the same HTML comes out.

A newer style sheet than the macros know, or a loader that changes what they see, shows here first.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import html5lib
import pytest

from tests.support.styleguide import create_styleguide

KEPT = json.loads(
    gzip.decompress((Path(__file__).parent / "fixtures" / "govuk-frontend.json.gz").read_bytes())
)
FEWEST_EXAMPLES = 657  # govuk-frontend 6.3.0


@pytest.fixture(scope="module")
def templates():
    app = create_styleguide()
    with app.test_request_context():
        yield app.jinja_env


def macro_name(component: str) -> str:
    return "govuk" + "".join(word.capitalize() for word in component.split("-"))


def tokens(html: str) -> list[Any]:
    """Elements, attributes and words in order; how they are spaced does not matter."""
    found: list[Any] = []

    def walk(element: Any) -> None:
        found.append((str(element.tag), sorted(element.attrib.items()), words(element.text)))
        for child in element:
            walk(child)
            found.append(words(child.tail))

    walk(html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False))
    return found


def words(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


@pytest.mark.parametrize("component", sorted(KEPT["components"]))
def test_a_macro_draws_what_upstream_draws(templates, component):
    path, name = f"govuk_frontend_jinja/components/{component}/macro.html", macro_name(component)
    page = templates.from_string(f"{{% from '{path}' import {name} %}}{{{{ {name}(params) }}}}")
    different = [
        example["name"]
        for example in KEPT["components"][component]
        if tokens(page.render(params=example["options"])) != tokens(example["html"])
    ]
    assert different == []


def test_no_example_was_left_out():
    assert sum(map(len, KEPT["components"].values())) >= FEWEST_EXAMPLES


def test_the_examples_are_those_of_the_shipped_version():
    shipped = json.loads(Path("ui/static/vendor/VENDOR.json").read_text())
    assert KEPT["version"] == shipped["packages"]["govuk-frontend"]["version"]
