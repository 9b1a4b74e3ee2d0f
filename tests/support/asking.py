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
