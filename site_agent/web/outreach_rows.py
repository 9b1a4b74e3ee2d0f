"""An outreach in words: how it came and what was done; and whom to call."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from site_agent import words, words_doors
from site_agent.models import AnySession, Outreach
from site_agent.models.outreach import FINAL
from site_agent.services import outreach
from site_agent.web.contact_links import call_link, mail_link
from ui.timewords import when

Rows = list[dict[str, Any]]


def rows(session: AnySession, row: Outreach) -> Rows:
    """The summary, without who it is."""
    told_by = words_doors.NOTIFIER[row.notifier]
    attested = _("as taken down at this desk") if row.attested_by else _("as the one who told us attests")
    consent = words_doors.CONSENT[row.consent]
    if row.consent == "agreed":
        consent = _("%(consent)s, %(attested)s", consent=consent, attested=attested)
    reason = outreach.reason_of(session, row)
    missing = _("None") if row.state in FINAL else _("Not yet")
    said = [
        (_("Told"), when(row.received_at)),
        (_("By"), told_by),
        (_("Consent"), consent),
        (_("Topic"), words.REASON[reason] if reason else _("Erased")),
        (_("First contact"), when(row.contacted_at) if row.contacted_at else missing),
        (_("Follow-up"), when(row.followed_up_at) if row.followed_up_at else missing),
    ]
    if outreach.owes_resources(row):
        said.append((_("A list of other help"), _("They would like to have it sent")))
    return _lines(said)


def contact_rows(who: outreach.Contact) -> Rows:
    """Name, phone and email, each kept apart from the text around it whatever script it is in."""
    said = [(_("Name"), Markup("<bdi>{0}</bdi>").format(who.name))]
    if who.phone:
        extension = who.phone.partition(";ext=")[2]
        said.append((_("Phone"), call_link(who.phone)))
        if extension:
            said.append((_("Extension"), escape(extension)))
    if who.email:
        said.append((_("Email"), mail_link(who.email)))
    return [{"key": {"text": term}, "value": {"html": value}} for term, value in said]


def _lines(said: list[tuple[str, Any]]) -> Rows:
    return [{"key": {"text": term}, "value": {"text": str(value)}} for term, value in said]
