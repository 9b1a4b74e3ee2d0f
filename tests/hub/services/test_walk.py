"""Every state of a match has a way out that nobody has to press, and the table is what the hub does."""

import pytest
import sqlalchemy as sa

from hub.models import Match
from hub.services.match_moves import helper_word, home_word, move
from protocol.codes import HELPER_STATES, HOME_STATES
from protocol.envelope import new_id
from protocol.match_states import FINAL, LIMITS, TRANSITIONS, WITH_HELPER, Event, State
from protocol.withdrawal import new_secret, withdrawal_hash

OPEN = [state for state in State if state not in FINAL]


def put(hub, home, state, helper=None, **values):
    """A match in this state, as the events before would have left it."""
    lasts = LIMITS[state].default if state in LIMITS else None
    match = Match(
        match_id=new_id(), home_site_id=home.site_id, home_thid=new_id(), stage="mid", modality="any",
        withdrawal_hash=withdrawal_hash(new_secret()), asked_at=hub.now, state=state, state_at=hub.now,
        limit_at=None if lasts is None else hub.now + lasts, salt=new_id(), version=0, round=1, offers_seen=0,
        helper_site_id=helper and helper.site_id, helper_thid=helper and new_id(), **values,
    )  # fmt: skip
    with hub.session() as session:
        session.add(match)
        session.flush()
        session.expunge(match)
    return match.match_id


def state_of(hub, match_id):
    (match,) = hub.rows(Match, Match.match_id == match_id)
    return State(match.state)


@pytest.mark.parametrize("state", OPEN)
def test_left_alone_a_match_comes_to_an_end(hub, home, state):
    helper = hub.helper()
    with_helper = state in {State.PROPOSED, State.RELEASED, *WITH_HELPER}
    match_id = put(hub, home, state, helper if with_helper else None)
    seen = [state]
    for _ in range(12):
        if state in FINAL:
            break
        hub.clock.advance(seconds=LIMITS[state].default.total_seconds())
        hub.run_limits()
        assert state_of(hub, match_id) != state, f"{state} has no way out"
        state = state_of(hub, match_id)
        seen.append(state)
    assert state in FINAL, seen


@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_can_be_withdrawn(hub, home, state):
    match_id = put(hub, home, state)
    assert moved(hub, match_id, Event.WITHDRAW)
    assert state_of(hub, match_id) == State.WITHDRAWN


def moved(hub, match_id, event):
    with hub.session() as session:
        match = session.get_one(Match, match_id)
        return move(session, match, event, hub.now, actor="hub")


def test_the_hub_moves_exactly_as_the_table_says(hub, home):
    for state in State:
        for event in Event:
            match_id = put(hub, home, state)
            after = TRANSITIONS.get((state, event))
            assert moved(hub, match_id, event) is (after is not None), (state, event)
            assert state_of(hub, match_id) == (after or state), (state, event)


def test_a_row_that_moved_meanwhile_is_not_moved_again(hub, home):
    match_id = put(hub, home, State.IN_HAND, contact_met=None)
    with hub.session() as session:
        stale = session.get_one(Match, match_id)
        session.execute(
            sa.update(Match)
            .where(Match.match_id == match_id)
            .values(version=Match.version + 1)
            .execution_options(synchronize_session=False)
        )
        assert not move(session, stale, Event.EXTEND, hub.now, actor="hub")
    assert state_of(hub, match_id) == State.IN_HAND


def test_each_new_state_gets_its_own_limit(hub, home):
    for (state, event), after in TRANSITIONS.items():
        match_id = put(hub, home, state)
        moved(hub, match_id, event)
        (match,) = hub.rows(Match, Match.match_id == match_id)
        assert match.limit_at == (hub.now + LIMITS[after].default if after in LIMITS else None)


def test_each_side_hears_only_its_own_words():
    for state in State:
        match = Match(state=state, closing_told_at=None)
        assert home_word(match) in HOME_STATES
        assert helper_word(match) in HELPER_STATES
    assert home_word(Match(state=State.OVERDUE)) == home_word(Match(state=State.ESCALATED)) == "in-hand"
    assert home_word(Match(state=State.PROPOSED)) == home_word(Match(state=State.RELEASED)) == "looking"
    assert helper_word(Match(state=State.WITHDRAWN)) == helper_word(Match(state=State.LOOKING)) == "ended"
