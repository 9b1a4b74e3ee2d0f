"""Sealed letters: what only the receiving site can read, from one site through the hub to another.

Outside a compact JWE to the site's sealing key, inside a signed envelope of the sending site that names the
match (`thid`), both sites and the expiry: without these the hub could move a letter to another case. The
envelope is padded to one of two fixed lengths, so the length of a letter says nothing about what it holds.
"""

import re
from datetime import datetime
from typing import Any

from protocol import jose
from protocol.claims import PADDING, check_claims
from protocol.envelope import Claims, Message, check_expired, check_sender, read_envelope, sign_object
from protocol.errors import (
    BadTokenError,
    TooLargeError,
    UnsupportedTypeError,
    WrongAudienceError,
    WrongLetterError,
)
from protocol.keys import Keyring, SealingKey, SealingPublicKey, SigningKey
from protocol.limits import CARD_BYTES, IDENTITY_BYTES, MAX_SEALED_CHARS, MAX_SEALED_HEADER_CHARS
from protocol.strict import b64url_decode, dump_object, load_object

__all__ = [
    "CARD_BYTES",
    "IDENTITY_BYTES",
    "TYP",
    "seal_bytes",
    "seal_letter",
    "sealed_to",
    "unseal_bytes",
    "unseal_letter",
]

TYP = "alongside+jwe"
_LETTER_BYTES = (CARD_BYTES, IDENTITY_BYTES)
_HEADER = {"alg", "enc", "epk", "kid", "typ"}
# RFC 7518: a 256-bit key wrapped takes 40 bytes (4.4), an A256GCM vector 12 and its tag 16 (5.3).
_WRAPPED_KEY_BYTES, _VECTOR_BYTES, _TAG_BYTES = 40, 12, 16
_COMPACT = re.compile(r"[A-Za-z0-9_.-]+")


def seal_letter(claims: Claims, signing_key: SigningKey, to: SealingPublicKey, size: int) -> str:
    """Sign the claims, padded so that the token has exactly `size` bytes (CARD_BYTES or IDENTITY_BYTES),
    and seal it.

    Raises TooLargeError if they do not fit, ValueError without a `thid` or for another size.
    """
    if claims.thid is None:
        raise ValueError("a letter names its match")
    if size not in _LETTER_BYTES:
        raise ValueError(f"a letter has {CARD_BYTES} or {IDENTITY_BYTES} bytes")
    return seal_bytes(_padded_token(claims.dump(), signing_key, size).encode("ascii"), to)


def unseal_letter(
    sealed: str,
    key: SealingKey,
    keyring: Keyring,
    now: datetime,
    *,
    audience: str,
    thid: str,
    expect: str | None = None,
    at: datetime | None = None,
) -> Message:
    """Open a letter that came with the match `thid` and must hold the type `expect` (None: any letter).

    Raises as `open_envelope` does (`iss` is the sending site), BadTokenError for bytes that are no letter to
    this key, WrongLetterError for a letter to another site, of another match or of another type.
    """
    plaintext = unseal_bytes(sealed, key)
    with jose.hostile_bytes():
        token = plaintext.decode("ascii")
    if len(token) not in _LETTER_BYTES:
        raise BadTokenError("A letter is exactly 2,048 or 4,096 bytes inside.")
    try:
        message, signer = read_envelope(token, keyring, audience=audience, at=at, letter=True)
    except WrongAudienceError:
        raise WrongLetterError("The letter was written to another site.") from None
    except UnsupportedTypeError:
        raise WrongLetterError("This type does not travel in a letter.") from None
    if message.thid != thid:
        raise WrongLetterError("The letter belongs to another match.")
    if expect is not None and message.type != expect:
        raise WrongLetterError("The letter holds another type.")
    check_expired(message, now)
    check_sender(message, signer)
    return message


def seal_bytes(plaintext: bytes, to: SealingPublicKey) -> str:
    """A compact JWE that only the holder of the other half of `to` opens."""
    return jose.encrypt({"kid": to.kid(), "typ": TYP}, plaintext, to)


def unseal_bytes(sealed: str, key: SealingKey) -> bytes:
    """What `seal_bytes` sealed to this key. Raises BadTokenError for anything else, TooLargeError past 16,000
    characters."""
    with jose.hostile_bytes():
        if sealed_to(sealed) != key.kid():
            raise BadTokenError("This was sealed to another key.")
        return jose.decrypt(sealed, key)


def sealed_to(sealed: str) -> str:
    """The thumbprint of the key that a letter was sealed to, from its strictly read but unproven header.

    A site that turned its key over finds the right one with it. Raises as `unseal_bytes`.
    """
    with jose.hostile_bytes():
        if len(sealed) > MAX_SEALED_CHARS:
            raise TooLargeError(limit=MAX_SEALED_CHARS)
        if not _COMPACT.fullmatch(sealed):
            raise BadTokenError("A sealed letter is five parts of base64url with dots between them.")
        header_part, wrapped, vector, ciphertext, tag = sealed.split(".")
        sizes = (len(b64url_decode(wrapped)), len(b64url_decode(vector)), len(b64url_decode(tag)))
        if sizes != (_WRAPPED_KEY_BYTES, _VECTOR_BYTES, _TAG_BYTES):
            raise BadTokenError("The parts of a sealed letter have fixed lengths.")
        b64url_decode(ciphertext)
        return _recipient(header_part)


def _recipient(part: str) -> str:
    if len(part) > MAX_SEALED_HEADER_CHARS:
        raise BadTokenError("The header is too long.")
    header = load_object(b64url_decode(part))
    if set(header) != _HEADER:
        raise BadTokenError("The header has exactly the members alg, enc, epk, kid and typ.")
    if (header["alg"], header["enc"], header["typ"]) != (jose.SEALING_ALG, jose.SEALING_ENC, TYP):
        raise BadTokenError(f"The header is of {jose.SEALING_ALG}, {jose.SEALING_ENC} and {TYP}.")
    kid = header["kid"]
    if not isinstance(kid, str):
        raise BadTokenError("The header's kid is a thumbprint.")
    _check_ephemeral(header["epk"])
    return kid


def _check_ephemeral(epk: Any) -> None:
    try:
        SealingPublicKey.from_jwk(epk)
    except Exception:
        raise BadTokenError("The ephemeral key is not safe to use.") from None


def _padded_token(claims: dict[str, Any], key: SigningKey, size: int) -> str:
    # Base64 makes 4 characters of 3 bytes, so the padding's length follows from the size that is still missing;
    # both sizes of a letter can be met exactly, which the tests hold.
    short = sign_object({**claims, "pad": ""}, key)
    missing = size - len(short)
    if missing < 0:
        raise TooLargeError("The letter is longer than its fixed size.", limit=size)
    payload_chars = len(short.split(".")[1])
    pad = (payload_chars + missing) * 3 // 4 - len(dump_object({**claims, "pad": ""}))
    padded = {**claims, "pad": PADDING * pad}
    check_claims(padded, padded=True)
    token = sign_object(padded, key)
    if len(token) != size:
        raise AssertionError("the padding missed the size")
    return token
