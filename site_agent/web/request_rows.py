"""A request in words, as far as this desk may read it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from protocol.messages.handover import Identity
from site_agent import words, words_doors
from site_agent.models import AnySession, Match, Request
from site_agent.services import directory, policy, requests, timeline
from site_agent.web.contact_links import call_link, mail_link
from ui import clock
from ui.timewords import ago, when

Row = dict[str, Any]


def status(row: Request, match: Match | None) -> words.Status:
    """The tag: where a request that is helped from this site stands is where its match stands."""
    own = _own_state(row, match)
    if match is not None and own:
        return words.PAUSED if match.paused_at is not None else words.OWN_STATUS[own]
    return words.REQUEST_STATUS[row.state]


def match_status(match: Match) -> words.Status:
    """The tag of a request from elsewhere."""
    return words.PAUSED if match.paused_at is not None else words.MATCH_STATUS[match.state]


def meaning(session: AnySession, row: Request, match: Match | None) -> str:
    """Where it stands, in a sentence or two."""
    if row.restate:
        return str(
            _(
                "The match did not go on, and the wishes and places to avoid were erased with it. No site is asked "
                "before the physician has said them again."
            )
        )
    own = _own_state(row, match)
    if own:
        return str(words.OWN_MEANING[own])
    if row.state == "unmatched" and requests.is_only_here(row):
        return str(
            _(
                "Nobody of this site can help at the moment, and no other site was asked. Look elsewhere if the "
                "physician agrees, or give them the program’s phone line."
            )
        )
    said = [str(words.REQUEST_MEANING[row.state])]
    if row.state == "closed" and not timeline.was_helped(session, row.request_id):
        nobody = _("Closed before anybody was asked. A new request always starts clean.")
        asked = _("Closed before anybody helped. A new request always starts clean.")
        said = [asked if timeline.was_asked(session, row.request_id) else nobody]
    if row.state == "new":
        said.append(_("Received %(ago)s.", ago=ago(row.received_at)))
    if row.state in ("new", "looking") and waits_long(session, row.received_at):
        said.append(_("They have waited long: they asked on %(when)s.", when=when(row.received_at)))
    return " ".join(said)


def waits_long(session: AnySession, since: datetime) -> bool:
    """Whether a physician who asked then should have somebody by now, by the site's own time for that."""
    return clock.now() - since > timedelta(hours=policy.number(session, "find_hours"))


def _own_state(row: Request, match: Match | None) -> str | None:
    """The state of the match, if it is by a supporter of this site that the request is looked for or helped."""
    here = row.state in ("looking", "in-hand", "in-touch") and not row.elsewhere
    return match.state if here and match is not None and match.state in words.OWN_STATUS else None


def rows(session: AnySession, row: Request) -> list[Row]:
    """The summary list."""
    door = words.DOOR.get(row.door or "", _("Not known"))
    shown = [
        _row(_("Asked"), f"{door}, {when(row.received_at)}"),
        _row(_("Supporter"), _("From elsewhere") if row.elsewhere else _("From this site")),
        _row(_("Career stage"), words.STAGE[row.stage]),
        _row(_("Would like to talk"), words.MODALITY[row.modality]),
    ]
    details = requests.details(session, row)
    if details is not None:
        shown.append(_row(_("About"), words.REASON[details.reason]))
        shown.append(_row(_("Language"), words.language(details.language)))
        shown.append(_row(_("Never asked"), words.never_asked(details.posts)))
        shown.append(_row(_("Wishes, not promised"), _wishes(row, details.wishes)))
        if row.elsewhere:
            shown.append(_row(_("Places not asked"), _places(session, row, details.avoid)))
        if details.hint:
            shown.append(_row(_("What brings them"), words_doors.HINT[details.hint]))
    elif requests.is_hidden(row):
        shown.append(
            _row(_("Reason and wishes"), _("Not read here: the physician sent it, and it goes elsewhere"))
        )
    return [*shown, *_identity(session, row)]


def contact_words(identity: Identity) -> list[Row]:
    """Who, and how to reach them, as a summary list."""
    missing = escape(_("Not given"))
    return [
        _row(_("Name"), identity.name),
        _html(_("Phone"), call_link(identity.phone) if identity.phone else missing),
        _html(_("Email"), mail_link(identity.email) if identity.email else missing),
        *_safe(identity),
    ]


def _safe(identity: Identity) -> list[Row]:
    """How and when a call harms nothing: read wherever somebody calls from."""
    return [
        _row(_("Safe ways"), _several(words.CONTACT_WAY, identity.ways)),
        _row(_("Safe times"), _several(words.CONTACT_TIME, identity.times)),
    ]


def _identity(session: AnySession, row: Request) -> list[Row]:
    term = _("Name and contact")
    here = requests.identity_here(session, row)
    if here is not None:
        return [_html(term, _who(here)), *_safe(here)]
    if row.identity is None:
        return [_row(term, _("Erased"))]
    closed = _row(term, _("Closed, since it goes elsewhere"))
    href = url_for("web.request_name", request_id=row.request_id)
    closed["actions"] = {"items": [{"href": href, "text": _("Open the name")}]}
    return [closed]


def _who(identity: Identity) -> Markup:
    """Each on a line, the number as a phone dials it; a name in another script keeps to itself."""
    parts = [Markup("<bdi>{0}</bdi>").format(identity.name)]
    if identity.phone:
        parts.append(call_link(identity.phone))
    if identity.email:
        parts.append(escape(identity.email))
    return Markup("<br>").join(parts)


def _wishes(row: Request, wishes: tuple[str, ...]) -> str:
    return _("Erased") if row.wishes is None else _several(words.WISH, wishes)


def _places(session: AnySession, row: Request, avoid: tuple[str, ...]) -> str:
    if row.avoid is None:
        return str(_("Erased"))
    return ", ".join(directory.name_of(session, site_id) for site_id in avoid) or _("None")


def _several(table: words.Words, codes: tuple[str, ...]) -> str:
    return words.listed(table, codes) or _("None")


def _row(term: str, value: object) -> Row:
    return {"key": {"text": term}, "value": {"text": str(value)}}


def _html(term: str, value: Markup) -> Row:
    return {"key": {"text": term}, "value": {"html": value}}
