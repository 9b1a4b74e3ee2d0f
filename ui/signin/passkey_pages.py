"""Signing in with a passkey: a script asks the device, and an ordinary form brings its answer."""

from __future__ import annotations

from flask import current_app, flash, jsonify
from werkzeug.wrappers import Response

from ui.access import public
from ui.signin import passkeys
from ui.signin.door import Page, bp, let_in, on_to
from ui.signin.forms import PasskeyForm
from ui.signin.store import the_store


@bp.post("/passkey/question")
@public
def passkey_question() -> Response:
    """What the device is asked; the script fetches it when the button is pressed."""
    return jsonify(passkeys.request_options())


@bp.post("/passkey")
@public
def with_passkey() -> Page:
    """Judge the answer. Passkeys cannot be guessed, so tries are not counted, and nobody can lock another out."""
    form, store = PasskeyForm(), the_store()
    try:
        person = passkeys.accept_sign_in(store, form.answer())
    except passkeys.PasskeyError as error:
        store.commit()
        current_app.logger.info("A passkey was refused: %s", type(error).__name__)
        flash(str(error.mend), "notice")
        return on_to("signin.sign_in")
    return let_in(store, person)
