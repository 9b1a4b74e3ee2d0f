"""What people read for the codes of a talk, and for the ways of the safety route. Translated when a page is drawn."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

LENGTH: dict[str, LazyString] = {
    "under-15": _l("Under 15 minutes"),
    "15-30": _l("15 to 30 minutes"),
    "30-45": _l("30 to 45 minutes"),
    "45-60": _l("45 minutes to an hour"),
    "over-60": _l("Over an hour"),
}

MODE: dict[str, LazyString] = {
    "phone": _l("By phone"),
    "video": _l("By video call"),
    "in-person": _l("In person"),
}

FOUND: dict[int, LazyString] = {
    1: _l("Very hard"),
    2: _l("Hard"),
    3: _l("Neither hard nor good"),
    4: _l("Good"),
    5: _l("Very good"),
}
"""How the supporter found it; never how the physician is (J06)."""

RESOURCE: dict[str, LazyString] = {
    "counselling": _l("Counselling"),
    "cbt-mindfulness": _l("Cognitive behavioural therapy or mindfulness"),
    "medicolegal": _l("Medicolegal advice"),
    "disclosure-coaching": _l("Coaching for disclosure and apology"),
    "time-off": _l("Help with time off"),
    "programme-line": _l("The Physician Health Program’s line"),
}

ROUTE: dict[str, LazyString] = {
    "emergency": _l("9-1-1"),
    "crisis-line": _l("9-8-8"),
    "programme-line": _l("The Physician Health Program’s line"),
    "keeper": _l("A safety keeper of this site"),
    "college": _l("The College, since patients may come to harm"),
}
"""Which way was taken, as the form asks and the keepers read it."""
