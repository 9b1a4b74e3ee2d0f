"""The coded vocabularies that cross the wire. A code is never reworded and never reused for another meaning.

Words for people (and their translations) live in the apps; here is only what a message may hold. Requirement
numbers and sources: PSI overview ("When might someone benefit", "Matching peer supporters"); D03 to D07, E01, F02.
"""

STAGES = ("learner", "early", "mid", "late", "unknown")
"""Career stage of the physician who asks. Order matters for `learner` to `late`: a later one is more senior."""

MODALITIES = ("any", "in-person", "phone", "video")
"""How the two would like to talk; `any` leaves it to them (PSI overview: mutually decided)."""

REASONS = (
    "adverse-event",
    "complaint",
    "conflict",
    "life-stressor",
    "burnout",
    "change-at-work",
    "discrimination",
    "being-sued",
    "loss",
    "not-said",
)
"""Seven reasons of the PSI overview, being sued and a loss (Brigham CPPS), and "rather not say"."""

ORIGINS = ("self", "colleague", "division", "msa", "doctors-of-bc", "php", "cmpa")
"""Who prompted the physician to ask (PSI overview, "Reach-In"): oneself, or one of six parties."""

WISHES = (
    "woman",
    "man",
    "same-specialty",
    "other-specialty",
    "same-background",
    "similar-experience",
    "other-hospital",
)
"""What may be met but is never promised (PSI overview, "Matching peer supporters")."""

POSTS = (
    "supervisor",
    "department-head",
    "quality-officer",
    "chief-of-staff",
    "chief-medical-officer",
    "medical-director",
    "programme-director",
    "college-assessor",
)
"""Posts whose holders assess a physician's work and may never support them (PSI overview; Brigham CPPS)."""

LANGUAGES = (
    "en", "fr", "pa", "yue", "cmn", "hi", "ur", "fa", "ar", "es", "pt", "de", "it", "nl", "pl",
    "ru", "uk", "ko", "ja", "tl", "vi", "ta", "gu", "bn", "sw", "he", "el", "ro", "af", "ase",
)  # fmt: skip
"""BCP 47 tags of the languages a supporter may offer (`ase` is American Sign Language)."""

CONTACT_WAYS = ("call", "text", "voicemail", "email")
"""Ways in which the physician says it is safe to be reached."""

CONTACT_TIMES = ("morning", "midday", "afternoon", "evening", "weekend", "any-time")
"""Times at which the physician says it is safe to be reached, in the physician's own local time."""

CAPACITY_BANDS = ("0", "1-2", "3+")
"""Open places told to the hub in bands only: an exact number can be a person (N06)."""

HOME_STATES = ("looking", "in-hand", "in-touch", "closed", "withdrawn", "unmatched")
"""All that the home site ever hears of a match: never where, never who."""

HELPER_STATES = ("proposed", "released", "in-hand", "overdue", "escalated", "in-touch", "closed", "ended")
"""What the helping site hears of a match; `ended` covers withdrawn, passed and taken back alike."""
