"""Vectors that must open: every message type, signed by the side that sends it."""

from collections import defaultdict

from protocol.envelope import peek
from protocol.messages.body import Body
from tests.support.forge import fixed_signing_key, forge_seal
from tests.vectors.cases import HELPER, HELPER_SEAL, Case, case
from tests.vectors.letters import THID, inner_token, letter_claims
from tests.vectors.samples import OPEN, SEALED
from tests.vectors.signed import sample_claims, sample_token, signer_of


def build() -> dict[str, list[Case]]:
    """One list of cases for each type."""
    files: dict[str, list[Case]] = defaultdict(list)
    for name, body in OPEN:
        files[body.TYPE].append(_open_case(name, body))
    for name, body, size in SEALED:
        files[body.TYPE].append(_sealed_case(name, body, size))
    return dict(files)


def _open_case(name: str, body: Body) -> Case:
    claims = sample_claims(name, body)
    keys = [signer_of(body).public().jwk(), fixed_signing_key("somebody else").public().jwk()]
    return case(
        f"{body.TYPE}: {name}",
        "envelope",
        sample_token(name, body),
        "ok",
        keys=keys,
        audience=claims.aud,
        claims=claims.dump(),
    )


def _sealed_case(name: str, body: Body, size: int) -> Case:
    seed = f"{body.TYPE} {name}"
    plaintext = inner_token(letter_claims(body, seed), size)
    return case(
        f"{body.TYPE}: {name}",
        "envelope",
        forge_seal(plaintext.encode(), HELPER_SEAL.public(), seed=seed),
        "ok",
        audience=HELPER,
        claims=peek(plaintext)[1],
        recipient_key=HELPER_SEAL.jwk(),
        plaintext=plaintext,
        thid=THID,
        type=body.TYPE,
    )
