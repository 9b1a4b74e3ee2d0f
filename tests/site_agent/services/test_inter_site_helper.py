"""The helping site, driven by the hub's messages."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from protocol.messages.transport import Nack
from site_agent.models import CaseKey, Event, Incoming, LinkState, Mail, Offer, Supporter
from site_agent.services import disclosure, pins, timeline
from site_agent.services import inter_site_helper as helper
from site_agent.services.errors import NoLongerOpenError
from tests.site_agent.services.conftest import Match, write_letters
from tests.support.agent import IDENTITY, Agent, Province, add_person, from_hub


def types(agent: Agent, *of: str) -> list[str]:
    said = [message.type for message in agent.said()]
    return [each for each in said if each.startswith(of or ("match.", "transport."))]


def test_a_proposal_waits_for_the_coordinator_and_mails_them(
    match: Match, session: Any, uma: Supporter
) -> None:
    add_person(session, match.now)
    incoming = match.propose(session)
    assert incoming.state == "proposed"
    assert incoming.supporter_id is None
    assert [mail.kind for mail in session.scalars(select(Mail))] == ["coordinator"]
    assert disclosure.card(session, incoming).reason == "discrimination"


def test_the_whole_way_to_closing(match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.in_hand(session, uma)
    assert incoming.state == "in-hand"
    assert incoming.due_at == match.now + timedelta(hours=72)
    match.there.clock.advance(hours=42)
    helper.attempted(session, incoming, match.now - timedelta(hours=1), match.now)
    helper.reached(session, incoming, match.now, match.now)
    assert incoming.attempted_at == match.now - timedelta(hours=1)
    helper.close(session, incoming, match.now)
    session.commit()
    assert incoming.state == "closed"
    assert types(match.there) == [
        "match.accept", "match.confirmed", "match.attempted", "match.reached", "match.closed",
    ]  # fmt: skip


def test_accept_names_the_proposal_and_confirmed_the_release(
    match: Match, session: Any, uma: Supporter
) -> None:
    incoming = match.in_hand(session, uma)
    accept, confirmed = match.there.said("match.accept")[0], match.there.said("match.confirmed")[0]
    assert (accept.thid, accept.re) == (match.thid, incoming.proposal_jti)
    assert (confirmed.thid, confirmed.re) == (match.thid, incoming.release_jti)


def test_with_nobody_to_ask_the_site_passes_at_once(match: Match, session: Any) -> None:
    incoming = match.propose(session)
    assert incoming.state == "ended"
    assert types(match.there) == ["match.pass"]
    assert session.scalars(select(CaseKey)).all() == []


def test_a_proposal_that_comes_again_changes_nothing(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    match.ask(session, uma)
    assert match.propose(session).state == "asked"
    assert types(match.there) == []


@pytest.mark.parametrize("damage", ["other match", "garbled", "other site"])
def test_an_unreadable_card_is_passed_and_staff_hear_why(
    damage: str, match: Match, session: Any, uma: Supporter, province: Province
) -> None:
    other = province.agent("Selkirk Ridge")
    _, letters = write_letters(match.home, match.there.site_id, other.site_id)
    card = {
        "other match": letters.letters[0].card,
        "garbled": match.letter.card[:-3] + "AAA",
        "other site": letters.letters[1].card,
    }[damage]
    incoming = match.propose(session, card=card)
    assert incoming.state == "ended"
    assert types(match.there) == ["match.pass", "transport.nack"]
    nack = match.there.said("transport.nack")[0].body
    assert isinstance(nack, Nack)
    assert (nack.jti, nack.code) == (
        incoming.proposal_jti,
        "wrong-letter" if damage == "other match" else "bad-token",
    )


def test_a_card_whose_writer_lost_its_keys_is_not_believed(
    match: Match, session: Any, uma: Supporter, province: Province
) -> None:
    province.revoke(match.home.site_id)
    assert match.propose(session).state == "ended"


def test_no_letter_is_opened_while_the_key_log_is_in_doubt(
    match: Match, session: Any, uma: Supporter
) -> None:
    session.get_one(LinkState, 1).alarm = "key-log-fork"
    session.commit()
    assert match.propose(session).state == "ended"


def test_a_name_from_another_site_than_the_card_is_refused(
    match: Match, session: Any, uma: Supporter, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The hub knows the id inside the letters, so with another site's help it could write a name for them.
    other = province.agent("Selkirk Ridge")
    monkeypatch.setattr("site_agent.services.letters.new_id", lambda: match.thid)
    _, letters = write_letters(other, match.there.site_id)
    match.propose(session)
    match.ask(session, uma)
    match.accept(session)
    incoming = match.release(session, identity=letters.letters[0].identity)
    assert incoming.state == "ended"
    assert types(match.there) == ["match.accept", "match.pass", "transport.nack"]


def test_a_release_that_was_not_asked_for_is_not_opened(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    match.ask(session, uma)
    incoming = match.release(session)
    assert (incoming.state, incoming.identity) == ("asked", None)


def test_the_clock_runs_from_the_hubs_commit(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    match.ask(session, uma)
    match.accept(session)
    match.release(session, contact_hours=48)
    match.not_close(session)
    committed_at = match.now.replace(microsecond=0)
    match.there.clock.advance(hours=5)
    helper.receipt_confirmed(session, match.thid, committed_at, match.now)
    assert match.incoming(session).due_at == committed_at + timedelta(hours=48)


@pytest.mark.parametrize("state", ["ended", "withdrawn", "closed", "looking", "proposed", "in-hand"])
def test_a_confirmation_that_meets_a_match_that_moved_on_opens_nothing(
    state: str, match: Match, session: Any, uma: Supporter
) -> None:
    match.propose(session)
    match.ask(session, uma)
    match.accept(session)
    match.release(session)
    offer = match.offer(session)
    match.not_close(session)
    helper.stale(session, match.thid, state, match.now)
    session.commit()
    incoming = match.incoming(session)
    assert (incoming.state, incoming.identity, incoming.card, incoming.supporter_id) == ("ended",) + (
        None,
    ) * 3
    assert session.get(Offer, offer.offer_id) is None
    assert session.scalars(select(CaseKey)).all() == []


def test_after_the_confirmation_a_stale_answer_brings_the_hubs_state(
    match: Match, session: Any, uma: Supporter
) -> None:
    match.in_hand(session, uma)
    helper.stale(session, match.thid, "escalated", match.now)
    assert match.incoming(session).state == "escalated"
    helper.stale(session, match.thid, "ended", match.now)
    assert match.incoming(session).state == "ended"


@pytest.mark.parametrize("at", ["asked", "accepted", "released", "in-hand", "overdue"])
def test_ended_takes_letter_name_and_access(at: str, match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    offer = match.ask(session, uma)
    if at != "asked":
        match.accept(session)
    if at in ("released", "in-hand", "overdue"):
        match.release(session)
    if at in ("in-hand", "overdue"):
        match.not_close(session)
        match.confirm(session)
        assert disclosure.contact(session, offer, match.now) == IDENTITY
    if at == "overdue":
        helper.overdue(session, match.thid, match.now + timedelta(hours=72), None, match.now)
    sent = len(match.there.said())
    helper.helper_status(session, match.thid, "ended", match.now, None, match.now)
    session.commit()
    incoming = match.incoming(session)
    assert incoming.state == "ended"
    assert disclosure.card(session, incoming) is None
    assert disclosure.contact(session, incoming, match.now) is None
    assert session.scalars(select(Offer)).all() == []
    assert session.scalars(select(CaseKey)).all() == []
    assert len(match.there.said()) == sent
    told = [mail.kind for mail in session.scalars(select(Mail))].count("taken-care-of")
    assert told == (0 if at == "asked" else 1)


def test_what_ended_before_it_began_leaves_no_timeline(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    helper.helper_status(session, match.thid, "ended", match.now, None, match.now)
    assert session.scalars(select(Event)).all() == []


def test_the_hub_says_closed(match: Match, session: Any, uma: Supporter) -> None:
    match.in_hand(session, uma)
    helper.helper_status(session, match.thid, "closed", match.now, None, match.now)
    incoming = match.incoming(session)
    assert (incoming.state, incoming.identity) == ("closed", None)
    assert "match.closed" not in types(match.there)


def test_an_extension_brings_the_hubs_new_limit(match: Match, session: Any, uma: Supporter) -> None:
    match.in_hand(session, uma)
    due_at = match.now + timedelta(hours=72)
    helper.overdue(session, match.thid, due_at, due_at + timedelta(hours=24), match.now)
    incoming = match.incoming(session)
    assert (incoming.state, incoming.escalates_at) == ("overdue", due_at + timedelta(hours=24))
    later = due_at + timedelta(hours=72)
    helper.helper_status(session, match.thid, "in-hand", match.now, later, match.now)
    incoming = match.incoming(session)
    assert (incoming.state, incoming.due_at) == ("in-hand", later)


def test_overdue_for_a_limit_that_was_moved_is_no_news(match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.in_hand(session, uma)
    old = incoming.due_at
    helper.extend(session, incoming, match.now + timedelta(hours=70))
    match.there.clock.advance(hours=70)
    incoming.due_at = old + timedelta(hours=72)
    helper.overdue(session, match.thid, old, None, match.now)
    assert match.incoming(session).state == "in-hand"


def test_overdue_after_an_attempt_is_no_news(match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.in_hand(session, uma)
    helper.attempted(session, incoming, match.now, match.now)
    helper.overdue(session, match.thid, incoming.due_at, None, match.now)
    assert match.incoming(session).state == "in-touch"


def test_escalated_is_told_to_the_coordinator(match: Match, session: Any, uma: Supporter) -> None:
    add_person(session, match.now)
    match.in_hand(session, uma)
    before = session.scalars(select(Mail).where(Mail.kind == "coordinator")).all()
    helper.helper_status(session, match.thid, "escalated", match.now, None, match.now)
    assert match.incoming(session).state == "escalated"
    after = session.scalars(select(Mail).where(Mail.kind == "coordinator")).all()
    assert len(after) == len(before) + 1


@pytest.mark.parametrize("call", ["receipt", "stale", "status", "overdue", "release"])
def test_what_the_hub_says_of_a_match_that_is_not_here_changes_nothing(
    call: str, match: Match, session: Any
) -> None:
    unknown = "A" * 22
    {
        "receipt": lambda: helper.receipt_confirmed(session, unknown, match.now, match.now),
        "stale": lambda: helper.stale(session, unknown, "ended", match.now),
        "status": lambda: helper.helper_status(session, unknown, "ended", match.now, None, match.now),
        "overdue": lambda: helper.overdue(session, unknown, match.now, match.now, match.now),
        "release": lambda: helper.released(session, unknown, from_hub_release(match), match.now),
    }[call]()
    assert session.scalars(select(Incoming)).all() == []


def from_hub_release(match: Match) -> Any:
    from protocol.messages.matches import Release

    return from_hub(Release(match.letter.identity, match.now, 72), match.there, match.thid)


def test_the_coordinator_gives_it_back_after_the_confirmation(
    match: Match, session: Any, uma: Supporter
) -> None:
    incoming = match.in_hand(session, uma)
    helper.pass_on(session, incoming, match.now)
    session.commit()
    assert incoming.state == "ended"
    assert types(match.there)[-1] == "match.pass"
    assert [event.code for event in timeline.of(session, match.thid)] == ["proposed", "in-hand"]
    with pytest.raises(NoLongerOpenError):
        helper.pass_on(session, incoming, match.now)


def test_a_fresh_link_goes_to_the_supporters_own_address_and_unlocks_the_pin(
    match: Match, session: Any, uma: Supporter
) -> None:
    match.propose(session)
    offer = match.ask(session, uma)
    for _ in range(pins.TRIES):
        pins.check(session, uma, "000001")
    assert pins.tries_left(uma) == 0
    token = helper.fresh_link(session, offer, match.now)
    mail = session.scalars(select(Mail).order_by(Mail.next_try_at, Mail.mail_id)).all()[-1]
    assert token is not None
    assert {each.to for each in session.scalars(select(Mail))} == {uma.email}
    assert any(str(each.link).endswith(f"/o/{token}") for each in session.scalars(select(Mail)))
    assert mail.expires_at == offer.expires_at
    assert pins.tries_left(uma) == pins.TRIES
