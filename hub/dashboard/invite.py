"""Inviting a site: what the directory will say of it, then its one-time code, shown once.

The code is the answer to the POST itself and not a page of its own, because the hub keeps only its hash. Sent
again by a reload, the form is refused: there is a site of that name by then.
"""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Field, RadioField, SelectField, StringField
from wtforms import Form as WTForm
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp, StopValidation

from hub import config
from hub.dashboard import bp
from hub.extensions import db
from hub.models import Site
from hub.services import enrolment
from hub.words import KIND, ZONE
from ui.access import allow
from ui.clock import now
from ui.forms import Form, choices, render_form
from ui.one_line import is_one_line


def one_line(form: WTForm, field: Field) -> None:
    """What came along with a pasted name (a no-break space, a line break) no site would take in its directory."""
    if field.data and not is_one_line(field.data):
        raise StopValidation(
            _("Type it again: it holds a line break, an invisible character or a pile of accents")
        )


class InviteForm(Form):
    """What others will see of the site, and how the programme counts it (A05: cohort, funding, type of host)."""

    name = StringField(
        _l("Name of the site"),
        [
            DataRequired(_l("Enter the name of the site")),
            one_line,
            Length(max=120, message=_l("The name must be 120 characters or fewer")),
        ],
    )
    community = StringField(
        _l("Community"),
        [
            DataRequired(_l("Enter the community the site is in")),
            one_line,
            Length(max=80, message=_l("The community must be 80 characters or fewer")),
        ],
    )
    kind = RadioField(
        _l("What kind of organization runs it?"),
        [InputRequired(_l("Select what kind of organization runs it"))],
        choices=choices(KIND),
    )
    funded = RadioField(
        _l("Is it funded by the initiative?"),
        [InputRequired(_l("Select whether it is funded by the initiative"))],
        choices=choices({"yes": _l("Yes"), "no": _l("No")}),
    )
    cohort = StringField(
        _l("Cohort, if it joined with one"),
        [
            Optional(),
            Regexp(r"[1-9][0-9]?\Z", message=_l("The cohort must be a number from 1 to 99, or empty")),
        ],
    )
    zone = SelectField(_l("Which time zone is it in?"), choices=choices(ZONE))


@bp.route("/sites/new", methods=["GET", "POST"])
@allow("staff")
def invite() -> str | tuple[str, int] | Response:
    """The form, and the code when it is right."""
    form = InviteForm()
    if form.validate_on_submit():
        try:
            invited = _invite(form)
        except enrolment.SiteNameTakenError:
            form.name.errors = [
                _(
                    "There is a site of this name already. Open it in the list of sites to give it a fresh code"
                )
            ]
        else:
            db.session.commit()
            return code_page(invited.site, invited.code_text)
    return render_form("dashboard/invite.html", form)


def _invite(form: InviteForm) -> enrolment.Invited:
    return enrolment.invite(
        db.session(),
        form.name.data or "",
        form.community.data or "",
        form.kind.data,
        form.funded.data == "yes",
        form.cohort.data or None,
        form.zone.data,
        now(),
    )


def code_page(site: Site, code_text: str) -> str:
    """The one-time code with what to do with it. Shown by whoever has just made it."""
    expires_at = site.enrolments[0].expires_at
    return render_template(
        "dashboard/code.html",
        site=site,
        groups=code_text.split("-"),
        expires_at=expires_at,
        hub_url=config.current().public_url,
    )
