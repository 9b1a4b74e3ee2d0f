"""The helping site's side of a match: what the hub says, and (from the modules it gathers) what people here do.

Messages that come too late for what happened here meanwhile change nothing.
"""

from datetime import datetime, timedelta
from typing import cast

from protocol.envelope import Message
from protocol.errors import KeyLogForkError, ProtocolError, WrongLetterError
from protocol.messages.handover import Card, Identity
from protocol.messages.matches import Proposal, Release
from protocol.messages.transport import Nack
from protocol.sealing import unseal_letter
from site_agent import outbox
from site_agent.keys import current_keys
from site_agent.models import AnySession, Match
from site_agent.models.conditional import move
from site_agent.models.match import HELPING
from site_agent.services import cases, clocks, key_directory, policy, post, reminders, timeline
from site_agent.services.disclosure import card, contact, name, offered_card
from site_agent.services.hub_time import hub_now
from site_agent.services.interactions import attempted, close, close_here, extend, reached
from site_agent.services.match_end import end, pass_on, present_offer
from site_agent.services.offers import (
    accept,
    answer_name,
    ask,
    ask_next,
    candidates,
    decline,
    fresh_link,
    lapse,
    reassign,
    record_answer,
)

__all__ = [
    "accept",
    "answer_name",
    "ask",
    "ask_next",
    "attempted",
    "candidates",
    "card",
    "close",
    "contact",
    "decline",
    "end",
    "extend",
    "fresh_link",
    "helper_status",
    "lapse",
    "name",
    "offered_card",
    "overdue",
    "pass_on",
    "present_offer",
    "proposed",
    "reached",
    "reassign",
    "receipt_confirmed",
    "record_answer",
    "released",
    "stale",
]

_NACKS = frozenset(
    {"bad-token", "unknown-kid", "unsupported-type", "schema-invalid", "wrong-letter", "expired"}
)


def proposed(session: AnySession, thid: str, message: Message, now: datetime) -> None:
    """The hub asks whether somebody here could help.

    With nobody to ask, the site passes in this commit. An unreadable card is passed too, and staff hear why.
    """
    body = cast(Proposal, message.body)
    if session.get(Match, thid) is not None:
        return
    match = Match(
        thid=thid, state="proposed", state_at=now, stage=body.stage, modality=body.modality,
        proposal_jti=message.jti, proposed_at=now, answer_by=body.answer_by,
        ask_itself_at=_ask_itself_at(session, body.answer_by, now),
    )  # fmt: skip
    session.add(match)
    session.flush()
    try:
        letter = _open(session, body.card, Card.TYPE, thid, now)
    except ProtocolError as error:
        pass_on(session, match, now)
        _nack(session, message, error, now)
        return
    match.case_id = cases.new_case(session)
    kept = {"iss": letter.iss, "body": letter.body.dump()}
    match.card = cases.seal(session, match.case_id, "card", kept)
    session.flush()
    if candidates(session, match, now).candidates:
        timeline.note(session, thid, "proposed", now)
        post.news(session, now)
    else:
        pass_on(session, match, now)


def released(session: AnySession, thid: str, message: Message, now: datetime) -> None:
    """The name came for the supporter who said yes; they are asked the one question."""
    body = cast(Release, message.body)
    match = session.get(Match, thid)
    if match is None or match.state != "accepted" or match.case_id is None:
        return
    try:
        letter = _open(session, body.identity, Identity.TYPE, thid, now)
        if letter.iss != cases.open_(session, match.case_id, "card", match.card)["iss"]:
            raise WrongLetterError("Card and name come from different sites.")
    except ProtocolError as error:
        pass_on(session, match, now)
        _nack(session, message, error, now)
        return
    sealed = cases.seal(session, match.case_id, "identity", letter.body.dump())
    changed = move(
        session, match, Match.state == "accepted",
        state="released", state_at=now, identity=sealed, release_jti=message.jti,
        confirm_by=body.confirm_by, contact_hours=body.contact_hours,
    )  # fmt: skip
    if changed:
        _write(session, match, "name", now)


def receipt_confirmed(session: AnySession, thid: str, committed_at: datetime, now: datetime) -> None:
    """The hub has confirmed the match (or that another supporter took over): contact details open, and the clock
    to the first attempt runs from the hub's commit."""
    match = session.get(Match, thid)
    if match is None:
        return
    due_at = committed_at + timedelta(hours=match.contact_hours or policy.NUMBERS["contact_hours"].default)
    _in_hand(session, match, committed_at, due_at, now)


def stale(session: AnySession, thid: str, state: str | None, now: datetime) -> None:
    """The hub refused what we said because the match had moved on; `state` is where it stands there.

    What is no longer ours ends here: letter, name and access go in this commit.
    """
    match = session.get(Match, thid)
    if match is None:
        return
    if match.confirmed_at is not None and state in (*HELPING, "closed"):
        helper_status(session, thid, state, now, None, now)
    else:
        end(session, match, now)


def helper_status(
    session: AnySession, thid: str, state: str, at: datetime, due_at: datetime | None, now: datetime
) -> None:
    """Where the match stands for this site, as the hub says."""
    match = session.get(Match, thid)
    if match is None:
        return
    if state == "ended":
        end(session, match, now)
    elif state == "closed":
        close_here(session, match, now) or end(session, match, now)
    elif state == "in-hand" and due_at is not None:
        if not _in_hand(session, match, at, due_at, now):
            _set(session, match, ("in-hand", "overdue", "escalated"), "in-hand", now, due_at=due_at)
            clocks.move_due(session, match, due_at)
    elif state == "escalated":
        _escalated(session, match, at, now)
    elif state == "in-touch":
        _set(session, match, ("in-hand", "overdue", "escalated"), state, now)


def _escalated(session: AnySession, match: Match, at: datetime, now: datetime) -> None:
    """The hub's team looks after it. More time that was given here came too late there, and does not count."""
    due_at = min(match.due_at or at, at)
    if _set(session, match, ("in-hand", "overdue"), "escalated", now, due_at=due_at):
        clocks.move_due(session, match, due_at)
        clocks.not_met(session, match, due_at)
        timeline.note(session, match.thid, "escalated", now)
        post.to_coordinators(session, now)


def overdue(
    session: AnySession, thid: str, due_at: datetime, escalates_at: datetime | None, now: datetime
) -> None:
    """The limit passed without an attempt: the coordinator extends once, reassigns or gives it back.

    A limit that was moved meanwhile has not passed.
    """
    match = session.get(Match, thid)
    if match is None or (match.due_at is not None and match.due_at > due_at):
        return
    if _set(session, match, ("in-hand",), "overdue", now, escalates_at=escalates_at):
        clocks.not_met(session, match, due_at)
        timeline.note(session, thid, "overdue", due_at)
        post.to_coordinators(session, now)
    elif escalates_at is not None:
        move(session, match, Match.state == "overdue", escalates_at=escalates_at)


def _in_hand(
    session: AnySession, match: Match, confirmed_at: datetime, due_at: datetime, now: datetime
) -> bool:
    took_over = match.resume_state is not None
    opened = move(
        session, match, Match.state == "confirming",
        state="in-hand", state_at=now, resume_state=None, confirmed_at=confirmed_at, due_at=due_at,
        escalates_at=None, extended_at=None, attempted_at=None, reached_at=None, check_in_on=None, paused_at=None,
    )  # fmt: skip
    if opened:
        reminders.forget(session, match.thid)
        timeline.note(session, match.thid, "reassigned" if took_over else "in-hand", confirmed_at)
        clocks.start(session, match, confirmed_at, due_at)
        _write(session, match, "contact", now)
    return opened


def _set(
    session: AnySession,
    match: Match,
    states: tuple[str, ...],
    state: str,
    now: datetime,
    **values: object,
) -> bool:
    """Move to a state of the hub; while another supporter is asked, it is the one to go back to."""
    if match.resume_state is None:
        return move(session, match, Match.state.in_(states), state=state, state_at=now, **values)
    return move(session, match, Match.resume_state.in_(states), resume_state=state, **values)


def _ask_itself_at(session: AnySession, answer_by: datetime, now: datetime) -> datetime | None:
    hours = policy.number(session, "ask_itself_hours")
    if hours == 0:
        return None
    # Never so late that the supporter has less than half of the time that is left.
    return min(now + timedelta(hours=hours), now + (answer_by - hub_now(session, now)) / 2)


def _open(session: AnySession, sealed: str, kind: str, thid: str, now: datetime) -> Message:
    if key_directory.alarm(session) is not None:
        raise KeyLogForkError("The key log is in doubt, so no signature can be judged.")
    return unseal_letter(
        sealed, current_keys().sealing, key_directory.log(session).keyring(), hub_now(session, now),
        audience=outbox.site_id(session), thid=thid, expect=kind,
    )  # fmt: skip


def _nack(session: AnySession, message: Message, error: ProtocolError, now: datetime) -> None:
    code = error.code if error.code in _NACKS else WrongLetterError.code
    outbox.queue(session, Nack(jti=message.jti, code=code), now=now, thid=message.thid, re=message.jti)


def _write(session: AnySession, match: Match, kind: str, now: datetime) -> None:
    offer = present_offer(session, match)
    if offer is not None:
        fresh_link(session, offer, now, kind=kind)
