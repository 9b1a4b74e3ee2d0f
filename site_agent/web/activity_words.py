"""What the log of who opened what says, for each of its codes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from site_agent.words import Words

WHAT: Words = {
    "request-opened": _l("Opened a request with its name"),
    "name-opened": _l("Opened a name that was closed"),
    "match-opened": _l("Opened a match from elsewhere with its name"),
    "outreach-opened": _l("Opened whom to reach out to"),
    "held-printed": _l("Opened everything held"),
    "stays-here": _l("Noted a physician’s word to be helped from here, which opens the name"),
    "roster-exported": _l("Downloaded the list of supporters"),
    "policy-changed": _l("Changed the policy"),
    "hold-set": _l("Set a legal hold"),
    "hold-lifted": _l("Lifted a legal hold"),
    "safety-opened": _l("Opened the safety reports"),
    "pin-reset": _l("Reset a supporter’s PIN"),
    "alarm-cleared": _l("Ended an alarm about the hub’s keys"),
    "people-changed": _l("Changed an account or its roles"),
    "email-changed": _l("Changed the email address of an account"),
}
"""One for each code of `models.activity.CODES`."""

OF_A_CASE = (
    "request-opened",
    "name-opened",
    "match-opened",
    "outreach-opened",
    "held-printed",
    "stays-here",
    "hold-set",
    "hold-lifted",
)
"""Codes of lines that name a case as long as it is not erased."""

OPENED: Words = {
    "name-opened": _l("%(who)s opened the name"),
    "request-opened": _l("%(who)s opened the request"),
    "match-opened": _l("%(who)s opened the page of the match"),
    "held-printed": _l("%(who)s opened everything held"),
    "stays-here": _l("%(who)s noted that the physician agreed by phone to be helped from here"),
}
"""The same on the sheet of one case, by role."""
