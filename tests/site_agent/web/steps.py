"""A request as a coordinator types it, page by page."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.desk import OTHERS, draft_of

CAME = {
    "door": "paper",
    "asked": "other",
    "received_at-day": "2",
    "received_at-month": "Nov",
    "received_at-year": "2026",
    "received_at-time": "4:40 pm",
    "place": "elsewhere",
}
ANSWERS: dict[str, dict[str, Any]] = {
    "about": {
        "stage": "mid",
        "reason": "complaint",
        "modality": "phone",
        "language": "fr",
        "origin": "cmpa",
        "hint": "coping",
    },
    "wishes": {
        "wishes": ["woman", "same-background"],
        "posts": ["department-head"],
        "avoid": [min(OTHERS)],
        "few": "wait",
    },
    "contact": {
        "name": "Dr. Wren Canary",
        "phone": "250 555 0142",
        "ways": ["call"],
        "times": ["evening"],
        "email": "",
    },
}


def fill(client: FlaskClient, **changes: dict[str, Any]) -> str:
    """Answer every question; the draft's id."""
    draft_id = draft_of(client.post("/requests/new", data=CAME))
    for step, typed in (ANSWERS | changes).items():
        client.post(f"/requests/new/{draft_id}/{step}", data=typed)
    return draft_id


HERE = CAME | {"place": "here"}


def fill_here(client: FlaskClient, came: dict[str, str] = HERE) -> str:
    """Answer what is asked of a request that stays at this site; the draft's id."""
    draft_id = draft_of(client.post("/requests/new", data=came))
    for step, typed in (ANSWERS | {"wishes": {"wishes": ["woman"]}}).items():
        client.post(f"/requests/new/{draft_id}/{step}", data=typed)
    return draft_id


def send(client: FlaskClient, draft_id: str) -> TestResponse:
    return client.post(f"/requests/new/{draft_id}/check")
