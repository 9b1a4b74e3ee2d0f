"""Copies for the day when the machine is lost: the database, and apart from it what opens it.

Letters and case keys are never in an ordinary copy: what is erased here would live on in each of them
(confidentiality page, "Two lifetimes"). They are in a key backup of its own, which gives back no case once its short
life is over.
"""

import json
import os
import sqlite3
from base64 import b64decode, b64encode
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from site_agent.keys import KeyStore
from site_agent.models import AnySession, CaseKey, Match, Outreach, Request
from site_agent.services import policy
from site_agent.services.retention import SEALED

_LEFT_OUT = (
    "DELETE FROM case_key",
    "DELETE FROM draft",
    # An address, and a link that opens something, in clear.
    "DELETE FROM mail WHERE state = 'waiting'",
    "DELETE FROM sign_in_session",
    "DELETE FROM link_session",
    "UPDATE outbox SET state = 'forgotten', type = NULL, thid = NULL, token = NULL, queued_at = NULL, posted_at = NULL "
    "WHERE type = 'match.letters'",
)
_SEALED: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (Request, SEALED),
    (Match, ("card", "identity")),
    (Outreach, ("identity", "reason")),
)
"""Tables that name a case, and their columns under its key."""


class BackupError(Exception):
    """It cannot be done; the message says how to mend it."""


@dataclass(frozen=True)
class KeyBackup:
    """What a file of keys holds. `files`: the site's own keys by file name; `cases`: wrapped keys by case."""

    good_until: datetime
    files: dict[str, str]
    cases: dict[str, bytes]


@dataclass(frozen=True)
class Restored:
    """How many cases can be opened again, and how many have no key any more and were forgotten."""

    n_opened: int
    n_lost: int
    is_outdated: bool


def copy_database(source: Path, folder: Path, now: datetime) -> Path:
    """A copy of the database without letters and case keys, named by the moment; the program may run meanwhile.

    The copy is put together in memory: what is left out never touches the other disk. Raises BackupError.
    """
    target = folder / f"agent-{now:%Y%m%dT%H%M%SZ}.sqlite"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(target, b"")
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}.") from error
    try:
        _copy(source, target)
    except (OSError, sqlite3.Error) as error:
        target.unlink()  # what is left of it must not pass for a copy
        raise BackupError(f"{source} cannot be copied: {error}.") from error
    return target


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(":memory:")) as copy:
        live.backup(copy)
        with copy:
            for statement in _LEFT_OUT:
                copy.execute(statement)
        copy.execute("VACUUM INTO ?", (str(target),))
    with target.open("rb") as file:
        os.fsync(file.fileno())


def lifetime(session: AnySession) -> timedelta:
    """How long a key backup gives back cases: never longer than a name is kept."""
    return timedelta(
        days=min(policy.number(session, "key_backup_days"), policy.number(session, "identity_days"))
    )


def copy_keys(session: AnySession, data_dir: Path, path: Path, now: datetime) -> datetime:
    """Write the site's own keys and the key of every case to a new file; returns until when it is good.

    Raises BackupError if the file cannot be written or is there already.
    """
    good_until = now + lifetime(session)
    cases = {row.case_id: b64encode(row.wrapped).decode() for row in session.scalars(select(CaseKey))}
    kept = {"good_until": good_until.isoformat(), "files": KeyStore(data_dir).texts(), "cases": cases}
    try:
        _write(path, json.dumps(kept).encode())
    except FileExistsError as error:
        raise BackupError(
            f"{path} is there already. Choose another name, and destroy the old one."
        ) from error
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from error
    return good_until


def read_keys(path: Path) -> KeyBackup:
    """What a file of keys holds. Raises BackupError."""
    try:
        kept = json.loads(path.read_text(encoding="ascii"))
        cases = {case_id: b64decode(wrapped) for case_id, wrapped in kept["cases"].items()}
        return KeyBackup(datetime.fromisoformat(kept["good_until"]), dict(kept["files"]), cases)
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{path} is no backup of keys, or it is damaged.") from error


def restore_cases(session: AnySession, backup: KeyBackup, now: datetime) -> Restored:
    """Put the keys of cases back into a copy of the database. Never commits.

    A case that the copy no longer names stays erased, and one without a key is forgotten: nothing opens it any more.
    After its time the backup opens none. Raises BackupError where there are case keys already.
    """
    if session.scalar(select(CaseKey.case_id).limit(1)) is not None:
        raise BackupError("This database has case keys: it is in use. Restore into a fresh folder.")
    is_outdated = now >= backup.good_until
    named = _named(session)
    opened = set() if is_outdated else named & set(backup.cases)
    session.add_all(CaseKey(case_id=each, wrapped=backup.cases[each]) for each in opened)
    session.flush()
    for table, columns in _SEALED:
        lost = table.case_id.is_not(None), table.case_id.not_in(opened)
        session.execute(update(table).where(*lost).values(case_id=None, **dict.fromkeys(columns)))
    return Restored(len(opened), len(named - opened), is_outdated)


def _named(session: AnySession) -> set[str]:
    ids = (session.scalars(select(table.case_id)) for table, _columns in _SEALED)
    return {case_id for found in ids for case_id in found if case_id is not None}


def _write(path: Path, content: bytes) -> None:
    # For its owner alone from the first moment on, and never over another file.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
