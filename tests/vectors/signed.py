"""Signing a sample as the side that sends it would, with fixed ids."""

from datetime import timedelta

from protocol.envelope import HUB, Claims, new_claims, sign
from protocol.key_log import AUDIENCE
from protocol.keys import SigningKey
from protocol.messages.body import Body
from tests.support.forge import NOW, fixed_id, fixed_signing_key
from tests.vectors.cases import HOME, HUB_KEY, SITE_KEY

_ANSWERS = {"match.accept", "match.pass", "match.confirmed", "transport.receipt", "enrolment.challenge"}
"""Types that name in `re` what they answer."""
_SELF_SIGNED = {"enrolment.begin", "enrolment.prove"}


def signer_of(body: Body) -> SigningKey:
    """Whose key signs this type."""
    if body.TYPE in _SELF_SIGNED:
        return fixed_signing_key("newcomer")
    return HUB_KEY if body.FROM == "hub" else SITE_KEY


def sample_claims(name: str, body: Body) -> Claims:
    """The claims of a sample; the name makes its `jti`."""
    iss, aud = (HUB, HOME) if body.FROM == "hub" else (HOME, HUB)
    return new_claims(
        body,
        iss="new" if body.TYPE in _SELF_SIGNED else iss,
        aud=AUDIENCE if body.TYPE.startswith("keys.") else aud,
        now=NOW,
        lifetime=timedelta(days=14),
        thid=fixed_id("thid at home") if body.TYPE.startswith("match.") else None,
        re=fixed_id("what it answers") if body.TYPE in _ANSWERS else None,
        jti=fixed_id(f"{body.TYPE} {name}"),
    )


def sample_token(name: str, body: Body) -> str:
    """The signed sample."""
    return sign(sample_claims(name, body), signer_of(body))
