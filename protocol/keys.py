"""Signing keys (Ed25519) and sealing keys (X25519): making, reading, naming and refusing them.

A key is named by its RFC 7638 thumbprint. A wrapper never holds a public key that is unsafe:
with a small-order Ed25519 point a forged signature verifies, with a small-order X25519 point the
shared secret is zero. Reading any key is strict: `kty`, `crv`, `x` and, for a private key, `d`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self

from joserfc.jwk import OKPKey
from nacl import bindings
from nacl.exceptions import CryptoError

from protocol.errors import KeyRevokedError, UnknownKidError, WeakKeyError
from protocol.strict import b64url_decode, b64url_encode

_KEY_BYTES = 32
_X25519_PRIME = 2**255 - 19
# Any clamped scalar shows a small-order point: it times eight, hence times any clamped scalar, is zero.
_PROBE_SCALAR = bytes(range(1, 33))


@dataclass(frozen=True)
class _Key:
    """What the four kinds of key share. `jose` is the library's own key object."""

    jose: OKPKey = field(repr=False, compare=False)
    curve: ClassVar[str]
    private: ClassVar[bool]
    _kid: str = field(init=False)

    def __post_init__(self) -> None:
        if self.jose.curve_name != self.curve or self.jose.is_private != self.private:
            raise WeakKeyError(f"This is not {'a private' if self.private else 'a public'} {self.curve} key.")
        object.__setattr__(self, "_kid", self.jose.thumbprint())

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> Self:
        """Read a JWK. Raises `WeakKeyError` for any other form and for every unsafe point."""
        names = {"kty", "crv", "x", "d"} if cls.private else {"kty", "crv", "x"}
        if not isinstance(jwk, Mapping) or set(jwk) != names:
            raise WeakKeyError(f"A key has exactly the members {', '.join(sorted(names))}.")
        if jwk["kty"] != "OKP" or jwk["crv"] != cls.curve:
            raise WeakKeyError(f"A key here is of the type OKP on the curve {cls.curve}.")
        point = _read_point(jwk["x"])
        (_check_signing_point if cls.curve == "Ed25519" else _check_sealing_point)(point)
        if cls.private:
            _read_point(jwk["d"])
            derived = OKPKey.import_key({"kty": "OKP", "crv": cls.curve, "x": jwk["x"], "d": jwk["d"]})
            # The library believes the x it is given; a wrong one would give the key a wrong name.
            if OKPKey.import_key(derived.public_key).as_dict()["x"] != jwk["x"]:
                raise WeakKeyError("The public half of this key does not belong to its private half.")
        return cls(OKPKey.import_key(dict(jwk)))

    def jwk(self) -> dict[str, str]:
        """The key as a JWK: with `d` for a private key, so keep that one out of messages and logs."""
        members = self.jose.as_dict(private=self.private)
        names = ("kty", "crv", "x", "d") if self.private else ("kty", "crv", "x")
        return {name: str(members[name]) for name in names}

    def kid(self) -> str:
        """The RFC 7638 thumbprint (SHA-256, base64url), the same for both halves of a pair."""
        return self._kid


@dataclass(frozen=True)
class VerifyKey(_Key):
    """An Ed25519 public key. `subject` is whose it is, when a key log says so: then an envelope
    signed with it must name that subject as its `iss`."""

    curve: ClassVar[str] = "Ed25519"
    private: ClassVar[bool] = False
    subject: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class SigningKey(_Key):
    """An Ed25519 private key."""

    curve: ClassVar[str] = "Ed25519"
    private: ClassVar[bool] = True

    @classmethod
    def generate(cls) -> Self:
        """A fresh key from the operating system's randomness."""
        return cls(OKPKey.generate_key("Ed25519"))

    def public(self) -> VerifyKey:
        """The half that others verify with."""
        return VerifyKey(OKPKey.import_key(self.jose.public_key))


@dataclass(frozen=True)
class SealingPublicKey(_Key):
    """An X25519 public key, which letters are sealed to."""

    curve: ClassVar[str] = "X25519"
    private: ClassVar[bool] = False


@dataclass(frozen=True)
class SealingKey(_Key):
    """An X25519 private key, which opens letters."""

    curve: ClassVar[str] = "X25519"
    private: ClassVar[bool] = True

    @classmethod
    def generate(cls) -> Self:
        """A fresh key from the operating system's randomness."""
        return cls(OKPKey.generate_key("X25519"))

    def public(self) -> SealingPublicKey:
        """The half that others seal to."""
        return SealingPublicKey(OKPKey.import_key(self.jose.public_key))


class Keyring(Protocol):
    """Where an envelope's key is looked up."""

    def verify_key(self, kid: str, at: datetime | None = None) -> VerifyKey:
        """The key with this thumbprint, as of `at` (when the hub accepted the message; None: now).

        Raises `UnknownKidError`, or `KeyRevokedError` if it was revoked by then.
        """


class DictKeyring:
    """A keyring in memory: a few keys, some perhaps revoked from a time on."""

    def __init__(self, keys: Iterable[VerifyKey], revoked: Mapping[str, datetime] | None = None) -> None:
        self._keys = {key.kid(): key for key in keys}
        self._revoked = dict(revoked or {})

    def verify_key(self, kid: str, at: datetime | None = None) -> VerifyKey:
        key = self._keys.get(kid)
        if key is None:
            raise UnknownKidError()
        revoked_at = self._revoked.get(kid)
        if revoked_at is not None and (at is None or at >= revoked_at):
            raise KeyRevokedError()
        return key


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The RFC 7638 thumbprint of a public OKP key given as a JWK; `WeakKeyError` if it is none of ours."""
    kind = SealingPublicKey if jwk.get("crv") == "X25519" else VerifyKey
    return kind.from_jwk(jwk).kid()


def _read_point(text: Any) -> bytes:
    try:
        point = b64url_decode(text) if isinstance(text, str) else b""
    except ValueError:
        point = b""
    if len(point) != _KEY_BYTES or b64url_encode(point) != text:
        raise WeakKeyError("A key's members are 32 bytes in base64url.")
    return point


def _check_signing_point(point: bytes) -> None:
    if not bindings.crypto_core_ed25519_is_valid_point(point):
        raise WeakKeyError("This Ed25519 point is not on the curve, of small order or not canonical.")


def _check_sealing_point(point: bytes) -> None:
    if int.from_bytes(point, "little") >= _X25519_PRIME:
        raise WeakKeyError("This X25519 point is not canonical.")
    try:
        shared = bindings.crypto_scalarmult(_PROBE_SCALAR, point)
    except (RuntimeError, CryptoError):
        shared = bytes(_KEY_BYTES)
    if shared == bytes(_KEY_BYTES):
        raise WeakKeyError("This X25519 point is of small order.")
