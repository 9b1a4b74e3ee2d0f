"""A request to go elsewhere that is helped at its own site after all: only on the physician's own word (F14).

Given by their own link it needs nobody's word. Given by phone it rests on the word of whoever noted it, and it opens a
name: so it is kept who noted it, the physician reads of it on their page, and by mail if they want news, and may
object. Then the name closes again, and from that moment their own link alone can choose it.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from site_agent.models import AnySession, Event, Request
from site_agent.models.conditional import move
from site_agent.models.request import OPEN
from site_agent.services import activity, match_end, post, timeline
from site_agent.services.errors import NoLongerOpenError, ServiceError

BY_LINK, BY_PHONE, OBJECTED = "stays-by-link", "stays-by-phone", "stay-objected"
"""Events of the request's own timeline."""
WAITING = ("new", "unmatched")
"""Nobody elsewhere is asked or helps."""


class OwnLinkOnlyError(ServiceError):
    """It was noted by phone before, and the physician did not agree."""

    mend = _l("The physician objected to this before. Only they can choose it, on their own page.")


def stay_here(session: AnySession, request: Request, now: datetime, by: str | None) -> None:
    """From now on the name is read at this desk, as of any own request, and supporters of this site can be asked.

    `by`: the person_id of whoever notes that the physician said so by phone; None for the physician's own link.
    Raises NoLongerOpenError if it is on its way, OwnLinkOnlyError.
    """
    if by is not None and objected(session, request):
        raise OwnLinkOnlyError()
    if not move(session, request, Request.state.in_(WAITING), Request.elsewhere.is_(True), elsewhere=False):
        raise NoLongerOpenError()
    timeline.note(session, request.request_id, BY_LINK if by is None else BY_PHONE, now, by)
    if by is None:
        post.news(session, now)
    else:
        activity.note(session, by, "stays-here", request.request_id, now)


def may_stay(request: Request) -> bool:
    """Whether the physician could choose it now."""
    return request.elsewhere and request.state in WAITING and request.case_id is not None


def objected(session: AnySession, request: Request) -> bool:
    """Whether the physician said that they had not agreed."""
    said = exists().where(Event.subject == request.request_id, Event.code == OBJECTED)
    return bool(session.scalar(select(said)))


def stays_by(session: AnySession, request: Request) -> str | None:
    """BY_LINK or BY_PHONE for a request that was to go elsewhere and stays here; None for any other."""
    return None if request.elsewhere else _last_word(session, request)


def may_object(session: AnySession, request: Request) -> bool:
    """Whether somebody noted a word of theirs, they have not objected yet, and it is not over. Also when the desk has
    sent the request elsewhere again since: the name was open, and could be opened so once more."""
    noted = request.state in OPEN and _last_word(session, request) == BY_PHONE
    return noted and not objected(session, request)


def object_to(session: AnySession, request: Request, now: datetime) -> None:
    """The physician did not agree: the name closes, and whoever was asked or helps here has nothing more to do.

    The request stays open, and is for elsewhere again. Raises NoLongerOpenError if there is nothing to object to.
    """
    if not may_object(session, request):
        raise NoLongerOpenError()
    if not request.elsewhere:
        _close_name(session, request, now)
    timeline.note(session, request.request_id, OBJECTED, now)
    post.to_coordinators(session, now)


def _close_name(session: AnySession, request: Request, now: datetime) -> None:
    still = Request.state.in_(OPEN), Request.elsewhere.is_(False)
    # One that never set out does so by itself, as it would have from the start.
    state = "new" if request.thid is None else "unmatched"
    if not move(session, request, *still, elsewhere=True, state=state, state_at=now):
        raise NoLongerOpenError()
    match = match_end.match_of(session, request)
    if match is not None:
        match_end.end(session, match, now)


def _last_word(session: AnySession, request: Request) -> str | None:
    chosen = Event.subject == request.request_id, Event.code.in_((BY_LINK, BY_PHONE))
    return session.scalar(select(Event.code).where(*chosen).order_by(Event.at.desc()).limit(1))
