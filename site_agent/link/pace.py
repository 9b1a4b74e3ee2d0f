"""How long the link waits before its next exchange: evenly when all is well, ever longer when it is not."""

from dataclasses import dataclass, field
from random import Random, SystemRandom

IDLE_SECONDS = 30.0
"""Between polls when nobody acts (protocol page, Transport)."""
ACTIVE_SECONDS = 2.0
"""Between polls for ACTIVE_FOR_SECONDS after a person acted."""
ACTIVE_FOR_SECONDS = 60.0
LONGEST_SECONDS = 300.0
"""No wait is longer, so that a hub that comes back is noticed within five minutes."""
_JITTER = 0.2
"""An even wait varies by a fifth, so that sites that started together drift apart."""


@dataclass
class Pace:
    """Counts failures and activity. Times are seconds of a monotonic clock, given by the caller.

    Back-off has full jitter: a wait is drawn evenly from nought to the present ceiling, which doubles with each
    failure (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    """

    idle: float = IDLE_SECONDS
    active: float = ACTIVE_SECONDS
    random: Random = field(default_factory=SystemRandom)
    failures: int = 0
    active_until: float = float("-inf")
    asked_to_wait: float = 0.0

    def first(self) -> float:
        """Before the first exchange after a start: anywhere in one idle wait, so that sites whose power came
        back together do not call together."""
        return self.random.uniform(0, self.idle)

    def woken(self, now: float) -> None:
        """A person acted: exchanges come quickly for a minute."""
        self.active_until = now + ACTIVE_FOR_SECONDS

    def succeeded(self) -> None:
        """An exchange went well: all is forgiven."""
        self.failures = 0
        self.asked_to_wait = 0.0

    def failed(self, wait: float = 0.0) -> None:
        """An exchange did not. `wait`: seconds that the hub asked for at least, at most five minutes count."""
        self.failures += 1
        self.asked_to_wait = min(wait, LONGEST_SECONDS)

    def refused(self) -> None:
        """The hub will not talk before a person there acts: ask slowly."""
        self.failed(LONGEST_SECONDS)

    def next(self, now: float) -> float:
        """Seconds until the next exchange."""
        if self.failures:
            ceiling = min(LONGEST_SECONDS, self.active * 2.0 ** min(self.failures, 16))
            return self.asked_to_wait + self.random.uniform(0, ceiling) * (
                1 - self.asked_to_wait / LONGEST_SECONDS
            )
        even = self.active if now < self.active_until else self.idle
        return even * self.random.uniform(1 - _JITTER, 1 + _JITTER)
