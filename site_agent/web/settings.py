"""Settings of the site: what it is called and where people find it. Figures and choices are on the policy's page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Field, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from site_agent.extensions import db
from site_agent.forms.checks import one_line
from site_agent.mail import standing
from site_agent.models import Site
from site_agent.roles import IN_CHARGE
from site_agent.web import bp
from site_agent.words import ZONE
from ui.access import allow
from ui.forms import Form, PhoneField, choices, phone_words, render_form
from ui.looks import done

_HOST = re.compile(r"[\w.:-]+")
"""A blank in it would end every link of every mail."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SettingsForm(Form):
    """One page, since each is set once and seldom again."""

    name = StringField(
        _l("Name of the site"),
        [
            InputRequired(_l("Enter the name of the site")),
            one_line,
            Length(max=120, message=_l("The name must be %(max)d characters or fewer")),
        ],
        description=_l("As physicians know the program, for example Cedar Inlet Peer Support."),
    )
    community = StringField(
        _l("Community"),
        [
            InputRequired(_l("Enter the community, for example Prince George")),
            one_line,
            Length(max=80, message=_l("The community must be %(max)d characters or fewer")),
        ],
    )
    zone = SelectField(_l("Time zone"), [InputRequired(_l("Select a time zone"))], choices=choices(ZONE))
    phone = PhoneField(
        _l("Phone of the coordinator"),
        [InputRequired(_l("Enter a phone number"))],
        description=_l("On every page and in every email, for when this computer is down."),
    )
    public_url = StringField(
        _l("Address of these pages"),
        [
            InputRequired(_l("Enter the address that people reach these pages at")),
            one_line,
            Length(max=300, message=_l("The address must be %(max)d characters or fewer")),
        ],
        description=_l("Links in emails lead there, for example https://peers.example.ca"),
    )

    def __init__(self, site: Site | None) -> None:
        super().__init__(obj=site)
        if self.zone.data not in ZONE and site is not None:
            self.zone.choices = [*choices(ZONE), *choices({site.zone: site.zone})]

    def validate_public_url(self, field: Field) -> None:
        """Links in mail must be private on the way."""
        if not _is_private(field.data):
            raise ValidationError(
                _("Enter an address like https://peers.example.ca, with nothing after the name")
            )

    def save(self, site: Site) -> None:
        """Put what was entered where it belongs."""
        for each in (self.name, self.community, self.zone):
            setattr(site, each.name, each.data)
        site.phone = phone_words(self.phone.data or "")
        site.public_url = (self.public_url.data or "").rstrip("/")


def _is_private(address: str) -> bool:
    """HTTPS and a host, nothing after it; on this machine plain HTTP does."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    here = host in _LOOPBACK or host.endswith(".localhost")
    more = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    return (
        bool(_HOST.fullmatch(host))
        and not more
        and (parts.scheme == "https" or (parts.scheme == "http" and here))
    )


@bp.route("/settings", methods=["GET", "POST"])
@allow(*IN_CHARGE)
def settings() -> Response | tuple[str, int]:
    """Show and save."""
    site = db.session.get(Site, 1)
    form = SettingsForm(site)
    if not form.validate_on_submit():
        return render_form(
            "web/settings.html", form, public_url=request.host_url, mail_connected=standing.is_connected()
        )
    if site is None:
        site = Site(id=1)
        db.session.add(site)
    form.save(site)
    db.session.commit()
    done(_("The settings are saved."))
    return redirect(url_for("web.settings"), 303)
