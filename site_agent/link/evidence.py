"""Heads of the key log that the hub signed and this site's copy does not hold: kept, so that no press forgets them.

They lie in a file beside the database. It tells about keys only, and can be handed to whoever looks into an alarm.
"""

import os
from pathlib import Path

from flask import current_app

from protocol.errors import ProtocolError
from protocol.key_log import Head, Log, open_head, open_seen

FILE = "key-log-conflicts.txt"
_MOST = 50
"""Ours: a lying hub must not fill the disk; the first findings tell as much as the later ones."""


def keep(token: str, log: Log) -> None:
    """Keep a head, or a countersigned one, unless the same head is kept already."""
    head, kept = _read(token, log), _tokens()
    if head is None or len(kept) >= _MOST or head in [_read(each, log) for each in kept]:
        return
    opened = os.open(_path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(opened, "a", encoding="ascii") as file:
        file.write(token + "\n")
        file.flush()
        os.fsync(file.fileno())


def is_settled(log: Log) -> bool:
    """Whether the log holds every head that was kept. Raises KeyLogForkError if it conflicts with one."""
    held = [log.check_head(head) for head in (_read(token, log) for token in _tokens()) if head is not None]
    return all(held)


def forget() -> None:
    """The alarm is settled."""
    _path().unlink(missing_ok=True)


def _read(token: str, log: Log) -> Head | None:
    try:
        return open_head(token, log)
    except ProtocolError:
        pass
    try:
        return open_seen(token, log)[1]
    except ProtocolError:
        return None


def _tokens() -> list[str]:
    path = _path()
    return path.read_text(encoding="ascii").split() if path.exists() else []


def _path() -> Path:
    folder: Path = current_app.extensions["agent_config"].data_dir
    return folder / FILE
