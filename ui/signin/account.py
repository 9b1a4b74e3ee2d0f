"""Somebody's own account: how they sign in, and where they are signed in."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ui.access import current_person, local_path, public, signed_in
from ui.clock import now
from ui.forms import Form
from ui.signin import sessions
from ui.signin.account_own import Page, back, bp, own
from ui.signin.recovery import N_CODES
from ui.signin.store import the_store
from ui.timewords import to_local


@bp.get("")
@signed_in
def account() -> str:
    """Password, authenticator, passkeys, recovery codes, sessions."""
    store, person = the_store(), own()
    return render_template(
        "signin/account.html",
        person=person,
        has_password=store.password_hash(person.person_id) is not None,
        has_authenticator=store.totp_secret(person.person_id) is not None,
        passkeys=store.passkeys_of(person.person_id),
        n_codes=store.n_recovery_codes(person.person_id),
        all_codes=N_CODES,
        sessions=store.sessions_of(person.person_id, now()),
        this_one=sessions.current_hash(),
        today=to_local(now()).date(),
        local_day=lambda at: to_local(at).date(),
    )


@bp.post("/stay")
@public
def stay() -> Page:
    """For the script that warns before the idle end: how many seconds are left. With `stay`, all of them again.

    Open to all, since who was signed out meanwhile is told 0: no error, but the answer.
    """
    if current_person() is None:
        return jsonify(seconds=0)
    if "stay" in request.form:
        sessions.stay()
    return jsonify(seconds=sessions.seconds_left())


@bp.post("/sessions/end")
@signed_in
def end_session() -> Page:
    """End one; nobody's but one's own."""
    store, token_hash = the_store(), request.form.get("session", "")
    ended = store.end_session_of(own().person_id, token_hash)
    store.commit()
    if ended and token_hash == sessions.current_hash():
        sessions.end()
        flash(_("You are signed out."), "success")
        return redirect(url_for("signin.sign_in"), 303)
    return back(said=_("That browser is signed out.") if ended else _("That browser was signed out already."))


@bp.post("/sessions/end-others")
@signed_in
def end_other_sessions() -> Page:
    """End all but this one."""
    store = the_store()
    n_ended = store.end_other_sessions(own().person_id, sessions.current_hash())
    store.commit()
    said = ngettext("%(num)s other browser is signed out.", "%(num)s other browsers are signed out.", n_ended)
    return back(said=said if n_ended else _("You are signed in nowhere else."))


@bp.route("/again", methods=["GET", "POST"])
@signed_in
def again() -> Page:
    """Sign in again first; sent, it ends this session and leads back to what was meant to be changed."""
    target = local_path(request.args.get("next")) or url_for("account.account")
    if not Form().validate_on_submit():
        return render_template("signin/again.html")
    sessions.end()
    the_store().commit()
    return redirect(url_for("signin.sign_in", next=target), 303)
