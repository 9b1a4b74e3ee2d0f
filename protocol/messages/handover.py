"""Handover: what only the helping site can read. Each is a signed message sealed to that one site.

The hub carries them and never holds a key that opens one. The card comes with the proposal, the identity only
after an acceptance.
"""

from dataclasses import dataclass

from protocol.codes import CONTACT_TIMES, CONTACT_WAYS, LANGUAGES, MODALITIES, POSTS, REASONS, STAGES, WISHES
from protocol.messages.body import Body, text, word, words


@dataclass(frozen=True)
class Card(Body):
    """Why, in codes, and which supporters must not be asked. No name, nothing that tells who."""

    TYPE = "handover.card"
    FROM = "letter"
    reason: str = word(REASONS, "Why, as the physician ticked it.")
    stage: str = word(STAGES, "Career stage.")
    language: str = word(LANGUAGES, "The language wished for.")
    modality: str = word(MODALITIES, "How they would like to talk.")
    wishes: tuple[str, ...] = words(WISHES, "Met if possible, never promised.")
    posts: tuple[str, ...] = words(POSTS, "Posts whose holders assess this physician: never asked (J10).")


@dataclass(frozen=True)
class Identity(Body):
    """Who, and how to reach them safely."""

    TYPE = "handover.identity"
    FROM = "letter"
    name: str = text("The physician's name.", longest=120)
    ways: tuple[str, ...] = words(CONTACT_WAYS, "Safe ways to reach them.")
    times: tuple[str, ...] = words(CONTACT_TIMES, "Safe times to reach them.")
    phone: str | None = text("E.164, for example +12505550142.", longest=20, default=None)
    email: str | None = text("An e-mail address.", longest=254, default=None)


BODIES: tuple[type[Body], ...] = (Card, Identity)
