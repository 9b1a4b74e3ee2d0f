"""A copy of the hub's database for the day when the machine is lost, without a letter in it.

The hub opens no letter, but a letter in a copy outlives the fourteen days that it was to lie here (confidentiality
page). A site whose letter is not in the copy is asked for another.
"""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub import outbox
from hub.models import Letter, OutboxRow, SignInSession
from protocol.messages.matches import Proposal, Release

_WITH_LETTERS = (Proposal.TYPE, Release.TYPE)


class BackupError(Exception):
    """It cannot be done; the message says how to mend it."""


def copy_database(url: str, folder: Path, now: datetime) -> Path:
    """A copy of an SQLite database, named by the moment; the hub may run meanwhile. Needs the app's keys.

    It is put together in memory: no letter ever touches the other disk. Raises BackupError.
    """
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise BackupError("This hub keeps its data in PostgreSQL: see docs/operating.md, Backups of a hub.")
    target = folder / f"hub-{now:%Y%m%dT%H%M%SZ}.sqlite"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}.") from error
    try:
        _copy(address.database, target, now)
    except (OSError, sqlite3.Error, sa.exc.DBAPIError) as error:
        target.unlink()  # what is left of it must not pass for a copy
        kind = getattr(error, "orig", error)
        raise BackupError(f"{address.database} cannot be copied: {kind}.") from error
    return target


def _copy(source: str, target: Path, now: datetime) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(":memory:")) as copy:
        live.backup(copy)
        _leave_out(copy, now)
        copy.execute("VACUUM INTO ?", (str(target),))
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _leave_out(copy: sqlite3.Connection, now: datetime) -> None:
    """Letters that wait, those on their way (a void takes their number), and who is signed in."""
    engine = sa.create_engine("sqlite://", creator=lambda: copy, poolclass=sa.StaticPool)
    open_ = OutboxRow.type.in_(_WITH_LETTERS), OutboxRow.token.is_not(None)
    with Session(engine) as session, session.begin():
        for site_id, n in session.execute(sa.select(OutboxRow.site_id, OutboxRow.n).where(*open_)).all():
            outbox.void(session, site_id, n, now)
        session.execute(sa.delete(Letter))
        session.execute(sa.delete(SignInSession))
