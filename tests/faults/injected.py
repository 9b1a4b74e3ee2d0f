"""The clock and the crash point that a test gives to a process."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from ui.clock import Clock

CHEAP = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
"""Hashing a password costs next to nothing."""


class FileClock(Clock):
    """Stands at the moment that a file holds, so that a test moves time for all processes at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.fromisoformat(self._path.read_text())

    def move_to(self, moment: datetime) -> None:
        """What time it is from now on, everywhere."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(moment.astimezone(UTC).isoformat())
        fresh.replace(self._path)


class CrashPoint:
    """Ends the process as a power cut would, the n-th time that a marked point is reached.

    The order `point n id` stands in a file; with another order counting begins anew, with none nothing happens.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._order, self._count = path, "", 0
        self._lock = threading.Lock()

    def __call__(self, point: str) -> None:
        with self._lock:
            try:
                order = self._path.read_text()
            except FileNotFoundError:
                return
            if order != self._order:
                self._order, self._count = order, 0
            wanted, count, _ = order.split(" ")
            if point != wanted:
                return
            self._count += 1
            if self._count == int(count):
                os.kill(os.getpid(), signal.SIGKILL)
