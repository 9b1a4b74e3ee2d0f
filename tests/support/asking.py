"""What a physician types who asks by the form, and the steps to the check page."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.support.desk import OTHERS

RIVER_BEND = next(iter(OTHERS))
ANSWERS = {
    "reason": "being-sued",
    "stage": "late",
    "modality": "video",
    "language": "pa",
    "place": "elsewhere",
    "avoid": [RIVER_BEND],
    "few": "wait",
    "posts": ["chief-of-staff", "college-assessor"],
    "wishes": ["woman", "same-background"],
    "name": "Dr. Wren Canary",
    "phone": "250 555 0142",
    "email": "wren@example.ca",
    "ways": ["call", "email"],
    "times": ["evening"],
}


def answers(**changes: Any) -> MultiDict[str, Any]:
    """The form, with some answers changed."""
    return MultiDict({**ANSWERS, **changes})


def ticket_on(page: TestResponse) -> str:
    """The ticket of a check page."""
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def check(visitor: Any, **changes: Any) -> TestResponse:
    """The check page, or the form with what is wrong."""
    return visitor.client.post("/ask/check", data=answers(**changes))


FOLDS = {
    "Nobody who supervises or assesses me": ("Department or division head",),
    "From elsewhere: places that should not be asked": ("River Bend, Somewhere", "Send it all the same"),
    "How to talk, and in which language": ("By phone",),
    "Wishes, which may be met but cannot be promised": ("A woman",),
    "What brings you, and who suggested it": ("I am afraid of not coping", "The CMPA"),
}
"""What is folded in on the form: the line to open, and what is ticked behind it."""


def fill_in(page: Any, name: str, phone: str, email: str = "") -> None:
    """Answer everything on the form in a real browser."""
    for choice in ("Burnout or moral injury", "From elsewhere", "Mid-career"):
        page.get_by_label(choice, exact=True).check()
    for line, ticked in FOLDS.items():
        page.get_by_text(line, exact=True).click()
        for choice in ticked:
            page.get_by_label(choice, exact=True).check()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your own phone").fill(phone)
    page.get_by_label("Your own email").fill(email)
    page.get_by_label("Phone call").check()
    page.get_by_label("Evenings").check()
