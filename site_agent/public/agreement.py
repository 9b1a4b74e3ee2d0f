"""The confidentiality agreement, by link: read it, choose a PIN, sign. Nobody is asked before that (C12, J13)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Regexp

from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import LinkSession, Supporter
from site_agent.public import bp
from site_agent.public.link_door import LinkDoor, Page
from site_agent.public.offer_pin import digits_only, left_in_words
from site_agent.public.visit import save, unused_links, visiting
from site_agent.services import agreements, links, pins, policy
from site_agent.services.errors import PinError, WrongPinError
from ui import access, clock
from ui.forms import Form, render_form
from ui.looks import done

KIND = "agreement"


class AgreeForm(Form):
    """Agreeing to a new version, with the PIN that was chosen before. A PIN is never sent back."""

    agree = BooleanField(
        _l("I have read this agreement and will keep to it"),
        [InputRequired(_l("Tick the box if you agree; without it nobody will ask you"))],
    )
    pin = PasswordField(
        _l("Your PIN"),
        [InputRequired(_l("Enter your PIN")), Regexp(r"[0-9]{6}\Z", message=_l("The PIN is six digits"))],
        filters=[digits_only],
    )


class SignForm(Form):
    """Agreeing for the first time, and choosing the PIN that names will ask for."""

    agree = BooleanField(
        _l("I have read this agreement and will keep to it"),
        [InputRequired(_l("Tick the box if you agree; without it nobody will ask you"))],
    )
    pin = PasswordField(
        _l("Choose a PIN of six digits"),
        [InputRequired(_l("Choose a PIN of six digits"))],
        filters=[digits_only],
    )
    again = PasswordField(
        _l("The same PIN again"),
        [
            InputRequired(_l("Enter the same PIN again")),
            EqualTo("pin", _l("The two PINs differ: enter both again")),
        ],
        filters=[digits_only],
    )


@bp.get("/a/<token>")
@access.link(KIND)
def open_agreement(token: str) -> Page:
    """One button."""
    return _DOOR.look(token)


@bp.post("/a/<token>")
@access.link(KIND)
def enter_agreement(token: str) -> Page:
    """To the agreement; the link is used up by signing."""
    return _DOOR.come_in(token)


@bp.route("/agreement", methods=["GET", "POST"])
@visiting(KIND)
def agreement(visit: LinkSession) -> Response | str | tuple[str, int]:
    """Read and sign; once it is signed, the date. Signing twice is signing once."""
    supporter = db.session.get_one(Supporter, visit.subject)
    has_pin, is_signed = supporter.pin_hash is not None, agreements.is_signed(db.session, supporter)
    if is_signed and has_pin:
        return _signed(supporter)
    if has_pin and pins.tries_left(supporter) == 0:
        return render_template("public/agreement_locked.html"), 403
    form, version = _form(has_pin, is_signed), policy.text(db.session, "agreement_version")
    if form.validate_on_submit():
        if form.agree and request.form.get("version") != version:
            form.agree.errors = [
                _("The agreement has changed since you opened this page. Read it again, then tick.")
            ]
        elif _sign(supporter, form):
            return redirect(url_for("public.agreement"), 303)
    return render_form("public/agreement.html", form, about=visit.subject, version=version, has_pin=has_pin)


def _form(has_pin: bool, is_signed: bool) -> AgreeForm | SignForm:
    form = AgreeForm() if has_pin else SignForm()
    if is_signed:
        del form.agree  # after a reset only the PIN is left to choose
    return form


def _signed(supporter: Supporter) -> str:
    return render_template(
        "public/agreement_signed.html", supporter=supporter, mail_goes=standing.is_connected()
    )


def _sign(supporter: Supporter, form: AgreeForm | SignForm) -> bool:
    """False for a PIN that is wrong or too easy. The links end here: whoever reads the mailbox later gets nowhere."""
    try:
        agreements.sign(db.session, supporter, form.pin.data or "", clock.now())
    except WrongPinError:
        save()  # the try counts
        form.pin.errors = [left_in_words(supporter)]
        return False
    except PinError as error:
        db.session.rollback()
        form.pin.errors = [error.mend]
        return False
    for link in unused_links(KIND, supporter.supporter_id):
        links.spend(db.session, link, clock.now())
    save()
    done(_("Thank you.") if form.agree else _("Your new PIN is chosen."))
    return True


def _told(supporter_id: str) -> dict[str, bool]:
    """Whether only a PIN is to be chosen."""
    supporter = db.session.get_one(Supporter, supporter_id)
    return {"only_pin": supporter.pin_hash is None and agreements.is_signed(db.session, supporter)}


def _not_good(token: str) -> Page:
    known = links.known(db.session, token, KIND) is not None
    return render_template("public/agreement_used.html", known=known), 410 if known else 404


_DOOR = LinkDoor(KIND, "public/agreement_open.html", "public.agreement", _not_good, told=_told)
