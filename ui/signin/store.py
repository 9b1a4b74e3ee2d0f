"""What the sign-in pages need to keep, as an app's own tables offer it.

An app writes one class with these methods over its models and hands it over in `UiOptions.store`. Nothing
here knows a database. Methods that change something leave the commit to `commit`, which the pages call after
everything that belongs together, and before work that takes long, so that nothing is locked meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import current_app


@dataclass(frozen=True)
class Person:
    """Somebody with an account. `roles` are the names that `@allow` asks for."""

    person_id: str
    name: str
    email: str
    roles: frozenset[str]


class SignInStore(Protocol):
    """Accounts, failures and sessions. Emails arrive trimmed and in lower case; times are aware UTC."""

    def person_by_email(self, email: str) -> Person | None:
        """The person with this address, or None; closed accounts are nobody's."""

    def person(self, person_id: str) -> Person | None:
        """The person with this id, or None; closed accounts are nobody's."""

    def password_hash(self, person_id: str) -> str | None:
        """The argon2id hash as text, or None while no password was chosen."""

    def set_password_hash(self, person_id: str, password_hash: str) -> None:
        """Replace the password. A new password is a reason to end that person's other sessions."""

    def totp_secret(self, person_id: str) -> str | None:
        """The confirmed base32 secret of the authenticator app, or None before one is set up."""

    def set_totp_secret(self, person_id: str, secret: str) -> None:
        """Keep a secret whose first code was right."""

    def last_totp_step(self, person_id: str) -> int | None:
        """The time step (unix time / 30 s) of the last code that was taken."""

    def set_last_totp_step(self, person_id: str, step: int) -> bool:
        """Keep `step` if it is later than the one kept, in one conditional update; else change nothing.

        False means that the code was used already, perhaps by another thread a moment ago.
        """

    def failures_since(self, email_key: str, since: datetime) -> int:
        """How many failures `record_failure` counted for this key at or after `since`."""

    def record_failure(self, email_key: str, at: datetime) -> None:
        """Count one failure. The key is a keyed hash, so that mistyped addresses are not kept."""

    def clear_failures(self, email_key: str) -> None:
        """Forget this key's failures: somebody signed in."""

    def start_session(self, person_id: str, token_hash: str, at: datetime, expires_at: datetime) -> None:
        """Keep a new session; `token_hash` is the SHA-256 of what the browser holds, in hex."""

    def session_person(self, token_hash: str, at: datetime) -> str | None:
        """The person_id of a session that is kept and expires after `at`, or None."""

    def end_session(self, token_hash: str) -> None:
        """Forget a session; an unknown one is no error."""

    def take_invitation(self, token_hash: str, at: datetime) -> str | None:
        """Use up the invitation whose secret hashes to `token_hash` and return its person_id.

        None when it is unknown, used or past its time. It is used up only when `commit` follows.
        """

    def person_by_subject(self, issuer: str, subject: str) -> Person | None:
        """Whoever is tied to this account of an OpenID Connect provider."""

    def link_subject(self, person_id: str, issuer: str, subject: str) -> bool:
        """Tie a provider's account to a person who has none yet; False, and no change, otherwise."""

    def commit(self) -> None:
        """Make everything since the last commit durable, or raise."""


def current_store() -> SignInStore | None:
    """The current app's store, or None where nobody signs in."""
    store: SignInStore | None = current_app.extensions["sign_in_store"]
    return store
