"""The part of the hub's sign-in store that keeps passkeys and recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CursorResult, Delete, Update, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub import audit
from hub.database import AnySession
from hub.models.person import PasskeyRow, RecoveryCode, SpentChallenge
from ui.clock import now
from ui.signin.store import Passkey


class MeansStore:
    """Passkeys, recovery codes and answered questions over the hub's tables."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def passkeys_of(self, person_id: str) -> list[Passkey]:
        rows = select(PasskeyRow).where(PasskeyRow.person_id == person_id)
        ordered = rows.order_by(PasskeyRow.added_at, PasskeyRow.passkey_id)
        return [_passkey(row) for row in self._session.scalars(ordered)]

    def passkey(self, credential_id: bytes) -> Passkey | None:
        row = self._session.scalar(select(PasskeyRow).where(PasskeyRow.credential_id == credential_id))
        return _passkey(row) if row is not None else None

    def add_passkey(self, passkey: Passkey) -> bool:
        added = self._inserts(PasskeyRow, **asdict(passkey))
        if added:
            self._note(passkey.person_id, "passkey-added")
        return added

    def use_passkey(self, credential_id: bytes, sign_count: int, on: date) -> bool:
        later = PasskeyRow.sign_count < sign_count
        if sign_count == 0:  # a passkey kept in several devices counts nothing (Web Authentication, 6.1.1)
            later = PasskeyRow.sign_count == 0
        used = update(PasskeyRow).where(PasskeyRow.credential_id == credential_id, later)
        return self._changes_one(used.values(sign_count=sign_count, used_on=on))

    def remove_passkey(self, person_id: str, passkey_id: str) -> bool:
        of_them = (PasskeyRow.person_id == person_id, PasskeyRow.passkey_id == passkey_id)
        removed = self._changes_one(delete(PasskeyRow).where(*of_them))
        if removed:
            self._note(person_id, "passkey-removed")
        return removed

    def spend_challenge(self, challenge_hash: str, at: datetime, expires_at: datetime) -> bool:
        self._session.execute(delete(SpentChallenge).where(SpentChallenge.expires_at <= at))
        return self._inserts(SpentChallenge, challenge_hash=challenge_hash, expires_at=expires_at)

    def set_recovery_codes(self, person_id: str, code_hashes: Iterable[str]) -> None:
        self._session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
        self._session.add_all(RecoveryCode(code_hash=each, person_id=person_id) for each in code_hashes)
        self._session.flush()
        self._note(person_id, "recovery-codes")

    def take_recovery_code(self, person_id: str, code_hash: str) -> bool:
        of_them = (RecoveryCode.person_id == person_id, RecoveryCode.code_hash == code_hash)
        return self._changes_one(delete(RecoveryCode).where(*of_them))

    def n_recovery_codes(self, person_id: str) -> int:
        counted = select(func.count()).where(RecoveryCode.person_id == person_id)
        return self._session.scalar(counted) or 0

    def _note(self, person_id: str, action: str) -> None:
        """Somebody changed how they sign in: others of the team can see that, and when."""
        audit.of_person(self._session, action, now(), actor=person_id, person_id=person_id)

    def _inserts(self, table: type[PasskeyRow | SpentChallenge], **values: object) -> bool:
        """False, and no change, if a row with one of these keys is there."""
        dialect = postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite
        insert = dialect.insert(table).values(**values).on_conflict_do_nothing()
        return self._session.execute(insert.returning(sa.literal(1))).first() is not None

    def _changes_one(self, statement: Update | Delete) -> bool:
        return self._n_changed(statement) == 1

    def _n_changed(self, statement: Update | Delete) -> int:
        result = self._session.execute(statement)
        assert isinstance(result, CursorResult)
        return result.rowcount


def _passkey(row: PasskeyRow) -> Passkey:
    return Passkey(
        row.passkey_id, row.person_id, row.credential_id, row.public_key, row.sign_count, row.label,
        row.added_at, row.used_on,
    )  # fmt: skip
