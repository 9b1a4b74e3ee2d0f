"""The helping site, driven by the hub's messages."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from protocol.messages.transport import Nack
from site_agent.models import CaseKey, Event, LinkState, Mail, Match, Offer, Supporter
from site_agent.services import clocks, disclosure, pins, timeline
from site_agent.services import inter_site_helper as helper
from site_agent.services.errors import NoLongerOpenError
from tests.site_agent.services.conftest import Helped, write_letters
from tests.support.agent import IDENTITY, Agent, Province, add_person, from_hub


def types(agent: Agent, *of: str) -> list[str]:
    said = [message.type for message in agent.said()]
    return [each for each in said if each.startswith(of or ("match.", "transport."))]


def test_a_proposal_waits_for_the_coordinator_and_mails_them(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    add_person(session, helped.now)
    match = helped.propose(session)
    assert match.state == "proposed"
    assert match.supporter_id is None
    assert [mail.kind for mail in session.scalars(select(Mail))] == ["coordinator"]
    assert disclosure.card(session, match).reason == "discrimination"


def test_the_whole_way_to_closing(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    assert match.state == "in-hand"
    assert match.due_at == helped.now + timedelta(hours=72)
    helped.there.clock.advance(hours=42)
    helper.attempted(session, match, helped.now - timedelta(hours=1), helped.now)
    helper.reached(session, match, helped.now, helped.now)
    assert match.attempted_at == helped.now - timedelta(hours=1)
    helper.close(session, match, helped.now)
    session.commit()
    assert match.state == "closed"
    assert types(helped.there) == [
        "match.accept", "match.confirmed", "match.attempted", "match.reached", "match.closed",
    ]  # fmt: skip


def test_accept_names_the_proposal_and_confirmed_the_release(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    accept, confirmed = helped.there.said("match.accept")[0], helped.there.said("match.confirmed")[0]
    assert (accept.thid, accept.re) == (helped.thid, match.proposal_jti)
    assert (confirmed.thid, confirmed.re) == (helped.thid, match.release_jti)


def test_with_nobody_to_ask_the_site_passes_at_once(helped: Helped, session: Any) -> None:
    match = helped.propose(session)
    assert match.state == "ended"
    assert types(helped.there) == ["match.pass"]
    assert session.scalars(select(CaseKey)).all() == []


def test_a_proposal_that_comes_again_changes_nothing(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    assert helped.propose(session).state == "asked"
    assert types(helped.there) == []


@pytest.mark.parametrize("damage", ["other match", "garbled", "other site"])
def test_an_unreadable_card_is_passed_and_staff_hear_why(
    damage: str, helped: Helped, session: Any, uma: Supporter, province: Province
) -> None:
    other = province.agent("Selkirk Ridge")
    _, letters = write_letters(helped.home, helped.there.site_id, other.site_id)
    card = {
        "other match": letters.letters[0].card,
        "garbled": helped.letter.card[:-3] + "AAA",
        "other site": letters.letters[1].card,
    }[damage]
    match = helped.propose(session, card=card)
    assert match.state == "ended"
    assert types(helped.there) == ["match.pass", "transport.nack"]
    nack = helped.there.said("transport.nack")[0].body
    assert isinstance(nack, Nack)
    assert (nack.jti, nack.code) == (
        match.proposal_jti,
        "wrong-letter" if damage == "other match" else "bad-token",
    )


def test_a_card_whose_writer_lost_its_keys_is_not_believed(
    helped: Helped, session: Any, uma: Supporter, province: Province
) -> None:
    province.revoke(helped.home.site_id)
    assert helped.propose(session).state == "ended"


def test_no_letter_is_opened_while_the_key_log_is_in_doubt(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    session.get_one(LinkState, 1).alarm = "key-log-fork"
    session.commit()
    assert helped.propose(session).state == "ended"


def test_a_name_from_another_site_than_the_card_is_refused(
    helped: Helped, session: Any, uma: Supporter, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The hub knows the id inside the letters, so with another site's help it could write a name for them.
    other = province.agent("Selkirk Ridge")
    monkeypatch.setattr("site_agent.services.letters.new_id", lambda: helped.thid)
    _, letters = write_letters(other, helped.there.site_id)
    helped.propose(session)
    helped.ask(session, uma)
    helped.accept(session)
    match = helped.release(session, identity=letters.letters[0].identity)
    assert match.state == "ended"
    assert types(helped.there) == ["match.accept", "match.pass", "transport.nack"]


def test_a_release_that_was_not_asked_for_is_not_opened(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    match = helped.release(session)
    assert (match.state, match.identity) == ("asked", None)


def test_the_clock_runs_from_the_hubs_commit(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    helped.accept(session)
    helped.release(session, contact_hours=48)
    helped.not_close(session)
    committed_at = helped.now.replace(microsecond=0)
    helped.there.clock.advance(hours=5)
    helper.receipt_confirmed(session, helped.thid, committed_at, helped.now)
    assert helped.match(session).due_at == committed_at + timedelta(hours=48)


@pytest.mark.parametrize("state", ["ended", "withdrawn", "closed", "looking", "proposed", "in-hand"])
def test_a_confirmation_that_meets_a_match_that_moved_on_opens_nothing(
    state: str, helped: Helped, session: Any, uma: Supporter
) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    helped.accept(session)
    helped.release(session)
    offer = helped.offer(session)
    helped.not_close(session)
    helper.stale(session, helped.thid, state, helped.now)
    session.commit()
    match = helped.match(session)
    assert (match.state, match.identity, match.card, match.supporter_id) == ("ended",) + (None,) * 3
    assert session.get(Offer, offer.offer_id) is None
    assert session.scalars(select(CaseKey)).all() == []


def test_after_the_confirmation_a_stale_answer_brings_the_hubs_state(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    helped.in_hand(session, uma)
    helper.stale(session, helped.thid, "escalated", helped.now)
    assert helped.match(session).state == "escalated"
    helper.stale(session, helped.thid, "ended", helped.now)
    assert helped.match(session).state == "ended"


@pytest.mark.parametrize("at", ["asked", "accepted", "released", "in-hand", "overdue"])
def test_ended_takes_letter_name_and_access(at: str, helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    offer = helped.ask(session, uma)
    if at != "asked":
        helped.accept(session)
    if at in ("released", "in-hand", "overdue"):
        helped.release(session)
    if at in ("in-hand", "overdue"):
        helped.not_close(session)
        helped.confirm(session)
        assert disclosure.contact(session, offer, helped.now) == IDENTITY
    if at == "overdue":
        helper.overdue(session, helped.thid, helped.now + timedelta(hours=72), None, helped.now)
    sent = len(helped.there.said())
    helper.helper_status(session, helped.thid, "ended", helped.now, None, helped.now)
    session.commit()
    match = helped.match(session)
    assert match.state == "ended"
    assert disclosure.card(session, match) is None
    assert disclosure.contact(session, match, helped.now) is None
    assert session.scalars(select(Offer)).all() == []
    assert session.scalars(select(CaseKey)).all() == []
    assert len(helped.there.said()) == sent
    told = [mail.kind for mail in session.scalars(select(Mail))].count("taken-care-of")
    assert told == (0 if at == "asked" else 1)


def test_what_ended_before_it_began_leaves_no_timeline(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    helper.helper_status(session, helped.thid, "ended", helped.now, None, helped.now)
    assert session.scalars(select(Event)).all() == []


def test_the_hub_says_closed(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.in_hand(session, uma)
    helper.helper_status(session, helped.thid, "closed", helped.now, None, helped.now)
    match = helped.match(session)
    assert (match.state, match.identity) == ("closed", None)
    assert "match.closed" not in types(helped.there)


def test_an_extension_brings_the_hubs_new_limit(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.in_hand(session, uma)
    due_at = helped.now + timedelta(hours=72)
    helper.overdue(session, helped.thid, due_at, due_at + timedelta(hours=24), helped.now)
    match = helped.match(session)
    assert (match.state, match.escalates_at) == ("overdue", due_at + timedelta(hours=24))
    later = due_at + timedelta(hours=72)
    helper.helper_status(session, helped.thid, "in-hand", helped.now, later, helped.now)
    match = helped.match(session)
    assert (match.state, match.due_at) == ("in-hand", later)


def test_overdue_for_a_limit_that_was_moved_is_no_news(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    old = match.due_at
    helper.extend(session, match, helped.now + timedelta(hours=70))
    helped.there.clock.advance(hours=70)
    match.due_at = old + timedelta(hours=72)
    helper.overdue(session, helped.thid, old, None, helped.now)
    assert helped.match(session).state == "in-hand"


def test_overdue_after_an_attempt_is_no_news(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    helper.attempted(session, match, helped.now, helped.now)
    helper.overdue(session, helped.thid, match.due_at, None, helped.now)
    assert helped.match(session).state == "in-touch"


def test_escalated_is_told_to_the_coordinator(helped: Helped, session: Any, uma: Supporter) -> None:
    add_person(session, helped.now)
    helped.in_hand(session, uma)
    before = session.scalars(select(Mail).where(Mail.kind == "coordinator")).all()
    helper.helper_status(session, helped.thid, "escalated", helped.now, None, helped.now)
    assert helped.match(session).state == "escalated"
    after = session.scalars(select(Mail).where(Mail.kind == "coordinator")).all()
    assert len(after) == len(before) + 1


def test_more_time_that_came_too_late_for_the_hub_does_not_count(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    helped.in_hand(session, uma)
    helped.there.clock.advance(hours=71)
    helper.extend(session, helped.match(session), helped.now)
    assert helped.match(session).due_at > helped.now
    helper.stale(session, helped.thid, "escalated", helped.now)
    match = helped.match(session)
    assert (match.state, match.due_at) == ("escalated", helped.now)
    assert clocks.latest(session, match).outcome == "not-met"


@pytest.mark.parametrize("call", ["receipt", "stale", "status", "overdue", "release"])
def test_what_the_hub_says_of_a_match_that_is_not_here_changes_nothing(
    call: str, helped: Helped, session: Any
) -> None:
    unknown = "A" * 22
    {
        "receipt": lambda: helper.receipt_confirmed(session, unknown, helped.now, helped.now),
        "stale": lambda: helper.stale(session, unknown, "ended", helped.now),
        "status": lambda: helper.helper_status(session, unknown, "ended", helped.now, None, helped.now),
        "overdue": lambda: helper.overdue(session, unknown, helped.now, helped.now, helped.now),
        "release": lambda: helper.released(session, unknown, from_hub_release(helped), helped.now),
    }[call]()
    assert session.scalars(select(Match)).all() == []


def from_hub_release(helped: Helped) -> Any:
    from protocol.messages.matches import Release

    return from_hub(Release(helped.letter.identity, helped.now, 72), helped.there, helped.thid)


def test_the_coordinator_gives_it_back_after_the_confirmation(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    helper.pass_on(session, match, helped.now)
    session.commit()
    assert match.state == "ended"
    assert types(helped.there)[-1] == "match.pass"
    assert [event.code for event in timeline.of(session, helped.thid)] == ["proposed", "in-hand"]
    with pytest.raises(NoLongerOpenError):
        helper.pass_on(session, match, helped.now)


def test_a_fresh_link_goes_to_the_supporters_own_address_and_unlocks_the_pin(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    helped.propose(session)
    offer = helped.ask(session, uma)
    for _ in range(pins.TRIES):
        pins.check(session, uma, "000001")
    assert pins.tries_left(uma) == 0
    token = helper.fresh_link(session, offer, helped.now)
    mail = session.scalars(select(Mail).order_by(Mail.next_try_at, Mail.mail_id)).all()[-1]
    assert token is not None
    assert {each.to for each in session.scalars(select(Mail))} == {uma.email}
    assert any(str(each.link).endswith(f"/o/{token}") for each in session.scalars(select(Mail)))
    assert mail.expires_at == offer.expires_at
    assert pins.tries_left(uma) == pins.TRIES
