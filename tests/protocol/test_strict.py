"""Strict base64url and JSON: everything that Python alone would let pass."""

import base64
import binascii
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.limits import MAX_DEPTH, MAX_INTEGER
from protocol.strict import b64url_decode, b64url_encode, dump_object, load_object


@given(st.binary(max_size=100))
def test_base64url_round_trip(data):
    assert b64url_decode(b64url_encode(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("A", id="impossible length"),
        pytest.param("AAAAA", id="impossible length, longer"),
        pytest.param("AA==", id="padding"),
        pytest.param("AB", id="spare bits of two letters"),
        pytest.param("AAB", id="spare bits of three letters"),
        pytest.param("+/AA", id="the other alphabet"),
        pytest.param("AA AA", id="a space"),
        pytest.param("AAAA\n", id="a line feed at the end"),
        pytest.param("ＡＡＡＡ", id="wide letters"),
    ],
)
def test_only_one_spelling_of_bytes_is_base64url(text):
    with pytest.raises(ValueError, match="base64url"):
        b64url_decode(text)


def test_pythons_own_base64_would_have_skipped_foreign_characters():
    assert base64.urlsafe_b64decode("AA!AA") == b"\0\0\0"
    with pytest.raises(binascii.Error):
        base64.b64decode("AA!AA", validate=True)


def nested(depth: int) -> bytes:
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


REFUSED = {
    "a duplicate name": b'{"a":1,"a":2}',
    "a duplicate name, escaped": rb'{"a":1,"\u0061":2}',
    "a duplicate name, deeper": b'{"a":[{"b":1,"b":1}]}',
    "a float": b'{"a":1.0}',
    "an exponent": b'{"a":1e2}',
    "NaN": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "an integer past 2^53": b'{"a":9007199254740993}',
    "an integer below -2^53": b'{"a":-9007199254740993}',
    "an integer of 5,000 digits": b'{"a":' + b"1" * 5000 + b"}",
    "true": b'{"a":true}',
    "null": b'{"a":[null]}',
    "a lone surrogate": rb'{"a":"\ud800"}',
    "a lone surrogate as a name": rb'{"\udfff":1}',
    "a NUL": rb'{"a":"\u0000"}',
    "not UTF-8": b'{"a":"\xff"}',
    "a byte order mark": b'\xef\xbb\xbf{"a":1}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "something after the object": b'{"a":1}{}',
    "an array": b"[1]",
    "a string": b'"a"',
    "nothing": b"",
    "a raw line feed in a string": b'{"a":"\n"}',
    "a comment": b'{"a":1/**/}',
    "one level too deep": nested(MAX_DEPTH + 1),
    "deep enough to exhaust a recursive parser": b'{"a":' + b"[" * 60_000,
    "deep behind a string that never ends": b'{"a":"\\"' + b"[" * 60_000,
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_ambiguous_json_is_refused(data):
    with pytest.raises(ValueError):
        load_object(data)


def test_what_is_allowed_passes():
    value = {"a": [MAX_INTEGER, -MAX_INTEGER, 0], "é": {"b": "𝄞 [[[[[[[[[[ {"}, "c": []}
    assert load_object(dump_object(value)) == value
    assert load_object(nested(MAX_DEPTH)) == json.loads(nested(MAX_DEPTH))


def test_brackets_inside_strings_do_not_count_as_depth():
    assert load_object(rb'{"a":"\"[[[[[[[[[[[[","b":"\\"}') == {"a": '"[[[[[[[[[[[[', "b": "\\"}


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_a_value_error(data):
    try:
        value = load_object(data)
    except ValueError:
        return
    assert isinstance(value, dict)
