"""Q01: leaving with and without notice: nobody new is put to them, open matches go on, offers go to the next one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from site_agent.models import Match, Offer, Supporter
from site_agent.services import disclosure, evaluators, offers, retention, roster
from site_agent.services.errors import InvalidSupporterError, NoLongerOpenError
from tests.site_agent.services.conftest import Helped
from tests.support.agent import Agent, add_supporter

LAST_DAY = date(2026, 11, 30)
NEW = roster.Details("Dr Uma Ross", " Uma@Example.ca ", "mid")


def test_who_left_is_no_longer_on_the_roster(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)
    roster.leave(session, supporter, cedar.now)
    assert roster.everybody(session, cedar.now) == []


def test_q01_who_gives_notice_is_put_to_nobody_and_stays_until_the_last_day_is_over(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    helped.propose(session)
    roster.leave(session, uma, helped.now, LAST_DAY)
    assert uma.left_at == datetime(2026, 12, 1, 7, tzinfo=UTC), "the end of the day in British Columbia"
    assert offers.candidates(session, helped.match(session), helped.now).candidates == ()
    assert roster.status(session, uma, helped.now) == "leaving"
    assert (roster.everybody(session), roster.everybody(session, helped.now)) == ([], [uma])
    assert roster.everybody(session, uma.left_at) == []


@pytest.mark.parametrize("last_day", [None, LAST_DAY])
def test_q01_an_open_match_is_finished_with_notice_or_without(
    last_day: date | None, helped: Helped, session: Any, uma: Supporter
) -> None:
    helped.in_hand(session, uma)
    roster.leave(session, uma, helped.now, last_day)
    session.commit()
    match = helped.match(session)
    assert (match.state, match.supporter_id) == ("in-hand", uma.supporter_id)
    assert disclosure.contact(session, helped.offer(session), helped.now) is not None


def test_q01_an_offer_without_an_answer_goes_to_the_next_one_when_they_leave_at_once(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    roster.leave(session, uma, helped.now)
    session.commit()
    match = session.get_one(Match, helped.thid)
    assert match.supporter_id != uma.supporter_id
    assert session.query(Offer).filter_by(supporter_id=uma.supporter_id).all() == []
    found = offers.candidates(session, match, helped.now).candidates
    assert [each.supporter for each in found] == [vic]


def test_notice_can_be_taken_back_until_the_last_day_is_over(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)
    roster.leave(session, supporter, cedar.now, LAST_DAY)
    roster.stay(session, supporter, cedar.now)
    assert roster.status(session, supporter, cedar.now) == "ready"
    roster.leave(session, supporter, cedar.now, LAST_DAY)
    assert supporter.left_at is not None
    with pytest.raises(NoLongerOpenError):
        roster.stay(session, supporter, supporter.left_at)


def test_who_comes_back_is_the_same_row_and_signs_again(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now, email="uma@example.ca")
    evaluators.add(session, supporter, evaluators.Physician("Dr Zed"), cedar.now)
    roster.leave(session, supporter, cedar.now)
    assert evaluators.everybody(session) == [], "nothing is kept of whom they assess"
    back = roster.add(session, NEW, cedar.now)
    assert back is supporter
    assert (back.left_at, back.agreement_version, back.pin_hash, back.stage) == (None, None, None, "mid")


def test_after_the_last_day_nothing_is_kept_of_whom_they_assess(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)
    evaluators.add(session, supporter, evaluators.Physician("Dr Zed"), cedar.now)
    roster.leave(session, supporter, cedar.now, LAST_DAY)
    retention.run(session, cedar.now)
    assert len(evaluators.everybody(session)) == 1
    assert supporter.left_at is not None
    retention.run(session, supporter.left_at)
    assert evaluators.everybody(session) == []


def test_the_address_of_who_has_given_notice_is_taken(session: Any, cedar: Agent) -> None:
    roster.leave(session, roster.add(session, NEW, cedar.now), cedar.now, LAST_DAY)
    with pytest.raises(InvalidSupporterError):
        roster.add(session, NEW, cedar.now)
