"""What may stand in a name that somebody types, in either app: one line, to be read by everybody as it was meant."""

from __future__ import annotations

import unicodedata

JOINERS = "\u200c\u200d"
"""Invisible, and part of correct spelling in Persian and in scripts of India. Every other sign without a shape is
refused: above all U+202A to U+202E and U+2066 to U+2069, which turn around whatever follows them, so that a name would
rewrite the rest of a line on a page, on a printed sheet or in a list that is taken out."""
_MAX_MARKS = 4
"""Ours: more marks on one letter than any living spelling sets."""


def is_one_line(text: str) -> bool:
    """Whether a text has something to read, no line break and nothing that turns or hides what stands around it."""
    marks = 0
    for each in unicodedata.normalize("NFC", text):
        marks = marks + 1 if unicodedata.combining(each) else 0
        if marks > _MAX_MARKS or not (each.isprintable() or each in JOINERS):
            return False
    return bool(text.strip(JOINERS + " "))


def alphabetical(name: str) -> str:
    """The key by which names are listed: capitals and accents make no difference, so "Åse" stands beside "Asa"."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))
