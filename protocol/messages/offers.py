"""Offers: what a site could take on, in bands and sets for the whole site (N06).

Bands and site-wide sets, because "late career, Punjabi, one free" is a person with a public photo.
"""

from dataclasses import dataclass
from datetime import datetime

from protocol.codes import CAPACITY_BANDS, LANGUAGES, MODALITIES, STAGES
from protocol.messages.body import Body, Part, instant, parts, word, words


@dataclass(frozen=True)
class StageBand(Part):
    """How many more requests by a physician of this stage the site could take."""

    stage: str = word(STAGES, "Stage of the physician who would ask, not of a supporter.")
    open: str = word(CAPACITY_BANDS, "Open places, in a band.")


@dataclass(frozen=True)
class Capacity(Body):
    """A site's open capacity. Sent at most weekly, or when the site pauses; it expires by itself."""

    TYPE = "offers.capacity"
    FROM = "site"
    bands: tuple[StageBand, ...] = parts(StageBand, "One band a stage.", most=len(STAGES), least=1)
    languages: tuple[str, ...] = words(LANGUAGES, "Spoken by somebody at the site.")
    modalities: tuple[str, ...] = words(MODALITIES, "Offered by somebody at the site.", least=1)
    until: datetime = instant("The hub stops counting on it then.")


BODIES: tuple[type[Body], ...] = (Capacity,)
