"""Hostile bytes: whatever comes in, the answer is a protocol error or an opened message, never a crash."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import jose
from protocol.envelope import HUB, open_envelope, open_self_signed, peek
from protocol.errors import BadTokenError, ProtocolError, UnknownKidError
from protocol.keys import DictKeyring
from protocol.sealing import sealed_to, unseal_bytes
from tests.support.forge import NOW, b64, fixed_sealing_key, fixed_signing_key, forge, header_of

KEY = fixed_signing_key("site")
RING = DictKeyring([KEY.public()])

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(st.text(max_size=10), values, max_size=6)
compact = st.text("AZaz09-_.=+/\0 é\ud800", max_size=60)


def refusal(read: Callable[[], object]) -> str | None:
    try:
        read()
    except ProtocolError as error:
        return error.code
    return None


def opens_or_is_refused(token: str) -> None:
    for read in (
        lambda: open_envelope(token, RING, NOW, audience=HUB),
        lambda: open_self_signed(token, NOW, HUB),
        lambda: peek(token),
    ):
        assert refusal(read) != "server-fault"


@given(st.text(max_size=200) | compact)
def test_any_text(token):
    opens_or_is_refused(token)


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=6))
def test_any_bytes_behind_dots(parts):
    opens_or_is_refused(".".join(b64(part) for part in parts))


@given(objects)
def test_any_header(header):
    opens_or_is_refused(forge(header, {"v": 1}, KEY))


@given(objects)
def test_any_signed_claims(claims):
    opens_or_is_refused(forge(header_of(KEY), claims, KEY))


@settings(max_examples=300)
@given(st.data())
def test_any_signed_claims_that_are_nearly_right(data):
    claims = {
        "v": 1, "type": "match.attempted", "iss": "a", "aud": HUB, "jti": "j" * 22,
        "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 60, "body": {"at": 1},
    }  # fmt: skip
    name = data.draw(st.sampled_from([*claims, "thid", "re", "pad"]))
    opens_or_is_refused(forge(header_of(KEY), {**claims, name: data.draw(values)}, KEY))


@given(objects, st.sampled_from(["match.letters", "offers.capacity", "enrolment.begin", "transport.submit"]))
def test_any_signed_body(body, kind):
    claims = {
        "v": 1, "type": kind, "iss": "a", "aud": HUB, "jti": "j" * 22,
        "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 60, "body": body,
    }  # fmt: skip
    opens_or_is_refused(forge(header_of(KEY), claims, KEY))


@given(st.text(max_size=200) | compact | st.lists(st.binary(max_size=60), min_size=5, max_size=5))
def test_any_sealed_text(sealed):
    text = sealed if isinstance(sealed, str) else ".".join(b64(part) for part in sealed)
    for read in (lambda: sealed_to(text), lambda: unseal_bytes(text, fixed_sealing_key("a"))):
        assert refusal(read) == "bad-token"


@pytest.mark.parametrize("wrong", [None, 7, b"a.b.c", ["a"], {}])
def test_what_is_no_text_at_all(wrong):
    with pytest.raises(BadTokenError):
        open_envelope(wrong, RING, NOW, audience=HUB)


@pytest.mark.parametrize(
    "error",
    [
        TypeError,
        KeyError,
        AttributeError,
        ValueError,
        IndexError,
        OverflowError,
        RecursionError,
        AssertionError,
    ],
)
def test_whatever_a_reader_raises_is_a_bad_token_that_repeats_nothing(error):
    with pytest.raises(BadTokenError) as caught, jose.hostile_bytes():
        raise error("Dr Jane Doe")
    assert "Jane" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_refusal_passes_as_it_is():
    with pytest.raises(UnknownKidError), jose.hostile_bytes():
        raise UnknownKidError()


def test_a_broken_keyring_is_no_fault_of_the_sender():
    class Broken:
        def verify_key(self, kid, at=None):
            raise RuntimeError("database away")

    with pytest.raises(RuntimeError):
        open_envelope(forge(header_of(KEY), {"v": 1}, KEY), Broken(), NOW, audience=HUB)
