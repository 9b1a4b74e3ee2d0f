"""Who this site is in one exchange: its name, its keys, the hub's time, and the key log it judges by."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from protocol.envelope import HUB, MAX_LIFETIME, Message, new_claims, open_envelope, sign
from protocol.errors import UnsupportedTypeError
from protocol.key_log import Log, check_extends
from protocol.keys import SigningKey
from protocol.messages.body import Body
from site_agent import outbox
from site_agent.keys import current_keys
from site_agent.link.errors import NotEnrolledError
from site_agent.models import AnySession, Enrolment, KeyEntry, LinkState, Site
from site_agent.services import key_directory

AnyBody = TypeVar("AnyBody", bound=Body)


@dataclass(frozen=True)
class Wire:
    """Values only, read in one go: nothing here holds the database while the network is waited for."""

    site_id: str
    hub_url: str
    epoch: int
    cursor: int
    heads_cursor: int
    seen: str | None
    offset_seconds: int
    log: Log
    signing: SigningKey = field(repr=False)

    def hub_time(self, now: datetime) -> datetime:
        """What the hub's clock shows, as far as the hub's last signed word told."""
        return now + timedelta(seconds=self.offset_seconds)

    def with_offset(self, seconds: int) -> "Wire":
        """The same with another offset of the hub's clock."""
        return replace(self, offset_seconds=seconds)

    def with_log(self, log: Log) -> "Wire":
        """The same, judging by another state of the key log."""
        return replace(self, log=log)

    def wrap(self, body: Body, now: datetime) -> tuple[str, str]:
        """A wrapper signed for this attempt, by the hub's time, and its `jti`.

        It lives long, since a hub whose clock is far ahead would otherwise call it expired instead of saying by how
        much the clocks differ; that it is fresh is asked apart.
        """
        claims = new_claims(body, iss=self.site_id, aud=HUB, now=self.hub_time(now), lifetime=MAX_LIFETIME)
        return sign(claims, self.signing), claims.jti

    def open(self, token: str, now: datetime, *, check_expiry: bool = False) -> Message:
        """A token of the hub to this site. Raises as `open_envelope`."""
        return open_envelope(
            token,
            self.log.keyring(subject=HUB),
            self.hub_time(now),
            audience=self.site_id,
            check_expiry=check_expiry,
        )

    def open_body(self, token: str, kind: type[AnyBody], now: datetime) -> tuple[Message, AnyBody]:
        """The same for an answer of the hub that must be of one kind."""
        message = self.open(token, now)
        if not isinstance(message.body, kind):
            raise UnsupportedTypeError(f"Here stands a {kind.TYPE}.")
        return message, message.body


def read_wire(session: AnySession) -> Wire:
    """Who this site is now. Raises NotEnrolledError before the hub has approved it.

    Ends the transaction, so that nobody waits for this site's database while this site waits for the hub.
    """
    try:
        try:
            site_id = outbox.site_id(session)
        except outbox.NotEnrolledError as error:
            raise NotEnrolledError(str(error)) from error
        state = link_state(session)
        return Wire(
            site_id=site_id,
            hub_url=hub_url(session),
            epoch=state.epoch,
            cursor=state.cursor,
            heads_cursor=state.heads_cursor,
            seen=state.seen,
            offset_seconds=state.hub_offset_seconds,
            log=key_directory.log(session),
            signing=current_keys().signing,
        )
    finally:
        session.commit()


def link_state(session: AnySession) -> LinkState:
    """The one row of link_state, made if there is none."""
    state = session.get(LinkState, 1)
    if state is None:
        state = LinkState(id=1)
        session.add(state)
        session.flush()
    return state


def hub_url(session: AnySession) -> str:
    """Where the hub is: as enrolled, else as the site's settings say."""
    enrolment, site = session.get(Enrolment, 1), session.get(Site, 1)
    return (enrolment.hub_url if enrolment else "") or (site.hub_url if site else "")


def add_entries(session: AnySession, log: Log, tokens: Sequence[str]) -> Log:
    """Append verified entries to the stored copy and return the longer log; never changes an entry.

    Raises KeyLogForkError if they do not extend it.
    """
    longer = check_extends(log, tokens)
    for entry in longer.entries[len(log.entries) :]:
        session.add(KeyEntry(seq=entry.seq, token=entry.token, hash=entry.hash))
    session.flush()
    return longer
