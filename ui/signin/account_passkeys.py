"""Adding and removing one's own passkeys."""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _

from ui.access import signed_in
from ui.forms import Form
from ui.signin import passkeys
from ui.signin.account_own import Page, back, bp, fresh, own
from ui.signin.forms import PasskeyForm
from ui.signin.oidc import provider_name
from ui.signin.store import Passkey, the_store

MOST_PASSKEYS = 10
"""Of one person (ours: a phone, a laptop, a key in the drawer, and then some)."""


@bp.post("/passkeys/question")
@signed_in
@fresh
def passkey_question() -> Page:
    """What the device is asked; the script fetches it when the button is pressed."""
    return jsonify(passkeys.creation_options(the_store(), own()))


@bp.route("/passkeys/new", methods=["GET", "POST"])
@signed_in
@fresh
def new_passkey() -> Page:
    """Add one."""
    store, person, form = the_store(), own(), PasskeyForm()
    if len(store.passkeys_of(person.person_id)) >= MOST_PASSKEYS:
        flash(_("You have %(n)s passkeys. Remove one that you do not use first.", n=MOST_PASSKEYS), "notice")
        return back()
    if not form.is_submitted():
        return render_template("signin/new_passkey.html")
    try:
        made = passkeys.accept_new(store, person, form.answer())
    except passkeys.PasskeyError as error:
        store.commit()
        flash(str(error.mend), "notice")
        return redirect(url_for("account.new_passkey"), 303)
    store.commit()
    return back(said=_("Passkey %(code)s is added.", code=made.label))


@bp.route("/passkeys/<passkey_id>/remove", methods=["GET", "POST"])
@signed_in
@fresh
def remove_passkey(passkey_id: str) -> Page:
    """The question; sent, it is removed. Somebody else's is not found."""
    passkey = _own_passkey(passkey_id)
    if _is_only_way(passkey):
        flash(_("It is the only way you sign in. Choose a password or add another passkey first."), "notice")
        return back()
    if not Form().validate_on_submit():
        return render_template("signin/remove_passkey.html", passkey=passkey)
    store = the_store()
    store.remove_passkey(passkey.person_id, passkey_id)
    store.commit()
    return back(said=_("Passkey %(code)s no longer signs you in.", code=passkey.label))


def _own_passkey(passkey_id: str) -> Passkey:
    mine = {each.passkey_id: each for each in the_store().passkeys_of(own().person_id)}
    return mine.get(passkey_id) or abort(404)


def _is_only_way(passkey: Passkey) -> bool:
    store = the_store()
    if store.password_hash(passkey.person_id) is not None or provider_name():
        return False
    return len(store.passkeys_of(passkey.person_id)) == 1
