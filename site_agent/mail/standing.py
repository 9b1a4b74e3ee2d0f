"""Whether mail can leave this machine, and what a page may say of a mail that it has just queued."""

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from site_agent.mail.sender import is_configured

WAITS = _l(
    "Mail is not connected yet: the message waits here and goes as soon as it is (Settings, mail server)."
)
"""For whoever is at the desk."""
WAITS_FOR_VISITOR = _l("Mail is not connected yet: the message waits here and goes as soon as it is.")
"""For a supporter, who has no settings to go to."""


def is_connected() -> bool:
    """Whether the current app has a mail server, or the folder of a rehearsal."""
    return is_configured(current_app.extensions["agent_config"])


def said(on_its_way: str | LazyString) -> str:
    """`on_its_way` if that is so; otherwise that the mail waits, and what it waits for."""
    return str(on_its_way) if is_connected() else str(WAITS)
