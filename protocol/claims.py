"""The form of an envelope's claims, checked by hand so that the refusal can name each wrong one."""

import re
from typing import Any

from protocol.errors import BadTokenError
from protocol.limits import MAX_LIFETIME
from protocol.messages.body import ID_PATTERN, MAX_INSTANT

_ID = re.compile(ID_PATTERN)
_PARTY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TYPE = re.compile(r"[a-z0-9.-]{1,64}")
PADDING = "x"
_PAD = re.compile(f"{PADDING}*")
_TEXT_FORMS = {"type": _TYPE, "iss": _PARTY, "aud": _PARTY, "jti": _ID, "thid": _ID, "re": _ID, "pad": _PAD}
_REQUIRED = {"v", "type", "iss", "aud", "jti", "iat", "exp", "body"}
_OPTIONAL = {"thid", "re"}
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_MAX_POINTERS = 20


def check_claims(claims: dict[str, Any], *, padded: bool) -> None:
    """Raises BadTokenError naming every claim that is missing, unknown or malformed.

    `type`: 1 to 64 of a-z 0-9 . -; `iss`, `aud`: 1 to 64 of base64url; `jti`, `thid`, `re`: 128 bits in
    base64url; `iat`, `exp`: seconds since 1970, before 2100, `exp` after `iat` by 14 days at most; `body`: an
    object. `pad`, letters x that fill a letter to its size, stands in a letter (`padded`) and nowhere else.
    """
    required = _REQUIRED | {"pad"} if padded else _REQUIRED
    wrong = required - set(claims)
    unknown = set(claims) - required - _OPTIONAL
    wrong |= {
        name for name, form in _TEXT_FORMS.items() if name in claims and not _is_text(claims[name], form)
    }
    wrong |= {name for name in ("iat", "exp") if not _is_instant(claims.get(name))}
    if not isinstance(claims.get("body"), dict):
        wrong.add("body")
    if not wrong & {"iat", "exp"} and not 0 < claims["exp"] - claims["iat"] <= MAX_LIFETIME.total_seconds():
        wrong.add("exp")
    if wrong or unknown:
        where = sorted(_pointer("", name) for name in wrong | unknown)
        raise BadTokenError("The claims do not have their form.", where=where[:_MAX_POINTERS])


def pointers(messages: Any, prefix: str) -> list[str]:
    """JSON Pointers to the fields that marshmallow's nested error messages name, at most twenty."""
    found: list[str] = []
    pending = [(prefix, messages)]
    while pending and len(found) < _MAX_POINTERS:
        path, node = pending.pop(0)
        if isinstance(node, dict):
            pending += [
                (path if name == "_schema" else _pointer(path, name), inner) for name, inner in node.items()
            ]
        else:
            found.append(path)
    return sorted(set(found))


def _is_text(value: Any, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _is_instant(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= MAX_INSTANT


def _pointer(path: str, name: object) -> str:
    # A name that no message of ours has may hold anything, so it is not repeated.
    return f"{path}/{name}" if _NAME.fullmatch(str(name)) else f"{path}/?"
