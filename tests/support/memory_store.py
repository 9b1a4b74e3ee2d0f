"""A SignInStore in memory, so that the sign-in pages are tested without any app's database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from threading import Lock

from ui.signin.store import OpenSession, Passkey, Person


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
        self.tries: dict[int, tuple[str, datetime]] = {}
        self.sessions: dict[str, tuple[str, datetime]] = {}
        self.opened: dict[str, OpenSession] = {}
        self.passkeys: dict[str, Passkey] = {}
        self.recovery_codes: dict[str, set[str]] = {}
        self.spent: set[str] = set()
        self.invitations: dict[str, tuple[str, datetime]] = {}
        self.n_commits = 0
        self._lock, self._ids = Lock(), count(1)

    @property
    def failures(self) -> list[tuple[str, datetime]]:
        """The tries that are counted."""
        return list(self.tries.values())

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
        self.end_other_sessions(person_id, "")

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

    def count_try(self, email_key: str, at: datetime, since: datetime, most: int) -> int | None:
        with self._lock:
            if self.failures_since(email_key, since) >= most:
                return None
            self.tries[try_id := next(self._ids)] = (email_key, at)
            return try_id

    def forget_try(self, try_id: int) -> None:
        self.tries.pop(try_id, None)

    def failures_since(self, email_key: str, since: datetime) -> int:
        return sum(key == email_key and at >= since for key, at in self.failures)

    def clear_failures(self, email_key: str) -> None:
        self.tries = {each: (key, at) for each, (key, at) in self.tries.items() if key != email_key}

    def start_session(self, person_id: str, token_hash: str, at: datetime, expires_at: datetime) -> None:
        self.sessions[token_hash] = (person_id, expires_at)
        self.opened[token_hash] = OpenSession(token_hash, at, None)

    def session_person(self, token_hash: str, at: datetime) -> str | None:
        person_id, expires_at = self.sessions.get(token_hash, (None, at))
        return person_id if expires_at > at else None

    def touch_session(self, token_hash: str, on: date) -> None:
        self.opened[token_hash] = replace(self.opened[token_hash], seen_on=on)

    def sessions_of(self, person_id: str, at: datetime) -> list[OpenSession]:
        mine = [key for key, (owner, until) in self.sessions.items() if owner == person_id and until > at]
        return sorted((self.opened[key] for key in mine), key=lambda each: each.started_at, reverse=True)

    def end_session(self, token_hash: str) -> None:
        self.sessions.pop(token_hash, None)

    def end_session_of(self, person_id: str, token_hash: str) -> bool:
        owner, _ = self.sessions.get(token_hash, (None, None))
        return owner == person_id and self.sessions.pop(token_hash, None) is not None

    def end_other_sessions(self, person_id: str, token_hash: str) -> int:
        others = [
            key for key, (owner, _) in self.sessions.items() if owner == person_id and key != token_hash
        ]
        for key in others:
            del self.sessions[key]
        return len(others)

    def passkeys_of(self, person_id: str) -> list[Passkey]:
        return [each for each in self.passkeys.values() if each.person_id == person_id]

    def passkey(self, credential_id: bytes) -> Passkey | None:
        return next((each for each in self.passkeys.values() if each.credential_id == credential_id), None)

    def add_passkey(self, passkey: Passkey) -> bool:
        if self.passkey(passkey.credential_id) is not None:
            return False
        self.passkeys[passkey.passkey_id] = passkey
        return True

    def use_passkey(self, credential_id: bytes, sign_count: int, on: date) -> bool:
        kept = self.passkey(credential_id)
        if kept is None or (sign_count <= kept.sign_count and (sign_count, kept.sign_count) != (0, 0)):
            return False
        self.passkeys[kept.passkey_id] = replace(kept, sign_count=sign_count, used_on=on)
        return True

    def remove_passkey(self, person_id: str, passkey_id: str) -> bool:
        return person_id == self.passkeys[passkey_id].person_id and bool(self.passkeys.pop(passkey_id))

    def spend_challenge(self, challenge_hash: str, at: datetime, expires_at: datetime) -> bool:
        fresh = challenge_hash not in self.spent
        self.spent.add(challenge_hash)
        return fresh

    def set_recovery_codes(self, person_id: str, code_hashes: Iterable[str]) -> None:
        self.recovery_codes[person_id] = set(code_hashes)

    def take_recovery_code(self, person_id: str, code_hash: str) -> bool:
        kept = self.recovery_codes.get(person_id, set())
        taken = code_hash in kept
        kept.discard(code_hash)
        return taken

    def n_recovery_codes(self, person_id: str) -> int:
        return len(self.recovery_codes.get(person_id, ()))

    def invited_person(self, token_hash: str, at: datetime) -> Person | None:
        person_id, expires_at = self.invitations.get(token_hash, (None, at))
        return self.person(person_id) if person_id is not None and expires_at > at else None

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
