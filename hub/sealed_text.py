"""Small secrets in the hub's own tables: AES-256-GCM, bound to where they stand, so that one row's is worthless in
another."""

import secrets
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
"""96 random bits (NIST SP 800-38D): the hub's people are few, so one key never sees 2^32 values."""


class SealedValueError(Exception):
    """A sealed value cannot be opened: damaged, of another row, or sealed under another key."""


def seal(key: bytes, value: str, *place: str) -> str:
    """The value as a column keeps it. `place` names where: the column and the row."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, value.encode(), _aad(place))).decode()


def unseal(key: bytes, sealed: str, *place: str) -> str:
    """What `seal` sealed under this key for this place. Raises SealedValueError."""
    try:
        raw = b64decode(sealed, validate=True)
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _aad(place)).decode()
    except (InvalidTag, ValueError):
        raise SealedValueError("A sealed value cannot be opened.") from None


def _aad(place: tuple[str, ...]) -> bytes:
    return "|".join(place).encode()
