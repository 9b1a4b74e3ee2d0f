"""A physician of this site asks: recording, looking elsewhere, withdrawing, another person, opening the name."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from protocol import messages
from protocol.codes import ORIGINS
from protocol.envelope import new_id
from protocol.errors import SchemaInvalidError
from protocol.messages import matches
from protocol.messages.handover import Card, Identity
from protocol.withdrawal import new_secret, withdrawal_hash
from site_agent import outbox
from site_agent.models import AnySession, Match, Request
from site_agent.models.conditional import move
from site_agent.models.request import DOORS, FEW, HINTS, OPEN
from site_agent.services import cases, disclosure, links, match_end, timeline
from site_agent.services.errors import InvalidRequestError, NoLongerOpenError
from site_agent.services.request_state import finish

__all__ = [
    "ALPHABET",
    "UNDO",
    "Details",
    "NewRequest",
    "Recorded",
    "Wishes",
    "all_details",
    "check_wishes",
    "close",
    "details",
    "finish",
    "forget_closed",
    "identity_here",
    "is_hidden",
    "is_only_here",
    "keep_wishes",
    "look_elsewhere",
    "may_reopen",
    "new_ref",
    "open_name",
    "record",
    "recorded_with",
    "rematch",
    "reopen",
    "restate",
    "try_elsewhere",
    "withdraw",
]

ALPHABET = "BCDFGHJKMNPQRSTVWXZ"
"""Consonants that are not taken for digits or for each other on the phone; without vowels no words arise."""
UNDO = timedelta(minutes=10)
"""Ours: so long a close that was a slip can be taken back, and wishes stay for that."""


@dataclass(frozen=True)
class Wishes:
    """What is erased once a match is confirmed, and said anew for another person."""

    wishes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    """Ids of sites that must not be asked."""
    language: str = "en"


@dataclass(frozen=True)
class NewRequest:
    """What a form gathered. `origin`: who prompted it; `by`: the coordinator who records it, None for the form."""

    door: str
    received_at: datetime
    stage: str
    modality: str
    reason: str
    identity: Identity = field(repr=False)
    wishes: Wishes = Wishes()
    posts: tuple[str, ...] = ()
    elsewhere: bool = False
    few: str = "send"
    origin: str = "self"
    by: str | None = None
    hint: str | None = None
    """What they hope for, if they said so (D06)."""
    mail_ok: bool = False
    """They want news by mail, which needs an address."""


@dataclass(frozen=True)
class Recorded:
    """The new request, and the two secrets that are shown once."""

    request: Request
    link_token: str = field(repr=False)
    withdrawal_secret: str = field(repr=False)


@dataclass(frozen=True)
class Details:
    """Why and how, in codes: what the card will say."""

    reason: str
    language: str
    wishes: tuple[str, ...]
    posts: tuple[str, ...]
    avoid: tuple[str, ...]
    hint: str | None = None


def record(session: AnySession, new: NewRequest, now: datetime, secret: str | None = None) -> Recorded:
    """Keep a request, sealed under a key of its own. One for elsewhere sets out at once if this site is enrolled.

    `secret`: a withdrawal secret drawn before, by which a form that is sent twice is recognised (`recorded_with`).
    Raises InvalidRequestError naming the fields that are wrong.
    """
    _check(new, now)
    case_id = cases.new_case(session)
    secret = secret or new_secret()
    request = Request(
        request_id=new_id(), ref=new_ref(session), door=new.door, origin=new.origin,
        received_at=new.received_at, state="new", state_at=now, stage=new.stage, modality=new.modality,
        elsewhere=new.elsewhere, few=new.few, withdrawal_hash=withdrawal_hash(secret), case_id=case_id,
        identity=cases.seal(session, case_id, "identity", new.identity.dump()),
        reason=cases.seal(session, case_id, "reason", new.reason),
        posts=cases.seal(session, case_id, "posts", new.posts),
        hint=cases.seal(session, case_id, "hint", new.hint) if new.hint else None,
        mail_ok=new.mail_ok and new.identity.email is not None, restate=False, round=0,
    )  # fmt: skip
    session.add(request)
    keep_wishes(session, request, new.wishes)
    session.flush()
    timeline.note(session, request.request_id, "recorded", now, new.by)
    token = links.issue(session, "request", request.request_id, None, now)
    if new.elsewhere:
        try_elsewhere(session, request, now)
    return Recorded(request, token, secret)


def recorded_with(session: AnySession, secret: str) -> Request | None:
    """The request that was recorded with this withdrawal secret."""
    return session.scalar(select(Request).where(Request.withdrawal_hash == withdrawal_hash(secret)))


def try_elsewhere(session: AnySession, request: Request, now: datetime) -> bool:
    """`look_elsewhere` unless this site is not enrolled yet; then it stays recorded and sets out later."""
    try:
        look_elsewhere(session, request, now)
    except outbox.NotEnrolledError:
        return False
    return True


def look_elsewhere(session: AnySession, request: Request, now: datetime, by: str | None = None) -> None:
    """Tell the hub that somebody asks: a random id, stage and modality, nothing else. Whoever is asked here meanwhile
    has nothing more to do.

    Raises NotEnrolledError, NoLongerOpenError if it is on its way already, helped here or over.
    """
    outbox.site_id(session)
    if request.withdrawal_hash is None:
        raise NoLongerOpenError()
    thid = new_id()
    here = and_(Request.state == "looking", Request.elsewhere.is_(False))
    changed = move(
        session, request, or_(Request.state.in_(("new", "unmatched")), here),
        state="looking", state_at=now, elsewhere=True, thid=thid, round=0, restate=request.wishes is None,
    )  # fmt: skip
    if not changed:
        raise NoLongerOpenError()
    match = match_end.match_of(session, request)
    if match is not None:
        match_end.end(session, match, now)
    body = matches.Request(request.stage, request.modality, request.withdrawal_hash)
    outbox.queue(session, body, now=now, thid=thid)
    timeline.note(session, request.request_id, "looking", now, by)


def withdraw(session: AnySession, request: Request, now: datetime, by: str | None = None) -> None:
    """The physician takes it back, by link or by phone (`by`: who recorded that). Wins over everything later;
    repeating it is no error. Raises NoLongerOpenError if the support has ended already."""
    if request.state == "withdrawn":
        return
    known_to_hub = request.elsewhere and request.thid is not None and request.state != "unmatched"
    if not finish(session, request, "withdrawn", now, by):
        raise NoLongerOpenError()
    if known_to_hub:
        outbox.queue(session, matches.Withdraw(), now=now, thid=request.thid)


def close(session: AnySession, request: Request, now: datetime, by: str | None = None) -> None:
    """End a request that nobody helps with and nobody is asked about. `reopen` takes it back for UNDO.

    Raises NoLongerOpenError for any other: one that is on its way is withdrawn, one that is helped is closed with
    its match.
    """
    match = match_end.match_of(session, request)
    idle = ["new", "unmatched"]
    if not request.elsewhere and (match is None or match.state in ("proposed", "ended")):
        idle.append("looking")
    closed = move(
        session, request, Request.state.in_(idle), state="closed", state_at=now, closed_at=now, restate=False
    )
    if not closed:
        raise NoLongerOpenError()
    if match is not None:
        match_end.end(session, match, now)
        if request.wishes is None:
            # Erased with a yes: it cannot be reopened, and `forget_closed` will not find it.
            match_end.forget(session, match)
    timeline.note(session, request.request_id, "closed", now, by)


def may_reopen(session: AnySession, request: Request, now: datetime) -> bool:
    """Whether a close that was made here is still a slip that can be taken back: nothing of it is erased yet."""
    fresh = request.closed_at is not None and now < request.closed_at + UNDO
    return request.state == "closed" and fresh and request.wishes is not None


def reopen(session: AnySession, request: Request, now: datetime, by: str | None = None) -> None:
    """Take back a close of a request that nobody helped with, within UNDO. Raises NoLongerOpenError."""
    if not may_reopen(session, request, now):
        raise NoLongerOpenError()
    match = match_end.match_of(session, request)
    asked = match is not None and not request.elsewhere
    state = "looking" if asked else "unmatched" if request.thid is not None else "new"
    still = Request.state == "closed", Request.wishes.is_not(None)
    if not move(session, request, *still, state=state, state_at=now, closed_at=None):
        raise NoLongerOpenError()
    if match is not None and asked:
        # Somebody is to be asked: an ended match has no line on Today, and nobody would look for the request.
        move(session, match, Match.state == "ended", state="proposed", state_at=now)
    timeline.note(session, request.request_id, "reopened", now, by)


def forget_closed(session: AnySession, request: Request) -> bool:
    """UNDO is over: what `close` left for it goes. False if it was reopened."""
    erased = {"wishes": None, "avoid": None, "shortlist": None}
    if not move(session, request, Request.state == "closed", Request.wishes.is_not(None), **erased):
        return False
    match = match_end.match_of(session, request)
    if match is not None:
        match_end.forget(session, match)
    return True


def rematch(
    session: AnySession, request: Request, new_wishes: Wishes, now: datetime, by: str | None = None
) -> None:
    """Another person, please: the helper's access ends, and the physician has said the wishes and places to avoid
    anew. Raises NoLongerOpenError, InvalidRequestError."""
    check_wishes(request, new_wishes)
    helped = Request.state.in_(("in-hand", "in-touch")), Request.elsewhere.is_(True)
    if not move(session, request, *helped, state="looking", state_at=now, restate=False, shortlist=None):
        raise NoLongerOpenError()
    keep_wishes(session, request, new_wishes)
    outbox.queue(session, matches.Rematch(), now=now, thid=request.thid)
    timeline.note(session, request.request_id, "another-person", now, by)


def restate(
    session: AnySession, request: Request, new_wishes: Wishes, now: datetime, by: str | None = None
) -> None:
    """The helper gave up after the wishes were erased: the physician says them again, and letters may go.

    Raises NoLongerOpenError if nobody waits for that, InvalidRequestError.
    """
    check_wishes(request, new_wishes)
    if not move(session, request, Request.state == "looking", Request.restate.is_(True), restate=False):
        raise NoLongerOpenError()
    keep_wishes(session, request, new_wishes)
    timeline.note(session, request.request_id, "restated", now, by)


def open_name(session: AnySession, request: Request, person_id: str, now: datetime) -> Identity | None:
    """The identity, opened on purpose: kept in the timeline with who and when, which the physician's page shows.

    None once it is erased.
    """
    kept = cases.open_(session, request.case_id, "identity", request.identity)
    if kept is None:
        return None
    timeline.note(session, request.request_id, "name-opened", now, person_id)
    return Identity.load(kept)


def identity_here(session: AnySession, request: Request) -> Identity | None:
    """The identity of a request that stays at this site; None for one that goes elsewhere (see `open_name`)."""
    return None if request.elsewhere else disclosure.own_identity(session, request)


def is_only_here(request: Request) -> bool:
    """No other site was ever asked: it is for this site, and the hub never heard of it."""
    return not request.elsewhere and request.thid is None


def is_hidden(request: Request) -> bool:
    """A request to go elsewhere that the physician sent is not read here: only its reference and state are."""
    return request.elsewhere and request.door in ("form", "outreach")


def details(session: AnySession, request: Request) -> Details | None:
    """The codes, for the coordinator; None if they are not to be read here, or erased."""
    return None if is_hidden(request) else all_details(session, request)


def all_details(session: AnySession, request: Request) -> Details | None:
    """The codes, for the physician's own page and for the letters; None once they are erased."""
    case_id = request.case_id
    if case_id is None or request.reason is None:
        return None

    def codes(column: str, sealed: bytes | None) -> tuple[str, ...]:
        return tuple(cases.open_(session, case_id, column, sealed) or ())

    return Details(
        reason=cases.open_(session, case_id, "reason", request.reason),
        language=cases.open_(session, case_id, "language", request.language) or "en",
        wishes=codes("wishes", request.wishes),
        posts=codes("posts", request.posts),
        avoid=codes("avoid", request.avoid),
        hint=cases.open_(session, case_id, "hint", request.hint),
    )


def new_ref(session: AnySession) -> str:
    """A short name for a request, free among the open ones."""
    taken = set(session.scalars(select(Request.ref).where(Request.state.in_(OPEN))))
    for length in (4, 4, 4, 5, 5, 6, 7):
        ref = "".join(secrets.choice(ALPHABET) for _ in range(length))
        if ref not in taken:
            return ref
    raise RuntimeError("no free reference was found")


def keep_wishes(session: AnySession, request: Request, new: Wishes) -> None:
    """Seal what the physician wishes, in place of what was said before."""
    assert request.case_id is not None
    request.wishes = cases.seal(session, request.case_id, "wishes", new.wishes)
    request.avoid = cases.seal(session, request.case_id, "avoid", new.avoid)
    request.language = cases.seal(session, request.case_id, "language", new.language)
    session.flush()


def _check(new: NewRequest, now: datetime) -> None:
    wrong = {
        "door": new.door not in DOORS,
        "few": new.few not in FEW,
        "origin": new.origin not in ORIGINS,
        "hint": new.hint is not None and new.hint not in HINTS,
        "received_at": new.received_at.tzinfo is None or new.received_at > now,
    }
    fields = [name for name, bad in wrong.items() if bad]
    fields += _wrong_fields(_card(new.reason, new.stage, new.modality, new.wishes, new.posts))
    fields += _wrong_fields(new.identity)
    if not (new.identity.phone or new.identity.email):
        fields.append("phone")
    if fields:
        raise InvalidRequestError(*fields)


def check_wishes(request: Request, new: Wishes) -> None:
    """Raises InvalidRequestError for wishes that could not be handed over."""
    fields = _wrong_fields(_card("not-said", request.stage, request.modality, new, ()))
    if fields or request.case_id is None:
        raise InvalidRequestError(*fields)


def _card(reason: str, stage: str, modality: str, new: Wishes, posts: tuple[str, ...]) -> Card:
    return Card(reason, stage, new.language, modality, tuple(new.wishes), posts)


def _wrong_fields(body: Card | Identity) -> list[str]:
    # What could not cross the wire later is refused now, while somebody can mend it.
    try:
        messages.load_body(body.TYPE, messages.dump_body(body))
    except SchemaInvalidError as error:
        return sorted(error.members["where"])
    return []
