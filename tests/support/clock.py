"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ui.clock import Clock

START = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)


class StoppedClock(Clock):
    """Stands at `at`; `advance(minutes=5)` moves it."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **parts: float) -> None:
        """Move on by the given days, hours, minutes or seconds."""
        self.at += timedelta(**parts)
