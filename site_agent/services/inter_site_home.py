"""The home site's side of a match: a shortlist is answered with sealed letters, and then forgotten.

Home never learns where its physician is helped: no message says it, and nothing here writes it down.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from protocol.envelope import new_id
from protocol.errors import StaleStateError
from protocol.messages.handover import Card, Identity
from protocol.messages.matches import LETTERS, Candidate, Letters, Rematch
from site_agent import outbox
from site_agent.models import AnySession, OutboxRow, Request
from site_agent.models.conditional import move
from site_agent.models.request import FINAL, OPEN
from site_agent.services import cases, key_directory, letters, policy, timeline
from site_agent.services.hub_time import hub_now
from site_agent.services.requests import all_details, finish, new_ref

_HELPED = ("in-hand", "in-touch")


def shortlisted(
    session: AnySession, thid: str, round: int, sites: Sequence[Candidate], now: datetime
) -> None:
    """A shortlist came (`match.shortlist` or `match.letters-wanted`): letters go at once if they may.

    They wait while the key log is in doubt, and until the physician has said erased wishes again. Raises
    StaleStateError for a request that this site does not know.
    """
    request = session.scalar(select(Request).where(Request.thid == thid))
    if request is None:
        raise StaleStateError("No request here has this id.")
    if request.state in FINAL or request.case_id is None or not request.elsewhere:
        return
    sealed = cases.seal(session, request.case_id, "shortlist", [site.dump() for site in sites])
    helper_gave_up = request.state in _HELPED
    values: dict[str, object] = {"round": round, "shortlist": sealed}
    if helper_gave_up:
        values |= {"state": "looking", "state_at": now, "restate": True}
    if request.avoid is None:
        values["restate"] = True
    if not move(session, request, Request.round < round, Request.state.in_(OPEN), **values):
        return
    if helper_gave_up:
        timeline.note(session, request.request_id, "looking", now)
    outbox.overtaken(session, thid, Letters.TYPE)
    answer_shortlist(session, request, now)


def answer_shortlist(session: AnySession, request: Request, now: datetime) -> bool:
    """Seal letters to the first three sites of the waiting shortlist, queue them and forget the shortlist.

    With no site left, or fewer than three and the physician's word "wait", the answer is empty: the hub sends a
    new shortlist when offers change. False if there is nothing to answer yet.
    """
    kept = cases.open_(session, request.case_id, "shortlist", request.shortlist)
    blocked = request.restate or key_directory.alarm(session) is not None
    if kept is None or request.state != "looking" or blocked:
        return False
    sites = [Candidate.load(site) for site in kept]
    if not move(session, request, Request.shortlist.is_not(None), Request.state == "looking", shortlist=None):
        return False
    details = all_details(session, request)
    assert details is not None
    chosen = letters.choose(session, sites, details.language, details.avoid)
    if len(chosen) < LETTERS and request.few == "wait":
        chosen = []
    lifetime = timedelta(days=policy.number(session, "letters_days"))
    card = Card(
        details.reason, request.stage, details.language, request.modality, details.wishes, details.posts
    )
    identity = Identity.load(cases.open_(session, request.case_id, "identity", request.identity))
    # How long they live is judged by the hub's clock, so it begins there too.
    today = hub_now(session, now)
    written = letters.write(session, chosen, card, identity, now=today, lifetime=lifetime)
    body = Letters(round=request.round, letters=written, until=today + lifetime)
    outbox.queue(session, body, now=now, thid=request.thid)
    if not written:
        timeline.note(session, request.request_id, "waiting", now)
    return True


def waiting_shortlists(session: AnySession) -> Sequence[Request]:
    """Requests whose shortlist could not be answered yet and now might be. Refused letters wait for a person."""
    waiting = Request.shortlist.is_not(None), Request.restate.is_(False), Request.state == "looking"
    found = session.scalars(select(Request).where(*waiting)).all()
    return [request for request in found if not _are_refused(session, request)]


def letters_refused(session: AnySession, thid: str, sent: Letters, now: datetime) -> None:
    """The hub took none of these letters, so nobody has them: the sites they were for wait, sealed, for a person to
    send anew. A newer shortlist wins."""
    request = session.scalar(select(Request).where(Request.thid == thid))
    details = all_details(session, request) if request is not None else None
    if request is None or request.case_id is None or details is None:
        return
    sites = [Candidate(letter.site_id, (details.language,)).dump() for letter in sent.letters]
    kept = cases.seal(session, request.case_id, "shortlist", sites)
    looking = Request.state == "looking", Request.round == sent.round, Request.shortlist.is_(None)
    move(session, request, *looking, shortlist=kept)


def letters_again(session: AnySession, row: OutboxRow, now: datetime) -> bool:
    """A person sends refused letters again: sealed anew, with fresh ids, by what the key log says now. False if they
    are no dead letter any more."""
    thid = row.thid
    if not outbox.take_up(session, row):
        return False
    request = session.scalar(select(Request).where(Request.thid == thid))
    if request is not None:
        answer_shortlist(session, request, now)
    return True


def letters_dropped(session: AnySession, thid: str) -> None:
    """A person took refused letters off the list: nothing here says any more which sites they were for."""
    request = session.scalar(select(Request).where(Request.thid == thid))
    if request is not None:
        move(session, request, Request.state == "looking", shortlist=None)


def _are_refused(session: AnySession, request: Request) -> bool:
    return request.thid is not None and outbox.is_refused(session, request.thid, Letters.TYPE)


def status(
    session: AnySession, thid: str, state: str, at: datetime, now: datetime, *, answers: bool = False
) -> None:
    """What the hub says of the request: never where, never who. Once it is in hand, wishes and places to avoid
    are erased. `answers`: it refuses what this site said, and so is later than that."""
    request = session.scalar(select(Request).where(Request.thid == thid))
    if state != "looking":
        outbox.overtaken(session, thid, Letters.TYPE)
    if request is None:
        _bare_row(session, thid, state, at)
    elif state in FINAL:
        finish(session, request, state, now)
    elif not request.elsewhere:
        return  # it stays here by now: what the hub says of before is no news
    elif state in _HELPED:
        _helped(session, request, state, at, answers=answers)
    elif state == "unmatched":
        _follow(session, request, Request.state == "looking", state, at, shortlist=None, restate=False)
    elif state == "looking":
        _follow(session, request, Request.state.in_(_HELPED), state, at, restate=True)


def stale(session: AnySession, thid: str, state: str | None, now: datetime) -> None:
    """The hub refused what we said because the match had moved on; its state counts."""
    if state is not None and session.scalar(select(Request.request_id).where(Request.thid == thid)):
        status(session, thid, state, hub_now(session, now), now, answers=True)


def _helped(session: AnySession, request: Request, state: str, at: datetime, *, answers: bool) -> None:
    before = ("looking",) if state == "in-hand" else ("looking", "in-hand")
    if not _is_of_a_former_helper(session, request, at, answers=answers):
        erased = {"wishes": None, "avoid": None, "shortlist": None}
        _follow(session, request, Request.state.in_(before), state, at, **erased)


def _is_of_a_former_helper(session: AnySession, request: Request, at: datetime, *, answers: bool) -> bool:
    """Whether it was said before the hub had heard that the physician wants another person. Taking it for news
    would erase the wishes that were just said anew."""
    asked = select(OutboxRow).where(OutboxRow.thid == request.thid, OutboxRow.type == Rematch.TYPE)
    last = session.scalars(asked.order_by(OutboxRow.id.desc())).first()
    return last is not None and (last.settled_at is None or (not answers and at <= last.settled_at))


def _follow(
    session: AnySession,
    request: Request,
    condition: ColumnElement[bool],
    state: str,
    at: datetime,
    **values: object,
) -> None:
    if move(session, request, condition, state=state, state_at=at, **values):
        timeline.note(session, request.request_id, state, at)


def _bare_row(session: AnySession, thid: str, state: str, at: datetime) -> None:
    # A site restored from a backup without this request still shows that there is one, and how it stands.
    session.add(
        Request(
            request_id=new_id(), ref=new_ref(session), door=None, received_at=at, state=state, state_at=at,
            elsewhere=True, thid=thid, few="send", round=0, restate=False, closed_at=at if state in FINAL else None,
        )
    )  # fmt: skip
