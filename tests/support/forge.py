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
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from protocol.keys import SealingKey, SealingPublicKey, SigningKey

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


def forge_seal(plaintext: bytes, to: SealingPublicKey, *, seed: str, header: Json | None = None) -> str:
    """A compact JWE, step by step from RFC 7516 and RFC 7518, with every random value taken from `seed`.

    `header` changes members of the protected header; a change to None takes a member away.
    """
    ephemeral = X25519PrivateKey.from_private_bytes(_random(seed, "ephemeral", 32))
    epk = {"kty": "OKP", "crv": "X25519", "x": b64(ephemeral.public_key().public_bytes_raw())}
    protected = {
        "alg": "ECDH-ES+A256KW",
        "enc": "A256GCM",
        "kid": to.kid(),
        "typ": "alongside+jwe",
        "epk": epk,
    }
    protected = {name: value for name, value in {**protected, **(header or {})}.items() if value is not None}
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(unb64(to.jwk()["x"])))
    content_key, vector = _random(seed, "content key", 32), _random(seed, "vector", 12)
    wrapped = aes_key_wrap(_key_wrapping_key(shared), content_key)
    head = b64(to_bytes(protected))
    sealed = AESGCM(content_key).encrypt(vector, plaintext, head.encode("ascii"))
    return ".".join([head, b64(wrapped), b64(vector), b64(sealed[:-16]), b64(sealed[-16:])])


def _key_wrapping_key(shared: bytes) -> bytes:
    # RFC 7518, 4.6.2: the algorithm's name with its length, two empty parties, 256 bits.
    name = b"ECDH-ES+A256KW"
    info = len(name).to_bytes(4, "big") + name + bytes(8) + (256).to_bytes(4, "big")
    return ConcatKDFHash(SHA256(), 32, info).derive(shared)


def _random(seed: str, purpose: str, length: int) -> bytes:
    return sha256(f"{purpose}:{seed}".encode()).digest()[:length]
