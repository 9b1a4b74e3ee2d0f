"""What the pages know of the link to the hub. Pages never import the wire itself: they ask `hub_link()`.

All of it works with the hub away, except `begin` and `check`, which ask the hub.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, cast

from flask import current_app
from flask_babel import LazyString

from site_agent.models import AnySession

EXTENSION = "hub_link"


@dataclass(frozen=True)
class Trouble:
    """`what` happened and how to `mend` it, each in plain words."""

    what: LazyString
    mend: LazyString


@dataclass(frozen=True)
class Failure:
    """Why a step of an enrolment failed. `field` is the answer to mark: `code`, `hub_url`, or None."""

    code: str
    field: str | None
    trouble: Trouble


@dataclass(frozen=True)
class Standing:
    """How the enrolment stands: none, begun, pending, approved or refused. `words` are there as soon as they can be
    compared; `error_code` says why the last step did not work."""

    state: str
    hub_url: str
    words: tuple[str, ...]
    error_code: str | None
    changed_at: datetime | None


@dataclass(frozen=True)
class LinkStatus:
    """How the link stands. `waiting` and `dead` are counts of messages; `last_ok_at` is the last exchange that went
    well; `pending`: the hub takes nothing from this site before somebody there acts; while `alarm` stands no letter
    is sealed; `trouble` puts the alarm or the last error into words; `left`: the hub has ended this site's part."""

    connected: bool
    waiting: int
    dead: int
    last_ok_at: datetime | None
    alarm: str | None
    pending: bool
    code: str | None
    trouble: Trouble | None
    left: bool = False


@dataclass(frozen=True)
class Tried:
    """What one try to reach the hub came to: `reached`, `refused` or `unreachable`, each with its `trouble` but the
    first; `no-answer` yet. `again_in` is how long until the next try by itself."""

    outcome: str
    trouble: Trouble | None
    again_in: timedelta


@dataclass(frozen=True)
class DeadLetter:
    """A message that the hub refused. `row_id` is what `send_again` and `dismiss` take; `comes_back`: taken off the
    list, what it was about waits here again."""

    row_id: int
    type: str
    queued_at: datetime | None
    refused_at: datetime | None
    code: str
    trouble: Trouble
    comes_back: bool = False


@dataclass(frozen=True)
class WaitingMessage:
    """A message without a receipt. `cancellable`: the network never had it, and its effect here can be undone."""

    row_id: int
    type: str
    queued_at: datetime | None
    cancellable: bool


class HubLink(Protocol):
    """The link, for pages and for the demo."""

    errors: tuple[type[Exception], ...]
    """What `begin` and `check` raise on bad input, a bad line or a refusal."""

    def begin(self, session: AnySession, code_text: str, hub_url: str, now: datetime) -> Standing:
        """Present an enrolment code to the hub at this address. Commits as it goes; raises `errors`."""
        ...

    def check(self, session: AnySession, now: datetime) -> Standing:
        """Ask how the approval stands. Commits as it goes; raises `errors`."""
        ...

    def standing(self, session: AnySession) -> Standing:
        """How the enrolment stands, without asking the hub."""
        ...

    def failure(self, error: Exception) -> Failure:
        """What one of `errors` means for the person at the form."""
        ...

    def status(self, session: AnySession, now: datetime) -> LinkStatus:
        """How the link stands at this moment."""
        ...

    def log_words(self, session: AnySession) -> tuple[str, ...]:
        """The six words of the key log as it is held here; none while an alarm stands, which asks for them."""
        ...

    def trouble(self, code: str) -> Trouble:
        """The words for a code."""
        ...

    def dead_letters(self, session: AnySession) -> Sequence[DeadLetter]:
        """What the hub refused and a person should look at, oldest first."""
        ...

    def waiting(self, session: AnySession) -> Sequence[WaitingMessage]:
        """What has no receipt yet, in the order in which it goes."""
        ...

    def send_again(self, session: AnySession, row_id: int, now: datetime) -> bool:
        """Say a refused message again, as a new one. False if it is no dead letter any more. Never commits."""
        ...

    def dismiss(self, session: AnySession, row_id: int, now: datetime) -> bool:
        """The matter is settled otherwise: take it off the list. False if it is not there. Never commits."""
        ...

    def cancel(self, session: AnySession, row_id: int, now: datetime) -> bool:
        """Take back a message that the network never had, and its effect here. False, and no change, if it may have
        been sent. Never commits."""
        ...

    def wake(self) -> None:
        """A person acted: exchange at once, and quickly for a minute. Call it after the commit."""
        ...

    def try_now(self) -> Tried:
        """A person asks for an exchange and waits some seconds for what comes of it. Call it after the commit."""
        ...

    def clear_alarm(self, session: AnySession, words: str, now: datetime, by: str) -> None:
        """End an alarm, if the log that the hub shows verifies and `words` are its six. Commits; raises `errors`."""
        ...


def hub_link() -> HubLink:
    """The link of the current app."""
    return cast(HubLink, current_app.extensions[EXTENSION])
