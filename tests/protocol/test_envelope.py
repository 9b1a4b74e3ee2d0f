"""The envelope: what is accepted, what is refused, in which order, with which code."""

import hmac
from datetime import datetime, timedelta

import pytest

from protocol import messages
from protocol.envelope import (
    HUB,
    Claims,
    check_fresh,
    new_claims,
    open_envelope,
    open_self_signed,
    peek,
    sign,
    token_hash,
)
from protocol.errors import (
    BadTokenError,
    ClockSkewError,
    ExpiredError,
    KeyRevokedError,
    SchemaInvalidError,
    TooLargeError,
    UnknownKidError,
    UnsupportedTypeError,
    UnsupportedVersionError,
    WeakKeyError,
    WrongAudienceError,
    WrongSenderError,
)
from protocol.keys import DictKeyring, VerifyKey
from protocol.limits import MAX_LIFETIME, MAX_TOKEN_BYTES
from protocol.messages.enrolment import Begin, PublicKey
from protocol.messages.matches import Accept
from tests.support import weak_points
from tests.support.forge import (
    b64,
    fixed_id,
    fixed_sealing_key,
    fixed_signing_key,
    forge,
    header_of,
    to_bytes,
    unb64,
)


def test_what_was_signed_is_what_is_opened(claims, site_key, keyring, now):
    token = sign(claims, site_key)
    message = open_envelope(token, keyring, now, audience=HUB)
    assert message.body == Accept()
    assert (message.type, message.iss, message.aud) == ("match.accept", fixed_id("site"), HUB)
    assert (message.jti, message.thid, message.re) == (claims.jti, fixed_id("match"), None)
    assert (message.iat, message.exp) == (now, now + timedelta(days=1))
    assert (message.kid, message.token_hash) == (site_key.kid(), token_hash(token))


def test_the_same_claims_always_give_the_same_bytes(claims, site_key):
    assert sign(claims, site_key) == sign(claims, site_key)


def test_every_new_message_has_its_own_jti(now):
    ids = {
        new_claims(Accept(), iss="a", aud=HUB, now=now, lifetime=timedelta(days=1)).jti for _ in range(100)
    }
    assert len(ids) == 100


def test_a_message_cannot_be_made_to_outlive_the_memory_of_seen_ids(now):
    for lifetime in (MAX_LIFETIME + timedelta(seconds=1), timedelta(0)):
        with pytest.raises(ValueError, match="14 days"):
            new_claims(Accept(), iss="a", aud=HUB, now=now, lifetime=lifetime)
    with pytest.raises(ValueError, match="aware"):
        new_claims(Accept(), iss="a", aud=HUB, now=datetime(2026, 1, 1), lifetime=MAX_LIFETIME)  # noqa: DTZ001


def test_microseconds_do_not_make_a_message_live_too_long(now, site_key, keyring):
    late = now + timedelta(microseconds=999_999)
    claims = new_claims(Accept(), iss="a", aud=HUB, now=late, lifetime=MAX_LIFETIME)
    assert open_envelope(sign(claims, site_key), keyring, late, audience=HUB).body == Accept()


def test_peek_reads_without_verifying(claims, site_key):
    header, read = peek(sign(claims, site_key))
    assert header["kid"] == site_key.kid()
    assert read == claims.dump()


def refused(error, token, keyring, now):
    with pytest.raises(error) as caught:
        open_envelope(token, keyring, now, audience=HUB)
    return caught.value


class TestHeader:
    """Steps 2 to 5: before the signature is looked at."""

    @pytest.mark.parametrize("alg", ["none", "HS256", "EdDSA", "Ed448", "ed25519", "ES256", ""])
    def test_any_other_algorithm_is_refused(self, alg, payload, site_key, keyring, now):
        refused(BadTokenError, forge(header_of(site_key, alg=alg), payload, site_key), keyring, now)

    def test_a_token_without_a_signature_is_refused(self, payload, site_key, keyring, now):
        head, body, _ = forge(header_of(site_key, alg="none"), payload, site_key).split(".")
        refused(BadTokenError, f"{head}.{body}.", keyring, now)

    def test_the_public_key_as_a_shared_secret_is_refused(self, payload, site_key, keyring, now):
        head, body, _ = forge(header_of(site_key, alg="HS256"), payload, site_key).split(".")
        secret = unb64(site_key.public().jwk()["x"])
        tag = hmac.digest(secret, f"{head}.{body}".encode(), "sha256")
        refused(BadTokenError, f"{head}.{body}.{b64(tag)}", keyring, now)
        refused(BadTokenError, f"{head}.{body}.{b64(tag + tag)}", keyring, now)

    @pytest.mark.parametrize("missing", ["alg", "kid", "typ"])
    def test_every_member_is_needed(self, missing, payload, site_key, keyring, now):
        refused(BadTokenError, forge(header_of(site_key, **{missing: None}), payload, site_key), keyring, now)

    @pytest.mark.parametrize(
        "extra",
        [
            {"crit": []},
            {"crit": ["b64"], "b64": "no"},
            {"jwk": {}},
            {"jku": "https://x.example"},
            {"cty": "a"},
        ],
        ids=lambda extra: next(iter(extra)),
    )
    def test_no_other_member_is_taken(self, extra, payload, site_key, keyring, now):
        refused(BadTokenError, forge(header_of(site_key, **extra), payload, site_key), keyring, now)

    @pytest.mark.parametrize("member", ["alg", "kid", "typ"])
    @pytest.mark.parametrize("value", [7, ["Ed25519"], {}, [[]]], ids=repr)
    def test_members_are_strings(self, member, value, payload, site_key, keyring, now):
        refused(BadTokenError, forge(header_of(site_key, **{member: value}), payload, site_key), keyring, now)

    def test_a_name_that_stands_twice_is_refused(self, payload, site_key, keyring, now):
        header = to_bytes(header_of(site_key)).replace(b'{"alg"', b'{"alg":"none","alg"')
        refused(BadTokenError, forge(header, payload, site_key), keyring, now)

    def test_another_typ_is_refused(self, payload, site_key, keyring, now):
        refused(BadTokenError, forge(header_of(site_key, typ="JWT"), payload, site_key), keyring, now)

    def test_a_long_header_is_refused(self, payload, site_key, keyring, now):
        refused(BadTokenError, forge(header_of(site_key, kid="k" * 400), payload, site_key), keyring, now)

    def test_the_right_key_under_a_wrong_name_is_refused(self, payload, site_key, keyring, now):
        other = fixed_signing_key("other")
        refused(UnknownKidError, forge(header_of(other), payload, site_key), keyring, now)

    def test_a_keyring_that_answers_with_another_key_is_not_believed(self, payload, site_key, now):
        class OneKeyForAll:
            def verify_key(self, kid, at=None):
                return site_key.public()

        refused(
            UnknownKidError, forge(header_of(site_key, kid="any"), payload, site_key), OneKeyForAll(), now
        )

    def test_a_revoked_key_is_good_only_for_what_was_accepted_before(self, claims, site_key, now):
        ring = DictKeyring([site_key.public()], {site_key.kid(): now})
        token = sign(claims, site_key)
        refused(KeyRevokedError, token, ring, now)
        before = now - timedelta(seconds=1)
        assert open_envelope(token, ring, now, audience=HUB, at=before).body == Accept()


class TestSignature:
    """Step 6."""

    def test_another_key_of_the_ring_is_refused(self, payload, site_key, now):
        other = fixed_signing_key("other")
        ring = DictKeyring([site_key.public(), other.public()])
        refused(BadTokenError, forge(header_of(other), payload, site_key), ring, now)

    @pytest.mark.parametrize("length", [0, 63, 65, 128])
    def test_a_signature_of_another_length_is_refused(self, length, payload, site_key, keyring, now):
        head, body, _ = forge(header_of(site_key), payload, site_key).split(".")
        refused(BadTokenError, f"{head}.{body}.{b64(bytes(length))}", keyring, now)

    def test_any_flipped_bit_is_refused(self, claims, site_key, keyring, now):
        token = sign(claims, site_key).encode("latin-1")
        for place in range(len(token) * 8):
            flipped = bytearray(token)
            flipped[place // 8] ^= 1 << place % 8
            with pytest.raises((BadTokenError, UnknownKidError)):
                open_envelope(flipped.decode("latin-1"), keyring, now, audience=HUB)

    def test_a_changed_letter_case_in_base64_is_another_token(self, claims, site_key, keyring, now):
        head, body, signature = sign(claims, site_key).split(".")
        refused(BadTokenError, f"{head}.{body}.{signature.swapcase()}", keyring, now)

    def test_what_is_unsigned_never_gets_an_answer_about_its_content(self, payload, site_key, keyring, now):
        # Each of these would have its own code if it were signed.
        for change in (
            {"v": 2},
            {"aud": "x"},
            {"type": "no.such"},
            {"body": {"x": 1}},
            {"exp": 1},
            {"jti": 7},
        ):
            stranger = forge(header_of(site_key), {**payload, **change}, fixed_signing_key("stranger"))
            refused(BadTokenError, stranger, keyring, now)


class TestClaims:
    """Steps 7 to 14: the bytes are the sender's own."""

    @pytest.fixture
    def opened(self, payload, site_key, keyring, now):
        def refuse(error, **changes):
            changed = {name: value for name, value in {**payload, **changes}.items() if value is not None}
            return refused(error, forge(header_of(site_key), changed, site_key), keyring, now)

        return refuse

    @pytest.mark.parametrize(
        "body",
        [b"not json", b"[]", b'"text"', b"{}}", b"\xff", b'{"v":1.5}', b'{"v":NaN}', b'{"v":1,"v":1}', b""],
    )
    def test_a_payload_that_is_no_strict_json_is_a_bad_token(self, body, site_key, keyring, now):
        refused(BadTokenError, forge(header_of(site_key), body, site_key), keyring, now)

    def test_deep_nesting_is_a_bad_token(self, site_key, keyring, now):
        deep = b'{"body":' + b'{"a":' * 7_000 + b"1" + b"}" * 7_001
        refused(BadTokenError, forge(header_of(site_key), deep, site_key), keyring, now)

    def test_another_version_is_named_before_any_claim_of_its_own(self, opened):
        error = opened(UnsupportedVersionError, v=2, new_claim="of version two", jti=None)
        assert error.members == {"supported": [1]}

    @pytest.mark.parametrize("v", [None, "1", []])
    def test_a_version_is_an_integer(self, v, opened):
        assert opened(BadTokenError, v=v).members == {"where": ["/v"]}

    @pytest.mark.parametrize(
        ("claim", "value"),
        [
            ("type", None), ("type", 7), ("type", "match accept"), ("iss", None), ("iss", "a/b"), ("iss", ""),
            ("iss", "x" * 65), ("aud", None), ("aud", ["hub"]), ("jti", None), ("jti", "short"), ("jti", 1),
            ("jti", "x" * 21 + "\n"), ("jti", "x" * 22 + "\n"), ("thid", "x"), ("thid", 7), ("re", {}),
            ("iat", None), ("iat", "now"), ("iat", -1), ("iat", 2**53), ("exp", None), ("exp", 2**53),
            ("body", None), ("body", []), ("body", "x"), ("pad", "x"), ("nbf", 1), ("sub", "x"),
        ],
    )  # fmt: skip
    def test_a_claim_without_its_form_is_named(self, claim, value, opened):
        assert opened(BadTokenError, **{claim: value}).members == {"where": [f"/{claim}"]}

    def test_all_wrong_claims_are_named_at_once(self, opened):
        assert opened(BadTokenError, jti=7, re="x", extra="y").members["where"] == [
            "/extra",
            "/jti",
            "/re",
        ]

    def test_a_name_made_up_by_the_sender_is_not_repeated(self, opened):
        error = opened(BadTokenError, **{"Dr Jane Doe, 250 555 0142": "x"})
        assert error.members == {"where": ["/?"]}
        error = opened(SchemaInvalidError, body={"Dr Jane Doe": "x"})
        assert error.members == {"where": ["/body/?"]}

    @pytest.mark.parametrize("seconds", [0, -1, MAX_LIFETIME.total_seconds() + 1])
    def test_expiry_comes_after_issue_and_within_two_weeks(self, seconds, payload, opened):
        error = opened(BadTokenError, exp=payload["iat"] + int(seconds))
        assert error.members == {"where": ["/exp"]}

    def test_another_audience_is_refused(self, opened):
        opened(WrongAudienceError, aud=fixed_id("site"))

    def test_an_unknown_type_is_refused(self, opened):
        opened(UnsupportedTypeError, type="match.no-such")

    @pytest.mark.parametrize("kind", ["handover.card", "handover.identity"])
    def test_what_belongs_in_a_sealed_letter_is_refused_in_the_open(self, kind, opened):
        opened(UnsupportedTypeError, type=kind)

    def test_a_site_cannot_speak_as_the_hub_nor_the_hub_as_a_site(self, opened):
        opened(WrongSenderError, type="keys.head", body={"length": 1, "hash": "h" * 43})
        opened(WrongSenderError, iss=HUB)

    def test_a_key_signs_for_its_owner_only(self, claims, site_key, now):
        owned = VerifyKey(site_key.public().jose, subject=fixed_id("another site"))
        refused(WrongSenderError, sign(claims, site_key), DictKeyring([owned]), now)

    def test_a_wrong_body_is_refused_with_the_place_of_the_fault(self, opened):
        error = opened(SchemaInvalidError, body={"note": "free text"})
        assert error.members == {"where": ["/body/note"]}

    def test_the_place_of_a_fault_deep_in_a_body_is_a_json_pointer(self, opened):
        letter = {"site_id": fixed_id("b"), "thid": fixed_id("t"), "card": "a.b", "identity": 7}
        error = opened(
            SchemaInvalidError, type="match.letters", body={"round": 1, "until": 1, "letters": [letter]}
        )
        assert error.members == {"where": ["/body/letters/0/identity"]}

    def test_an_expired_message_is_refused_from_its_last_second_on(self, claims, site_key, keyring, now):
        token = sign(claims, site_key)
        error = refused(ExpiredError, token, keyring, claims.exp)
        assert error.members == {"seconds_ago": 0}
        just_before = claims.exp - timedelta(seconds=1)
        assert open_envelope(token, keyring, just_before, audience=HUB).jti == claims.jti
        assert open_envelope(token, keyring, claims.exp, audience=HUB, check_expiry=False).jti == claims.jti

    def test_a_stored_message_may_come_from_a_clock_that_is_ahead(self, claims, site_key, keyring, now):
        day_before = now - timedelta(days=1)
        assert open_envelope(sign(claims, site_key), keyring, day_before, audience=HUB).jti == claims.jti


class TestSize:
    """Step 1, and what the sender itself keeps to."""

    def test_a_large_token_is_refused_before_it_is_read(self, keyring, now):
        error = refused(TooLargeError, "!" * (MAX_TOKEN_BYTES + 1), keyring, now)
        assert error.members == {"limit": MAX_TOKEN_BYTES}

    def test_a_token_of_the_largest_size_is_read(self, site_key, keyring, now):
        filler = b'{"a":"' + b"x" * 47_000 + b'"}'
        token = forge(header_of(site_key), filler, site_key)
        assert MAX_TOKEN_BYTES - 1_500 < len(token) < MAX_TOKEN_BYTES
        refused(BadTokenError, token, keyring, now)

    def test_what_nobody_would_take_is_not_signed(self, claims, site_key, monkeypatch):
        monkeypatch.setattr(messages, "dump_body", lambda body: {"a": "x" * MAX_TOKEN_BYTES})
        with pytest.raises(TooLargeError):
            sign(claims, site_key)
        monkeypatch.setattr(messages, "dump_body", lambda body: {"a": 0.5})
        with pytest.raises(ValueError, match="integers"):
            sign(claims, site_key)


class TestFreshness:
    """Asked of wrappers only."""

    def message(self, claims: Claims, site_key, keyring, now):
        return open_envelope(sign(claims, site_key), keyring, now, audience=HUB)

    @pytest.mark.parametrize("seconds", [-300, 0, 300])
    def test_five_minutes_either_way_are_fresh(self, seconds, claims, site_key, keyring, now):
        check_fresh(self.message(claims, site_key, keyring, now), now + timedelta(seconds=seconds))

    @pytest.mark.parametrize("seconds", [-301, 301, 86_400])
    def test_more_is_refused_with_the_difference(self, seconds, claims, site_key, keyring, now):
        message = self.message(claims, site_key, keyring, now)
        with pytest.raises(ClockSkewError) as caught:
            check_fresh(message, now + timedelta(seconds=seconds))
        assert caught.value.members["difference"] == -seconds
        assert caught.value.retryable


class TestSelfSigned:
    """Enrolment, where the key is in the body."""

    @pytest.fixture
    def key(self):
        return fixed_signing_key("newcomer")

    @pytest.fixture
    def begin(self, key, now):
        public, sealing = key.public().jwk(), fixed_sealing_key("newcomer").public().jwk()
        body = Begin(fixed_id("code"), PublicKey(**public), PublicKey(**sealing))
        return new_claims(body, iss=key.kid(), aud=HUB, now=now, lifetime=timedelta(hours=1))

    def test_a_newcomer_proves_the_key_it_brings(self, begin, key, now):
        assert open_self_signed(sign(begin, key), now, HUB).body == begin.body

    def test_another_signer_is_refused(self, begin, key, now):
        stranger = fixed_signing_key("stranger")
        with pytest.raises(UnknownKidError):
            open_self_signed(sign(begin, stranger), now, HUB)
        with pytest.raises(BadTokenError):
            open_self_signed(forge(header_of(key), begin.dump(), stranger), now, HUB)

    def test_only_enrolment_is_self_signed(self, claims, key, now):
        with pytest.raises(UnsupportedTypeError):
            open_self_signed(sign(claims, key), now, HUB)

    @pytest.mark.parametrize("x", weak_points.ED25519)
    def test_a_forged_signature_with_a_small_order_key_is_refused(self, x, begin, key, now):
        weak = weak_points.jwk("Ed25519", x)
        payload = begin.dump()
        payload["body"]["signing_key"] = weak
        head, body, _ = forge(header_of(key, kid=fixed_id("weak")), payload, key).split(".")
        with pytest.raises(WeakKeyError):
            open_self_signed(f"{head}.{body}.{b64(weak_points.FITS_EVERYTHING)}", now, HUB)

    @pytest.mark.parametrize("body", [None, [], "x", {}, {"signing_key": 7}, {"signing_key": {}}], ids=repr)
    def test_a_body_without_a_key_is_refused(self, body, begin, key, now):
        with pytest.raises(WeakKeyError):
            open_self_signed(forge(header_of(key), {**begin.dump(), "body": body or 0}, key), now, HUB)

    def test_a_wrong_audience_and_expiry_are_refused_as_ever(self, begin, key, now):
        with pytest.raises(WrongAudienceError):
            open_self_signed(sign(begin, key), now, fixed_id("site"))
        with pytest.raises(ExpiredError):
            open_self_signed(sign(begin, key), now + timedelta(hours=2), HUB)
