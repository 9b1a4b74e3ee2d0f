"""What may stand in a name or an address that somebody types: one line, no invisible character, not too long."""

import re

from ui.one_line import JOINERS, is_one_line

__all__ = ["JOINERS", "MAX_EMAIL", "MAX_NAME", "is_email", "is_one_line"]

MAX_NAME = 120
MAX_EMAIL = 254
"""RFC 5321, 4.5.3.1: a path has at most 256 octets, its brackets included."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def is_email(text: str) -> bool:
    """Whether a text has the form of an e-mail address."""
    return bool(_EMAIL.fullmatch(text)) and text.isprintable()
