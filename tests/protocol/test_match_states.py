"""The table of match states: every state ends, every limit leads somewhere, withdrawal always wins."""

import pytest

from protocol.match_states import FINAL, HOME_WORD, LIMITS, TRANSITIONS, WITH_HELPER, Event, State

OPEN = [state for state in State if state not in FINAL]


def reachable(start: State, events: set[Event] | None = None) -> set[State]:
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for (state, event), there in TRANSITIONS.items():
            if state is here and there not in seen and (events is None or event in events):
                seen.add(there)
                todo.append(there)
    return seen


@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_has_a_limit_and_the_limit_has_an_event(state: State) -> None:
    assert LIMITS[state].default.total_seconds() > 0
    assert LIMITS[state].source
    by_itself = [event for event in (Event.LIMIT, Event.PASS_LAST) if (state, event) in TRANSITIONS]
    assert by_itself, f"{state} would last for ever"


@pytest.mark.parametrize("state", OPEN)
def test_limits_alone_end_every_match(state: State) -> None:
    """With nobody doing anything at all, a match still ends."""
    assert reachable(state, {Event.LIMIT, Event.PASS_LAST}) & FINAL


@pytest.mark.parametrize("state", OPEN)
def test_withdrawal_wins_in_every_open_state(state: State) -> None:
    assert TRANSITIONS[state, Event.WITHDRAW] is State.WITHDRAWN


def test_a_final_state_has_no_way_on() -> None:
    assert [pair for pair in TRANSITIONS if pair[0] in FINAL] == []


def test_every_state_can_be_reached_from_asking() -> None:
    assert reachable(State.LOOKING) == set(State)


def test_contact_details_open_only_after_a_confirmation() -> None:
    """Whoever helps was confirmed: the only ways into a helping state are confirm, or from another helping state."""
    for (state, event), there in TRANSITIONS.items():
        if there in WITH_HELPER and state not in WITH_HELPER:
            assert (state, event) == (State.RELEASED, Event.CONFIRM)


def test_home_never_hears_how_others_answer() -> None:
    assert set(HOME_WORD) == set(State)
    assert {
        HOME_WORD[state] for state in (State.LOOKING, State.CHOOSING, State.PROPOSED, State.RELEASED)
    } == {"looking"}
    assert {HOME_WORD[state] for state in (State.IN_HAND, State.OVERDUE, State.ESCALATED)} == {"in-hand"}


@pytest.mark.parametrize(
    ("event", "states"), [(Event.ACCEPT, {State.PROPOSED}), (Event.REMATCH, WITH_HELPER)]
)
def test_an_event_counts_in_these_states_alone(event: Event, states: set[State]) -> None:
    assert {state for state, each in TRANSITIONS if each is event} == set(states)
