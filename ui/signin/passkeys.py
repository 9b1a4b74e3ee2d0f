"""Passkeys (Web Authentication, level 3): the questions a browser is asked, and the judging of its answers.

A passkey stands for both factors, so the device must have checked who holds it (user verification). The question
rides in the signed cookie for a few minutes; each is answered once, which the store remembers. Where the browser
was is read from the answer and must be this host: over https, or plain on a machine's own localhost.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

from flask import current_app, request, session
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from ui.clock import now
from ui.signin.store import Passkey, Person, SignInStore
from ui.timewords import to_local

CHALLENGE_MINUTES = 5
"""How long a question may be answered (ours: as long as it takes to find the phone)."""
LABEL_CHARS = 4
_LABEL_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_ID_BYTES = 16
_MALFORMED = (ValueError, KeyError, TypeError, IndexError, AttributeError)
"""What the library lets through of an answer that is no answer at all."""


class PasskeyError(Exception):
    """An answer that signs nobody in; `mend` says what to do."""

    mend: LazyString = _l("That did not work. Try again, or sign in with your password.")


class StaleQuestionError(PasskeyError):
    """No question was asked in this browser lately, or it was answered before."""

    mend = _l("That took too long, or the page was sent twice. Try again.")


class WrongAnswerError(PasskeyError):
    """It answers another question, or comes from another address, or its signature is not right."""


class UnknownPasskeyError(PasskeyError):
    """A passkey that nobody has here, or not any more."""

    mend = _l("That passkey is not known here. Use another one, or sign in with your password.")


class CopiedPasskeyError(PasskeyError):
    """Its counter went back: there may be a copy of it."""

    mend = _l(
        "That passkey may have been copied, so it was not taken. Sign in with your password and remove it."
    )


def creation_options(store: SignInStore, person: Person) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked, as JSON; begins a question."""
    from webauthn import generate_registration_options
    from webauthn.helpers import options_to_json_dict, structs

    options = generate_registration_options(
        rp_id=_rp_id(),
        rp_name=current_app.extensions["ui"].product(),
        user_id=person.person_id.encode(),
        user_name=person.email,
        user_display_name=person.name,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=each.credential_id)
            for each in store.passkeys_of(person.person_id)
        ],
    )
    _ask("create", options.challenge)
    return options_to_json_dict(options)


def request_options() -> dict[str, Any]:
    """What `navigator.credentials.get` is asked, as JSON; begins a question. Any passkey of this host may answer."""
    from webauthn import generate_authentication_options
    from webauthn.helpers import options_to_json_dict, structs

    options = generate_authentication_options(
        rp_id=_rp_id(), user_verification=structs.UserVerificationRequirement.REQUIRED
    )
    _ask("get", options.challenge)
    return options_to_json_dict(options)


def accept_new(store: SignInStore, person: Person, answer: str) -> Passkey:
    """Keep the passkey that was just made for this person. Raises PasskeyError; the caller commits."""
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _question("create")
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(),
            expected_origin=_origins(),
            require_user_verification=True,
        )
    except (WebAuthnException, *_MALFORMED) as error:
        raise WrongAnswerError from error
    _spend(store, challenge)
    passkey = Passkey(
        passkey_id=secrets.token_urlsafe(_ID_BYTES),
        person_id=person.person_id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        label="".join(secrets.choice(_LABEL_ALPHABET) for _ in range(LABEL_CHARS)),
        added_at=now(),
    )
    if not store.add_passkey(passkey):
        raise WrongAnswerError
    return passkey


def accept_sign_in(store: SignInStore, answer: str) -> Person:
    """Who the passkey says is there. Raises PasskeyError; the caller commits."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _question("get")
    passkey = _named(store, answer)
    person = store.person(passkey.person_id)
    if person is None:
        raise UnknownPasskeyError
    try:
        given = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(),
            expected_origin=_origins(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # judged below, where no other thread comes between
            require_user_verification=True,
        )
    except (WebAuthnException, *_MALFORMED) as error:
        raise WrongAnswerError from error
    _spend(store, challenge)
    if not store.use_passkey(passkey.credential_id, given.new_sign_count, to_local(now()).date()):
        raise CopiedPasskeyError
    return person


def _named(store: SignInStore, answer: str) -> Passkey:
    from webauthn import base64url_to_bytes

    try:
        passkey = store.passkey(base64url_to_bytes(json.loads(answer)["rawId"]))
    except _MALFORMED as error:
        raise WrongAnswerError from error
    if passkey is None:
        raise UnknownPasskeyError
    return passkey


def _ask(kind: str, challenge: bytes) -> None:
    session["passkey"] = {"kind": kind, "challenge": challenge.hex(), "at": int(now().timestamp())}


def _question(kind: str) -> bytes:
    """The question that this browser was asked; it is asked no more."""
    asked = session.pop("passkey", None)
    if asked is None or asked["kind"] != kind:
        raise StaleQuestionError
    if now().timestamp() - asked["at"] > CHALLENGE_MINUTES * 60:
        raise StaleQuestionError
    return bytes.fromhex(asked["challenge"])


def _spend(store: SignInStore, challenge: bytes) -> None:
    """A kept copy of the cookie would ask the same question again; it was answered, so it counts no more."""
    at = now()
    kept_until = at + timedelta(minutes=CHALLENGE_MINUTES)
    if not store.spend_challenge(hashlib.sha256(challenge).hexdigest(), at, kept_until):
        raise StaleQuestionError


def _rp_id() -> str:
    """The host name that passkeys made here belong to."""
    name, colon, port = request.host.rpartition(":")
    return name if colon and port.isdigit() else request.host


def _origins() -> list[str]:
    """Where the browser may have been. Its own word counts, not the scheme seen here: a proxy may stand before."""
    host = _rp_id()
    plain = [f"http://{request.host}"] if host == "localhost" or host.endswith(".localhost") else []
    return [f"https://{request.host}", *plain]
