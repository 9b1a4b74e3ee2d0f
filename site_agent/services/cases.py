"""Case keys: each case has a random data key of its own, and erasing the case is destroying that key."""

import hmac
import json
import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from sqlalchemy import delete

from protocol.envelope import new_id
from protocol.strict import b64url_encode
from site_agent.keys import current_keys
from site_agent.models import AnySession, CaseKey
from site_agent.services.sealed_text import KEY_BYTES, SealedValueError, seal_bytes, unseal_bytes

__all__ = ["SealedValueError", "destroy", "new_case", "open_", "opener", "seal", "token"]

_WRAP = "case_key"


def new_case(session: AnySession) -> str:
    """A fresh case with its key, wrapped with the site's data key."""
    case_id = new_id()
    wrapped = seal_bytes(current_keys().data, secrets.token_bytes(KEY_BYTES), case_id, _WRAP)
    session.add(CaseKey(case_id=case_id, wrapped=wrapped))
    return case_id


def seal(session: AnySession, case_id: str, column: str, value: Any) -> bytes:
    """Seal a JSON value for one column of a case. Raises SealedValueError once the case is destroyed."""
    return seal_bytes(_key(session, case_id), json.dumps(value).encode(), case_id, column)


def open_(session: AnySession, case_id: str | None, column: str, sealed: bytes | None) -> Any:
    """The value of a sealed column; None for an empty one. Raises SealedValueError."""
    if sealed is None or case_id is None:
        return None
    return opener(session, case_id)(column, sealed)


def opener(session: AnySession, case_id: str) -> Callable[[str, bytes | None], Any]:
    """`open_` for several columns of one case, whose key is unwrapped once. Never keep it beyond the view.

    Raises SealedValueError.
    """
    key = _key(session, case_id)

    def opened(column: str, sealed: bytes | None) -> Any:
        return None if sealed is None else json.loads(unseal_bytes(key, sealed, case_id, column))

    return opened


def token(session: AnySession, case_id: str, value: str) -> str:
    """A keyed hash that recognises a value within this case, and means nothing once the case is destroyed."""
    return b64url_encode(hmac.digest(_key(session, case_id), b"asked|" + value.encode(), sha256))


def destroy(session: AnySession, case_id: str | None) -> None:
    """Erase the case: from the commit on, nothing sealed in it can be opened. Repeating it is no error."""
    if case_id is not None:
        session.execute(delete(CaseKey).where(CaseKey.case_id == case_id))


def _key(session: AnySession, case_id: str) -> bytes:
    kept = session.get(CaseKey, case_id)
    if kept is None:
        raise SealedValueError("This case was erased.")
    return unseal_bytes(current_keys().data, kept.wrapped, case_id, _WRAP)
