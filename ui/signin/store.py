"""What the sign-in pages need to keep, as an app's own tables offer it.

An app writes one class with these methods over its models and hands it over in `UiOptions.store`. Nothing
here knows a database. Methods that change something leave the commit to `commit`, which the pages call after
everything that belongs together, and before work that takes long, so that nothing is locked meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from flask import current_app


@dataclass(frozen=True)
class Person:
    """Somebody with an account. `roles` are the names that `@allow` asks for, as they hold now."""

    person_id: str
    name: str
    email: str
    roles: frozenset[str]


@dataclass(frozen=True)
class Passkey:
    """A passkey of a person. `label` is a short code to tell it by; `used_on` is the last day it signed in."""

    passkey_id: str
    person_id: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    label: str
    added_at: datetime
    used_on: date | None = None


@dataclass(frozen=True)
class OpenSession:
    """A browser that is signed in. `token_hash` names it; `seen_on` is the last day it was used, None: the first."""

    token_hash: str
    started_at: datetime
    seen_on: date | None


class Accounts(Protocol):
    """People, and the password and authenticator of each. Emails arrive trimmed and in lower case."""

    def person_by_email(self, email: str) -> Person | None:
        """The person with this address, or None; closed accounts are nobody's."""

    def person(self, person_id: str) -> Person | None:
        """The person with this id, or None; closed accounts are nobody's."""

    def password_hash(self, person_id: str) -> str | None:
        """The argon2id hash as text, or None while no password was chosen."""

    def set_password_hash(self, person_id: str, password_hash: str) -> None:
        """Replace the password, and end every session of that person."""

    def totp_secret(self, person_id: str) -> str | None:
        """The confirmed base32 secret of the authenticator app, or None before one is set up."""

    def set_totp_secret(self, person_id: str, secret: str) -> None:
        """Keep a secret whose first code was right; a store never keeps it in clear."""

    def last_totp_step(self, person_id: str) -> int | None:
        """The time step (unix time / 30 s) of the last code that was taken."""

    def set_last_totp_step(self, person_id: str, step: int) -> bool:
        """Keep `step` if it is later than the one kept, in one conditional update; else change nothing.

        False means that the code was used already, perhaps by another thread a moment ago.
        """

    def invited_person(self, token_hash: str, at: datetime) -> Person | None:
        """Whose invitation this is, without using it up; None as for `take_invitation`."""

    def take_invitation(self, token_hash: str, at: datetime) -> str | None:
        """Use up the invitation whose secret hashes to `token_hash` and return its person_id.

        None when it is unknown, used or past its time. It is used up only when `commit` follows.
        """

    def person_by_subject(self, issuer: str, subject: str) -> Person | None:
        """Whoever is tied to this account of an OpenID Connect provider."""

    def link_subject(self, person_id: str, issuer: str, subject: str) -> bool:
        """Tie a provider's account to a person who has none yet; False, and no change, otherwise."""


class Tries(Protocol):
    """Tries to sign in that were wrong, or are not judged yet, by a keyed hash of the address."""

    def count_try(self, email_key: str, at: datetime, since: datetime, most: int) -> int | None:
        """Count one try if fewer than `most` are counted at or after `since`; its id, or None if there are as many.

        Of any number at once no more than `most` get an id.
        """

    def forget_try(self, try_id: int) -> None:
        """It was right."""

    def failures_since(self, email_key: str, since: datetime) -> int:
        """How many tries are counted for this key at or after `since`."""

    def clear_failures(self, email_key: str) -> None:
        """Forget this key's tries: somebody signed in."""


class Sessions(Protocol):
    """Browsers that are signed in; each holds a token of which the store has the SHA-256 in hex."""

    def start_session(self, person_id: str, token_hash: str, at: datetime, expires_at: datetime) -> None:
        """Keep a new session."""

    def session_person(self, token_hash: str, at: datetime) -> str | None:
        """The person_id of a session that is kept and expires after `at`, or None."""

    def touch_session(self, token_hash: str, on: date) -> None:
        """Keep the day as the last on which it was used. Commits by itself, as nothing else hangs on it."""

    def sessions_of(self, person_id: str, at: datetime) -> list[OpenSession]:
        """That person's sessions which expire after `at`, the newest first."""

    def end_session(self, token_hash: str) -> None:
        """Forget a session; an unknown one is no error."""

    def end_session_of(self, person_id: str, token_hash: str) -> bool:
        """Forget a session if it is this person's; False, and no change, otherwise."""

    def end_other_sessions(self, person_id: str, token_hash: str) -> int:
        """Forget every session of this person but one; how many there were."""


class Passkeys(Protocol):
    """Passkeys, and the questions that were answered with one."""

    def passkeys_of(self, person_id: str) -> list[Passkey]:
        """That person's passkeys, the oldest first."""

    def passkey(self, credential_id: bytes) -> Passkey | None:
        """The passkey of this credential id, or None."""

    def add_passkey(self, passkey: Passkey) -> bool:
        """Keep a new one; False, and no change, if its credential id is known."""

    def use_passkey(self, credential_id: bytes, sign_count: int, on: date) -> bool:
        """Keep count and day if the count is higher than the one kept, or both are 0, in one conditional update."""

    def remove_passkey(self, person_id: str, passkey_id: str) -> bool:
        """Forget one if it is this person's; False, and no change, otherwise."""

    def spend_challenge(self, challenge_hash: str, at: datetime, expires_at: datetime) -> bool:
        """Note that a question was answered; False if it was before. Forgets those past their time."""


class RecoveryCodes(Protocol):
    """Codes for the day the phone is lost, each good once, as hashes."""

    def set_recovery_codes(self, person_id: str, code_hashes: Iterable[str]) -> None:
        """Keep these in the place of all that were there."""

    def take_recovery_code(self, person_id: str, code_hash: str) -> bool:
        """Use one up; False if it is not there, perhaps since another thread took it a moment ago."""

    def n_recovery_codes(self, person_id: str) -> int:
        """How many are left."""


class SignInStore(Accounts, Tries, Sessions, Passkeys, RecoveryCodes, Protocol):
    """Everything that signing in keeps; times are aware UTC."""

    def commit(self) -> None:
        """Make everything since the last commit durable, or raise."""


def current_store() -> SignInStore | None:
    """The current app's store, or None where nobody signs in."""
    store: SignInStore | None = current_app.extensions["sign_in_store"]
    return store


def the_store() -> SignInStore:
    """The current app's store, for pages that are only there where people sign in."""
    store = current_store()
    assert store is not None
    return store
