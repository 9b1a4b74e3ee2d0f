"""Letters to the sites that may help: who is left after the physician's wishes, and two sealed letters to each.

Afterwards home forgets: nothing here writes down which sites were chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from protocol.envelope import new_claims, new_id
from protocol.keys import SealingPublicKey
from protocol.messages.body import Body
from protocol.messages.handover import Card, Identity
from protocol.messages.matches import LETTERS, Candidate, Letter
from protocol.sealing import CARD_BYTES, IDENTITY_BYTES, seal_letter
from site_agent import outbox
from site_agent.keys import current_keys
from site_agent.models import AnySession
from site_agent.services import key_directory


@dataclass(frozen=True)
class Chosen:
    """A site that may be written to, and the key from our own copy of the log."""

    site_id: str
    key: SealingPublicKey


def choose(
    session: AnySession, sites: Sequence[Candidate], language: str, avoid: Sequence[str]
) -> list[Chosen]:
    """The first three of the hub's ranking that the physician does not avoid, that speak the language, and whose
    keys this site knows from its own log."""
    own = outbox.site_id(session)
    chosen: list[Chosen] = []
    for site in sites:
        if site.site_id == own or site.site_id in avoid or language not in site.languages:
            continue
        key = key_directory.sealing_key(session, site.site_id)
        if key is not None and site.site_id not in {each.site_id for each in chosen}:
            chosen.append(Chosen(site.site_id, key))
    return chosen[:LETTERS]


def write(
    session: AnySession,
    to: Sequence[Chosen],
    card: Card,
    identity: Identity,
    *,
    now: datetime,
    lifetime: timedelta,
) -> tuple[Letter, ...]:
    """The letters, with a fresh id for each site: nobody can tell from it that two belong to one match."""
    sender = outbox.site_id(session)
    signing = current_keys().signing

    def seal(body: Body, site: Chosen, thid: str, size: int) -> str:
        claims = new_claims(body, iss=sender, aud=site.site_id, now=now, lifetime=lifetime, thid=thid)
        return seal_letter(claims, signing, site.key, size)

    letters = []
    for site in to:
        thid = new_id()
        letters.append(
            Letter(
                site_id=site.site_id,
                thid=thid,
                card=seal(card, site, thid, CARD_BYTES),
                identity=seal(identity, site, thid, IDENTITY_BYTES),
            )
        )
    return tuple(letters)
