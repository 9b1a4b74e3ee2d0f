"""Changing the password, setting up the authenticator app anew, and making recovery codes."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from ui.access import local_path, signed_in
from ui.forms import Form, render_form
from ui.signin import attempts, codes, recovery, sessions
from ui.signin.account_own import Page, back, bp, fresh, own
from ui.signin.authenticator import shown, take_code
from ui.signin.forms import ChangePasswordForm, CodeForm
from ui.signin.passwords import passwords
from ui.signin.store import Person, the_store

_OFFERED = "new_authenticator"


@bp.route("/password", methods=["GET", "POST"])
@signed_in
def password() -> Page:
    """Choose another password; every other browser is signed out."""
    store, person = the_store(), own()
    has_one = store.password_hash(person.person_id) is not None
    if not has_one and not sessions.is_fresh():
        return redirect(url_for("account.again", next=request.path), 303)
    form = ChangePasswordForm(has_one)
    if not form.validate_on_submit() or (has_one and not _knows_password(person, form)):
        return render_form(
            "signin/password.html", form, has_one=has_one, shortest=current_app.config["PASSWORD_MIN_LENGTH"]
        )
    chosen = passwords().hash(form.password.data or "")
    store.set_password_hash(person.person_id, chosen)
    fresh_since = session.get("since")
    sessions.start(person)
    session["since"] = fresh_since  # knowing the password alone is not signing in again
    store.commit()
    return back(said=_("Your password is changed, and every other browser is signed out."))


@bp.route("/authenticator", methods=["GET", "POST"])
@signed_in
@fresh
def authenticator() -> Page:
    """Another phone, or another app: the old one works until a code of the new one was right."""
    store, person, form = the_store(), own(), CodeForm()
    secret: str = session.setdefault(_OFFERED, codes.new_secret())
    if not form.validate_on_submit() or not take_code(store, person, secret, form):
        return render_form("signin/authenticator.html", form, **shown(secret, person))
    store.set_totp_secret(person.person_id, secret)
    store.commit()
    del session[_OFFERED]
    return back(said=_("The new authenticator app is set up. The old one no longer works."))


@bp.route("/recovery-codes", methods=["GET", "POST"])
@signed_in
@fresh
def recovery_codes() -> Page:
    """The question; sent, ten new codes, shown this once."""
    store, person = the_store(), own()
    on_to = local_path(request.args.get("next")) or url_for("account.account")
    n_left = store.n_recovery_codes(person.person_id)
    if not Form().validate_on_submit():
        return render_template("signin/recovery_codes.html", codes=[], n_left=n_left, on_to=on_to)
    made = recovery.new_codes()
    store.set_recovery_codes(person.person_id, [recovery.code_hash(person.person_id, each) for each in made])
    store.commit()
    return render_template("signin/recovery_codes.html", codes=made, n_left=len(made), on_to=on_to)


def _knows_password(person: Person, form: ChangePasswordForm) -> bool:
    """Whether the password typed is the one they have; tries are counted like those of signing in."""
    store = the_store()
    counted = attempts.begin(store, person.email)
    if counted is None:
        minutes = attempts.minutes_to_wait(store, person.email)
        form.current.errors = [_("There were too many wrong tries. Wait %(n)s minutes", n=minutes)]
        return False
    if passwords().check(store, person.email, form.current.data or "") is None:
        form.current.errors = [_("That is not your current password")]
        return False
    store.forget_try(counted)
    return True
