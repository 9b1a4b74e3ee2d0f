"""What waits on Today about reach-out: a first contact to make, the one follow-up that silence allows, and what was
wished for on a no."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from site_agent.models import AnySession, Outreach
from site_agent.services import outreach
from site_agent.web.addresses import address
from site_agent.web.waiting_line import FIND, WATCH, Step, Waiting
from ui.timewords import ago, when

_WISHED = and_(Outreach.resources_ok.is_(True), Outreach.case_id.is_not(None))
_ROWS = (
    select(Outreach)
    .where(or_(Outreach.state.in_(("new", "contacted")), _WISHED))
    .order_by(Outreach.received_at)
)


def waiting_outreach(session: AnySession, now: datetime) -> Iterator[Waiting]:
    """A line for each outreach that somebody at the desk should take a step on. It names nobody."""
    wait = outreach.patience(session)
    for row in session.scalars(_ROWS):
        href = address("web.outreach_page", "outreach_id", row.outreach_id)
        if row.state == "new":
            text = _("Reach out to a physician: %(ref)s", ref=row.ref)
            hint = _("Told %(ago)s. Early is kind: call, or email the offer.", ago=ago(row.received_at))
            step = Step(_("Reach out"), href, press=False)
            yield Waiting(FIND, row.received_at, text, hint, href, _("To contact"), "red", step)
        elif outreach.owes_resources(row):
            text = _("Send a list of other help: %(ref)s", ref=row.ref)
            hint = _("They would rather not talk now, and would like to have it.")
            step = Step(_("Send it"), href, press=False)
            yield Waiting(WATCH, row.state_at, text, hint, href, _("To send"), "yellow", step)
        elif row.state == "contacted" and (due := outreach.follow_up_from(row, wait)) <= now:
            text = _("Follow up once, or leave it: %(ref)s", ref=row.ref)
            end = outreach.ends_at(row, wait) or now
            hint = _("No answer yet. Without one it ends by itself on %(when)s.", when=when(end))
            step = Step(_("Follow up once"), href, press=False)
            yield Waiting(WATCH, due, text, hint, href, _("No answer"), "yellow", step)
