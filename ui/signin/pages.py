"""The sign-in pages: email and password, then a one-time code or a recovery code; signing out."""

from __future__ import annotations

from flask import Flask, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ui.access import current_person, public
from ui.secret_paths import keep_out_of_logs
from ui.signin import (
    account,
    account_codes,
    account_passkeys,
    attempts,
    halfway,
    oidc,
    passkey_pages,
    recovery,
    sessions,
    welcome,
)
from ui.signin.account_own import bp as account_bp
from ui.signin.authenticator import shown, take_code
from ui.signin.door import Page, bp, held_back, let_in, on_to, page, target
from ui.signin.forms import CodeForm, PasswordForm, RecoveryForm
from ui.signin.passwords import init_passwords, passwords
from ui.signin.store import SignInStore, the_store

__all__ = ["account", "account_codes", "account_passkeys", "init_signin", "passkey_pages", "welcome"]


def init_signin(app: Flask, store: SignInStore | None) -> None:
    """Mount the pages at /sign-in and /account, unless nobody signs in to this app (no store)."""
    app.extensions["sign_in_store"] = store
    sessions.init_sessions(app)
    if store is None:
        return
    attempts.init_attempts(app)
    halfway.init_halfway(app)
    init_passwords(app)
    app.register_blueprint(bp)
    app.register_blueprint(account_bp)
    oidc.init_oidc(app)
    keep_out_of_logs(["/sign-in/welcome/"])


@bp.route("", methods=["GET", "POST"])
@public
def sign_in() -> Page:
    """Email and password."""
    if current_person():
        return redirect(target())
    form, store = PasswordForm(), the_store()
    if not form.validate_on_submit():
        return page("sign_in", form)
    counted = attempts.begin(store, form.account())
    if counted is None:
        return held_back(store, form.account(), "sign_in", form, form.password)
    person = passwords().check(store, form.account(), form.password.data or "")
    if person is None:
        form.password.errors = [_("The email address or the password is not right")]
        return page("sign_in", form)
    store.forget_try(counted)
    store.commit()
    halfway.begin(person)
    return on_to("signin.code")


@bp.route("/code", methods=["GET", "POST"])
@public
def code() -> Page:
    """The code of the authenticator app."""
    form, store = CodeForm(), the_store()
    person = halfway.person_halfway(store)
    if person is None:
        return on_to("signin.sign_in")
    secret = store.totp_secret(person.person_id)
    if secret is None:
        return on_to("signin.enrol")
    if not form.validate_on_submit():
        return page("code", form)
    if attempts.begin(store, person.email) is None:
        return held_back(store, person.email, "code", form, form.code)
    if not take_code(store, person, secret, form):
        return page("code", form)
    attempts.succeeded(store, person.email)
    return let_in(store, person)


@bp.route("/recovery-code", methods=["GET", "POST"])
@public
def recovery_code() -> Page:
    """A recovery code in the place of the authenticator app."""
    form, store = RecoveryForm(), the_store()
    person = halfway.person_halfway(store)
    if person is None:
        return on_to("signin.sign_in")
    if not form.validate_on_submit():
        return page("recovery_code", form)
    if attempts.begin(store, person.email) is None:
        return held_back(store, person.email, "recovery_code", form, form.code)
    if not store.take_recovery_code(
        person.person_id, recovery.code_hash(person.person_id, form.code.data or "")
    ):
        form.code.errors = [_("That code is not right, or it was used already. Enter another one")]
        return page("recovery_code", form)
    attempts.succeeded(store, person.email)
    answer = let_in(store, person)
    _say_codes_left(store.n_recovery_codes(person.person_id))
    return answer


@bp.route("/set-up-code", methods=["GET", "POST"])
@public
def enrol() -> Page:
    """The first sign-in: show a secret for the authenticator app, and keep it once a code of it was right."""
    form, store = CodeForm(), the_store()
    person = halfway.person_halfway(store)
    if person is None:
        return on_to("signin.sign_in")
    if store.totp_secret(person.person_id) is not None:
        return on_to("signin.code")
    secret = halfway.offered_secret()
    if not form.validate_on_submit() or not take_code(store, person, secret, form):
        return page("enrol", form, **shown(secret, person))
    store.set_totp_secret(person.person_id, secret)
    attempts.succeeded(store, person.email)
    let_in(store, person)
    return redirect(url_for("account.recovery_codes", next=target()), 303)


@bp.post("/out")
@public
def sign_out() -> Page:
    """End the session, here and in every copy of its cookie."""
    sessions.leave()
    the_store().commit()
    flash(_("You are signed out."), "success")
    return redirect(url_for("signin.sign_in"), 303)


def _say_codes_left(n_left: int) -> None:
    left = ngettext("%(num)s recovery code is left.", "%(num)s recovery codes are left.", n_left)
    advice = _("If you have lost the phone, set up the authenticator app again: press your name at the top.")
    flash(f"{left} {advice}", "notice")
