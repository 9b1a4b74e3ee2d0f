"""Vectors that must fail before a claim is read: parts, base64url, header, keys, signature."""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any

from protocol.envelope import HUB, new_claims, sign
from protocol.messages.matches import Accept
from tests.support import weak_points
from tests.support.forge import (
    NOW,
    b64,
    fixed_id,
    fixed_sealing_key,
    fixed_signing_key,
    forge,
    forge_seal,
    header_of,
    to_bytes,
    unb64,
)
from tests.vectors.cases import HELPER, HELPER_SEAL, HOME, SITE_KEY, Case, case
from tests.vectors.letters import THID, inner_token, letter, letter_claims
from tests.vectors.samples import CARD, CARD_BYTES

CLAIMS = new_claims(
    Accept(), iss=HOME, aud=HUB, now=NOW, lifetime=timedelta(days=1),
    thid=fixed_id("thid at home"), jti=fixed_id("to be refused"),
)  # fmt: skip
GOOD = sign(CLAIMS, SITE_KEY)
HEAD, BODY, SIGNATURE = GOOD.split(".")
STRANGER = fixed_signing_key("stranger")


def build() -> list[Case]:
    """All of them."""
    return [*_parts(), *_headers(), *_signatures(), *_keys(), *_seals()]


def _bad(name: str, token: str) -> Case:
    return case(name, "jose", token, "bad-token")


def _parts() -> list[Case]:
    flattened = {"protected": HEAD, "payload": BODY, "signature": SIGNATURE}
    spare = SIGNATURE[:-1] + chr(ord(SIGNATURE[-1]) + 1)
    return [
        _bad("nothing", ""),
        _bad("two dots only", ".."),
        _bad("two parts", f"{HEAD}.{BODY}"),
        _bad("four parts", f"{GOOD}."),
        _bad("five parts, as if sealed", f"{GOOD}.{BODY}.{SIGNATURE}"),
        _bad("JSON serialization", json.dumps(flattened)),
        _bad("a space before", f" {GOOD}"),
        _bad("a line feed after", f"{GOOD}\n"),
        _bad("padding in the header", f"{HEAD}==.{BODY}.{SIGNATURE}"),
        _bad("padding in the payload", f"{HEAD}.{BODY}=.{SIGNATURE}"),
        _bad(
            "the alphabet of plain base64",
            f"{HEAD}.{BODY}.{base64.b64encode(bytes([255] * 64)).decode()[:86]}",
        ),
        _bad("spare bits set in the signature", f"{HEAD}.{BODY}.{spare}"),
        _bad("an impossible length", f"{HEAD}.{BODY}A.{SIGNATURE}"),
        _bad("an empty payload that nobody signed", f"{HEAD}..{SIGNATURE}"),
        _bad("no ASCII", f"{HEAD}.{BODY}é.{SIGNATURE}"),
    ]


def _signed(name: str, header: bytes | dict[str, Any]) -> Case:
    """A true signature over a wrong header."""
    return _bad(name, forge(header, CLAIMS.dump(), SITE_KEY))


def _headers() -> list[Case]:
    good = to_bytes(header_of(SITE_KEY))
    cases = [
        _signed(f"alg {alg}", header_of(SITE_KEY, alg=alg))
        for alg in ("EdDSA", "Ed448", "ES256", "none", "ed25519")
    ]
    cases += [
        _signed(f"without {name}", header_of(SITE_KEY, **{name: None})) for name in ("alg", "kid", "typ")
    ]
    cases += [_signed(f"{name} a number", header_of(SITE_KEY, **{name: 1})) for name in ("alg", "kid", "typ")]
    extras: dict[str, Any] = {
        "crit, empty": {"crit": []}, "crit of kid": {"crit": ["kid"]}, "crit of b64": {"crit": ["b64"], "b64": "no"},
        "its own key": {"jwk": SITE_KEY.public().jwk()}, "a link to a key": {"jku": "https://example.org/keys"},
        "cty": {"cty": "json"}, "a made-up member": {"x": "y"},
    }  # fmt: skip
    cases += [_signed(f"header with {name}", header_of(SITE_KEY, **extra)) for name, extra in extras.items()]
    return [
        *cases,
        _signed("alg twice", good.replace(b'{"alg"', b'{"alg":"none","alg"')),
        _signed("kid twice, once escaped", good.replace(b'{"alg"', b'{"k\\u0069d":"x","alg"')),
        _signed("typ of something else", header_of(SITE_KEY, typ="JWT")),
        _signed("typ in capitals", header_of(SITE_KEY, typ="ALONGSIDE+JWS")),
        _signed("header no JSON", b"alg=Ed25519"),
        _signed("header an array", b'["Ed25519"]'),
        _signed("header with a byte order mark", b"\xef\xbb\xbf" + good),
        _signed("header not UTF-8", good.replace(b"alongside", b"along\xff")),
        _signed("header nested deeply", b'{"alg":' + b"[" * 100 + b"]" * 100 + b"}"),
        _signed("header of more than 512 characters", good + b" " * 300),
    ]


def _signatures() -> list[Case]:
    public = unb64(SITE_KEY.public().jwk()["x"])
    secret_head = b64(to_bytes(header_of(SITE_KEY, alg="HS256")))
    tag = hmac.digest(public, f"{secret_head}.{BODY}".encode(), "sha256")
    none_head = b64(to_bytes(header_of(SITE_KEY, alg="none")))
    flipped = bytearray(unb64(SIGNATURE))
    flipped[7] ^= 1
    # S + L: a second signature for the same message unless the verifier asks for S < L (RFC 8032, 5.1.7).
    order = 2**252 + 27742317777372353535851937790883648493
    second = (int.from_bytes(unb64(SIGNATURE)[32:], "little") + order).to_bytes(32, "little")
    other_body = b64(to_bytes({**CLAIMS.dump(), "jti": fixed_id("changed")}))
    return [
        _bad("no signature", f"{HEAD}.{BODY}."),
        _bad("alg none without a signature", f"{none_head}.{BODY}."),
        _bad("HS256 with the public key as secret", f"{secret_head}.{BODY}.{b64(tag)}"),
        _bad("a flipped bit", f"{HEAD}.{BODY}.{b64(bytes(flipped))}"),
        _bad("the malleable second signature", f"{HEAD}.{BODY}.{b64(unb64(SIGNATURE)[:32] + second)}"),
        _bad("all zero", f"{HEAD}.{BODY}.{b64(bytes(64))}"),
        _bad("63 bytes", f"{HEAD}.{BODY}.{b64(unb64(SIGNATURE)[:63])}"),
        _bad("65 bytes", f"{HEAD}.{BODY}.{b64(unb64(SIGNATURE) + bytes(1))}"),
        _bad("the signature of another payload", f"{HEAD}.{other_body}.{SIGNATURE}"),
        _bad("signed by a stranger under this kid", forge(header_of(SITE_KEY), CLAIMS.dump(), STRANGER)),
    ]  # fmt: skip


def _keys() -> list[Case]:
    two = [SITE_KEY.public().jwk(), STRANGER.public().jwk()]
    cases = [
        case("signed by a stranger", "jose", sign(CLAIMS, STRANGER), "unknown-kid"),
        case("no key at all", "jose", GOOD, "unknown-kid", keys=[]),
        case(
            "the right key under an unknown kid", "jose",
            forge(header_of(SITE_KEY, kid=fixed_id("nobody")), CLAIMS.dump(), SITE_KEY), "unknown-kid",
        ),
        case(
            "the right key under the kid of another", "jose",
            forge(header_of(STRANGER), CLAIMS.dump(), SITE_KEY), "bad-token", keys=two,
        ),
        case("no base64url before an unknown kid", "jose", f"{HEAD}.A.{SIGNATURE}", "bad-token", keys=[]),
        case(
            "another alg before an unknown kid", "jose",
            forge(header_of(SITE_KEY, alg="EdDSA"), CLAIMS.dump(), SITE_KEY), "bad-token", keys=[],
        ),
        case("a revoked key", "jose", GOOD, "key-revoked", revoked=[SITE_KEY.kid()]),
        case(
            "a revoked key is named before its signature is looked at", "jose",
            forge(header_of(SITE_KEY), CLAIMS.dump(), STRANGER), "key-revoked", revoked=[SITE_KEY.kid()],
        ),
    ]  # fmt: skip
    forged = f"{HEAD}.{BODY}.{b64(weak_points.FITS_EVERYTHING)}"
    cases += [
        case(f"a key of small order, {n}", "jose", forged, "weak-key", keys=[weak_points.jwk("Ed25519", x)])
        for n, x in enumerate(weak_points.ED25519, start=1)
    ]
    off_curve = b64((2).to_bytes(32, "little"))
    sealing = fixed_sealing_key("a").public().jwk()
    return [
        *cases,
        case("a key off the curve", "jose", GOOD, "weak-key", keys=[weak_points.jwk("Ed25519", off_curve)]),
        case(
            "a key with more members",
            "jose",
            GOOD,
            "weak-key",
            keys=[{**SITE_KEY.public().jwk(), "use": "sig"}],
        ),
        case("a sealing key among the signing keys", "jose", GOOD, "weak-key", keys=[sealing]),
    ]


def _seals() -> list[Case]:
    good = letter(CARD, CARD_BYTES, "to be refused")
    parts = good.split(".")
    header = json.loads(unb64(parts[0]))
    changed: dict[str, dict[str, Any]] = {
        "another alg": {"alg": "ECDH-ES"}, "another enc": {"enc": "A128GCM"}, "another typ": {"typ": "JWE"},
        "no kid": {"kid": None}, "the kid of another": {"kid": fixed_sealing_key("other").kid()},
        "apu": {"apu": "YQ"}, "cty": {"cty": "x"}, "zip": {"zip": "DEF"}, "crit, empty": {"crit": []},
        "an ephemeral key of more members": {"epk": {**header["epk"], "use": "enc"}},
    }  # fmt: skip
    plaintext = inner_token(letter_claims(CARD, "to be refused"), CARD_BYTES).encode()
    tokens = {
        f"sealed with {name}": forge_seal(
            plaintext, HELPER_SEAL.public(), seed="to be refused", header=change
        )
        for name, change in changed.items()
    }
    tokens |= {
        f"sealed by an ephemeral key of small order, {n}": ".".join(
            [b64(to_bytes({**header, "epk": weak_points.jwk("X25519", x)})), *parts[1:]]
        )
        for n, x in enumerate(weak_points.X25519, start=1)
    }
    short_tag = [*parts[:4], b64(unb64(parts[4])[:8])]
    flipped = bytearray(unb64(parts[3]))
    flipped[0] ^= 1
    tokens |= {
        "sealed, its tag cut short": ".".join(short_tag),
        "sealed, a flipped bit": ".".join([*parts[:3], b64(bytes(flipped)), parts[4]]),
        "sealed, four parts": ".".join(parts[:4]),
        "not sealed at all": GOOD,
    }
    place: dict[str, Any] = {"audience": HELPER, "thid": THID, "type": CARD.TYPE, "plaintext": None}
    cases = [
        case(name, "jose", token, "bad-token", recipient_key=HELPER_SEAL.jwk(), **place)
        for name, token in tokens.items()
    ]
    other = fixed_sealing_key("other").jwk()
    return [*cases, case("sealed to another key", "jose", good, "bad-token", recipient_key=other, **place)]
