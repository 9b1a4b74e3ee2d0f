"""A short name for a request from elsewhere, so that nobody has to say anything about it."""

from __future__ import annotations

from hashlib import sha256

ALPHABET = "ACDEFHJKMNPQRTVWXY34679"
"""Letters and digits that are not taken for one another."""


def ref_of(thid: str) -> str:
    """Four letters made of its id: always the same at this site, and told to nobody else."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in sha256(thid.encode()).digest()[:4])
