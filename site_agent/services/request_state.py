"""Where a request of this site stands: its state follows what happens to the match, in the same commit."""

from datetime import datetime

from site_agent.models import AnySession, Match, Request
from site_agent.models.conditional import move
from site_agent.models.request import OPEN
from site_agent.services import match_end, reminders, timeline
from site_agent.services.errors import NoLongerOpenError

_HELPED = ("in-hand", "in-touch")
_ERASED: dict[str, object] = {"wishes": None, "avoid": None, "shortlist": None}
_WAITS = "request-waits"
"""To the desk, and due again for whoever is chosen next. What the physician was written about stays known until their
name is erased: a second mail would tell that somebody else is asked (J08)."""


def of(session: AnySession, match: Match) -> Request:
    """The request of this site that the match helps with."""
    return session.get_one(Request, match.request_id)


def asked_here(session: AnySession, match: Match, now: datetime, by: str | None = None) -> None:
    """Somebody of this site is asked. Raises NoLongerOpenError if the request is over or on its way elsewhere."""
    request = of(session, match)
    here = Request.elsewhere.is_(False)
    if move(session, request, here, Request.state.in_(("new", "unmatched")), state="looking", state_at=now):
        timeline.note(session, request.request_id, "asked-here", now, by)
    elif request.elsewhere or request.state != "looking":
        raise NoLongerOpenError()
    reminders.forget(session, request.request_id, code=_WAITS)


def in_hand(session: AnySession, match: Match, now: datetime, by: str | None = None) -> None:
    """A supporter said yes: wishes and places to avoid are erased with it. Raises NoLongerOpenError."""
    _follow(session, match, ("looking",), "in-hand", now, by, **_ERASED)


def in_touch(session: AnySession, match: Match, now: datetime, by: str | None = None) -> None:
    """A first attempt was made."""
    _follow(session, match, ("in-hand",), "in-touch", now, by)


def looking_again(session: AnySession, match: Match, now: datetime) -> None:
    """Another supporter of this site is looked for."""
    request = of(session, match)
    if not move(session, request, Request.state.in_(_HELPED), state="looking", state_at=now):
        raise NoLongerOpenError()


def finish(
    session: AnySession,
    request: Request,
    state: str,
    now: datetime,
    by: str | None = None,
    *,
    states: tuple[str, ...] = OPEN,
) -> bool:
    """Closed or withdrawn: wishes, places to avoid and a waiting shortlist go in this commit, and so does who was
    asked here. False if too late."""
    changed = move(
        session, request, Request.state.in_(states),
        state=state, state_at=now, closed_at=now, restate=False, **_ERASED,
    )  # fmt: skip
    if changed:
        timeline.note(session, request.request_id, state, now, by)
        reminders.forget(session, request.request_id, code=_WAITS)
        match = match_end.match_of(session, request)
        if match is not None:
            match_end.end(session, match, now)
            match_end.forget(session, match)
    return changed


def _follow(
    session: AnySession,
    match: Match,
    before: tuple[str, ...],
    state: str,
    now: datetime,
    by: str | None,
    **values: object,
) -> None:
    request = of(session, match)
    if not move(session, request, Request.state.in_(before), state=state, state_at=now, **values):
        raise NoLongerOpenError()
    timeline.note(session, request.request_id, state, now, by)
