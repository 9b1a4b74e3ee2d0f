"""The words of a page, and whether its tags are closed as they were opened.

The standard library's parser is many times faster than one that mends pages as browsers do. What only such a parser
sees is asked of every page in its walk (tests/browser/test_pages.py).
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TypeAlias

VOID = frozenset(("br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))
DRAWING = frozenset(("circle", "line", "path", "rect", "use"))
"""What a drawing may close in its own tag."""
Attributes: TypeAlias = "list[tuple[str, str | None]]"


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.errors: list[str] = []
        self.words: list[tuple[bool, str]] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        self._check(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self._check(tag, attrs)
        if tag not in VOID | DRAWING:
            self.errors.append(f"<{tag}/> at {self.getpos()} is not a tag that closes itself")

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.errors.append(f"</{tag}> at {self.getpos()} ends none of {self.open[-2:]}")

    def handle_data(self, data: str) -> None:
        self.words.append(("main" in self.open, data))

    def _check(self, tag: str, attrs: Attributes) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.errors.append(f"<{tag}> at {self.getpos()} has an attribute twice")


def words_of(html: str) -> str:
    """The words of the main part of a page, or of a whole fragment, spaces evened out. Raises AssertionError where
    tags are not closed as they were opened, an attribute comes twice, or a page has no main part."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    assert not parser.errors, parser.errors
    assert not parser.open, f"not closed: {parser.open}"
    whole = html.lstrip().lower().startswith("<!doctype")
    assert not whole or any(inside for inside, _ in parser.words), "no main part"
    return " ".join(" ".join(word for inside, word in parser.words if inside or not whole).split())
