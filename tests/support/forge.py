"""Tokens and keys made by hand, right or wrong: what a careless or hostile peer could send.

Signs with `cryptography` directly, so that nothing of the code under test stands in the way.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from protocol.keys import SealingKey, SigningKey

NOW = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
"""The time at which every fixed message is written."""

Json = Mapping[str, Any]


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def to_bytes(value: Json | bytes) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()


def fixed_id(name: str) -> str:
    """The same 128 bits in base64url every time, for this name."""
    return b64(sha256(b"id:" + name.encode()).digest()[:16])


def fixed_signing_key(name: str) -> SigningKey:
    """The same signing key every time, for this name. Known to everybody: for tests only."""
    seed = sha256(b"signing:" + name.encode()).digest()
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return SigningKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": b64(public), "d": b64(seed)})


def fixed_sealing_key(name: str) -> SealingKey:
    """The same sealing key every time, for this name. Known to everybody: for tests only."""
    seed = sha256(b"sealing:" + name.encode()).digest()
    public = X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return SealingKey.from_jwk({"kty": "OKP", "crv": "X25519", "x": b64(public), "d": b64(seed)})


def header_of(key: SigningKey, **changes: Any) -> dict[str, Any]:
    """A right header for this key, with changes; a change to None takes a member away."""
    header = {"alg": "Ed25519", "kid": key.kid(), "typ": "alongside+jws", **changes}
    return {name: value for name, value in header.items() if value is not None}


def forge(header: Json | bytes, payload: Json | bytes, key: SigningKey) -> str:
    """A compact JWS of exactly these bytes, with a true Ed25519 signature by this key."""
    signing_input = f"{b64(to_bytes(header))}.{b64(to_bytes(payload))}"
    return f"{signing_input}.{b64(raw_sign(signing_input.encode(), key))}"


def raw_sign(data: bytes, key: SigningKey) -> bytes:
    seed = key.jwk()["d"]
    private = Ed25519PrivateKey.from_private_bytes(unb64(seed))
    return private.sign(data)


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
