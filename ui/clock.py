"""What time it is, asked of the app, so that a test or a rehearsal can give it another clock."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, current_app


class Clock:
    """The computer's own clock. A stand-in overrides `now`."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


def init_clock(app: Flask, clock: Clock | None = None) -> None:
    """Give the app its clock; without one it keeps what it has, or takes the computer's."""
    if clock is not None:
        app.extensions["clock"] = clock
    app.extensions.setdefault("clock", Clock())


def now() -> datetime:
    """The present moment by the current app's clock, aware, in UTC."""
    clock: Clock = current_app.extensions["clock"]
    return clock.now()
