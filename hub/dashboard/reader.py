"""Who presses: for the lines that say who did something."""

from __future__ import annotations

from ui.access import current_person


def staff_id() -> str:
    """The person_id of whoever is signed in; on pages that are declared for signed-in people only."""
    person = current_person()
    assert person is not None  # the access declaration saw to it
    return person.person_id
