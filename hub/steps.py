"""Named points of an exchange at which something outside may look on, for example a test that ends the process there.

Nobody listens in the shipped code: sending is a call with no effect.
"""

from blinker import Signal

step = Signal("The point that the running exchange has reached; the sender is its name.")

RECEIVE_BEFORE_COMMIT = "receive.before-commit"
RECEIVE_COMMITTED = "receive.committed"
POLL_ANSWERED = "poll.answered"
POLL_ACKNOWLEDGED_BEFORE_COMMIT = "poll.acknowledged-before-commit"
POLL_ACKNOWLEDGED = "poll.acknowledged"
RELEASE_BEFORE_COMMIT = "release.before-commit"
RELEASE_COMMITTED = "release.committed"

ALL = (
    RECEIVE_BEFORE_COMMIT,
    RECEIVE_COMMITTED,
    POLL_ANSWERED,
    POLL_ACKNOWLEDGED_BEFORE_COMMIT,
    POLL_ACKNOWLEDGED,
    RELEASE_BEFORE_COMMIT,
    RELEASE_COMMITTED,
)
