"""What a physician reads for a code about themselves, where the words of `site_agent.words` speak of somebody else."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from site_agent.words import CONTACT_TIME, CONTACT_WAY, POST, WISH, Words, language, language_choices, listed
from site_agent.words import MODALITY as THEIR_MODALITY
from site_agent.words import ORIGIN as THEIR_ORIGIN
from site_agent.words import REASON as THEIR_REASON
from site_agent.words import STAGE as THEIR_STAGE
from site_agent.words_doors import HINT

__all__ = [
    "CONTACT_TIME",
    "CONTACT_WAY",
    "FEW",
    "HINT",
    "MODALITY",
    "ORIGIN",
    "PLACE",
    "POST",
    "REASON",
    "STAGE",
    "WISH",
    "language",
    "language_choices",
    "listed",
]

REASON: Words = {**THEIR_REASON, "life-stressor": _l("Something hard in my own life")}
ORIGIN: Words = {
    **THEIR_ORIGIN,
    "self": _l("My own idea"),
    "division": _l("My Division of Family Practice"),
    "msa": _l("My Medical Staff Association"),
}
STAGE: Words = {**THEIR_STAGE, "unknown": _l("Rather not say")}
MODALITY: Words = {**THEIR_MODALITY, "any": _l("Any way, we will agree on it")}
PLACE: Words = {
    "elsewhere": _l("From elsewhere"),
    "here": _l("From my own site"),
}
FEW: Words = {
    "send": _l("Send it all the same"),
    "wait": _l("Wait until more places can help"),
}
