"""Where an invitation leads: choose a password, or a passkey instead of it."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ui.access import public
from ui.clock import now
from ui.looks import done
from ui.signin import passkeys, sessions
from ui.signin.door import Page, bp, let_in, page
from ui.signin.forms import NewPasswordForm, PasskeyForm
from ui.signin.passwords import passwords
from ui.signin.store import the_store


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@public
def welcome(token: str) -> Page:
    """Choose a password, by the one-time link that an invited person was given."""
    form, store = NewPasswordForm(), the_store()
    if store.invited_person(sessions.token_hash(token), now()) is None:
        return _spent()
    if not form.validate_on_submit():
        return page("welcome", form, token=token)
    store.commit()  # hashing takes long: nobody else should wait for the database meanwhile
    chosen = passwords().hash(form.password.data or "")
    person_id = store.take_invitation(sessions.token_hash(token), now())
    if person_id is None:
        return _spent()
    store.set_password_hash(person_id, chosen)
    store.commit()
    flash(_("Your password is set. Sign in with it."), "success")
    return redirect(url_for("signin.sign_in"), 303)


@bp.post("/welcome/<token>/passkey/question")
@public
def welcome_passkey_question(token: str) -> Response:
    """What the device is asked, for whoever holds a link that still works; 410 otherwise."""
    store = the_store()
    person = store.invited_person(sessions.token_hash(token), now())
    if person is None:
        return Response(status=410)
    return jsonify(passkeys.creation_options(store, person))


@bp.post("/welcome/<token>/passkey")
@public
def welcome_passkey(token: str) -> Page:
    """Use up the link, keep the passkey and sign in: a passkey is both factors."""
    store = the_store()
    person_id = store.take_invitation(sessions.token_hash(token), now())
    person = store.person(person_id) if person_id is not None else None
    if person is None:
        return _spent()
    try:
        passkeys.accept_new(store, person, PasskeyForm().answer())
    except passkeys.PasskeyError as error:  # nothing is committed, so the link still works
        flash(str(error.mend), "notice")
        return redirect(url_for("signin.welcome", token=token), 303)
    answer = let_in(store, person)
    done(_("Your passkey is set, and you are signed in."))
    return answer


def _spent() -> tuple[str, int]:
    return render_template("signin/spent.html"), 410
