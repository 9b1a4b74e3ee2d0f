"""Where each thing about a request or a match is kept, and until when: the last part of everything held."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from site_agent.models import AnySession, Match, Request
from site_agent.models.match import FINAL
from site_agent.services import holds, policy, retention
from ui.timewords import day, to_local

Facts = list[tuple[str, str]]


def of_request(session: AnySession, request: Request, mine: bool) -> Facts:
    """Of a request of this site."""
    held, ended = request.held, request.closed_at
    named = retention.identity_kept(session)
    sealed = _("In this site’s database, encrypted under a key of this request alone.")
    facts = [
        (
            _("Name, contact, topic"),
            _("Erased") if request.case_id is None else f"{sealed} {_until(ended, named, held)}",
        ),
        (_("Wishes, places to avoid"), _("The same, until a supporter says yes or it ends.")),
        (_("Other words ticked, days and times, who helped"), _row(session, ended, held)),
        (_("Who was asked"), _("A mark for each, without a name, until it ends.")),
        (
            _("Your link") if mine else _("The physician’s link"),
            _("Only a fingerprint of it, from which it cannot be found again."),
        ),
    ]
    if request.elsewhere:
        facts.append(
            (
                _("At the provincial hub"),
                _(
                    "A number drawn at random, the career stage and how to talk. "
                    "Sealed letters, which it cannot open, for up to 14 days."
                ),
            )
        )
    return [*facts, *_everywhere(session), *_law(held)]


def of_match(session: AnySession, match: Match) -> Facts:
    """Of a match with a request from elsewhere."""
    ended = match.state_at if match.state in FINAL else None
    held = holds.is_held(session, match)
    sealed = _("In this site’s database, encrypted under a key of this match alone, until it ends.")
    return [
        (_("Name, contact, card"), _("Erased") if match.case_id is None else sealed),
        (_("Days and times, who helped"), _row(session, ended, held)),
        (_("Who was asked"), _("A mark for each, without a name, until it ends.")),
        (
            _("At the provincial hub"),
            _("Which two sites, the career stage, how to talk, and the days and times of the match."),
        ),
        (_("At the physician’s own site"), _("The request itself. It is never told which site helps.")),
        *_everywhere(session),
        *_law(held),
    ]


def _row(session: AnySession, ended: datetime | None, held: bool) -> str:
    kept = _until(ended, retention.row_kept(session), held)
    return f"{_('In this site’s database, without a name.')} {kept}"


def _everywhere(session: AnySession) -> Facts:
    days = min(policy.number(session, "key_backup_days"), policy.number(session, "identity_days"))
    return [
        (_("Counts"), _("How many there were in a quarter, kept for good. No count says who, why or where.")),
        (
            _("Emails"),
            _("That one went out, for a week. Its address and its link are erased when it has gone."),
        ),
        (
            _("Who opened what"),
            _("In a log at this site. Once the name is erased, a line no longer says what was opened."),
        ),
        (
            _("Backups"),
            ngettext(
                "A copy of the database opens nothing by itself. What opens it is copied apart, for %(num)d day.",
                "A copy of the database opens nothing by itself. What opens it is copied apart, for %(num)d days.",
                days,
            ),
        ),
        (_("What was said in a talk"), _("Nothing: nobody writes it down.")),
    ]


def _law(held: bool) -> Facts:
    return [(_("Legal hold"), _("Kept longer because the law asks for it, until that ends."))] if held else []


def _until(ended: datetime | None, kept: timedelta, held: bool) -> str:
    if held:
        return str(_("Kept longer because the law asks for it."))
    if ended is None:
        years, rest = divmod(kept.days, 365)
        if years and not rest:
            return str(
                ngettext(
                    "Until %(num)d year after it has ended.", "Until %(num)d years after it has ended.", years
                )
            )
        return str(
            ngettext(
                "Until %(num)d day after it has ended.", "Until %(num)d days after it has ended.", kept.days
            )
        )
    return str(_("Until %(day)s.", day=day(to_local(ended + kept).date())))
