"""A request as a coordinator types it, question by question."""

from typing import Any

from tests.support.desk import OTHERS

DOOR = {
    "door": "paper",
    "received_at-day": "2",
    "received_at-month": "11",
    "received_at-year": "2026",
    "received_at-time": "4:40 pm",
}
ANSWERS: dict[str, dict[str, Any]] = {
    "stage": {"stage": "mid"},
    "reason": {"reason": "complaint"},
    "modality": {"modality": "phone"},
    "language": {"language": "fr"},
    "wishes": {"wishes": ["woman", "same-background"]},
    "posts": {"posts": ["department-head"]},
    "avoid": {"avoid": [min(OTHERS)]},
    "contact": {
        "name": "Dr. Wren Canary",
        "phone": "250 555 0142",
        "ways": ["call"],
        "times": ["evening"],
        "email": "",
    },
    "place": {"place": "elsewhere"},
    "few": {"few": "wait"},
}
