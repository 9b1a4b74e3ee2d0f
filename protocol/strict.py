"""Strict reading of base64url and JSON: one byte string, one meaning, in every language.

Python's own readers are lenient: base64 skips foreign characters, JSON takes NaN, duplicate names
(the last wins) and lone surrogates. Two readers that disagree about a signed message are a hole.
All functions raise `ValueError` on anything that is not exactly the one accepted form.
"""

import base64
import json
import re
from typing import Any, NoReturn

from protocol.limits import MAX_DEPTH, MAX_INTEGER

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_OUTSIDE_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_UNSAFE_TEXT = re.compile("[\x00\ud800-\udfff]")
_MAX_DIGITS = len(str(MAX_INTEGER))


def b64url_encode(data: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """The bytes of canonical, unpadded base64url; spare bits must be zero."""
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64url_encode(data) != text:
        raise ValueError("base64url with spare bits set")
    return data


def load_object(data: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8, of objects, arrays, strings and integers: no floats, NaN, true, false, null,
    no duplicate names, no integer past 2^53, no lone surrogate, no U+0000 (PostgreSQL cannot store it),
    nested MAX_DEPTH deep at most."""
    text = data.decode("utf-8", "strict")
    _check_depth(text)
    value = json.loads(
        text,
        object_pairs_hook=_unique_object,
        parse_int=_bounded_integer,
        parse_float=_refuse_number,
        parse_constant=_refuse_number,
    )
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    _check_values(value)
    return value


def dump_object(value: dict[str, Any]) -> bytes:
    """The JSON that `load_object` reads, compact, names in the order given."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "strict")


def _check_depth(text: str) -> None:
    # Counted before parsing: Python's parser recurses, so depth itself is an attack.
    depth = 0
    for character in _OUTSIDE_STRINGS.sub("", text):
        if character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError("nested too deeply")
        elif character in "]}":
            depth -= 1


def _unique_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a member name appears twice")
    return value


def _bounded_integer(digits: str) -> int:
    if len(digits.removeprefix("-")) > _MAX_DIGITS:
        raise ValueError("integer out of range")
    number = int(digits)
    if abs(number) > MAX_INTEGER:
        raise ValueError("integer out of range")
    return number


def _refuse_number(literal: str) -> NoReturn:
    raise ValueError("numbers are integers")


def _check_values(value: Any) -> None:
    if isinstance(value, str):
        if _UNSAFE_TEXT.search(value):
            raise ValueError("text that cannot be stored")
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_values(name)
            _check_values(member)
    elif isinstance(value, list):
        for member in value:
            _check_values(member)
    elif value is None or isinstance(value, bool):
        raise ValueError("values are strings and integers")
