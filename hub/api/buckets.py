"""How often somebody may call: a token bucket each, in memory.

Several processes each count for themselves; the limit guards against a runaway agent, and is no accounting.
"""

from collections.abc import Callable
from threading import Lock
from time import monotonic

_MOST = 20_000
"""Buckets kept; full ones are dropped first, since a new one is full as well."""


class Buckets:
    """One bucket a key: holds `at_once` calls and refills by `per_second`."""

    def __init__(self, per_second: float, at_once: int, elapsed: Callable[[], float] = monotonic) -> None:
        self._per_second, self._at_once, self._elapsed = per_second, at_once, elapsed
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def take(self, key: str) -> float:
        """Take one call: 0 if it may be made, else the seconds until the next one may."""
        with self._lock:
            now = self._elapsed()
            left = self._refilled(key, now)
            if left < 1:
                return (1 - left) / self._per_second
            if len(self._left) >= _MOST:
                self._drop_full(now)
            self._left[key] = (left - 1, now)
            return 0

    def _refilled(self, key: str, now: float) -> float:
        left, since = self._left.get(key, (float(self._at_once), now))
        return min(float(self._at_once), left + (now - since) * self._per_second)

    def _drop_full(self, now: float) -> None:
        for key in list(self._left):
            if self._refilled(key, now) >= self._at_once:
                del self._left[key]
