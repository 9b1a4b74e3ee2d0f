"""The part of the site's sign-in store that keeps passkeys and recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from site_agent.extensions import db
from site_agent.models import Passkey, RecoveryCode, SpentChallenge
from ui.signin.store import Passkey as KeptPasskey


class MeansStore:
    """Passkeys, recovery codes and answered questions over the site's tables."""

    def passkeys_of(self, person_id: str) -> list[KeptPasskey]:
        rows = select(Passkey).where(Passkey.person_id == person_id)
        return [_kept(row) for row in db.session.scalars(rows.order_by(Passkey.added_at, Passkey.passkey_id))]

    def passkey(self, credential_id: bytes) -> KeptPasskey | None:
        row = db.session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))
        return _kept(row) if row is not None else None

    def add_passkey(self, passkey: KeptPasskey) -> bool:
        return _inserts(Passkey, **asdict(passkey))

    def use_passkey(self, credential_id: bytes, sign_count: int, on: date) -> bool:
        later = Passkey.sign_count < sign_count
        if sign_count == 0:  # a passkey kept in several devices counts nothing (Web Authentication, 6.1.1)
            later = Passkey.sign_count == 0
        used = update(Passkey).where(Passkey.credential_id == credential_id, later)
        return n_changed(used.values(sign_count=sign_count, used_on=on)) == 1

    def remove_passkey(self, person_id: str, passkey_id: str) -> bool:
        of_them = (Passkey.person_id == person_id, Passkey.passkey_id == passkey_id)
        return n_changed(delete(Passkey).where(*of_them)) == 1

    def spend_challenge(self, challenge_hash: str, at: datetime, expires_at: datetime) -> bool:
        db.session.execute(delete(SpentChallenge).where(SpentChallenge.expires_at <= at))
        return _inserts(SpentChallenge, challenge_hash=challenge_hash, expires_at=expires_at)

    def set_recovery_codes(self, person_id: str, code_hashes: Iterable[str]) -> None:
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
        db.session.add_all(RecoveryCode(code_hash=each, person_id=person_id) for each in code_hashes)
        db.session.flush()

    def take_recovery_code(self, person_id: str, code_hash: str) -> bool:
        of_them = (RecoveryCode.person_id == person_id, RecoveryCode.code_hash == code_hash)
        return n_changed(delete(RecoveryCode).where(*of_them)) == 1

    def n_recovery_codes(self, person_id: str) -> int:
        return db.session.scalar(select(func.count()).where(RecoveryCode.person_id == person_id)) or 0


def n_changed(statement: Executable) -> int:
    """Run it; how many rows it changed."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def _inserts(table: type[Passkey | SpentChallenge], **values: object) -> bool:
    """False, and no change, if a row with one of these keys is there."""
    return n_changed(insert(table).values(**values).on_conflict_do_nothing()) == 1


def _kept(row: Passkey) -> KeptPasskey:
    return KeptPasskey(
        row.passkey_id, row.person_id, row.credential_id, row.public_key, row.sign_count, row.label,
        row.added_at, row.used_on,
    )  # fmt: skip
