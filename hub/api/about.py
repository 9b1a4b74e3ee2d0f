"""What the hub says of itself, and what its problem codes mean."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.services import key_directory
from protocol import limits
from protocol.errors import PROBLEMS
from protocol.keys import SigningKey


def hub(session: Session, key: SigningKey, now: datetime) -> dict[str, Any]:
    """Versions, limits, the hub's public key, the key log, its signed head and every site's countersigned one."""
    return {
        "versions": [limits.VERSION],
        "key": key.public().jwk(),
        "log": key_directory.all_entries(session),
        "head": key_directory.head_token(session),
        "heads": key_directory.all_seen(session),
        "limits": {
            "token_bytes": limits.MAX_TOKEN_BYTES,
            "tokens": limits.MAX_TOKENS,
            "post_bytes": limits.MAX_POST_BYTES,
            "depth": limits.MAX_DEPTH,
            "fresh_seconds": limits.FRESH_LEEWAY_SECONDS,
            "lifetime_seconds": int(limits.MAX_LIFETIME.total_seconds()),
        },
        "server_time": int(now.timestamp()),
    }


def meaning(code: str) -> dict[str, Any] | None:
    """One problem code in words; None if there is no such code."""
    kind = PROBLEMS.get(code)
    if kind is None:
        return None
    about = {"code": kind.code, "status": kind.status, "title": kind.title, "mend": kind.mend}
    return about | {"retryable": kind.retryable}


def codes() -> list[str]:
    """Every problem code there is."""
    return sorted(PROBLEMS)
