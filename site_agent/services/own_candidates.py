"""Whom of this site to ask: about one of its own requests, or the first for each of a list in the same few queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from protocol.messages.handover import Card
from site_agent.models import AnySession, CaseKey, Match, Offer, Request
from site_agent.services import cases, disclosure, evaluators, matching
from site_agent.services.matching import Candidate, Found, Pool

Waiting = tuple[Request, Match | None]
_KEYS = select(CaseKey).where(CaseKey.case_id.in_(bindparam("case_ids", expanding=True)))
_TOKENS = select(Offer.thid, Offer.asked_token).where(Offer.thid.in_(bindparam("thids", expanding=True)))


@dataclass(frozen=True)
class Outlook:
    """The first who may be asked now; with nobody left, whether somebody might be if the physician agreed to an
    earlier career stage."""

    first: Candidate | None
    if_waived: bool = False


@dataclass(frozen=True)
class _Asking:
    """What the rules need to know of one request. `barred`: who was asked already or assesses the physician."""

    card: Card
    barred: set[str]
    binds: bool


def candidates(session: AnySession, request: Request, match: Match | None, now: datetime) -> Found:
    """Who may be asked about this request, best first, and how many others there are. Changes nothing."""
    pool = Pool.now(session, now)
    (asking,) = _read(session, [(request, match)], pool)
    if asking is None:
        return Found((), 0)
    return matching.look_here(pool, asking.card, asking.barred, stage_binds=asking.binds)


def outlooks(
    session: AnySession, waiting: Sequence[Waiting], now: datetime, pool: Pool | None = None
) -> list[Outlook]:
    """The outlook of each of these, in their order. The number of queries does not grow with the list.

    `pool`: the roster as it stands at this moment, if it was looked up already.
    """
    pool = pool or Pool.now(session, now)
    return [_outlook(pool, asking) for asking in _read(session, waiting, pool)]


def firsts_elsewhere(session: AnySession, matches: Sequence[Match], pool: Pool) -> dict[str, Candidate]:
    """The first who may be asked about each of these requests from elsewhere, by thid, if there is anybody."""
    keys = _keys(session, (match.case_id for match in matches))
    tokens, found = _tokens(session, [match.thid for match in matches]), {}
    for match in matches:
        card = disclosure.card(session, match)
        if card is None or match.case_id is None:
            continue
        asked = _asked(session, match.case_id, tokens.get(match.thid, set()), pool)
        first = matching.first(pool, card, match.stage, match.modality, asked)
        if first is not None:
            found[match.thid] = first
    del keys
    return found


def _outlook(pool: Pool, asking: _Asking | None) -> Outlook:
    if asking is None:
        return Outlook(None)
    first = matching.first_here(pool, asking.card, asking.barred, stage_binds=asking.binds)
    if first is not None or not asking.binds:
        return Outlook(first)
    return Outlook(None, matching.first_here(pool, asking.card, asking.barred, stage_binds=False) is not None)


def _read(session: AnySession, waiting: Sequence[Waiting], pool: Pool) -> list[_Asking | None]:
    # The identity map holds rows weakly: while this list lives, no key is fetched twice.
    keys = _keys(session, (request.case_id for request, _ in waiting))
    binds = matching.stage_binds(session)
    tokens = _tokens(session, [match.thid for _, match in waiting if match is not None])
    identities = {
        request.request_id: identity
        for request, _ in waiting
        if (identity := disclosure.own_identity(session, request)) is not None
    }
    everybody = evaluators.assessing_each(session, list(identities.values()), pool.roster)
    assessing = dict(zip(identities, everybody, strict=True))
    found: list[_Asking | None] = []
    for request, match in waiting:
        card = None if request.elsewhere else disclosure.own_card(session, request)
        barred = assessing.get(request.request_id)
        if card is None or barred is None or request.case_id is None:
            found.append(None)
            continue
        asked = _asked(session, request.case_id, tokens.get(match.thid, set()) if match else set(), pool)
        waived = match is not None and match.stage_waived_by is not None
        found.append(_Asking(card, barred | asked, binds=binds and not waived))
    del keys
    return found


def _keys(session: AnySession, case_ids: Iterable[str | None]) -> Sequence[CaseKey]:
    ours = [case_id for case_id in case_ids if case_id is not None]
    return session.scalars(_KEYS, {"case_ids": ours}).all()


def _tokens(session: AnySession, thids: Sequence[str]) -> dict[str, set[str]]:
    tokens: dict[str, set[str]] = {}
    if thids:
        for thid, token in session.execute(_TOKENS, {"thids": thids}):
            tokens.setdefault(thid, set()).add(token)
    return tokens


def _asked(session: AnySession, case_id: str, tokens: set[str], pool: Pool) -> set[str]:
    """Who was asked: found by token, since no row names them."""
    if not tokens:
        return set()
    return {
        each.supporter_id
        for each in pool.roster
        if cases.token(session, case_id, each.supporter_id) in tokens
    }
