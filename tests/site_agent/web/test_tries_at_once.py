"""Guessing in parallel: of many tries at one moment no more are judged than are allowed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from site_agent.auth import TableStore
from site_agent.models import Person, SignInFailure
from tests.support.desk import Desk
from ui.signin import recovery
from ui.signin.passwords import passwords
from ui.signin.sessions import token_hash

N_AT_ONCE = 16
ALLOWED = 5


@pytest.fixture
def email(desk: Desk) -> str:
    """Of somebody with a password, an authenticator and one recovery code."""
    desk.client()
    with desk.session() as session:
        person = session.scalars(select(Person)).one()
        store = TableStore()
        store.set_password_hash(person.person_id, passwords().hash("three mossy cedars"))
        store.set_totp_secret(person.person_id, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        return str(person.email)


def at_once(desk: Desk, path: str, *forms: dict[str, str], halfway: str = "") -> list[int]:
    """Send all of them in the same moment, each from a browser of its own; the statuses, sorted."""
    start = Barrier(len(forms))
    browsers = [desk.client(None) for _ in forms]
    if halfway:
        with desk.session() as session:
            by = token_hash(session.get_one(Person, halfway).password_hash or "")
        for each in browsers:
            with each.session_transaction(base_url="https://localhost") as cookie:
                cookie["halfway"] = {"person_id": halfway, "at": int(desk.now.timestamp()), "by": by}

    def send(number: int) -> int:
        start.wait()
        return browsers[number].post(path, data=forms[number]).status_code

    with ThreadPoolExecutor(len(forms)) as threads:
        return sorted(threads.map(send, range(len(forms))))


def test_sixteen_wrong_passwords_at_once_are_five_guesses(desk: Desk, email: str) -> None:
    forms = [{"email": email, "password": f"guess {n}"} for n in range(N_AT_ONCE)]
    with patch("argon2.PasswordHasher.verify", autospec=True, side_effect=PasswordHasher.verify) as verify:
        statuses = at_once(desk, "/sign-in", *forms)
    assert statuses == [422] * ALLOWED + [429] * (N_AT_ONCE - ALLOWED)
    assert verify.call_count == ALLOWED
    with desk.session() as session:
        assert len(session.scalars(select(SignInFailure)).all()) == ALLOWED


@pytest.mark.parametrize("path", ["/sign-in/code", "/sign-in/recovery-code"])
def test_sixteen_wrong_codes_at_once_are_five_guesses(desk: Desk, email: str, path: str) -> None:
    with desk.session() as session:
        who = session.scalars(select(Person.person_id)).one()
    codes = recovery.new_codes() * 2 if "recovery" in path else [f"{n:06}" for n in range(20)]
    statuses = at_once(desk, path, *({"code": code} for code in codes[:N_AT_ONCE]), halfway=who)
    assert statuses == [422] * ALLOWED + [429] * (N_AT_ONCE - ALLOWED)


def test_one_recovery_code_at_sixteen_browsers_signs_one_in(desk: Desk, email: str) -> None:
    desk.app.config["SIGN_IN_FAILURES"] = N_AT_ONCE
    [code, *_rest] = recovery.new_codes()
    with desk.session() as session:
        who = session.scalars(select(Person.person_id)).one()
        TableStore().set_recovery_codes(who, [recovery.code_hash(who, code)])
    statuses = at_once(desk, "/sign-in/recovery-code", *([{"code": code}] * N_AT_ONCE), halfway=who)
    assert statuses == [303] + [422] * (N_AT_ONCE - 1)
