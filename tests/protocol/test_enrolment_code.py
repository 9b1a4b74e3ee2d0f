"""The enrolment code: what is read out, mistyped or pasted still works, or says what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.enrolment_code import EnrolmentCode, EnrolmentCodeError
from protocol.errors import HubKeyMismatchError
from protocol.key_log import genesis
from protocol.messages.enrolment import Begin
from protocol.withdrawal import ALPHABET
from tests.support.forge import NOW, fixed_signing_key

CODE = EnrolmentCode(bytes(range(16)), bytes(range(100, 116)))
SHOWN = CODE.encode()
pairs = st.tuples(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))


@given(pairs)
def test_a_code_survives_being_shown_and_typed(pair):
    code = EnrolmentCode(*pair)
    assert EnrolmentCode.parse(code.encode()) == code


def test_it_is_shown_in_eleven_groups_of_five():
    assert [len(group) for group in SHOWN.split("-")] == [5] * 11
    assert set(SHOWN) <= set(ALPHABET + "-")


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(SHOWN.lower(), id="small letters"),
        pytest.param(SHOWN.replace("-", ""), id="without hyphens"),
        pytest.param(SHOWN.replace("-", " "), id="with spaces"),
        pytest.param(f"  {SHOWN}\n", id="pasted with its line"),
        pytest.param(SHOWN.replace("-", "\u2013"), id="hyphens made into dashes"),
        pytest.param(SHOWN.replace("-", "\u00a0"), id="hard spaces"),
        pytest.param(SHOWN.replace("0", "O").replace("1", "I"), id="look-alikes"),
        pytest.param(SHOWN.replace("0", "o").replace("1", "l"), id="small look-alikes"),
    ],
)
def test_it_forgives_how_people_type(typed):
    assert "0" in SHOWN
    assert "1" in SHOWN
    assert EnrolmentCode.parse(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "too short"),
        (SHOWN[:-1], "too short: it has 55 letters and digits, this has 54"),
        (SHOWN + "0", "too long"),
        (SHOWN.replace(SHOWN[0], "U", 1), "cannot hold U"),
        (SHOWN + "!", "cannot hold !"),
        ("é" + SHOWN[1:], "cannot hold É"),
    ],
)
def test_it_says_what_is_wrong(typed, said):
    with pytest.raises(EnrolmentCodeError, match=said):
        EnrolmentCode.parse(typed)


def test_any_single_mistyped_letter_is_noticed():
    letters = SHOWN.replace("-", "")
    for place, letter in enumerate(letters):
        wrong = ALPHABET[(ALPHABET.index(letter) + 1) % 32]
        with pytest.raises(EnrolmentCodeError, match="mistyped"):
            EnrolmentCode.parse(letters[:place] + wrong + letters[place + 1 :])


def test_any_two_neighbours_swapped_are_noticed():
    letters = SHOWN.replace("-", "")
    for place in range(len(letters) - 1):
        swapped = letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :]
        if swapped != letters:
            with pytest.raises(EnrolmentCodeError, match="mistyped"):
                EnrolmentCode.parse(swapped)


def test_it_knows_the_right_hub():
    first = genesis(fixed_signing_key("hub"), recovery_hash=fixed_signing_key("r").kid(), now=NOW)
    other = genesis(fixed_signing_key("evil hub"), recovery_hash=fixed_signing_key("r").kid(), now=NOW)
    code = EnrolmentCode.new(first)
    code.check_hub(first)
    with pytest.raises(HubKeyMismatchError):
        code.check_hub(other)


def test_two_codes_of_one_hub_differ_in_their_secret_only():
    first = genesis(fixed_signing_key("hub"), recovery_hash=fixed_signing_key("r").kid(), now=NOW)
    one, two = EnrolmentCode.new(first), EnrolmentCode.new(first)
    assert one.anchor == two.anchor
    assert one.secret != two.secret


def test_the_secret_fits_its_message_and_is_not_printed():
    field = Begin.__dataclass_fields__["code"].metadata["rule"]
    field.deserialize(CODE.secret_text)
    assert CODE.secret_text not in repr(CODE)
    assert repr(CODE.secret) not in repr(CODE)


def test_halves_of_another_length_are_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        EnrolmentCode(b"short", bytes(16))
