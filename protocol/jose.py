"""The only module that signs, verifies, encrypts and decrypts, over joserfc.

Both registries are built here and nowhere else: joserfc lets `registry=` silently beat `algorithms=` for
signatures, the other way round for encryption, and takes an empty list to mean its defaults, HS256 among
them. Another library is a change to `sign`, `verify`, `encrypt` and `decrypt`; their callers have already
read the header and every size strictly.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from joserfc import jwe, jws
from joserfc.registry import JWE_HEADER_REGISTRY, JWS_HEADER_REGISTRY, HeaderParameter

from protocol.errors import BadTokenError, ProtocolError
from protocol.keys import SealingKey, SealingPublicKey, SigningKey, VerifyKey

SIGNATURE_ALG = "Ed25519"
"""RFC 9864; the older name `EdDSA` is deprecated and refused."""
SEALING_ALG = "ECDH-ES+A256KW"
SEALING_ENC = "A256GCM"


def _only(names: tuple[str, ...], known: Mapping[str, HeaderParameter]) -> dict[str, HeaderParameter]:
    return {
        name: HeaderParameter(known[name].description, known[name].validate, required=True) for name in names
    }


def _signature_registry() -> jws.JWSRegistry:
    registry = jws.JWSRegistry(algorithms=(SIGNATURE_ALG,))
    # Replaced, not added to: the constructor always adds the defaults, `crit` and `b64` among them.
    registry.header_registry = _only(("alg", "kid", "typ"), JWS_HEADER_REGISTRY)
    return registry


def _sealing_registry() -> jwe.JWERegistry:
    registry = jwe.JWERegistry(algorithms=(SEALING_ALG, SEALING_ENC))
    # `epk` is added by the algorithm itself; so would be `apu` and `apv`, which sealing refuses before.
    registry.header_registry = _only(("alg", "enc", "kid", "typ"), JWE_HEADER_REGISTRY)
    return registry


_SIGNATURES = _signature_registry()
_SEALS = _sealing_registry()


@contextmanager
def hostile_bytes() -> Iterator[None]:
    """Whatever bytes from outside make a reader raise becomes `BadTokenError`.

    The libraries raise TypeError, KeyError, AttributeError, ValueError, binascii.Error and more. The cause is
    dropped, since its text may hold what the token carried.
    """
    try:
        yield
    except ProtocolError:
        raise
    except Exception:
        raise BadTokenError() from None


def sign(header: dict[str, str], payload: bytes, key: SigningKey) -> str:
    """A compact JWS over the payload."""
    return jws.serialize_compact({"alg": SIGNATURE_ALG, **header}, payload, key.jose, registry=_SIGNATURES)


def verify(token: str, key: VerifyKey) -> bytes:
    """The payload of a compact JWS, if `key` signed it; anything else raises."""
    return jws.deserialize_compact(token, key.jose, registry=_SIGNATURES).payload


def encrypt(header: dict[str, str], plaintext: bytes, to: SealingPublicKey) -> str:
    """A compact JWE of the plaintext, with a fresh ephemeral key and content key."""
    protected = {"alg": SEALING_ALG, "enc": SEALING_ENC, **header}
    return jwe.encrypt_compact(protected, plaintext, to.jose, registry=_SEALS)


def decrypt(sealed: str, key: SealingKey) -> bytes:
    """The plaintext of a compact JWE to `key`; anything else raises."""
    plaintext = jwe.decrypt_compact(sealed, key.jose, registry=_SEALS).plaintext
    if plaintext is None:
        raise BadTokenError()
    return plaintext
