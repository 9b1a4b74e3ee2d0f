"""Transport: how messages travel. The agent always calls; the hub only answers.

`submit` and `poll` are wrappers, signed afresh for each attempt and asked for freshness. `receipt` and `batch` are
the hub's signed answers. `void`, `nack` and `hello` are ordinary messages.
"""

from dataclasses import dataclass
from datetime import datetime

from protocol.messages.body import Body, Part, compact, digest, identifier, instant, number, parts, word

MAX_TOKENS = 50
"""Tokens in one POST or one poll reply."""
MAX_HEAD_CHARS = 2_000


@dataclass(frozen=True)
class Numbered(Part):
    """A number of an outbox and the hash of the token that holds it."""

    n: int = number("Number in the sender's outbox, counting from 1 within an epoch.", least=1)
    hash: str = digest("SHA-256 of the token's ASCII bytes.")


@dataclass(frozen=True)
class Submit(Body):
    """The wrapper of `POST /v1/messages`: which tokens, under which numbers."""

    TYPE = "transport.submit"
    FROM = "site"
    epoch: int = number("The sender's epoch: a restored agent starts a new one.", least=1)
    tokens: tuple[Numbered, ...] = parts(
        Numbered, "The tokens of this POST, in order.", most=MAX_TOKENS, least=1
    )


@dataclass(frozen=True)
class Poll(Body):
    """The wrapper of `POST /v1/poll`. Its cursor acknowledges: all up to it is committed at the site."""

    TYPE = "transport.poll"
    FROM = "site"
    epoch: int = number("The sender's epoch.", least=1)
    cursor: int = number("Number of the last message that the site has committed; 0 at first.")
    max: int = number("How many messages to send at most; 0 only acknowledges.", most=MAX_TOKENS)
    log_length: int = number("How many entries of the key log the site holds.")
    heads_cursor: int = number("Where the site stands in the list of other sites' countersigned heads.")
    seen: str | None = compact(
        "A `keys.seen` token: the head that the site last checked. Absent until it holds one.",
        longest=MAX_HEAD_CHARS,
        default=None,
    )


@dataclass(frozen=True)
class Batch(Body):
    """The hub's signed answer to a poll: which messages stand beside it, and how far the key log goes."""

    TYPE = "transport.batch"
    tokens: tuple[Numbered, ...] = parts(Numbered, "The messages of this answer, in order.", most=MAX_TOKENS)
    more: int = number("1 if further messages wait, else 0.", most=1)
    log_length: int = number("Length of the hub's key log.")
    heads_cursor: int = number("Send this with the next poll.")


@dataclass(frozen=True)
class Receipt(Body):
    """The hub's signed word on one token, given only after the commit. `re` is that token's `jti`."""

    TYPE = "transport.receipt"
    n: int = number("The token's number.", least=1)
    hash: str = digest("The token's hash.")
    outcome: str = word(
        ("accepted", "rejected"), "What became of it; a resend gets the stored receipt again."
    )
    committed_at: datetime = instant("The hub's time of the commit; limits run from it.")
    code: str | None = word(
        (
            "bad-token", "unknown-kid", "key-revoked", "wrong-audience", "expired", "jti-conflict",
            "unsupported-version", "unsupported-type", "schema-invalid", "too-large", "stale-state", "wrong-sender",
        ),
        "Problem code of a rejected token.",
        default=None,
    )  # fmt: skip
    state: str | None = word(
        ("looking", "proposed", "released", "in-hand", "overdue", "escalated", "in-touch", "closed", "withdrawn",
         "unmatched", "ended"),
        "The match as the hub sees it, with `stale-state`: the sender applies it.",
        default=None,
    )  # fmt: skip


@dataclass(frozen=True)
class Void(Body):
    """Takes the place of a message that was cancelled before it was delivered, so that its number is used up."""

    TYPE = "transport.void"
    FROM = "both"


@dataclass(frozen=True)
class Nack(Body):
    """A receiver could not act on a message and will not try again; it goes to staff."""

    TYPE = "transport.nack"
    FROM = "site"
    jti: str = identifier("The message that was not taken.")
    code: str = word(
        (
            "bad-token",
            "unknown-kid",
            "unsupported-type",
            "schema-invalid",
            "wrong-letter",
            "stale-state",
            "expired",
        ),
        "Why, as a problem code.",
    )


@dataclass(frozen=True)
class Hello(Body):
    """The first message of an epoch."""

    TYPE = "transport.hello"
    FROM = "site"
    epoch: int = number("The epoch that begins.", least=1)
    version: int = number("The highest protocol version that the agent speaks.", least=1)


BODIES: tuple[type[Body], ...] = (Submit, Poll, Batch, Receipt, Void, Nack, Hello)
