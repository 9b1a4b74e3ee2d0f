"""Keeping and forgetting: everything held, the legal hold, and who opened what."""

from __future__ import annotations

from tests.support.walk import Stop, pressing

STOPS = [
    Stop("held-asked", "web.held_sheet", "/requests/{looking}/held"),
    Stop("held-sheet", "web.held_sheet", "/requests/{own-touch}/held", pressing("Open it")),
    Stop("held-sheet-elsewhere", "web.held_sheet", "/elsewhere/{in-touch}/held", pressing("Open it")),
    Stop("hold", "web.hold", "/requests/{own-touch}/hold"),
    Stop("hold-set", "web.request_page", "/requests/{own-touch}/hold", pressing("Set the hold")),
    Stop("hold-lift", "web.lift_hold", "/requests/{own-touch}/hold/lift"),
    Stop("activity", "web.activity_log", "/activity"),
]
