"""Vectors whose signature holds and whose claims must fail; and letters that are not what they should be."""

import json
from typing import Any

from protocol.envelope import HUB, sign
from protocol.keys import SigningKey
from protocol.limits import CARD_BYTES, IDENTITY_BYTES, MAX_DEPTH, MAX_TOKEN_BYTES
from tests.support.forge import fixed_id, fixed_signing_key, forge, forge_seal, header_of, unb64
from tests.vectors.cases import HELPER, HELPER_SEAL, HOME, NOW_SECONDS, OTHER, SITE_KEY, Case, case
from tests.vectors.letters import THID, inner_token, letter_claims
from tests.vectors.refused_jose import CLAIMS, GOOD, STRANGER
from tests.vectors.samples import CARD, IDENTITY

DAY = 24 * 60 * 60


def build() -> list[Case]:
    """Those of ordinary messages."""
    return [*_json(), *_claims(), *_routing(), *_unsigned(), *_order()]


def _changed(**changes: Any) -> dict[str, Any]:
    whole = {**CLAIMS.dump(), **changes}
    return {name: value for name, value in whole.items() if value is not None}


def _signed(
    name: str, payload: bytes | dict[str, Any], expect: str, key: SigningKey = SITE_KEY, **more: Any
) -> Case:
    return case(name, "envelope", forge(header_of(key), payload, key), expect, **more)


def _with_body(text: str) -> bytes:
    """The claims with this text, unchecked, as their body."""
    return json.dumps(_changed(body="BODY"), separators=(",", ":")).replace('"BODY"', text).encode()


def _json() -> list[Case]:
    nested = '{"a":' * (MAX_DEPTH - 1) + "{}" + "}" * (MAX_DEPTH - 1)
    texts = {
        "a float": '{"n":1.0}', "an exponent": '{"n":1e2}', "NaN": '{"n":NaN}', "infinity": '{"n":Infinity}',
        "true": '{"n":true}', "null": '{"n":null}', "an integer past 2^53": '{"n":9007199254740993}',
        "an integer past -2^53": '{"n":-9007199254740993}', "an integer of 5,000 digits": f'{{"n":{"9" * 5000}}}',
        "a leading zero": '{"n":01}', "a name twice": '{"n":1,"n":1}',
        "a name twice, once escaped": '{"n":1,"\\u006e":1}',
        "a lone surrogate": '{"n":"\\ud800"}', "a lone surrogate as a name": '{"\\udfff":1}',
        "a NUL": '{"n":"\\u0000"}', "a raw control character": '{"n":"\t"}', "a comment": "{/**/}",
        "a trailing comma": '{"n":1,}', "nine levels": nested, "thousands of levels": "[" * 20_000,
    }  # fmt: skip
    cases = [_signed(f"a body with {name}", _with_body(text), "bad-token") for name, text in texts.items()]
    good = json.dumps(_changed()).encode()
    return [
        *cases,
        _signed("claims with a name twice", good.replace(b'{"v"', b'{"v":1,"v"'), "bad-token"),
        _signed("claims not UTF-8", good.replace(b"match.", b"match\xff"), "bad-token"),
        _signed("claims with a byte order mark", b"\xef\xbb\xbf" + good, "bad-token"),
        _signed("claims in UTF-16", good.decode().encode("utf-16"), "bad-token"),
        _signed("claims an array", b"[1]", "bad-token"),
        _signed("claims a string", b'"x"', "bad-token"),
        _signed("claims empty", b"", "bad-token"),
        _signed("something after the claims", good + b"{}", "bad-token"),
        case("a token of 64,001 characters", "envelope", "A" * (MAX_TOKEN_BYTES + 1), "too-large"),
        case("a token of 64,000 characters", "envelope", "A" * MAX_TOKEN_BYTES, "bad-token"),
    ]


def _claims() -> list[Case]:
    wrong: list[tuple[str, Any]] = [
        ("v", None), ("v", "1"), ("type", None), ("type", 7), ("type", "no spaces"), ("iss", None), ("iss", ""),
        ("iss", "a/b"), ("iss", "x" * 65), ("aud", None), ("aud", [HUB]), ("jti", None), ("jti", "short"),
        ("jti", "x" * 22 + "\n"), ("thid", "x" * 23), ("re", 7), ("iat", None), ("iat", -1), ("iat", "now"),
        ("iat", 4_102_444_801), ("exp", None), ("exp", NOW_SECONDS), ("exp", NOW_SECONDS - 1),
        ("exp", NOW_SECONDS + 14 * DAY + 1), ("body", None), ("body", []), ("body", "x"), ("pad", "x"), ("nbf", 1),
        ("sub", "x"),
    ]  # fmt: skip
    return [
        _signed(
            f"{claim} missing" if value is None else f"{claim} {json.dumps(value)[:40]}",
            _changed(**{claim: value}),
            "bad-token",
        )
        for claim, value in wrong
    ]


def _routing() -> list[Case]:
    head = {"length": 1, "hash": "h" * 43}
    return [
        _signed("version 2", _changed(v=2), "unsupported-version"),
        _signed("version 0", _changed(v=0), "unsupported-version"),
        _signed("to another site", _changed(aud=OTHER), "wrong-audience"),
        _signed("to the sender", _changed(aud=HOME), "wrong-audience"),
        _signed("a type that nobody knows", _changed(type="match.no-such"), "unsupported-type"),
        _signed("a card in the open", _changed(type="handover.card", body=CARD.dump()), "unsupported-type"),
        _signed("a name in the open", _changed(type="handover.identity", body=IDENTITY.dump()), "unsupported-type"),
        _signed("expired this second", _changed(iat=NOW_SECONDS - DAY, exp=NOW_SECONDS), "expired"),
        _signed("expired a week ago", _changed(iat=NOW_SECONDS - 8 * DAY, exp=NOW_SECONDS - 7 * DAY), "expired"),
        _signed("a site sends what the hub sends", _changed(type="keys.head", body=head), "wrong-sender"),
        _signed("a site signs as the hub", _changed(iss=HUB), "wrong-sender"),
        _signed("a site signs as another", _changed(iss=OTHER), "wrong-sender", owners={SITE_KEY.kid(): HOME}),
    ]  # fmt: skip


def _unsigned() -> list[Case]:
    """Faults that have their own code, under a signature that does not hold: all are one answer."""
    changes: dict[str, dict[str, Any]] = {
        "version 2": {"v": 2}, "another audience": {"aud": OTHER}, "an unknown type": {"type": "match.no-such"},
        "a wrong body": {"body": {"x": 1}}, "an expiry in the past": {"iat": 1, "exp": 2},
    }  # fmt: skip
    return [
        case(
            f"unsigned: {name}",
            "envelope",
            forge(header_of(SITE_KEY), _changed(**change), STRANGER),
            "bad-token",
        )
        for name, change in changes.items()
    ]


def _order() -> list[Case]:
    """Two faults at once: the earlier step answers."""
    old = {"iat": 1, "exp": 2}
    return [
        _signed("version before claims", _changed(v=2, jti="x", new="y"), "unsupported-version"),
        _signed("claims before audience", _changed(jti="x", aud=OTHER), "bad-token"),
        _signed("audience before type", _changed(aud=OTHER, type="match.no-such"), "wrong-audience"),
        _signed("type before expiry", _changed(type="match.no-such", **old), "unsupported-type"),
        _signed("expiry before sender", _changed(iss=HUB, **old), "expired"),
        case("size before everything", "envelope", f"{GOOD}.{'!' * MAX_TOKEN_BYTES}", "too-large"),
    ]


def build_sealed() -> list[Case]:
    """Letters that open with the key and must be refused all the same."""
    right = letter_claims(CARD, "refused")
    plain = inner_token(right, CARD_BYTES)
    unpadded = sign(right, SITE_KEY)
    hub_key = fixed_signing_key("hub")
    claims = {
        "a letter to another site": (letter_claims(CARD, "a", aud=OTHER), "wrong-letter"),
        "a letter of another match": (letter_claims(CARD, "b", thid=fixed_id("x")), "wrong-letter"),
        "an ordinary message in a letter": (letter_claims(CLAIMS.body, "c"), "wrong-letter"),
        "a letter as the hub": (letter_claims(CARD, "d", iss=HUB), "wrong-sender"),
    }
    texts = {name: (inner_token(each, CARD_BYTES), expect) for name, (each, expect) in claims.items()}
    texts |= {
        "an identity where a card belongs": (inner_token(letter_claims(IDENTITY, "e"), IDENTITY_BYTES), "wrong-letter"),
        "a letter without padding": (unpadded, "bad-token"),
        "a letter padded with text": (_repadded(plain), "bad-token"),
        "a letter signed by a stranger": (_resigned(plain, STRANGER), "unknown-kid"),
        "a letter signed by the hub": (_resigned(plain, hub_key), "unknown-kid"),
        "a letter of no token": ("x" * CARD_BYTES, "bad-token"),
        "a letter of bytes": ("é" * (CARD_BYTES // 2), "bad-token"),
    }  # fmt: skip
    cases = [_sealed(name, text, expect) for name, (text, expect) in texts.items()]
    return [*cases, _sealed("a letter past its expiry", plain, "expired", now=NOW_SECONDS + 14 * DAY)]


def _sealed(name: str, plaintext: str, expect: str, **more: Any) -> Case:
    token = forge_seal(plaintext.encode(), HELPER_SEAL.public(), seed=name)
    place: dict[str, Any] = {"audience": HELPER, "thid": THID, "type": CARD.TYPE}
    whole = case(
        name, "envelope", token, expect, recipient_key=HELPER_SEAL.jwk(), plaintext=plaintext, **place
    )
    return {**whole, **more}


def _payload(token: str) -> bytes:
    return unb64(token.split(".")[1])


def _repadded(token: str) -> str:
    return forge(header_of(SITE_KEY), _payload(token).replace(b'"pad":"xxxx', b'"pad":"Jane'), SITE_KEY)


def _resigned(token: str, key: SigningKey) -> str:
    return forge(header_of(key), _payload(token), key)
