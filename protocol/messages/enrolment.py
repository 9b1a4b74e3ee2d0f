"""Enrolment: how a site's new keys become known. Spoken over `POST /v1/enrolment`, before the site has an id.

The code is given by staff out of band, carries the anchor of the hub's key log, and lives 24 h. The site proves
that it holds both keys; two people then compare six words by phone; staff approve. Every step is idempotent: same
code and same keys get the same answer.
"""

from dataclasses import dataclass
from datetime import datetime

from protocol.messages.body import Body, Part, compact, identifier, instant, part, text, word

ENROLMENT_STATES = ("pending", "approved", "refused")
KEY_PATTERN_CHARS = 43


@dataclass(frozen=True)
class PublicKey(Part):
    """A public key as a JWK of RFC 8037, public members only."""

    kty: str = word(("OKP",), "Key type.")
    crv: str = word(("Ed25519", "X25519"), "Ed25519 signs, X25519 seals.")
    x: str = text("The key's 32 bytes, base64url.", longest=KEY_PATTERN_CHARS, least=KEY_PATTERN_CHARS)


@dataclass(frozen=True)
class Begin(Body):
    """The site presents its code and both public keys. Signed with the new signing key itself."""

    TYPE = "enrolment.begin"
    FROM = "site"
    code: str = text("The one-time code's secret: 128 bits, base64url.", longest=22, least=22)
    signing_key: PublicKey = part(PublicKey, "The site's new Ed25519 public key.")
    sealing_key: PublicKey = part(PublicKey, "The site's new X25519 public key.")


@dataclass(frozen=True)
class Challenge(Body):
    """The hub's nonce, and a secret sealed to the new sealing key: opening it proves possession."""

    TYPE = "enrolment.challenge"
    site_id: str = identifier("The id that the site will have.")
    nonce: str = identifier("To be signed by the new signing key.")
    sealed: str = compact("A JWE; its plaintext is 22 characters.", longest=2_000)


@dataclass(frozen=True)
class Prove(Body):
    """The answer to the challenge. Sent again later, it asks how the approval stands."""

    TYPE = "enrolment.prove"
    FROM = "site"
    site_id: str = identifier("From the challenge.")
    nonce: str = identifier("From the challenge.")
    opened: str = identifier("What the sealed challenge held.")
    signing_key: PublicKey = part(PublicKey, "The same key as before: it verifies this token.")


@dataclass(frozen=True)
class Result(Body):
    """How the enrolment stands."""

    TYPE = "enrolment.result"
    site_id: str = identifier("The site's id.")
    state: str = word(ENROLMENT_STATES, "`pending` until staff have compared the six words.")
    at: datetime = instant("Since when.")


BODIES: tuple[type[Body], ...] = (Begin, Challenge, Prove, Result)
