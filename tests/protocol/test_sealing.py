"""Sealed letters: only the right site opens them, only in the right match, and their length says nothing."""

import json
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import codes, messages, sealing
from protocol.envelope import new_claims, open_envelope, sign
from protocol.errors import (
    BadTokenError,
    ExpiredError,
    KeyRevokedError,
    SchemaInvalidError,
    TooLargeError,
    UnknownKidError,
    UnsupportedTypeError,
    WrongLetterError,
    WrongSenderError,
)
from protocol.keys import DictKeyring
from protocol.limits import CARD_BYTES, IDENTITY_BYTES, MAX_LIFETIME
from protocol.messages.handover import Card, Identity
from protocol.messages.matches import MAX_CARD_CHARS, MAX_IDENTITY_CHARS, Accept, Letter, Letters
from protocol.sealing import seal_bytes, seal_letter, sealed_to, unseal_bytes, unseal_letter
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
    unb64,
)

HOME, HELPER, OTHER = fixed_id("home"), fixed_id("helper"), fixed_id("other")
THID = fixed_id("match at the helper")
HOME_KEY = fixed_signing_key("home")
HELPER_SEAL = fixed_sealing_key("helper")
RING = DictKeyring([HOME_KEY.public()])
CARD = Card("burnout", "mid", "en", "video", ("woman",), ("chief-of-staff",))
IDENTITY = Identity("Dr Ada Lovelace", ("call",), ("evening",), "+12505550142", "ada@example.org")


def letter_claims(body=CARD, *, aud=HELPER, thid=THID, iss=HOME, lifetime=MAX_LIFETIME):
    return new_claims(body, iss=iss, aud=aud, now=NOW, lifetime=lifetime, thid=thid)


def seal(body=CARD, size=CARD_BYTES, **claims):
    return seal_letter(letter_claims(body, **claims), HOME_KEY, HELPER_SEAL.public(), size)


def unseal(sealed, **changes):
    given = {"now": NOW, "audience": HELPER, "thid": THID, **changes}
    return unseal_letter(
        sealed, given.pop("key", HELPER_SEAL), given.pop("ring", RING), given.pop("now"), **given
    )


def test_the_receiving_site_reads_what_home_wrote():
    message = unseal(seal(), expect="handover.card")
    assert (message.body, message.iss, message.aud, message.thid) == (CARD, HOME, HELPER, THID)
    identity = unseal(seal(IDENTITY, IDENTITY_BYTES), expect="handover.identity")
    assert identity.body == IDENTITY


class TestTheHubCannotMoveALetter:
    def test_to_another_match(self):
        with pytest.raises(WrongLetterError, match="another match"):
            unseal(seal(), thid=fixed_id("another match"))

    def test_to_another_site_by_sealing_it_anew_to_that_site(self):
        inner = unseal_bytes(seal(), HELPER_SEAL)
        other = fixed_sealing_key("other")
        with pytest.raises(WrongLetterError, match="another site"):
            unseal(seal_bytes(inner, other.public()), key=other, audience=OTHER)

    def test_to_another_site_as_it_is(self):
        with pytest.raises(BadTokenError):
            unseal(seal(), key=fixed_sealing_key("other"), audience=OTHER)

    def test_past_its_expiry(self):
        sealed = seal(lifetime=timedelta(days=14))
        with pytest.raises(ExpiredError):
            unseal(sealed, now=NOW + timedelta(days=14))

    def test_to_the_place_of_another_letter(self):
        with pytest.raises(WrongLetterError, match="another type"):
            unseal(seal(), expect="handover.identity")

    def test_nor_write_one_itself(self):
        hub_key = fixed_signing_key("hub")
        forged = seal_letter(letter_claims(), hub_key, HELPER_SEAL.public(), CARD_BYTES)
        with pytest.raises(UnknownKidError):
            unseal(forged)

    def test_nor_as_itself(self):
        forged = seal_letter(letter_claims(iss="hub"), HOME_KEY, HELPER_SEAL.public(), CARD_BYTES)
        with pytest.raises(WrongSenderError):
            unseal(forged)

    def test_nor_pass_off_an_ordinary_message_as_a_letter(self):
        message = new_claims(Accept(), iss=HOME, aud=HELPER, now=NOW, lifetime=MAX_LIFETIME, thid=THID)
        sealed = seal_letter(message, HOME_KEY, HELPER_SEAL.public(), CARD_BYTES)
        with pytest.raises(WrongLetterError, match="does not travel"):
            unseal(sealed)

    def test_nor_use_the_inside_of_a_letter_as_an_ordinary_message(self):
        inner = unseal_bytes(seal(), HELPER_SEAL).decode()
        with pytest.raises(UnsupportedTypeError):
            open_envelope(sign(letter_claims(), HOME_KEY), RING, NOW, audience=HELPER)
        with pytest.raises(Exception, match="form"):
            open_envelope(inner, RING, NOW, audience=HELPER)


def test_a_letter_signed_with_a_revoked_key_is_refused():
    ring = DictKeyring([HOME_KEY.public()], {HOME_KEY.kid(): NOW})
    with pytest.raises(KeyRevokedError):
        unseal(seal(), ring=ring)
    assert unseal(seal(), ring=ring, at=NOW - timedelta(seconds=1)).body == CARD


class TestLength:
    def test_every_card_and_every_identity_has_one_length(self):
        wishes, posts = [(), codes.WISHES], [(), codes.POSTS]
        cards = {
            len(seal(Card(reason, "mid", "en", "any", *rest)))
            for reason in (min(codes.REASONS, key=len), max(codes.REASONS, key=len))
            for rest in product(wishes, posts)
        }
        short = Identity("A", (), ())
        long = Identity("é" * 120, codes.CONTACT_WAYS, codes.CONTACT_TIMES, "+" + "1" * 19, "e" * 254)
        identities = {len(seal(body, IDENTITY_BYTES)) for body in (short, IDENTITY, long)}
        assert cards == {3093}
        assert identities == {5824}

    def test_inside_it_is_exactly_two_or_four_kibibytes(self):
        assert len(unseal_bytes(seal(), HELPER_SEAL)) == CARD_BYTES == 2048
        assert len(unseal_bytes(seal(IDENTITY, IDENTITY_BYTES), HELPER_SEAL)) == IDENTITY_BYTES == 4096

    @pytest.mark.parametrize(
        "name", ["\u0646\u06cc\u0644\u200c\u06af\u0648\u0646", "\u0915\u094d\u200d\u0937"]
    )
    def test_a_name_is_spelt_with_the_joiners_of_its_script(self, name):
        body = messages.dump_body(Identity(name, ("call",), ("any-time",)))
        assert messages.load_body(Identity.TYPE, body).name == name

    @pytest.mark.parametrize("name", ["\u200c", "A\u202eB", "A\u2066B", "A\u200bB", "A\nB", " A"])
    def test_no_name_turns_or_hides_what_stands_around_it(self, name):
        body = messages.dump_body(Identity("A", ("call",), ("any-time",))) | {"name": name}
        with pytest.raises(SchemaInvalidError):
            messages.load_body(Identity.TYPE, body)

    @given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=120))
    def test_no_name_changes_the_length(self, name):
        claims = letter_claims(Identity(name, ("call",), ("any-time",)))
        assert len(sealing._padded_token(claims.dump(), HOME_KEY, IDENTITY_BYTES)) == IDENTITY_BYTES

    def test_what_does_not_fit_is_refused_before_it_is_sealed(self):
        with pytest.raises(TooLargeError):
            seal(Identity("é" * 700, (), ()), CARD_BYTES)

    def test_there_is_no_third_length(self):
        with pytest.raises(ValueError, match="2048 or 4096"):
            seal(CARD, 1024)

    def test_a_letter_must_name_its_match(self):
        with pytest.raises(ValueError, match="names its match"):
            seal(thid=None)

    @pytest.mark.parametrize("length", [CARD_BYTES - 4, CARD_BYTES + 4, 100])
    def test_a_letter_of_another_length_is_refused(self, length):
        claims = {**letter_claims().dump(), "pad": ""}
        padded = {**claims, "pad": "x" * max(0, (length - 900) * 3 // 4)}
        sealed = seal_bytes(forge(header_of(HOME_KEY), padded, HOME_KEY).encode(), HELPER_SEAL.public())
        with pytest.raises(BadTokenError, match=r"2,048"):
            unseal(sealed)

    def test_padding_cannot_carry_anything(self):
        token = sealing._padded_token(letter_claims().dump(), HOME_KEY, CARD_BYTES)
        payload = unb64(token.split(".")[1]).replace(b'"pad":"xxxxxxxx', b'"pad":"Jane Doe')
        sealed = seal_bytes(forge(header_of(HOME_KEY), payload, HOME_KEY).encode(), HELPER_SEAL.public())
        with pytest.raises(Exception, match="form") as caught:
            unseal(sealed)
        assert caught.value.members == {"where": ["/pad"]}

    def test_six_letters_fit_one_message_and_each_its_field(self):
        """Base64 inside base64 inside base64: the largest message stays below the token limit."""
        card, identity = seal(), seal(IDENTITY, IDENTITY_BYTES)
        assert len(card) <= MAX_CARD_CHARS
        assert len(identity) <= MAX_IDENTITY_CHARS
        letters = tuple(
            Letter(fixed_id(f"site {n}"), fixed_id(f"thid {n}"), card, identity) for n in range(3)
        )
        body = Letters(1, letters, NOW)
        claims = new_claims(body, iss=HOME, aud="hub", now=NOW, lifetime=MAX_LIFETIME, thid=THID)
        token = sign(claims, HOME_KEY)
        assert len(token) == 36_544
        assert open_envelope(token, RING, NOW, audience="hub").body == body


class TestBytes:
    def test_two_seals_of_the_same_bytes_differ(self):
        assert seal_bytes(b"same", HELPER_SEAL.public()) != seal_bytes(b"same", HELPER_SEAL.public())

    def test_a_challenge_opens_with_the_right_key_only(self):
        sealed = seal_bytes(b"challenge", HELPER_SEAL.public())
        assert unseal_bytes(sealed, HELPER_SEAL) == b"challenge"
        with pytest.raises(BadTokenError):
            unseal_bytes(sealed, fixed_sealing_key("other"))

    def test_a_site_that_turned_its_key_over_finds_the_right_one(self):
        assert sealed_to(seal()) == HELPER_SEAL.kid()

    def test_any_flipped_bit_is_refused(self):
        sealed = seal_bytes(b"x", HELPER_SEAL.public()).encode("latin-1")
        for place in range(len(sealed) * 8):
            flipped = bytearray(sealed)
            flipped[place // 8] ^= 1 << place % 8
            with pytest.raises(BadTokenError):
                unseal_bytes(flipped.decode("latin-1"), HELPER_SEAL)

    def test_a_large_one_is_refused_before_it_is_read(self):
        with pytest.raises(TooLargeError):
            unseal_bytes("!" * 16_001, HELPER_SEAL)


class TestHeader:
    """Read before the seal is opened, and refused although the seal itself would open."""

    @pytest.fixture
    def parts(self):
        return seal_bytes(b"x", HELPER_SEAL.public()).split(".")

    def refused(self, sealed):
        for read in (sealed_to, lambda sealed: unseal_bytes(sealed, HELPER_SEAL)):
            with pytest.raises(BadTokenError):
                read(sealed)

    @pytest.mark.parametrize(
        "changes",
        [
            {"alg": "ECDH-ES"}, {"alg": "dir"}, {"alg": "RSA1_5"}, {"alg": ["x"]}, {"enc": "A128GCM"}, {"enc": 1},
            {"typ": "JWE"}, {"typ": None}, {"kid": None}, {"kid": 7}, {"zip": "DEF"}, {"cty": "x"},
            {"apu": "YQ"}, {"apv": "YQ"}, {"crit": []}, {"epk": None}, {"epk": {}}, {"epk": "x"}, {"epk": [1]},
        ],
        ids=str,
    )  # fmt: skip
    def test_exactly_one_header_is_taken(self, changes):
        self.refused(forge_seal(b"x", HELPER_SEAL.public(), seed="header", header=changes))

    def test_the_hand_made_seal_opens_but_for_its_header(self):
        assert unseal_bytes(forge_seal(b"x", HELPER_SEAL.public(), seed="header"), HELPER_SEAL) == b"x"

    def test_the_right_key_under_the_name_of_another_is_refused(self):
        other = {"kid": fixed_sealing_key("other").kid()}
        with pytest.raises(BadTokenError, match="another key"):
            unseal_bytes(forge_seal(b"x", HELPER_SEAL.public(), seed="header", header=other), HELPER_SEAL)

    @pytest.mark.parametrize("x", weak_points.X25519)
    def test_a_small_order_ephemeral_key_is_refused(self, x):
        weak = {"epk": weak_points.jwk("X25519", x)}
        self.refused(forge_seal(b"x", HELPER_SEAL.public(), seed="header", header=weak))

    @pytest.mark.parametrize("extra", [{"d": HELPER_SEAL.jwk()["d"]}, {"use": "enc"}])
    def test_an_ephemeral_key_has_no_other_member(self, extra, parts):
        epk = {**json.loads(unb64(parts[0]))["epk"], **extra}
        self.refused(forge_seal(b"x", HELPER_SEAL.public(), seed="header", header={"epk": epk}))

    @pytest.mark.parametrize(("part", "length"), [(1, 32), (1, 48), (2, 8), (2, 16), (4, 8), (4, 17)])
    def test_every_part_has_its_length(self, part, length, parts):
        parts[part] = b64(bytes(length))
        self.refused(".".join(parts))

    def test_a_long_header_is_refused(self):
        self.refused(forge_seal(b"x", HELPER_SEAL.public(), seed="header", header={"kid": "k" * 1000}))

    def test_five_parts_no_more_no_less(self, parts):
        for wrong in (parts[:4], [*parts, ""], parts[:3]):
            self.refused(".".join(wrong))
