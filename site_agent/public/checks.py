"""Checks of typed text, and choices from the directory, that several forms share."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms import Field
from wtforms import Form as WTForm
from wtforms.validators import StopValidation

from site_agent.extensions import db
from site_agent.services import directory


def one_line(form: WTForm, field: Field) -> None:
    """No line break and no invisible character, which a program would send and no person types."""
    if field.data and not field.data.isprintable():
        raise StopValidation(_("Type it again: it holds a line break or an invisible character"))


def places() -> dict[str, str]:
    """The other sites, any of which a physician may wish to avoid: id to "name, community"."""
    return {site.site_id: f"{site.name}, {site.community}" for site in directory.others(db.session)}
