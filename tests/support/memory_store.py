"""A SignInStore in memory, so that the sign-in pages are tested without any app's database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ui.signin.store import Person


@dataclass
class Account:
    """What the store keeps of one person."""

    person: Person
    password_hash: str | None = None
    totp_secret: str | None = None
    last_totp_step: int | None = None
    subject: tuple[str, str] | None = None


class MemoryStore:
    """Keeps everything in dicts; `n_commits` counts commits, so that a test sees whether one was made."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.failures: list[tuple[str, datetime]] = []
        self.sessions: dict[str, tuple[str, datetime]] = {}
        self.invitations: dict[str, tuple[str, datetime]] = {}
        self.n_commits = 0

    def add(self, name: str, *roles: str) -> Account:
        """An account for `name`, whose email is name@example.org and whose id is the name."""
        person = Person(name, name.title(), f"{name}@example.org", frozenset(roles))
        self.accounts[name] = Account(person)
        return self.accounts[name]

    def person_by_email(self, email: str) -> Person | None:
        people = (account.person for account in self.accounts.values())
        return next((person for person in people if person.email.lower() == email), None)

    def person(self, person_id: str) -> Person | None:
        account = self.accounts.get(person_id)
        return account and account.person

    def password_hash(self, person_id: str) -> str | None:
        return self.accounts[person_id].password_hash

    def set_password_hash(self, person_id: str, password_hash: str) -> None:
        self.accounts[person_id].password_hash = password_hash

    def totp_secret(self, person_id: str) -> str | None:
        return self.accounts[person_id].totp_secret

    def set_totp_secret(self, person_id: str, secret: str) -> None:
        self.accounts[person_id].totp_secret = secret

    def last_totp_step(self, person_id: str) -> int | None:
        return self.accounts[person_id].last_totp_step

    def set_last_totp_step(self, person_id: str, step: int) -> bool:
        account = self.accounts[person_id]
        if account.last_totp_step is not None and account.last_totp_step >= step:
            return False
        account.last_totp_step = step
        return True

    def failures_since(self, email_key: str, since: datetime) -> int:
        return sum(key == email_key and at >= since for key, at in self.failures)

    def record_failure(self, email_key: str, at: datetime) -> None:
        self.failures.append((email_key, at))

    def clear_failures(self, email_key: str) -> None:
        self.failures = [(key, at) for key, at in self.failures if key != email_key]

    def start_session(self, person_id: str, token_hash: str, at: datetime, expires_at: datetime) -> None:
        self.sessions[token_hash] = (person_id, expires_at)

    def session_person(self, token_hash: str, at: datetime) -> str | None:
        person_id, expires_at = self.sessions.get(token_hash, (None, at))
        return person_id if expires_at > at else None

    def end_session(self, token_hash: str) -> None:
        self.sessions.pop(token_hash, None)

    def take_invitation(self, token_hash: str, at: datetime) -> str | None:
        person_id, expires_at = self.invitations.pop(token_hash, (None, at))
        return person_id if expires_at > at else None

    def person_by_subject(self, issuer: str, subject: str) -> Person | None:
        wanted = (issuer, subject)
        return next((each.person for each in self.accounts.values() if each.subject == wanted), None)

    def link_subject(self, person_id: str, issuer: str, subject: str) -> bool:
        account = self.accounts[person_id]
        if account.subject is not None:
            return False
        account.subject = (issuer, subject)
        return True

    def commit(self) -> None:
        self.n_commits += 1
