"""Bringing a request to one site after another until one confirms, and ending it: steps 1 to 7 and 10, 11 of the
protocol page. The clock that runs after the confirmation is in `helping`.

Home never hears which site; a site hears `ended` when a match leaves it, whatever the cause.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub import audit, config, outbox
from hub.models import Letter, Match, Passed, Site, SiteState
from hub.models.counter import OFFERS
from hub.models.letter import LIVE, PROPOSED
from hub.services import counters, directory, shortlist
from hub.services.match_moves import (
    ENDED,
    NO_HELPER,
    held,
    move,
    stale_for_helper,
    stale_for_home,
)
from protocol.envelope import new_id
from protocol.errors import SchemaInvalidError
from protocol.match_states import HOME_WORD, WITH_HELPER, Event, State
from protocol.messages import matches as messages
from protocol.withdrawal import new_secret, withdrawal_hash

__all__ = [
    "close_by_staff",
    "give_up",
    "letters",
    "move",
    "offers_changed",
    "pass_on",
    "rematch",
    "request",
    "site_left",
    "take_back",
    "tell_helper",
    "tell_home",
    "try_shortlist",
    "try_waiting",
    "withdraw",
    "withdraw_by_secret",
]

_TRIED_AT_ONCE = 20
"""Waiting matches that one change of offers tries at once; the rest follow within seconds (`limits`)."""


def request(session: Session, site_id: str, thid: str, body: messages.Request, now: datetime) -> Match:
    """A new match. Raises StaleStateError if home used this id, SchemaInvalidError for the hash of another request."""
    known = held(session, Match.home_site_id == site_id, Match.home_thid == thid)
    if known is not None:
        raise stale_for_home(known)
    _hand_on_secret(session, site_id, body.withdrawal_hash)
    lasts = config.current().limits[State.LOOKING]
    match = Match(
        match_id=new_id(), home_site_id=site_id, home_thid=thid, stage=body.stage, modality=body.modality,
        withdrawal_hash=body.withdrawal_hash, asked_at=now, state=State.LOOKING, state_at=now,
        limit_at=now + lasts, salt=new_id(),
    )  # fmt: skip
    session.add(match)
    session.flush()
    audit.of_match(session, match, "request", now, actor=audit.HOME, site_id=site_id, code=match.state)
    try_shortlist(session, match, now)
    return match


def try_shortlist(session: Session, match: Match, now: datetime) -> bool:
    """Send home a shortlist, if there is one that it has not turned down. False: the match goes on waiting."""
    if match.state != State.LOOKING or match.home_site_id is None:
        return False
    offers_seen = counters.value(session, OFFERS)
    ranked = shortlist.capable(session, match, now)
    offers = shortlist.offers_hash(ranked)
    if not ranked or offers == match.waiting_hash:
        match.offers_seen = offers_seen
        session.flush()
        return False
    values = {
        "round": match.round + 1,
        "shortlist_hash": offers,
        "offers_seen": offers_seen,
        "waiting_hash": None,
    }
    if not move(session, match, Event.SHORTLIST, now, actor=audit.HUB, **values):
        return False
    shortlist.note_decision(session, match, "shortlist", now, [[each.site_id, each.key] for each in ranked])
    directory.bring_up_to_date(session, match.home_site_id, now)
    kind = messages.Shortlist if match.letters_at is None else messages.LettersWanted
    body = kind(round=match.round, sites=shortlist.candidates(ranked))
    outbox.queue(session, match.home_site_id, body, now=now, thid=match.home_thid, match_id=match.match_id)
    return True


def offers_changed(session: Session) -> None:
    """Somebody's offers, or who takes part, changed: every waiting match is looked at again."""
    counters.next_value(session, OFFERS)


def try_waiting(session: Session, now: datetime, most: int = _TRIED_AT_ONCE) -> int:
    """Try the matches that wait for other offers, oldest request first; returns how many were looked at."""
    waiting = (
        sa.select(Match)
        .where(Match.state == State.LOOKING, Match.offers_seen < counters.value(session, OFFERS))
        .order_by(Match.asked_at, Match.match_id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(waiting).all()
    for match in found:
        try_shortlist(session, match, now)
    return len(found)


def letters(
    session: Session, match: Match, body: messages.Letters, now: datetime, *, sealed_at: datetime
) -> None:
    """Home's letters for the shortlist of this round, filed apart; the first site is asked.

    None at all means that home waits. Letters to sites that left meanwhile, or that are too old to be answered, are
    dropped; if none is left, home is asked again, unless its letters never live long enough: it would write the like
    at once, for ever. Raises StaleStateError for another round or state.
    """
    if match.state != State.CHOOSING or body.round != match.round:
        raise stale_for_home(match)
    _check_letters(session, match, body)
    expires_at = min(body.until, now + config.current().letters_live)
    for rank, letter in enumerate(body.letters):
        if _may_be_asked(session, match, letter.site_id):
            session.add(
                Letter(
                    match_id=match.match_id, site_id=letter.site_id, thid=letter.thid, rank=rank,
                    card=letter.card, identity=letter.identity, expires_at=expires_at, state=LIVE,
                )
            )  # fmt: skip
    session.flush()
    first = _next_letter(session, match, now)
    if first is not None:
        if not _propose(session, match, Event.LETTERS, first, now, actor=audit.HOME, letters_at=now):
            raise stale_for_home(match)
        return
    _drop_letters(session, match)
    waits = not body.letters or body.until - sealed_at < _needed()
    waits_for_others = match.shortlist_hash if waits else None
    if not move(session, match, Event.WAIT, now, actor=audit.HOME, waiting_hash=waits_for_others):
        raise stale_for_home(match)
    try_shortlist(session, match, now)


def give_up(session: Session, match: Match, now: datetime) -> None:
    """The helping site says that it is not there. Raises StaleStateError once the match has left it."""
    if not pass_on(session, match, now, actor=audit.HELPER, tell=False):
        raise stale_for_helper(match)


def pass_on(
    session: Session, match: Match, now: datetime, *, actor: str, tell: bool, event: Event = Event.PASS_LAST
) -> bool:
    """The match leaves its present site: to the next letter, or home is asked for letters. False: it had left.

    `tell` sends that site `ended`; a site that passed by itself knows.
    """
    left, before = _helper(match), State(match.state)
    if left is None or before not in {State.PROPOSED, State.RELEASED, *WITH_HELPER}:
        return False
    following = None if before in WITH_HELPER else _next_letter(session, match, now)
    if following is not None:
        if not _propose(session, match, Event.PASS, following, now, actor=actor):
            return False
    elif not move(session, match, event, now, actor=actor, **NO_HELPER, waiting_hash=None):
        return False
    _leave(session, match, left, now, tell=tell)
    session.merge(Passed(match_id=match.match_id, site_id=left[0], at=now))
    session.flush()
    if match.state == State.LOOKING:
        _drop_letters(session, match)
        if HOME_WORD[before] != HOME_WORD[State.LOOKING] and event is not Event.REMATCH:
            tell_home(session, match, HOME_WORD[State.LOOKING], now)
        try_shortlist(session, match, now)
    return True


def rematch(session: Session, match: Match, now: datetime) -> None:
    """The physician asks for another person: this site counts as passed. Raises StaleStateError without a helper."""
    if State(match.state) not in WITH_HELPER or not pass_on(
        session, match, now, actor=audit.HOME, tell=True, event=Event.REMATCH
    ):
        raise stale_for_home(match)


def withdraw(session: Session, match: Match, now: datetime, *, by_page: bool = False) -> bool:
    """The physician withdraws: letters go, what is undelivered is voided, the helper's access ends.

    Home is told when it came by the hub's own page. False if the match had ended before.
    """
    left = _helper(match)
    actor = audit.PAGE if by_page else audit.HOME
    if not move(session, match, Event.WITHDRAW, now, actor=actor, closed_at=now, awaiting_jti=None):
        return False
    _drop_letters(session, match)
    if left is not None:
        _leave(session, match, left, now, tell=True)
    if by_page:
        tell_home(session, match, HOME_WORD[State.WITHDRAWN], now)
    return True


def withdraw_by_secret(session: Session, typed: str, now: datetime) -> State | None:
    """Withdraw the request that this secret belongs to; the state it then has, or None if there is none.

    Raises WithdrawalSecretError when what was typed cannot be a secret.
    """
    match = held(session, Match.withdrawal_hash == withdrawal_hash(typed))
    if match is None:
        return None
    withdraw(session, match, now, by_page=True)
    return State(match.state)


def take_back(session: Session, match: Match, person_id: str, now: datetime) -> bool:
    """Staff take a match from the site that has it, which counts as a pass. False if it has left already."""
    return pass_on(session, match, now, actor=person_id, tell=True)


def close_by_staff(session: Session, match: Match, person_id: str, now: datetime) -> bool:
    """Staff close a match that a site has confirmed. False if its state does not allow it."""
    if not move(session, match, Event.CLOSE, now, actor=person_id, closed_at=now):
        return False
    tell_helper(session, match, State.CLOSED, now)
    return True


def site_left(session: Session, site_id: str, now: datetime, *, for_good: bool) -> None:
    """A site was suspended or withdrew: what was proposed or released to it goes on; for good, so does what it
    confirmed. Staff take confirmed matches back from a suspended site one by one."""
    states = (State.PROPOSED, State.RELEASED, *(WITH_HELPER if for_good else ()))
    having = (
        sa.select(Match)
        .where(Match.helper_site_id == site_id, Match.state.in_(states))
        .order_by(Match.asked_at, Match.match_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for match in session.scalars(having).all():
        pass_on(session, match, now, actor=audit.HUB, tell=True)
    if for_good:
        session.execute(sa.delete(Letter).where(Letter.site_id == site_id))
    offers_changed(session)


def tell_home(
    session: Session, match: Match, word: str, at: datetime, *, now: datetime | None = None
) -> None:
    """Queue a `match.status` for home: the word and since when, never where."""
    if match.home_site_id is not None:
        body = messages.HomeStatus(state=word, at=at)
        outbox.queue(
            session, match.home_site_id, body, now=now or at, thid=match.home_thid, match_id=match.match_id
        )


def tell_helper(
    session: Session, match: Match, word: str, now: datetime, *, due_at: datetime | None = None
) -> None:
    """Queue a `match.helper-status` for the site that has the match."""
    helper = _helper(match)
    if helper is not None:
        body = messages.HelperStatus(state=word, at=now, due_at=due_at)
        outbox.queue(session, helper[0], body, now=now, thid=helper[1], match_id=match.match_id)


def _propose(
    session: Session,
    match: Match,
    event: Event,
    letter: Letter,
    now: datetime,
    *,
    actor: str,
    **values: datetime,
) -> bool:
    answer_by = min(now + config.current().limits[State.PROPOSED], letter.expires_at)
    jti = new_id()
    helper = {"helper_site_id": letter.site_id, "helper_thid": letter.thid, "awaiting_jti": jti}
    if not move(
        session, match, event, now, actor=actor, **{**NO_HELPER, **helper}, limit_at=answer_by, **values
    ):
        return False
    card, letter.card, letter.state = letter.card, None, PROPOSED
    session.flush()
    assert card is not None
    audit.of_match(session, match, "proposal", now, actor=audit.HUB, site_id=letter.site_id, code=match.state)
    shortlist.note_decision(
        session, match, "proposal", now, [letter.site_id, letter.rank], reasons=("home-order",)
    )
    body = messages.Proposal(match.stage, match.modality, card, answer_by)
    outbox.queue(session, letter.site_id, body, now=now, thid=letter.thid, match_id=match.match_id, jti=jti)
    return True


def _next_letter(session: Session, match: Match, now: datetime) -> Letter | None:
    # Its site stays active until this commits: one that is suspended just now gives back what it has, and not this.
    return session.scalars(
        sa.select(Letter)
        .join(Site, Site.site_id == Letter.site_id)
        .where(
            Letter.match_id == match.match_id,
            Letter.state == LIVE,
            Letter.expires_at >= now + _needed(),
            Site.state == SiteState.ACTIVE,
        )
        .order_by(Letter.rank)
        .limit(1)
        .with_for_update(read=True, of=Site)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _needed() -> timedelta:
    """The life that a letter must have left, so that an answer and a confirmation still fit in."""
    limits = config.current().limits
    return limits[State.PROPOSED] + limits[State.RELEASED]


def _leave(session: Session, match: Match, left: tuple[str, str], now: datetime, *, tell: bool) -> None:
    """A site no longer has the match: its letter goes, what it has not fetched is voided, and it hears `ended`."""
    site_id, thid = left
    session.execute(sa.delete(Letter).where(Letter.match_id == match.match_id, Letter.site_id == site_id))
    may_know = outbox.void_handovers(session, match.match_id, site_id, now)
    if tell and may_know:
        body = messages.HelperStatus(state=ENDED, at=now)
        outbox.queue(session, site_id, body, now=now, thid=thid, match_id=match.match_id)


def _drop_letters(session: Session, match: Match) -> None:
    session.execute(sa.delete(Letter).where(Letter.match_id == match.match_id))


def _hand_on_secret(session: Session, site_id: str, secret_hash: str) -> None:
    """A physician for whom nobody was found keeps one code: looking again takes it over from the match that ended."""
    holder = held(session, Match.withdrawal_hash == secret_hash)
    if holder is None:
        return
    if holder.state != State.UNMATCHED or holder.home_site_id not in {site_id, None}:
        raise SchemaInvalidError(
            "A withdrawal secret belongs to one request.", where=["/body/withdrawal_hash"]
        )
    holder.withdrawal_hash = withdrawal_hash(new_secret())
    session.flush()


def _helper(match: Match) -> tuple[str, str] | None:
    if match.helper_site_id is None or match.helper_thid is None:
        return None
    return match.helper_site_id, match.helper_thid


def _may_be_asked(session: Session, match: Match, site_id: str) -> bool:
    site = session.get(Site, site_id)
    passed = session.get(Passed, (match.match_id, site_id))
    return site is not None and site.state == SiteState.ACTIVE and passed is None


def _check_letters(session: Session, match: Match, body: messages.Letters) -> None:
    sites = {each.site_id for each in body.letters}
    n_known = session.scalar(sa.select(sa.func.count()).where(Site.site_id.in_(sites)))
    if n_known != len(body.letters) or match.home_site_id in sites:
        raise SchemaInvalidError(
            "Letters go to different known sites, none of them home.", where=["/body/letters"]
        )
    pairs = [(each.site_id, each.thid) for each in body.letters]
    used = sa.select(Match.match_id).where(sa.tuple_(Match.helper_site_id, Match.helper_thid).in_(pairs))
    filed = sa.select(Letter.match_id).where(sa.tuple_(Letter.site_id, Letter.thid).in_(pairs))
    repeated = len({each.thid for each in body.letters}) < len(body.letters)
    if repeated or session.scalars(used.union(filed)).first() is not None:
        raise SchemaInvalidError("The id beside each letter is a fresh one.", where=["/body/letters"])
