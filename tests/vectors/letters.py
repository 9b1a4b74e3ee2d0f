"""Sealed letters with fixed randomness, so that the vectors come out the same each time."""

from protocol.envelope import Claims, new_claims, sign_object
from protocol.limits import MAX_LIFETIME
from protocol.messages.body import Body
from protocol.strict import dump_object
from tests.support.forge import NOW, fixed_id, forge_seal
from tests.vectors.cases import HELPER, HELPER_SEAL, HOME, SITE_KEY

THID = fixed_id("thid at the helper")
_HEADER_AND_SIGNATURE_CHARS = 122 + 86 + 2


def letter_claims(body: Body, seed: str, **changes: str) -> Claims:
    """The claims of a letter from home to the helper."""
    given = {"iss": HOME, "aud": HELPER, "thid": THID, **changes}
    return new_claims(body, now=NOW, lifetime=MAX_LIFETIME, jti=fixed_id(f"letter {seed}"), **given)


def inner_token(claims: Claims, size: int) -> str:
    """The signed inside of a letter, padded to `size` by counting alone: 3 bytes make 4 characters."""
    payload = {**claims.dump(), "pad": ""}
    target = (size - _HEADER_AND_SIGNATURE_CHARS) * 3 // 4
    payload["pad"] = "x" * (target - len(dump_object(payload)))
    token = sign_object(payload, SITE_KEY)
    assert len(token) == size
    return token


def letter(body: Body, size: int, seed: str) -> str:
    """A sealed letter to the helper."""
    return forge_seal(inner_token(letter_claims(body, seed), size).encode(), HELPER_SEAL.public(), seed=seed)
