"""What a vector is, and how the code under test answers it. `README.md` describes the members."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from protocol.envelope import HUB, open_envelope, peek
from protocol.errors import ProtocolError
from protocol.keys import DictKeyring, SealingKey, VerifyKey
from protocol.sealing import unseal_bytes, unseal_letter
from tests.support.forge import NOW, fixed_id, fixed_sealing_key, fixed_signing_key

Case = dict[str, Any]

HOME, HELPER, OTHER = fixed_id("home"), fixed_id("helper"), fixed_id("other")
SITE_KEY, HUB_KEY = fixed_signing_key("home"), fixed_signing_key("hub")
HELPER_SEAL = fixed_sealing_key("helper")
NOW_SECONDS = int(NOW.timestamp())


def case(
    name: str,
    layer: str,
    token: str,
    expect: str,
    *,
    keys: Sequence[Mapping[str, str]] | None = None,
    audience: str = HUB,
    **more: Any,
) -> Case:
    """One vector; `more` holds the members that not every case has."""
    public = [SITE_KEY.public().jwk()] if keys is None else [dict(key) for key in keys]
    whole = {"name": name, "layer": layer, "token": token, "keys": public, "now": NOW_SECONDS}
    return {**whole, "audience": audience, "expect": expect, "claims": None, **more}


def outcome(vector: Case) -> tuple[str, dict[str, Any] | None]:
    """What the protocol package says to a vector: `ok` with the claims, or a problem code."""
    try:
        return "ok", _open(vector)
    except ProtocolError as error:
        return error.code, None


def _open(vector: Case) -> dict[str, Any]:
    now = datetime.fromtimestamp(vector["now"], UTC)
    keyring = _keyring(vector, now)
    audience = vector["audience"]
    if "recipient_key" not in vector:
        open_envelope(vector["token"], keyring, now, audience=audience)
        return peek(vector["token"])[1]
    key = SealingKey.from_jwk(vector["recipient_key"])
    place = {"audience": audience, "thid": vector["thid"], "expect": vector["type"]}
    unseal_letter(vector["token"], key, keyring, now, **place)
    plaintext = unseal_bytes(vector["token"], key).decode()
    assert plaintext == vector["plaintext"]
    return peek(plaintext)[1]


def _keyring(vector: Case, now: datetime) -> DictKeyring:
    owners = vector.get("owners", {})
    keys = []
    for jwk in vector["keys"]:
        key = VerifyKey.from_jwk(jwk)
        keys.append(VerifyKey(key.jose, subject=owners.get(key.kid())))
    return DictKeyring(keys, dict.fromkeys(vector.get("revoked", []), now))
