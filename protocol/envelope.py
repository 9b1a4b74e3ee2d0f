"""The signed envelope that every message travels in: a compact JWS whose claims hold one body.

    header  {"alg": "Ed25519", "kid": <RFC 7638 thumbprint>, "typ": "alongside+jws"}
    claims  {"v", "type", "iss", "aud", "jti", "iat", "exp", "thid"?, "re"?, "body"}

A sender stores the token and never signs the same message twice: a resend is the same bytes, so that `jti`
and `token_hash` decide what is new. Times are whole seconds since 1970, UTC.
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from protocol import jose, messages
from protocol.claims import check_claims, pointers
from protocol.errors import (
    BadTokenError,
    ClockSkewError,
    ExpiredError,
    SchemaInvalidError,
    TooLargeError,
    UnknownKidError,
    UnsupportedTypeError,
    UnsupportedVersionError,
    WrongAudienceError,
    WrongSenderError,
)
from protocol.keys import DictKeyring, Keyring, SigningKey, VerifyKey
from protocol.limits import (
    FRESH_LEEWAY_SECONDS,
    MAX_DEPTH,
    MAX_HEADER_CHARS,
    MAX_LIFETIME,
    MAX_POST_BYTES,
    MAX_TOKEN_BYTES,
    MAX_TOKENS,
    VERSION,
)
from protocol.messages.body import Body
from protocol.strict import b64url_decode, b64url_encode, dump_object, load_object

__all__ = [
    "HUB",
    "MAX_DEPTH",
    "MAX_LIFETIME",
    "MAX_POST_BYTES",
    "MAX_TOKENS",
    "MAX_TOKEN_BYTES",
    "TYP",
    "VERSION",
    "Claims",
    "Message",
    "check_fresh",
    "new_claims",
    "new_id",
    "open_envelope",
    "open_self_signed",
    "peek",
    "sign",
    "token_hash",
]

TYP = "alongside+jws"
HUB = "hub"
"""The hub's name in `iss` and `aud`; every other name is a site's id."""
SELF_SIGNED = ("enrolment.begin", "enrolment.prove")
"""The types whose key stands in their own body, since no log holds it yet."""
_SIGNATURE_BYTES = 64
_COMPACT = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class Claims:
    """What is about to be signed. Make it with `new_claims`."""

    type: str
    iss: str
    aud: str
    jti: str
    iat: datetime
    exp: datetime
    body: Body
    thid: str | None = None
    re: str | None = None
    v: int = VERSION

    def dump(self) -> dict[str, Any]:
        """The JSON object of the claims; absent ones are left out."""
        claims: dict[str, Any] = {"v": self.v, "type": self.type, "iss": self.iss, "aud": self.aud}
        claims |= {"jti": self.jti, "iat": int(self.iat.timestamp()), "exp": int(self.exp.timestamp())}
        claims |= {name: value for name, value in (("thid", self.thid), ("re", self.re)) if value is not None}
        return claims | {"body": messages.dump_body(self.body)}


@dataclass(frozen=True)
class Message:
    """An envelope that was opened: its claims, the key that signed it and the hash of its bytes."""

    v: int
    type: str
    iss: str
    aud: str
    jti: str
    iat: datetime
    exp: datetime
    thid: str | None
    re: str | None
    body: Body = field(repr=False)
    kid: str
    token_hash: str


def new_id() -> str:
    """128 random bits in base64url: a `jti`, a `thid`, a site's id."""
    return b64url_encode(secrets.token_bytes(16))


def token_hash(token: str) -> str:
    """SHA-256 of the token's bytes, base64url: with `jti` it tells a resend from a conflict."""
    return b64url_encode(sha256(token.encode()).digest())


def new_claims(
    body: Body,
    *,
    iss: str,
    aud: str,
    now: datetime,
    lifetime: timedelta,
    thid: str | None = None,
    re: str | None = None,
    jti: str | None = None,
) -> Claims:
    """Claims for a new message: a fresh `jti` unless one is given, expiring `lifetime` after `now`.

    Raises ValueError for a time without a zone or a lifetime past MAX_LIFETIME.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    if not timedelta(0) < lifetime <= MAX_LIFETIME:
        raise ValueError(f"a message lives at most {MAX_LIFETIME.days} days")
    iat = now.replace(microsecond=0)
    exp = (now + lifetime).replace(microsecond=0)
    return Claims(body.TYPE, iss, aud, jti or new_id(), iat, exp, body, thid, re)


def sign(claims: Claims, key: SigningKey) -> str:
    """The signed token. Raises TooLargeError past the limit, ValueError for claims that cannot be read."""
    return sign_object(claims.dump(), key)


def sign_object(claims: dict[str, Any], key: SigningKey) -> str:
    """`sign` for claims that are already JSON. They are read back first: nothing unreadable is signed."""
    payload = dump_object(claims)
    load_object(payload)
    token = jose.sign({"kid": key.kid(), "typ": TYP}, payload, key)
    if len(token) > MAX_TOKEN_BYTES:
        raise TooLargeError(limit=MAX_TOKEN_BYTES)
    return token


def open_envelope(
    token: str,
    keyring: Keyring,
    now: datetime,
    *,
    audience: str,
    check_expiry: bool = True,
    at: datetime | None = None,
) -> Message:
    """Open a token that came from outside. It is accepted only if it passes, in this order:

    1. size: at most MAX_TOKEN_BYTES characters, else too-large
    2. three parts in canonical unpadded base64url; a header of at most MAX_HEADER_CHARS characters that is
       strict JSON with exactly `alg`, `kid` and `typ`; a signature of 64 bytes
    3. `alg` is Ed25519
    4. `typ` is alongside+jws; all of these else bad-token
    5. the key with the thumbprint `kid`, as of `at`, else unknown-kid or key-revoked
    6. the signature over the bytes as they came, else bad-token; nothing below is answered for unsigned bytes
    7. the payload is strict JSON (see `strict.load_object`), else bad-token
    8. `v` is an integer, else bad-token, and spoken here, else unsupported-version; before the other claims,
       since another version may have others
    9. the claims have their form, none missing and none unknown, else bad-token, naming them in `where`
    10. `aud` is `audience`, else wrong-audience
    11. `type` is known and travels unsealed, else unsupported-type
    12. the body fits the schema of its type, else schema-invalid, naming its faults in `where`
    13. `exp` is later than `now`, else expired; skipped with `check_expiry=False` for stored tokens
    14. `iss` owns the key and may send that type, else wrong-sender

    `at` is when the hub accepted a stored token (None: the key must be good now). Freshness is asked of
    wrappers only, with `check_fresh`. A keyring of a key log knows each key's owner; with one that does not,
    the caller compares `iss`.
    """
    message, key = read_envelope(token, keyring, audience=audience, at=at)
    if check_expiry:
        check_expired(message, now)
    check_sender(message, key)
    return message


def read_envelope(
    token: str, keyring: Keyring, *, audience: str, at: datetime | None, letter: bool = False
) -> tuple[Message, VerifyKey]:
    """Steps 1 to 12 of `open_envelope`, and the key that signed. A `letter` carries `pad`, and a type that
    travels sealed only."""
    with jose.hostile_bytes():
        kid = _read_header(token)["kid"]
    key = keyring.verify_key(kid, at)
    if key.kid() != kid:
        raise UnknownKidError()
    with jose.hostile_bytes():
        claims = load_object(jose.verify(token, key))
        if not isinstance(claims.get("v"), int):
            raise BadTokenError("The claim v must be an integer.", where=["/v"])
        if claims["v"] != VERSION:
            raise UnsupportedVersionError(supported=[VERSION])
        check_claims(claims, padded=letter)
        if claims["aud"] != audience:
            raise WrongAudienceError()
        kind = messages.REGISTRY.get(claims["type"])
        if kind is None or (kind.FROM == "letter") != letter:
            raise UnsupportedTypeError()
        return _message(claims, kid, token), key


def open_self_signed(token: str, now: datetime, audience: str) -> Message:
    """Open an `enrolment.begin` or `enrolment.prove`: the key that signed it is in its own body.

    It proves possession of that key and nothing else. Raises as `open_envelope`, WeakKeyError for an unsafe
    key, UnknownKidError when `kid` is not the thumbprint of the key in the body.
    """
    _, claims = peek(token)
    if claims.get("type") not in SELF_SIGNED:
        raise UnsupportedTypeError("Only enrolment is signed with a key of its own.")
    body = claims.get("body")
    key = VerifyKey.from_jwk(body.get("signing_key", {}) if isinstance(body, dict) else {})
    return open_envelope(token, DictKeyring([key]), now, audience=audience)


def peek(token: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Header and claims, strictly read but **not verified**: for routing and for finding the key only."""
    with jose.hostile_bytes():
        return _read_header(token), load_object(b64url_decode(token.split(".")[1]))


def check_expired(message: Message, now: datetime) -> None:
    """Raises ExpiredError, with how long ago in seconds, once `exp` has come."""
    if message.exp <= now:
        raise ExpiredError(seconds_ago=int((now - message.exp).total_seconds()))


def check_sender(message: Message, key: VerifyKey) -> None:
    """Raises WrongSenderError if `iss` does not own the key, or is on the side that does not send this type."""
    if key.subject is not None and key.subject != message.iss:
        raise WrongSenderError("The signing key does not belong to iss.")
    if message.body.FROM != "both" and (message.body.FROM == HUB) != (message.iss == HUB):
        raise WrongSenderError(f"The type {message.type} is not sent by this side.")


def check_fresh(message: Message, now: datetime, leeway: int = FRESH_LEEWAY_SECONDS) -> None:
    """For wrappers: `iat` within `leeway` seconds of `now`. Raises ClockSkewError with the difference in
    seconds, the sender's clock minus ours."""
    difference = int((message.iat - now).total_seconds())
    if abs(difference) > leeway:
        raise ClockSkewError(difference=difference, leeway=leeway)


def _read_header(token: str) -> dict[str, str]:
    if len(token) > MAX_TOKEN_BYTES:
        raise TooLargeError(limit=MAX_TOKEN_BYTES)
    if not _COMPACT.fullmatch(token):
        raise BadTokenError("A token is three parts of base64url with dots between them.")
    header_part, payload_part, signature_part = token.split(".")
    if len(header_part) > MAX_HEADER_CHARS:
        raise BadTokenError("The header is too long.")
    b64url_decode(payload_part)
    if len(b64url_decode(signature_part)) != _SIGNATURE_BYTES:
        raise BadTokenError("The signature is not 64 bytes.")
    header = load_object(b64url_decode(header_part))
    if set(header) != {"alg", "kid", "typ"} or not all(isinstance(value, str) for value in header.values()):
        raise BadTokenError("The header has exactly the members alg, kid and typ, all strings.")
    if header["alg"] != jose.SIGNATURE_ALG:
        raise BadTokenError("The header's alg is not Ed25519.")
    if header["typ"] != TYP:
        raise BadTokenError(f"The header's typ is not {TYP}.")
    return header


def _message(claims: dict[str, Any], kid: str, token: str) -> Message:
    try:
        body = messages.load_body(claims["type"], claims["body"])
    except SchemaInvalidError as error:
        where = pointers(error.members.get("where"), "/body")
        raise SchemaInvalidError(error.detail, where=where) from None
    return Message(
        v=claims["v"],
        type=claims["type"],
        iss=claims["iss"],
        aud=claims["aud"],
        jti=claims["jti"],
        iat=datetime.fromtimestamp(claims["iat"], UTC),
        exp=datetime.fromtimestamp(claims["exp"], UTC),
        thid=claims.get("thid"),
        re=claims.get("re"),
        body=body,
        kid=kid,
        token_hash=token_hash(token),
    )
