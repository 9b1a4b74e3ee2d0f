"""What waits for the coordinator, the most urgent first: each line with its next step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from site_agent.hub_link import LinkStatus
from site_agent.mail import standing as mail
from site_agent.models import AnySession, Interaction, Match, Supporter
from site_agent.services import drafts, tracker
from site_agent.services.matching import Pool
from site_agent.web.first_choice import with_first_choices
from site_agent.web.navigation import may_open
from site_agent.web.open_help import OpenHelp
from site_agent.web.outreach_today import waiting_outreach
from site_agent.web.waiting_help import waiting_help
from site_agent.web.waiting_line import ALARM, ANSWER, FIND, SET_UP, Step, Waiting, phone_of
from site_agent.words import DOOR_BY
from ui.timewords import when

_UNTIL: dict[str, LazyString] = {
    "supporter": _l("Until then nobody of this site can be asked."),
    "site": _l("Until then pages and emails lack the name, the phone or the address of this site."),
    "mail": _l("Until then no email goes out, and supporters are phoned."),
    "enrolment": _l("Until then no other site can be asked."),
}
"""What a step of the set-up stops while it is left, the gravest first. Trying the form stops nothing."""
_STOPS_NOTHING = _l("Nothing waits for it: physicians can ask, and supporters can be asked.")


@dataclass(frozen=True)
class Standing:
    """How the site stands at this moment, as the page has read it already."""

    at: datetime
    open_help: OpenHelp
    pool: Pool
    hub: LinkStatus
    tasks_left: tuple[str, ...]
    """Of the set-up, still to do: codes of `setup.TASKS`."""
    held: Sequence[object] = ()
    """Rows that are asked for in many places: the session forgets those that nobody holds."""


def waiting(session: AnySession, standing: Standing, person_id: str) -> list[Waiting]:
    """Everything that waits for a person at this desk, as far as whoever sits there may open the page of the line."""
    callers = _callers(session)
    found = [
        *(_of_link(standing) if may_open("web.link") else ()),
        *waiting_help(session, standing.open_help, standing.at),
        *waiting_outreach(session, standing.at),
        *_of_calls(callers),
        *_of_mail(session),
        *_of_drafts(session, person_id, standing.at),
        *(_of_set_up(standing) if may_open("web.set_up") else ()),
    ]
    ranked = sorted(found, key=lambda each: (each.rank, each.at))
    called_first = {who.supporter_id for _row, who in callers if who is not None}
    return with_first_choices(
        session, standing.open_help, ranked, standing.pool, standing.at, not_named=called_first
    )


def _of_link(standing: Standing) -> Iterator[Waiting]:
    href, hub, now = url_for("web.link"), standing.hub, standing.at
    if hub.alarm:
        hint = _("No letters are sealed until it is cleared up.")
        yield Waiting(ALARM, now, _("Read the alarm about the hub’s keys"), hint, href, _("Alarm"), "red")
    if hub.left:
        hint = _("Requests that went elsewhere need another way. The page says what can be done.")
        yield Waiting(ALARM, now, _("This site has left its hub"), hint, href, _("Alarm"), "red")
    if hub.dead:
        hint = _("The page says what is wrong and how to mend it.")
        yield Waiting(FIND, now, _("Look at what the hub refused"), hint, href, _("To do"), "yellow")


def _callers(session: AnySession) -> list[tuple[Interaction, Supporter | None]]:
    """Each call that is wanted, and by whom."""
    wanted = tracker.calls_wanted(session)
    if not wanted:
        return []
    helpers = select(Match.thid, Supporter).join(Supporter, Supporter.supporter_id == Match.supporter_id)
    mine = helpers.where(Match.thid.in_([row.thid for row in wanted]))
    people = {row.thid: row.Supporter for row in session.execute(mine)}
    return [(row, people.get(row.thid)) for row in wanted]


def _of_calls(callers: Sequence[tuple[Interaction, Supporter | None]]) -> Iterator[Waiting]:
    """Supporters who asked for a call: about them, so no line says which talk it was."""
    for row, who in callers:
        text = _("Call %(name)s, who asked for it", name=who.name if who else _("a supporter"))
        hint = _("About how they are. The case is not talked about.")
        href = url_for("web.supporter", supporter_id=who.supporter_id) if who else url_for("web.supporters")
        step = Step(_("I called"), url_for("web.called", interaction_id=row.interaction_id))
        call = phone_of(who.name, who.phone) if who else None
        yield Waiting(ANSWER, row.entered_at, text, hint, href, _("Asked for"), "yellow", step, call)


def _of_mail(session: AnySession) -> Iterator[Waiting]:
    for each in mail.failed(session):
        text = _("Phone %(name)s: an email to them did not arrive", name=each.name)
        hint = _("They have to sign the agreement.") if each.kind == "agreement" else _("They are awaited.")
        step = Step(_("I phoned"), url_for("web.mail_settled", mail_id=each.mail_id))
        href = url_for("web.supporter", supporter_id=each.supporter_id)
        yield Waiting(
            FIND, each.at, text, hint, href, _("Email failed"), "red", step, phone_of(each.name, each.phone)
        )


def _of_drafts(session: AnySession, person_id: str, now: datetime) -> Iterator[Waiting]:
    """This person's own forms under way; nobody else sees that there are any."""
    for draft, answers in drafts.of(session, person_id, now):
        if "came" not in answers:
            continue  # a list of supporters
        text = _("Go on with the request you left on %(when)s", when=when(draft.changed_at))
        hint = _("Kept until %(when)s.", when=when(draft.changed_at + drafts.KEPT_FOR))
        door = DOOR_BY.get("".join(answers["came"].get("door", [])))
        if door is not None:  # two that were left at once are told apart, without naming anybody
            hint = _("Asked %(door)s.", door=door) + " " + hint
        href = url_for("web.record_check", draft_id=draft.draft_id)
        yield Waiting(FIND, draft.changed_at, text, hint, href, _("Unfinished"), "yellow")


def _of_set_up(standing: Standing) -> Iterator[Waiting]:
    n_left = len(standing.tasks_left)
    if n_left:
        text = ngettext(
            "Finish setting up: %(num)d step left", "Finish setting up: %(num)d steps left", n_left
        )
        hint = next((text for code, text in _UNTIL.items() if code in standing.tasks_left), _STOPS_NOTHING)
        href = url_for("web.set_up")
        yield Waiting(SET_UP, standing.at, text, str(hint), href, _("To do"), "yellow")
