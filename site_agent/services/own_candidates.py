"""Whom of this site to ask about its own requests: for one of them, or for a whole list in the same few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from protocol.messages.handover import Card
from site_agent.models import AnySession, CaseKey, Match, Offer, Request
from site_agent.services import cases, disclosure, evaluators, matching
from site_agent.services.matching import Found, Pool

Waiting = tuple[Request, Match | None]
_NOBODY = Found((), 0)


@dataclass(frozen=True)
class Outlook:
    """Who may be asked now; with nobody left, who might be if the physician agreed to an earlier career stage."""

    now: Found
    waived: Found


def candidates(session: AnySession, request: Request, match: Match | None, now: datetime) -> Found:
    """Who may be asked about this request, best first, and how many others there are. Changes nothing."""
    return outlooks(session, [(request, match)], now)[0].now


def outlooks(
    session: AnySession, waiting: Sequence[Waiting], now: datetime, pool: Pool | None = None
) -> list[Outlook]:
    """The same for each of these, in their order. The number of queries does not grow with the list.

    `pool`: the roster as it stands at this moment, if it was looked up already.
    """
    # The identity map holds rows weakly: while this list lives, no key is fetched twice.
    keys = _keys(session, waiting)
    pool, binds = pool or Pool.now(session, now), matching.stage_binds(session)
    tokens = _tokens(session, waiting)
    identities = {
        request.request_id: identity
        for request, _ in waiting
        if (identity := disclosure.own_identity(session, request)) is not None
    }
    assessing = dict(
        zip(identities, evaluators.assessing_each(session, list(identities.values())), strict=True)
    )
    found = []
    for request, match in waiting:
        card = None if request.elsewhere else disclosure.own_card(session, request)
        barred = assessing.get(request.request_id)
        if card is None or barred is None:
            found.append(Outlook(_NOBODY, _NOBODY))
            continue
        asked = _asked(session, request, tokens.get(match.thid, set()) if match else set(), pool)
        waived = match is not None and match.stage_waived_by is not None
        found.append(_outlook(pool, card, barred | asked, binds=binds and not waived))
    del keys
    return found


def _outlook(pool: Pool, card: Card, barred: set[str], *, binds: bool) -> Outlook:
    found = matching.look_here(pool, card, barred, stage_binds=binds)
    if found.candidates or not binds:
        return Outlook(found, found)
    return Outlook(found, matching.look_here(pool, card, barred, stage_binds=False))


def _keys(session: AnySession, waiting: Sequence[Waiting]) -> Sequence[CaseKey]:
    ours = [request.case_id for request, _ in waiting if request.case_id is not None]
    return session.scalars(select(CaseKey).where(CaseKey.case_id.in_(ours))).all()


def _tokens(session: AnySession, waiting: Sequence[Waiting]) -> dict[str, set[str]]:
    thids = [match.thid for _, match in waiting if match is not None]
    tokens: dict[str, set[str]] = {}
    if thids:
        for thid, token in session.execute(
            select(Offer.thid, Offer.asked_token).where(Offer.thid.in_(thids))
        ):
            tokens.setdefault(thid, set()).add(token)
    return tokens


def _asked(session: AnySession, request: Request, tokens: set[str], pool: Pool) -> set[str]:
    """Who was asked about this request: found by token, since no row names them."""
    if not tokens or request.case_id is None:
        return set()
    return {
        each.supporter_id
        for each in pool.roster
        if cases.token(session, request.case_id, each.supporter_id) in tokens
    }
