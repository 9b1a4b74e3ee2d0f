"""Pages for those who have no account: the physician who asks, and the supporter who is asked. Made for a phone."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("public", __name__)

from site_agent.public import (  # noqa: E402, F401  (their routes hang on the blueprint above)
    agreement,
    ask,
    hand_over,
    looks,
    mine,
    mine_visit,
    notify,
    offer,
    offer_attempt,
    offer_check_in,
    offer_close,
    offer_link,
    offer_name,
    offer_pin,
    reply,
    request_again,
    request_held,
    request_link,
    request_page,
    request_stay,
    safety,
    tracker,
)
