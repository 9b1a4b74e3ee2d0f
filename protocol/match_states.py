"""The states of an inter-site match at the hub, the events that move it, and the limit that ends each state.

Pure data. The hub turns each row into a conditional update; `docs/protocol.md` prints the table from here; a test
walks it for a state without a way out. Times are settings of the hub with the defaults of `LIMITS`.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    """Where a match stands, as the hub knows it."""

    LOOKING = "looking"
    """No shortlist could be sent yet, or home waits for offers to change."""
    CHOOSING = "choosing"
    """A shortlist is with home; letters are awaited."""
    PROPOSED = "proposed"
    """One site holds the card."""
    RELEASED = "released"
    """That site accepted and holds the name, not yet confirmed."""
    IN_HAND = "in-hand"
    """Confirmed; the clock to the first attempt runs."""
    OVERDUE = "overdue"
    """The limit passed without an attempt: the helping coordinator's turn."""
    ESCALATED = "escalated"
    """Still none: the provincial team's turn."""
    IN_TOUCH = "in-touch"
    """A genuine attempt was made."""
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    UNMATCHED = "unmatched"
    """Nobody was found in time; home shows the programme's own line and may ask again."""


class Event(StrEnum):
    """What moves a match."""

    SHORTLIST = "shortlist"
    """Offers allow a shortlist; the hub sends it (or `letters-wanted`)."""
    LETTERS = "letters"
    """Home's letters came; the first site is asked."""
    WAIT = "wait"
    """Home's answer held no letters: it waits for other offers."""
    ACCEPT = "accept"
    PASS = "pass"
    """A pass while another letter lives: the next site is asked."""
    PASS_LAST = "pass-last"
    """A pass, and no other letter lives."""
    CONFIRM = "confirm"
    ATTEMPT = "attempt"
    REACH = "reach"
    EXTEND = "extend"
    REASSIGN = "reassign"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    REMATCH = "rematch"
    LIMIT = "limit"
    """The state's limit passed."""


@dataclass(frozen=True)
class Limit:
    """How long a state may last. `setting` names the hub's configuration value."""

    setting: str
    default: timedelta
    source: str


LIMITS: dict[State, Limit] = {
    State.LOOKING: Limit("LOOKING_FOR", timedelta(days=30), "ours: long enough for offers to change weekly"),
    State.CHOOSING: Limit("LETTERS_WITHIN", timedelta(days=14), "ours: a site may be dark for a week"),
    State.PROPOSED: Limit("ANSWER_WITHIN", timedelta(hours=24), "ours: no programme document sets one (G09)"),
    State.RELEASED: Limit("CONFIRM_WITHIN", timedelta(hours=12), "ours: one question on a phone"),
    State.IN_HAND: Limit("CONTACT_WITHIN", timedelta(hours=72), "PSI overview: 72 h of the confirmed match"),
    State.OVERDUE: Limit("ESCALATE_AFTER", timedelta(hours=24), "ours: one more day for the helping site"),
    State.ESCALATED: Limit("TAKE_BACK_AFTER", timedelta(hours=72), "ours: then another site is asked"),
    State.IN_TOUCH: Limit("TOUCH_FOR", timedelta(days=90), "ours: support is one to three talks"),
}

FINAL = frozenset({State.CLOSED, State.WITHDRAWN, State.UNMATCHED})
WITH_HELPER = (State.IN_HAND, State.OVERDUE, State.ESCALATED, State.IN_TOUCH)
"""States in which a confirmed site helps."""


def _table() -> dict[tuple[State, Event], State]:
    table = {
        (State.LOOKING, Event.SHORTLIST): State.CHOOSING,
        (State.LOOKING, Event.LIMIT): State.UNMATCHED,
        (State.CHOOSING, Event.SHORTLIST): State.CHOOSING,
        (State.CHOOSING, Event.LETTERS): State.PROPOSED,
        (State.CHOOSING, Event.WAIT): State.LOOKING,
        (State.CHOOSING, Event.LIMIT): State.UNMATCHED,
        (State.PROPOSED, Event.ACCEPT): State.RELEASED,
        (State.RELEASED, Event.CONFIRM): State.IN_HAND,
        (State.IN_HAND, Event.LIMIT): State.OVERDUE,
        (State.OVERDUE, Event.LIMIT): State.ESCALATED,
        (State.ESCALATED, Event.LIMIT): State.LOOKING,
        (State.IN_TOUCH, Event.LIMIT): State.CLOSED,
    }
    for state in (State.PROPOSED, State.RELEASED):
        table[state, Event.PASS] = State.PROPOSED
        table[state, Event.PASS_LAST] = State.LOOKING
    for state in WITH_HELPER:
        table[state, Event.PASS_LAST] = State.LOOKING
        table[state, Event.ATTEMPT] = State.IN_TOUCH
        table[state, Event.REACH] = State.IN_TOUCH
        table[state, Event.CLOSE] = State.CLOSED
        table[state, Event.REMATCH] = State.LOOKING
    for state in (State.IN_HAND, State.OVERDUE):
        table[state, Event.EXTEND] = State.IN_HAND
    for state in (State.IN_HAND, State.OVERDUE, State.ESCALATED, State.IN_TOUCH):
        table[state, Event.REASSIGN] = State.IN_HAND
    for state in State:
        if state not in FINAL:
            table[state, Event.WITHDRAW] = State.WITHDRAWN
    return table


TRANSITIONS: dict[tuple[State, Event], State] = _table()
"""(state, event) -> next state. A pair that is not here is refused with `stale-state`.

The limits of `proposed` and `released` act as a pass: `pass` while another letter lives, else `pass-last`.
"""

HOME_WORD: dict[State, str] = {
    State.LOOKING: "looking",
    State.CHOOSING: "looking",
    State.PROPOSED: "looking",
    State.RELEASED: "looking",
    State.IN_HAND: "in-hand",
    State.OVERDUE: "in-hand",
    State.ESCALATED: "in-hand",
    State.IN_TOUCH: "in-touch",
    State.CLOSED: "closed",
    State.WITHDRAWN: "withdrawn",
    State.UNMATCHED: "unmatched",
}
"""What home hears of each state (never `proposed` or `overdue`: those would tell how others answer)."""
