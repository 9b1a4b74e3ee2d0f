"""Walks over every row of every table: what hangs together with a case by any id, token or hash in any column."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import select, text

from site_agent.models import CaseKey, Person, Supporter
from site_agent.services import cases

SHORTEST_KEY = 16
"""Ids have 22 signs, hashes more; codes, names of tables and times of the day have fewer or join nothing."""
NO_CASE = ("alembic_version", "directory_site", "key_entry", "directory_page", "policy_change", "setting")

NO_KEY = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d|[a-z-]+(,[a-z-]+)+$")
"""Moments, at which the test's clock lets many things happen at once, and lists of codes."""

Row = tuple[str, frozenset[str]]
"""The table, and everything that the row says."""


def every_row(session: Any) -> list[Row]:
    """All rows of all tables as SQLite has them, whatever the models know."""
    session.flush()
    tables = session.execute(text("select name from sqlite_master where type = 'table'")).scalars().all()
    found = []
    for table in set(tables) - set(NO_CASE):
        for row in session.execute(text(f'select * from "{table}"')):
            found.append((table, frozenset(said for value in row for said in _said(value))))
    return found


def joined(session: Any, *seeds: str) -> set[Row]:
    """The rows that lead to these ids, and those that lead to them, as far as it goes. Accounts are no way: one
    coordinator works on every case. Nor is the one PIN that all supporters of a test have."""
    pins = {said for pin in session.scalars(select(Supporter.pin_hash)) for said in _said(pin)}
    no_way = pins.union(session.scalars(select(Person.person_id)))
    rows, reached, keys = every_row(session), set[Row](), set(seeds)
    while True:
        more = {row for row in rows if row not in reached and _touches(row[1], keys)}
        if not more:
            return reached
        reached |= more
        keys |= {said for _, values in more for said in values if is_key(said)} - no_way


def is_key(said: str) -> bool:
    """Whether a value could lead from one row to another."""
    return len(said) >= SHORTEST_KEY and NO_KEY.match(said) is None


def names_of(session: Any, supporter: Supporter) -> set[str]:
    """By what a row could mean this supporter: the id, how to reach them, and the token of each case that can still
    be opened."""
    known = {supporter.supporter_id, supporter.name, supporter.email}
    open_cases = [row.case_id for row in session.query(CaseKey)]
    return known | {cases.token(session, case_id, supporter.supporter_id) for case_id in open_cases}


def joins(session: Any, supporter: Supporter, *seeds: str) -> set[str]:
    """The tables through which this supporter hangs together with the case; empty: nothing does.

    The row of the roster is theirs and no case's, so it counts only if another one leads there.
    """
    names = names_of(session, supporter)
    return {table for table, values in joined(session, *seeds) if _touches(values, names)}


def _touches(values: Iterable[str], keys: set[str]) -> bool:
    return any(key in said for said in values for key in keys)


def _said(value: object) -> Iterator[str]:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return
    yield value
    if "/" in value:  # a link is kept as a hash of its last part
        yield sha256(value.rpartition("/")[2].encode()).hexdigest()
    for part in value.split(".")[:2] if value.count(".") == 2 else ():
        try:
            yield json.dumps(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))
        except ValueError:
            continue
