"""Keys: strict reading, names by thumbprint, and every unsafe point refused."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from joserfc.jwk import OKPKey

from protocol.errors import KeyRevokedError, UnknownKidError, WeakKeyError
from protocol.keys import DictKeyring, SealingKey, SealingPublicKey, SigningKey, VerifyKey, thumbprint
from tests.support import weak_points
from tests.support.forge import b64, fixed_sealing_key, fixed_signing_key, unb64

PAIRS = [(SigningKey, VerifyKey), (SealingKey, SealingPublicKey)]
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(("private", "public"), PAIRS)
def test_a_key_survives_being_written_and_read(private, public):
    key = private.generate()
    assert private.from_jwk(key.jwk()) == key
    assert public.from_jwk(key.public().jwk()) == key.public()
    assert set(key.jwk()) == {"kty", "crv", "x", "d"}
    assert set(key.public().jwk()) == {"kty", "crv", "x"}


def test_the_name_of_a_key_is_its_rfc_7638_thumbprint():
    # The example of RFC 8037, appendix A.3.
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert VerifyKey.from_jwk(jwk).kid() == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert thumbprint(jwk) == VerifyKey.from_jwk(jwk).kid()


@pytest.mark.parametrize("private", [SigningKey, SealingKey])
def test_both_halves_of_a_pair_have_the_same_name(private):
    key = private.generate()
    assert key.kid() == key.public().kid() == thumbprint(key.public().jwk())


def test_a_private_key_is_not_shown_when_printed():
    key = SigningKey.generate()
    assert key.jwk()["d"] not in repr(key)


@pytest.mark.parametrize("x", weak_points.ED25519)
def test_every_small_order_signing_point_is_refused(x):
    with pytest.raises(WeakKeyError):
        VerifyKey.from_jwk(weak_points.jwk("Ed25519", x))


@pytest.mark.parametrize("x", weak_points.X25519)
def test_every_small_order_sealing_point_is_refused(x):
    with pytest.raises(WeakKeyError):
        SealingPublicKey.from_jwk(weak_points.jwk("X25519", x))


def test_the_lists_of_weak_points_hold_all_encodings_once():
    assert len(set(weak_points.ED25519)) == len(set(weak_points.X25519)) == 14


def test_without_the_check_one_forged_signature_would_fit_every_message():
    key = Ed25519PublicKey.from_public_bytes(unb64(weak_points.IDENTITY))
    for n in range(64):
        key.verify(weak_points.FITS_EVERYTHING, f"message {n}".encode())


@pytest.mark.parametrize("x", weak_points.X25519)
def test_the_weak_sealing_points_do_give_a_zero_secret(x):
    with pytest.raises(ValueError, match="Error computing shared key"):
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(unb64(x)))


def test_a_point_off_the_curve_is_refused():
    with pytest.raises(WeakKeyError):
        VerifyKey.from_jwk(weak_points.jwk("Ed25519", b64((2).to_bytes(32, "little"))))


def test_a_second_spelling_of_a_sealing_point_is_refused():
    # Nine, the base point, plus the prime: X25519 takes both, so one key would have two names.
    spelling = (9 + weak_points.P).to_bytes(32, "little")
    with pytest.raises(WeakKeyError):
        SealingPublicKey.from_jwk(weak_points.jwk("X25519", b64(spelling)))


def malformed() -> dict[str, object]:
    good = fixed_signing_key("a").public().jwk()
    return {
        "no x": {"kty": "OKP", "crv": "Ed25519"},
        "a use": {**good, "use": "sig"},
        "a kid": {**good, "kid": "mine"},
        "a private half": fixed_signing_key("a").jwk(),
        "another curve": {**good, "crv": "Ed448"},
        "the sealing curve": fixed_sealing_key("a").public().jwk(),
        "another type": {**good, "kty": "EC"},
        "x too short": {**good, "x": good["x"][:-2]},
        "x padded": {**good, "x": good["x"] + "="},
        "x with spare bits": {**good, "x": good["x"][:-1] + "-"},
        "x a number": {**good, "x": 7},
        "crv a list": {**good, "crv": ["Ed25519"]},
        "not an object": "key",
    }


@pytest.mark.parametrize("jwk", malformed().values(), ids=malformed().keys())
def test_a_public_key_has_exactly_one_form(jwk):
    with pytest.raises(WeakKeyError):
        VerifyKey.from_jwk(jwk)


def test_a_private_key_with_the_public_half_of_another_is_refused():
    jwk = {**fixed_signing_key("a").jwk(), "x": fixed_signing_key("b").jwk()["x"]}
    assert OKPKey.import_key(jwk).as_dict()["x"] == jwk["x"], "the library believes it"
    with pytest.raises(WeakKeyError):
        SigningKey.from_jwk(jwk)


def test_a_wrapper_cannot_hold_a_key_of_another_kind():
    with pytest.raises(WeakKeyError):
        VerifyKey(OKPKey.generate_key("X25519"))


def test_a_keyring_knows_its_keys_and_when_they_were_revoked():
    live, revoked = fixed_signing_key("live").public(), fixed_signing_key("revoked").public()
    ring = DictKeyring([live, revoked], {revoked.kid(): NOW})
    assert ring.verify_key(live.kid()) == live
    assert ring.verify_key(revoked.kid(), NOW - timedelta(seconds=1)) == revoked
    with pytest.raises(KeyRevokedError):
        ring.verify_key(revoked.kid(), NOW)
    with pytest.raises(KeyRevokedError):
        ring.verify_key(revoked.kid())
    with pytest.raises(UnknownKidError):
        ring.verify_key("nobody")
