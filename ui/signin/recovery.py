"""Recovery codes: ten, for the day the phone with the authenticator is lost. Each is shown once and works once.

A code has 80 random bits, so that a plain hash of it cannot be turned back; the person's id goes into the hash, so
that a row moved to somebody else is worthless.
"""

from __future__ import annotations

import hashlib
import secrets

N_CODES = 10
_GROUPS, _GROUP_LETTERS = 4, 4
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is easily read as another, 5 bits each."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_codes() -> list[str]:
    """Ten fresh codes, as they are shown: 7K2M-9QXY-ZMNA-22BC."""
    return ["-".join(_group() for _ in range(_GROUPS)) for _ in range(N_CODES)]


def code_hash(person_id: str, typed: str) -> str:
    """What the store keeps of a code; capitals, spaces, hyphens and letters easily misread make no difference."""
    plain = "".join(each for each in typed.upper() if each.isalnum()).translate(_MISREAD)
    return hashlib.sha256(f"recovery code:{person_id}:{plain}".encode()).hexdigest()


def looks_like_one(typed: str) -> bool:
    """Whether it has as many letters and digits as a code has."""
    return sum(each.isalnum() for each in typed) == _GROUPS * _GROUP_LETTERS


def _group() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LETTERS))
