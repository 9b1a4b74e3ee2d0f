"""The authenticator app on a page: its secret to scan, and the code that is typed from it."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from ui.clock import now
from ui.signin import codes
from ui.signin.forms import CodeForm
from ui.signin.store import Person, SignInStore


def shown(secret: str, person: Person) -> dict[str, object]:
    """What a page needs to show a new authenticator secret."""
    uri = codes.enrolment_uri(secret, person.email, current_app.extensions["ui"].product())
    return {"qr": codes.qr_code(uri), "secret": codes.in_groups(secret)}


def take_code(store: SignInStore, person: Person, secret: str, form: CodeForm) -> bool:
    """Use up the code that was typed; False, and an error on the form, when it is not right."""
    step = codes.matching_step(secret, form.code.data or "", now(), store.last_totp_step(person.person_id))
    if step is not None and store.set_last_totp_step(person.person_id, step):
        return True
    form.code.errors = [
        _("That code is not right, or it was used already. Wait for the next one and enter it.")
    ]
    return False
