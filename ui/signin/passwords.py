"""Passwords: argon2id hashes, and a check that takes as long for an unknown account as for a wrong password."""

from __future__ import annotations

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app

from ui.signin.store import Person, SignInStore

MAX_LENGTH = (
    200  # NIST SP 800-63B-4, 3.1.1.2: at least 64 must be allowed; the ceiling only keeps hashing cheap
)


class Passwords:
    """Hashes and checks with the given parameters; argon2-cffi's defaults follow RFC 9106."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._nobodys = self.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """What the store keeps of a password."""
        return self._hasher.hash(_normal(password))

    def check(self, store: SignInStore, email: str, password: str) -> Person | None:
        """Whose email and password these are, or None. A hash with old parameters is replaced (not committed)."""
        person = store.person_by_email(email)
        kept = store.password_hash(person.person_id) if person else None
        store.commit()  # hashing takes long: whoever guesses must not keep the database to themselves meanwhile
        right = self._matches(kept or self._nobodys, password)
        if person is None or kept is None or not right:
            return None
        if self._hasher.check_needs_rehash(kept):
            store.set_password_hash(person.person_id, self.hash(password))
        return person

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def init_passwords(app: Flask) -> None:
    """Settings: PASSWORD_MIN_LENGTH, and ARGON2, a dict of argon2-cffi's parameters (default: its own)."""
    # NIST SP 800-63B-4, 3.1.1.2: at least 8 beside a second factor, 15 alone; there is always a second here.
    app.config.setdefault("PASSWORD_MIN_LENGTH", 12)
    app.config.setdefault("ARGON2", {})
    app.extensions["passwords"] = Passwords(PasswordHasher(**app.config["ARGON2"]))


def passwords() -> Passwords:
    """The current app's hasher."""
    found: Passwords = current_app.extensions["passwords"]
    return found


def _normal(password: str) -> str:
    """The same letters typed on two keyboards may differ in code points (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
