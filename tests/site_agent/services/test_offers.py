"""Asking a supporter: who may be asked, answers that race, and that no answer can be told from another."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from protocol.messages.matches import Pass
from site_agent.extensions import db
from site_agent.models import Base, Mail, Match, Offer, SecretLink, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import links, policy
from site_agent.services.errors import NoLongerOpenError, NotEligibleError, ServiceError
from tests.site_agent.services.conftest import Helped, write_letters
from tests.support.agent import Agent, add_supporter


def test_asking_mails_a_link_that_works_once_and_says_nothing(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    helped.propose(session)
    offer = helped.ask(session, uma)
    mail = session.scalars(select(Mail)).one()
    assert (mail.to, mail.kind, mail.expires_at) == (uma.email, "offer", offer.expires_at)
    token = str(mail.link).rpartition("/o/")[2]
    link = links.find(session, token, "offer", helped.now)
    assert link is not None
    assert link.subject == offer.offer_id
    assert links.spend(session, link, helped.now)
    assert links.find(session, token, "offer", helped.now) is None
    assert links.known(session, token, "offer") is not None


def test_an_offer_lapses_no_later_than_the_hubs_limit(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.propose(session, hours=5)
    assert helped.ask(session, uma).expires_at == match.answer_by


def test_an_offer_lapses_after_the_sites_own_limit(helped: Helped, session: Any, uma: Supporter) -> None:
    policy.put(session, "offer_hours", 6)
    helped.propose(session)
    assert helped.ask(session, uma).expires_at == helped.now + timedelta(hours=6)


def test_two_coordinators_make_one_offer(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    with pytest.raises(NoLongerOpenError):
        helped.ask(session, vic)
    session.rollback()
    assert session.scalars(select(Offer.supporter_id)).all() == [uma.supporter_id]


def test_24_threads_and_one_free_place_make_one_offer(
    kettle: Agent, cedar: Agent, session: Any, uma: Supporter
) -> None:
    policy.put(session, "ask_itself_hours", 0)
    matches = []
    for _ in range(4):
        request_id, letters = write_letters(kettle, cedar.site_id)
        matches.append(Helped(kettle, cedar, letters.letters[0], request_id))
        matches[-1].propose(session)
    who = uma.supporter_id
    session.remove()
    begin, outcomes = threading.Barrier(24), []

    def press(thid: str) -> None:
        with cedar.app.app_context():
            begin.wait()
            try:
                match = db.session.get_one(Match, thid)
                helper.ask(db.session, match, db.session.get_one(Supporter, who), cedar.now)
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
    helped: Helped, session: Any, uma: Supporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Even where the list that a coordinator saw is old: the place is counted in the same statement.
    helped.propose(session)
    uma.max_open = 0
    session.flush()
    monkeypatch.setattr("site_agent.services.offers._require_candidate", lambda *_: None)
    with pytest.raises(NoLongerOpenError):
        helped.ask(session, uma)


def test_nobody_outside_the_list_is_asked(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    uma.agreement_version = None
    session.flush()
    with pytest.raises(NotEligibleError):
        helped.ask(session, uma)


def test_a_yes_in_the_second_in_which_the_offer_lapses_is_too_late(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    helped.propose(session)
    offer = helped.ask(session, uma)
    helped.there.clock.at = offer.expires_at - timedelta(microseconds=1)
    assert not helper.lapse(session, offer, helped.now)
    helped.there.clock.at = offer.expires_at
    with pytest.raises(NoLongerOpenError):
        helper.accept(session, offer, helped.now)
    session.rollback()
    assert helper.lapse(session, offer, helped.now)
    assert helped.there.said()[-1].type == Pass.TYPE


def test_after_a_yes_nothing_lapses(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    offer = helped.accept(session)
    helped.there.clock.at = offer.expires_at
    assert not helper.lapse(session, offer, helped.now)
    assert helped.match(session).state == "accepted"


def test_pressing_yes_twice_is_one_yes(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    helped.accept(session)
    helped.accept(session)
    assert len(helped.there.said("match.accept")) == 1


def test_pressing_no_twice_is_one_no(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    offer = helped.ask(session, uma)
    helper.decline(session, offer, helped.now)
    helper.decline(session, offer, helped.now)
    assert len(helped.there.said("match.pass")) == 1


def test_a_yes_after_a_no_is_too_late(helped: Helped, session: Any, uma: Supporter, vic: Supporter) -> None:
    helped.propose(session)
    offer = helped.ask(session, uma)
    helper.decline(session, offer, helped.now)
    with pytest.raises(NoLongerOpenError):
        helper.accept(session, offer, helped.now)


def test_after_a_no_the_coordinator_chooses_and_cannot_ask_the_same_again(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    match = helped.propose(session)
    helper.decline(session, helped.ask(session, uma), helped.now)
    assert (match.state, match.supporter_id) == ("proposed", None)
    left = helper.candidates(session, match, helped.now)
    assert [each.supporter for each in left.candidates] == [vic]
    with pytest.raises(NotEligibleError):
        helped.ask(session, uma)


def test_after_a_no_the_next_is_asked_by_itself_if_the_site_says_so(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    policy.put(session, "ask_itself_hours", 12)
    match = helped.propose(session)
    helper.decline(session, helped.ask(session, uma), helped.now)
    assert (match.state, match.supporter_id) == ("asked", vic.supporter_id)


def test_with_nobody_left_a_no_is_a_pass(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.propose(session)
    helper.decline(session, helped.ask(session, uma), helped.now)
    session.commit()
    assert match.state == "ended"
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
    how: str, helped: Helped, session: Any, uma: Supporter
) -> None:
    helped.propose(session)
    offer = helped.ask(session, uma)
    if how in ("close", "silence", "decline after yes"):
        helped.accept(session)
    if how in ("close", "silence"):
        helped.release(session)
    if how in ("lapse", "silence"):
        helped.there.clock.advance(hours=24)
        assert helper.lapse(session, offer, helped.now)
    elif how == "close":
        helper.answer_name(session, offer, True, helped.now)
    else:
        helper.decline(session, offer, helped.now)
    session.commit()
    rows = rows_of_everything(session)
    for empty in ("offer", "case_key", "event", "link_session"):
        assert rows[empty] == [], empty
    (bare,) = rows["match"]
    assert bare["state"] == "ended"
    for column in ("supporter_id", "card", "identity", "case_id", "confirmed_at"):
        assert bare[column] is None, column
    # No row of any table has both who was asked and what about.
    for table, found in rows.items():
        for row in found:
            values = set(map(str, row.values()))
            assert not (uma.supporter_id in values and helped.thid in values), table
    message = helped.there.said("match.pass")[-1]
    assert (message.body, message.thid, message.re) == (Pass(), helped.thid, bare["proposal_jti"])


def test_offers_not_taken_are_alike_while_another_is_asked(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    helped.propose(session)
    helper.decline(session, helped.ask(session, uma), helped.now)
    second = helped.ask(session, vic)
    session.commit()
    (first,) = session.scalars(select(Offer).where(Offer.offer_id != second.offer_id))
    assert (first.state, first.supporter_id) == ("not-taken", None)
    assert uma.supporter_id not in str(vars(first))


def test_no_row_leads_from_a_sent_mail_to_an_offer(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    offer = helped.ask(session, uma)
    for link in session.scalars(select(SecretLink)):
        assert uma.email not in str(vars(link))
    helper.decline(session, offer, helped.now)
    assert all(link.subject == offer.offer_id for link in session.scalars(select(SecretLink)))
    assert session.get(Offer, offer.offer_id) is None


def test_close_to_the_physician_destroys_the_opened_letter_in_that_commit(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    offer = helped.accept(session)
    helped.release(session)
    assert helper.name(session, offer, helped.now) == "Dr Zephyrine Quill"
    helper.answer_name(session, offer, True, helped.now)
    session.commit()
    match = helped.match(session)
    # Others here could help, but the name was opened at this site: another site is asked.
    assert (match.state, match.identity, match.card) == ("ended", None, None)


def test_the_name_question_lapses_at_the_hubs_limit(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    offer = helped.accept(session)
    match = helped.release(session)
    helped.there.clock.at = match.confirm_by
    with pytest.raises(NoLongerOpenError):
        helper.answer_name(session, offer, False, helped.now)
    session.rollback()
    assert helper.lapse(session, offer, helped.now)
    assert helped.match(session).state == "ended"


def test_saying_not_close_twice_is_one_confirmation(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    helped.accept(session)
    helped.release(session)
    helped.not_close(session)
    helped.not_close(session)
    assert len(helped.there.said("match.confirmed")) == 1


def test_the_name_cannot_be_answered_before_it_is_there(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    offer = helped.accept(session)
    with pytest.raises(NoLongerOpenError):
        helper.answer_name(session, offer, False, helped.now)


def test_limits_run_by_the_hubs_clock(helped: Helped, session: Any, uma: Supporter) -> None:
    from site_agent.models import LinkState

    helped.propose(session)
    offer = helped.ask(session, uma)
    session.get_one(LinkState, 1).hub_offset_seconds = -86_400  # this machine runs a day ahead
    helped.there.clock.advance(hours=25)
    assert not helper.lapse(session, offer, helped.now)
    helper.accept(session, offer, helped.now)
    assert helped.match(session).state == "accepted"


def test_reassigning_ends_the_first_ones_access_and_asks_the_second(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    helper.extend(session, match, helped.now)
    first = helped.offer(session)
    second = helper.reassign(session, match, vic, helped.now)
    session.commit()
    assert helper.contact(session, first, helped.now) is None
    assert (first.state, first.supporter_id) == ("not-taken", None)
    assert (match.state, match.resume_state, match.supporter_id) == (
        "asked", "in-hand", vic.supporter_id,
    )  # fmt: skip
    helper.accept(session, second, helped.now)
    assert helper.name(session, second, helped.now) == "Dr Zephyrine Quill"
    assert helper.contact(session, second, helped.now) is None
    helper.answer_name(session, second, False, helped.now)
    session.commit()
    assert [each.type for each in helped.there.said()][-1] == "match.reassigned"
    assert helper.contact(session, second, helped.now) is None
    helped.there.clock.advance(hours=3)
    helped.confirm(session)
    assert (match.state, match.resume_state) == ("in-hand", None)
    assert match.due_at == helped.now + timedelta(hours=72)
    assert match.extended_at is None
    assert helper.contact(session, second, helped.now) is not None
    assert helper.contact(session, first, helped.now) is None


@pytest.mark.parametrize("how", ["decline", "lapse", "close", "silence"])
def test_when_the_second_does_not_take_it_the_match_stays_with_the_coordinator(
    how: str, helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    second = helper.reassign(session, match, vic, helped.now)
    if how in ("close", "silence"):
        helper.accept(session, second, helped.now)
    if how in ("lapse", "silence"):
        helped.there.clock.advance(hours=24)
        assert helper.lapse(session, second, helped.now)
    elif how == "close":
        helper.answer_name(session, second, True, helped.now)
    else:
        helper.decline(session, second, helped.now)
    session.commit()
    assert (match.state, match.resume_state, match.supporter_id) == ("in-hand", None, None)
    assert helped.there.said("match.pass") == []
    assert helper.contact(session, match, helped.now) is not None
    assert helper.candidates(session, match, helped.now).candidates == ()


def test_the_limit_that_passes_meanwhile_is_not_lost(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    second = helper.reassign(session, match, vic, helped.now)
    helper.overdue(session, helped.thid, match.due_at, None, helped.now)
    assert match.state == "asked"
    helper.decline(session, second, helped.now)
    assert match.state == "overdue"


def test_only_a_match_that_is_helped_is_reassigned(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    match = helped.propose(session)
    with pytest.raises(NoLongerOpenError):
        helper.reassign(session, match, vic, helped.now)


def test_the_next_who_is_asked_is_the_best_of_those_left(
    helped: Helped, session: Any, uma: Supporter, cedar: Agent
) -> None:
    add_supporter(session, cedar.now, "Dr Man Able", gender="man")
    match = helped.propose(session)
    helper.ask_next(session, match, helped.now)
    assert match.supporter_id == uma.supporter_id
