"""The sign-in pages: email and password, then a one-time code; a link to choose a password; signing out."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import Field

from ui.access import current_person, local_path, public
from ui.clock import now
from ui.forms import Form, render_form
from ui.secret_paths import keep_out_of_logs
from ui.signin import attempts, codes, halfway, oidc, sessions
from ui.signin.forms import CodeForm, NewPasswordForm, PasswordForm
from ui.signin.passwords import init_passwords, passwords
from ui.signin.store import Person, SignInStore, current_store

Page = Response | tuple[str, int] | tuple[str, int, dict[str, str]]

bp = Blueprint("signin", __name__, url_prefix="/sign-in")


def init_signin(app: Flask, store: SignInStore | None) -> None:
    """Mount the pages at /sign-in, unless nobody signs in to this app (no store)."""
    app.extensions["sign_in_store"] = store
    sessions.init_sessions(app)
    if store is None:
        return
    attempts.init_attempts(app)
    halfway.init_halfway(app)
    init_passwords(app)
    app.register_blueprint(bp)
    oidc.init_oidc(app)
    keep_out_of_logs(["/sign-in/welcome/"])


@bp.context_processor
def _words() -> dict[str, object]:
    return {
        "next_page": local_path(request.args.get("next")),
        "provider": oidc.provider_name(),
        "shortest": current_app.config["PASSWORD_MIN_LENGTH"],
    }


@bp.route("", methods=["GET", "POST"])
@public
def sign_in() -> Page:
    """Email and password."""
    if current_person():
        return redirect(_target())
    form, store = PasswordForm(), _store()
    if not form.validate_on_submit():
        return _page("sign_in", form)
    minutes = attempts.minutes_to_wait(store, form.account())
    if minutes:
        return _held_back("sign_in", form, form.password, minutes)
    person = passwords().check(store, form.account(), form.password.data or "")
    if person is None:
        attempts.failed(store, form.account())
        form.password.errors = [_("The email address or the password is not right")]
        return _page("sign_in", form)
    store.commit()
    halfway.begin(person)
    return _on_to("signin.code")


@bp.route("/code", methods=["GET", "POST"])
@public
def code() -> Page:
    """The code of the authenticator app."""
    form, store = CodeForm(), _store()
    person = halfway.person_halfway(store)
    if person is None:
        return _on_to("signin.sign_in")
    secret = store.totp_secret(person.person_id)
    if secret is None:
        return _on_to("signin.enrol")
    if not form.validate_on_submit():
        return _page("code", form)
    minutes = attempts.minutes_to_wait(store, person.email)
    if minutes:
        return _held_back("code", form, form.code, minutes)
    if not _take_code(store, person, secret, form):
        attempts.failed(store, person.email)
        return _page("code", form)
    return _let_in(store, person)


@bp.route("/set-up-code", methods=["GET", "POST"])
@public
def enrol() -> Page:
    """The first sign-in: show a secret for the authenticator app, and keep it once a code of it was right."""
    form, store = CodeForm(), _store()
    person = halfway.person_halfway(store)
    if person is None:
        return _on_to("signin.sign_in")
    if store.totp_secret(person.person_id) is not None:
        return _on_to("signin.code")
    secret = halfway.offered_secret()
    if not form.validate_on_submit() or not _take_code(store, person, secret, form):
        uri = codes.enrolment_uri(secret, person.email, current_app.extensions["ui"].product())
        return _page("enrol", form, qr=codes.qr_code(uri), secret=codes.in_groups(secret))
    store.set_totp_secret(person.person_id, secret)
    return _let_in(store, person)


@bp.post("/out")
@public
def sign_out() -> Page:
    """End the session, here and in every copy of its cookie."""
    sessions.end()
    _store().commit()
    flash(_("You are signed out."), "success")
    return redirect(url_for("signin.sign_in"), 303)


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@public
def welcome(token: str) -> Page:
    """Choose a password, by the one-time link that an invited person was given."""
    form, store = NewPasswordForm(), _store()
    if not form.validate_on_submit():
        return _page("welcome", form)
    chosen = passwords().hash(form.password.data or "")  # before the database is asked: it takes long
    person_id = store.take_invitation(sessions.token_hash(token), now())
    if person_id is None:
        return render_template("signin/spent.html"), 410
    store.set_password_hash(person_id, chosen)
    store.commit()
    flash(_("Your password is set. Sign in with it."), "success")
    return redirect(url_for("signin.sign_in"), 303)


def _store() -> SignInStore:
    store = current_store()
    assert store is not None  # without one these pages are not mounted
    return store


def _take_code(store: SignInStore, person: Person, secret: str, form: CodeForm) -> bool:
    """Use up the code that was typed; False, and an error on the form, when it is not right."""
    step = codes.matching_step(secret, form.code.data or "", now(), store.last_totp_step(person.person_id))
    if step is not None and store.set_last_totp_step(person.person_id, step):
        return True
    form.code.errors = [
        _("That code is not right, or it was used already. Wait for the next one and enter it")
    ]
    return False


def _let_in(store: SignInStore, person: Person) -> Response:
    attempts.succeeded(store, person.email)
    sessions.start(person)
    store.commit()
    return redirect(_target(), 303)


def _target() -> str:
    """The page that was asked for before signing in, else the app's first."""
    home: str = current_app.extensions["ui"].home()
    return local_path(request.args.get("next")) or home


def _on_to(endpoint: str) -> Response:
    return redirect(url_for(endpoint, next=local_path(request.args.get("next"))), 303)


def _page(name: str, form: Form, **context: object) -> tuple[str, int]:
    return render_form(f"signin/{name}.html", form, **context)


def _held_back(name: str, form: Form, field: Field, minutes: int) -> tuple[str, int, dict[str, str]]:
    words = ngettext(
        "There were too many wrong tries. Wait %(num)s minute, then try again.",
        "There were too many wrong tries. Wait %(num)s minutes, then try again.",
        minutes,
    )
    field.errors = [words]
    text, _status = _page(name, form)
    return text, 429, {"Retry-After": str(minutes * 60)}
