"""What templates of these pages may call beside the shared ones."""

from __future__ import annotations

from typing import Any

from site_agent import words
from site_agent.extensions import db
from site_agent.looks import neutral_page
from site_agent.public import bp
from site_agent.services import policy
from ui.forms import phone_words


@bp.context_processor
def words_and_lines() -> dict[str, Any]:
    """Words for codes, and the lines to call now."""
    return {
        "words": words,
        "phone_words": phone_words,
        "leave_to": neutral_page,
        "programme_phone": policy.text(db.session, "programme_phone"),
        "contact_hours": policy.number(db.session, "contact_hours"),
    }
