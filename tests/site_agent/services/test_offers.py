"""Asking a supporter: who may be asked, answers that race, and that no answer can be told from another."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from protocol.messages.matches import Pass
from site_agent.extensions import db
from site_agent.models import Base, Incoming, Mail, Offer, SecretLink, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import links, policy
from site_agent.services.errors import NoLongerOpenError, NotEligibleError, ServiceError
from tests.site_agent.services.conftest import Match, write_letters
from tests.support.agent import Agent, add_supporter


def test_asking_mails_a_link_that_works_once_and_says_nothing(
    match: Match, session: Any, uma: Supporter
) -> None:
    match.propose(session)
    offer = match.ask(session, uma)
    mail = session.scalars(select(Mail)).one()
    assert (mail.to, mail.kind, mail.expires_at) == (uma.email, "offer", offer.expires_at)
    token = str(mail.link).rpartition("/o/")[2]
    link = links.find(session, token, "offer", match.now)
    assert link is not None
    assert link.subject == offer.offer_id
    assert links.spend(session, link, match.now)
    assert links.find(session, token, "offer", match.now) is None
    assert links.known(session, token, "offer") is not None


def test_an_offer_lapses_no_later_than_the_hubs_limit(match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.propose(session, hours=5)
    assert match.ask(session, uma).expires_at == incoming.answer_by


def test_an_offer_lapses_after_the_sites_own_limit(match: Match, session: Any, uma: Supporter) -> None:
    policy.put(session, "offer_hours", 6)
    match.propose(session)
    assert match.ask(session, uma).expires_at == match.now + timedelta(hours=6)


def test_two_coordinators_make_one_offer(match: Match, session: Any, uma: Supporter, vic: Supporter) -> None:
    match.propose(session)
    match.ask(session, uma)
    with pytest.raises(NoLongerOpenError):
        match.ask(session, vic)
    session.rollback()
    assert session.scalars(select(Offer.supporter_id)).all() == [uma.supporter_id]


def test_24_threads_and_one_free_place_make_one_offer(
    kettle: Agent, cedar: Agent, session: Any, uma: Supporter
) -> None:
    policy.put(session, "ask_itself_hours", 0)
    matches = []
    for _ in range(4):
        request_id, letters = write_letters(kettle, cedar.site_id)
        matches.append(Match(kettle, cedar, letters.letters[0], request_id))
        matches[-1].propose(session)
    who = uma.supporter_id
    session.remove()
    begin, outcomes = threading.Barrier(24), []

    def press(thid: str) -> None:
        with cedar.app.app_context():
            begin.wait()
            try:
                incoming = db.session.get_one(Incoming, thid)
                helper.ask(db.session, incoming, db.session.get_one(Supporter, who), cedar.now)
                db.session.commit()
                outcomes.append("asked")
            except ServiceError:
                db.session.rollback()
                outcomes.append("refused")

    threads = [threading.Thread(target=press, args=(matches[n % 4].thid,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked", *["refused"] * 23]
    assert len(session.scalars(select(Offer)).all()) == 1


def test_the_update_itself_refuses_a_second_booking(
    match: Match, session: Any, uma: Supporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Even where the list that a coordinator saw is old: the place is counted in the same statement.
    match.propose(session)
    uma.max_open = 0
    session.flush()
    monkeypatch.setattr("site_agent.services.offers._require_candidate", lambda *_: None)
    with pytest.raises(NoLongerOpenError):
        match.ask(session, uma)


def test_nobody_outside_the_list_is_asked(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    uma.agreement_version = None
    session.flush()
    with pytest.raises(NotEligibleError):
        match.ask(session, uma)


def test_a_yes_in_the_second_in_which_the_offer_lapses_is_too_late(
    match: Match, session: Any, uma: Supporter
) -> None:
    match.propose(session)
    offer = match.ask(session, uma)
    match.there.clock.at = offer.expires_at - timedelta(microseconds=1)
    assert not helper.lapse(session, offer, match.now)
    match.there.clock.at = offer.expires_at
    with pytest.raises(NoLongerOpenError):
        helper.accept(session, offer, match.now)
    session.rollback()
    assert helper.lapse(session, offer, match.now)
    assert match.there.said()[-1].type == Pass.TYPE


def test_after_a_yes_nothing_lapses(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    match.ask(session, uma)
    offer = match.accept(session)
    match.there.clock.at = offer.expires_at
    assert not helper.lapse(session, offer, match.now)
    assert match.incoming(session).state == "accepted"


def test_pressing_yes_twice_is_one_yes(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    match.ask(session, uma)
    match.accept(session)
    match.accept(session)
    assert len(match.there.said("match.accept")) == 1


def test_pressing_no_twice_is_one_no(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    offer = match.ask(session, uma)
    helper.decline(session, offer, match.now)
    helper.decline(session, offer, match.now)
    assert len(match.there.said("match.pass")) == 1


def test_a_yes_after_a_no_is_too_late(match: Match, session: Any, uma: Supporter, vic: Supporter) -> None:
    match.propose(session)
    offer = match.ask(session, uma)
    helper.decline(session, offer, match.now)
    with pytest.raises(NoLongerOpenError):
        helper.accept(session, offer, match.now)


def test_after_a_no_the_coordinator_chooses_and_cannot_ask_the_same_again(
    match: Match, session: Any, uma: Supporter, vic: Supporter
) -> None:
    incoming = match.propose(session)
    helper.decline(session, match.ask(session, uma), match.now)
    assert (incoming.state, incoming.supporter_id) == ("proposed", None)
    left = helper.candidates(session, incoming, match.now)
    assert [each.supporter for each in left.candidates] == [vic]
    with pytest.raises(NotEligibleError):
        match.ask(session, uma)


def test_after_a_no_the_next_is_asked_by_itself_if_the_site_says_so(
    match: Match, session: Any, uma: Supporter, vic: Supporter
) -> None:
    policy.put(session, "ask_itself_hours", 12)
    incoming = match.propose(session)
    helper.decline(session, match.ask(session, uma), match.now)
    assert (incoming.state, incoming.supporter_id) == ("asked", vic.supporter_id)


def test_with_nobody_left_a_no_is_a_pass(match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.propose(session)
    helper.decline(session, match.ask(session, uma), match.now)
    session.commit()
    assert incoming.state == "ended"
    assert session.scalars(select(Offer)).all() == []


def rows_of_everything(session: Any) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, by table."""
    session.flush()
    return {
        table.name: [dict(row._mapping) for row in session.execute(select(table))]
        for table in Base.metadata.sorted_tables
    }


@pytest.mark.parametrize("how", ["decline", "lapse", "close", "silence", "decline after yes"])
def test_a_no_closeness_and_silence_leave_the_same_behind(
    how: str, match: Match, session: Any, uma: Supporter
) -> None:
    match.propose(session)
    offer = match.ask(session, uma)
    if how in ("close", "silence", "decline after yes"):
        match.accept(session)
    if how in ("close", "silence"):
        match.release(session)
    if how in ("lapse", "silence"):
        match.there.clock.advance(hours=24)
        assert helper.lapse(session, offer, match.now)
    elif how == "close":
        helper.answer_name(session, offer, True, match.now)
    else:
        helper.decline(session, offer, match.now)
    session.commit()
    rows = rows_of_everything(session)
    for empty in ("offer", "case_key", "event", "link_session"):
        assert rows[empty] == [], empty
    (bare,) = rows["incoming"]
    assert bare["state"] == "ended"
    for column in ("supporter_id", "card", "identity", "case_id", "confirmed_at"):
        assert bare[column] is None, column
    # No row of any table has both who was asked and what about.
    for table, found in rows.items():
        for row in found:
            values = set(map(str, row.values()))
            assert not (uma.supporter_id in values and match.thid in values), table
    message = match.there.said("match.pass")[-1]
    assert (message.body, message.thid, message.re) == (Pass(), match.thid, bare["proposal_jti"])


def test_offers_not_taken_are_alike_while_another_is_asked(
    match: Match, session: Any, uma: Supporter, vic: Supporter
) -> None:
    match.propose(session)
    helper.decline(session, match.ask(session, uma), match.now)
    second = match.ask(session, vic)
    session.commit()
    (first,) = session.scalars(select(Offer).where(Offer.offer_id != second.offer_id))
    assert (first.state, first.supporter_id) == ("not-taken", None)
    assert uma.supporter_id not in str(vars(first))


def test_no_row_leads_from_a_sent_mail_to_an_offer(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    offer = match.ask(session, uma)
    for link in session.scalars(select(SecretLink)):
        assert uma.email not in str(vars(link))
    helper.decline(session, offer, match.now)
    assert all(link.subject == offer.offer_id for link in session.scalars(select(SecretLink)))
    assert session.get(Offer, offer.offer_id) is None


def test_close_to_the_physician_destroys_the_opened_letter_in_that_commit(
    match: Match, session: Any, uma: Supporter, vic: Supporter
) -> None:
    match.propose(session)
    match.ask(session, uma)
    offer = match.accept(session)
    match.release(session)
    assert helper.name(session, offer, match.now) == "Dr Zephyrine Quill"
    helper.answer_name(session, offer, True, match.now)
    session.commit()
    incoming = match.incoming(session)
    # Others here could help, but the name was opened at this site: another site is asked.
    assert (incoming.state, incoming.identity, incoming.card) == ("ended", None, None)


def test_the_name_question_lapses_at_the_hubs_limit(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    match.ask(session, uma)
    offer = match.accept(session)
    incoming = match.release(session)
    match.there.clock.at = incoming.confirm_by
    with pytest.raises(NoLongerOpenError):
        helper.answer_name(session, offer, False, match.now)
    session.rollback()
    assert helper.lapse(session, offer, match.now)
    assert match.incoming(session).state == "ended"


def test_saying_not_close_twice_is_one_confirmation(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    match.ask(session, uma)
    match.accept(session)
    match.release(session)
    match.not_close(session)
    match.not_close(session)
    assert len(match.there.said("match.confirmed")) == 1


def test_the_name_cannot_be_answered_before_it_is_there(match: Match, session: Any, uma: Supporter) -> None:
    match.propose(session)
    match.ask(session, uma)
    offer = match.accept(session)
    with pytest.raises(NoLongerOpenError):
        helper.answer_name(session, offer, False, match.now)


def test_limits_run_by_the_hubs_clock(match: Match, session: Any, uma: Supporter) -> None:
    from site_agent.models import LinkState

    match.propose(session)
    offer = match.ask(session, uma)
    session.get_one(LinkState, 1).hub_offset_seconds = -86_400  # this machine runs a day ahead
    match.there.clock.advance(hours=25)
    assert not helper.lapse(session, offer, match.now)
    helper.accept(session, offer, match.now)
    assert match.incoming(session).state == "accepted"


def test_reassigning_ends_the_first_ones_access_and_asks_the_second(
    match: Match, session: Any, uma: Supporter, vic: Supporter
) -> None:
    incoming = match.in_hand(session, uma)
    helper.extend(session, incoming, match.now)
    first = match.offer(session)
    second = helper.reassign(session, incoming, vic, match.now)
    session.commit()
    assert helper.contact(session, first, match.now) is None
    assert (first.state, first.supporter_id) == ("not-taken", None)
    assert (incoming.state, incoming.resume_state, incoming.supporter_id) == (
        "asked", "in-hand", vic.supporter_id,
    )  # fmt: skip
    helper.accept(session, second, match.now)
    assert helper.name(session, second, match.now) == "Dr Zephyrine Quill"
    assert helper.contact(session, second, match.now) is None
    helper.answer_name(session, second, False, match.now)
    session.commit()
    assert [each.type for each in match.there.said()][-1] == "match.reassigned"
    assert helper.contact(session, second, match.now) is None
    match.there.clock.advance(hours=3)
    match.confirm(session)
    assert (incoming.state, incoming.resume_state) == ("in-hand", None)
    assert incoming.due_at == match.now + timedelta(hours=72)
    assert incoming.extended_at is None
    assert helper.contact(session, second, match.now) is not None
    assert helper.contact(session, first, match.now) is None


@pytest.mark.parametrize("how", ["decline", "lapse", "close", "silence"])
def test_when_the_second_does_not_take_it_the_match_stays_with_the_coordinator(
    how: str, match: Match, session: Any, uma: Supporter, vic: Supporter
) -> None:
    incoming = match.in_hand(session, uma)
    second = helper.reassign(session, incoming, vic, match.now)
    if how in ("close", "silence"):
        helper.accept(session, second, match.now)
    if how in ("lapse", "silence"):
        match.there.clock.advance(hours=24)
        assert helper.lapse(session, second, match.now)
    elif how == "close":
        helper.answer_name(session, second, True, match.now)
    else:
        helper.decline(session, second, match.now)
    session.commit()
    assert (incoming.state, incoming.resume_state, incoming.supporter_id) == ("in-hand", None, None)
    assert match.there.said("match.pass") == []
    assert helper.contact(session, incoming, match.now) is not None
    assert helper.candidates(session, incoming, match.now).candidates == ()


def test_the_limit_that_passes_meanwhile_is_not_lost(
    match: Match, session: Any, uma: Supporter, vic: Supporter
) -> None:
    incoming = match.in_hand(session, uma)
    second = helper.reassign(session, incoming, vic, match.now)
    helper.overdue(session, match.thid, incoming.due_at, None, match.now)
    assert incoming.state == "asked"
    helper.decline(session, second, match.now)
    assert incoming.state == "overdue"


def test_only_a_match_that_is_helped_is_reassigned(
    match: Match, session: Any, uma: Supporter, vic: Supporter
) -> None:
    incoming = match.propose(session)
    with pytest.raises(NoLongerOpenError):
        helper.reassign(session, incoming, vic, match.now)


def test_the_next_who_is_asked_is_the_best_of_those_left(
    match: Match, session: Any, uma: Supporter, cedar: Agent
) -> None:
    add_supporter(session, cedar.now, "Dr Man Able", gender="man")
    incoming = match.propose(session)
    helper.ask_next(session, incoming, match.now)
    assert incoming.supporter_id == uma.supporter_id
