"""AES-256-GCM over small values, bound to where they stand, so that one cannot be put in another's place."""

import secrets
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
"""96 random bits (NIST SP 800-38D); each case has its own key, so a key never sees 2^32 values."""
KEY_BYTES = 32


class SealedValueError(Exception):
    """A sealed value cannot be opened: damaged, of another place, or its key is gone."""


def seal_bytes(key: bytes, value: bytes, *place: str) -> bytes:
    """Nonce and ciphertext. `place` names where it stands, for example the case and the column."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, _aad(place))


def unseal_bytes(key: bytes, sealed: bytes, *place: str) -> bytes:
    """What `seal_bytes` sealed with this key for this place. Raises SealedValueError."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _aad(place))
    except (InvalidTag, ValueError):
        raise SealedValueError("A sealed value cannot be opened.") from None


def seal(key: bytes, value: str, *place: str) -> str:
    """`seal_bytes` for text columns."""
    return b64encode(seal_bytes(key, value.encode(), *place)).decode()


def unseal(key: bytes, sealed: str, *place: str) -> str:
    """`unseal_bytes` for text columns."""
    return unseal_bytes(key, b64decode(sealed), *place).decode()


def _aad(place: tuple[str, ...]) -> bytes:
    return "|".join(place).encode()
