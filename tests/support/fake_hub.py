"""A hub of a few lines for tests of the link: it keeps to the protocol, and breaks it where a test says so.

It is a `Transport`, so nothing of HTTP is involved. The real hub plays its part in `tests/federation`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from protocol.enrolment_code import EnrolmentCode
from protocol.envelope import (
    HUB,
    MAX_LIFETIME,
    Claims,
    Message,
    check_fresh,
    new_claims,
    new_id,
    open_envelope,
    open_self_signed,
    sign,
    token_hash,
)
from protocol.errors import CodeUnknownError, NumberGapError
from protocol.key_log import Log, genesis, sign_head
from protocol.keys import SealingKey, SealingPublicKey, SigningKey
from protocol.messages.body import Body
from protocol.messages.enrolment import Begin, Challenge, Prove, Result
from protocol.messages.transport import Batch, Numbered, Poll, Receipt, Submit
from protocol.sealing import seal_bytes
from site_agent.link.errors import HubUnreachableError
from ui.clock import Clock

Verdict = dict[str, Any]
"""Members of a receipt: outcome, code, state."""


def accept_all(message: Message) -> Verdict:
    return {"outcome": "accepted"}


@dataclass
class FakeHub:
    """`judge` decides on each token. `trouble` holds errors that the next calls raise, first one first."""

    clock: Clock
    key: SigningKey = field(default_factory=SigningKey.generate)
    recovery: SigningKey = field(default_factory=SigningKey.generate)
    judge: Callable[[Message], Verdict] = accept_all
    approved: bool = False
    offset: timedelta = timedelta(0)
    """This hub's clock minus the test's."""

    def __post_init__(self) -> None:
        token = genesis(self.key, recovery_hash=self.recovery.kid(), now=self.now())
        self.log = Log.load([token])
        self.code = EnrolmentCode.new(token)
        self.site_id = new_id()
        self.nonce, self.opened = new_id(), new_id()
        self.taken: list[tuple[str, str]] = []
        """Tokens in the order of their numbers, with their receipts."""
        self.messages_: list[str] = []
        self.cursor = 0
        self.heads: list[str] = []
        self.seen: str | None = None
        self.calls: list[tuple[str, Any]] = []
        self.trouble: list[Exception] = []
        self.edit: Callable[[str, dict[str, Any]], None] = lambda door, answer: None
        """Changes an answer on its way: for hubs that lie."""
        self.skipped = 0
        """By how much the numbers of its messages are too high."""
        self.lose_answers = 0
        """How many answers are lost after the hub has committed."""

    def now(self) -> datetime:
        return self.clock.now() + self.offset

    # what a test does to it

    def say(
        self, body: Body, thid: str | None = None, *, key: SigningKey | None = None, **changes: Any
    ) -> Claims:
        """Queue a message for the site."""
        claims = self.claims(body, thid)
        for name, value in changes.items():
            object.__setattr__(claims, name, value)
        self.messages_.append(sign(claims, key or self.key))
        return claims

    def claims(self, body: Body, thid: str | None = None) -> Claims:
        return new_claims(body, iss=HUB, aud=self.site_id, now=self.now(), lifetime=MAX_LIFETIME, thid=thid)

    def admit(self, signing: SigningKey, sealing: SealingKey, site_id: str | None = None) -> None:
        """Put a site's keys into the log."""
        self.append(
            subject=site_id or self.site_id,
            action="add",
            signing_key=signing.public(),
            sealing_key=sealing.public(),
        )

    def append(self, **entry: Any) -> None:
        self.log = self.log.append(self.log.next_token(self.key, now=self.now(), **entry))

    def opened_messages(self) -> list[Message]:
        """What the site said, in the order of its numbers."""
        return [self._open(token) for token, _ in self.taken]

    # the doors

    def hub(self) -> dict[str, Any]:
        self._called("hub", None)
        answer = {
            "versions": [1],
            "key": self.key.public().jwk(),
            "log": list(self.log.tokens),
            "head": sign_head(self.log, self.key, self.now()),
            "heads": list(self.heads),
            "limits": {},
            "server_time": int(self.now().timestamp()),
        }
        return self._answered("hub", answer)

    def enrol(self, token: str) -> str:
        self._called("enrol", token)
        message = open_self_signed(token, self.now(), HUB)
        check_fresh(message, self.now())
        body = message.body
        if isinstance(body, Begin):
            if body.code != self.code.secret_text:
                raise CodeUnknownError()
            sealed = seal_bytes(self.opened.encode(), SealingPublicKey.from_jwk(body.sealing_key.dump()))
            return self._token(Challenge(self.site_id, self.nonce, sealed), "new", message.jti)
        assert isinstance(body, Prove)
        assert (body.nonce, body.opened) == (self.nonce, self.opened)
        state = "approved" if self.approved else "pending"
        return self._token(Result(self.site_id, state, self.now()), self.site_id, message.jti)

    def messages(self, posted: dict[str, Any]) -> dict[str, Any]:
        posted = json.loads(json.dumps(posted))
        self._called("messages", posted)
        submit = self._wrapper(posted["wrapper"], Submit).body
        assert isinstance(submit, Submit)
        numbers = [each.n for each in submit.tokens]
        assert numbers == list(range(numbers[0], numbers[-1] + 1)), "numbers of a POST follow each other"
        assert [each.hash for each in submit.tokens] == [token_hash(token) for token in posted["tokens"]]
        if numbers[0] > len(self.taken) + 1:
            raise NumberGapError(expected=len(self.taken) + 1)
        receipts = [self._take(n, token) for n, token in zip(numbers, posted["tokens"], strict=True)]
        return self._answered("messages", {"receipts": receipts})

    def poll(self, posted: dict[str, Any]) -> dict[str, Any]:
        posted = json.loads(json.dumps(posted))
        self._called("poll", posted)
        message = self._wrapper(posted["wrapper"], Poll)
        body = message.body
        assert isinstance(body, Poll)
        assert self.cursor <= body.cursor <= len(self.messages_)
        self.cursor, self.seen = body.cursor, body.seen
        tokens = self.messages_[body.cursor : body.cursor + body.max]
        batch = Batch(
            tuple(
                Numbered(n, token_hash(token))
                for n, token in enumerate(tokens, body.cursor + 1 + self.skipped)
            ),
            int(len(self.messages_) > body.cursor + len(tokens)),
            len(self.log.entries),
            len(self.heads),
        )
        answer = {
            "batch": self._token(batch, self.site_id, message.jti),
            "messages": tokens,
            "entries": list(self.log.tokens[body.log_length :]),
            "head": sign_head(self.log, self.key, self.now()),
            "heads": self.heads[body.heads_cursor :],
        }
        return self._answered("poll", answer)

    def _take(self, n: int, token: str) -> str:
        if n <= len(self.taken):
            kept, receipt = self.taken[n - 1]
            assert kept == token, "the same number came with other bytes"
            return receipt
        message = self._open(token)
        verdict = self.judge(message)
        body = Receipt(n=n, hash=token_hash(token), committed_at=self.now(), **verdict)
        self.taken.append((token, self._token(body, self.site_id, message.jti)))
        return self.taken[-1][1]

    def _wrapper(self, token: str, kind: type[Body]) -> Message:
        message = self._open(token)
        assert isinstance(message.body, kind)
        check_fresh(message, self.now())
        return message

    def _open(self, token: str) -> Message:
        return open_envelope(
            token, self.log.keyring(subject=self.site_id), self.now(), audience=HUB, check_expiry=False
        )

    def _token(self, body: Body, aud: str, re: str) -> str:
        claims = new_claims(body, iss=HUB, aud=aud, now=self.now(), lifetime=MAX_LIFETIME, re=re)
        return sign(claims, self.key)

    def _called(self, door: str, posted: Any) -> None:
        self.calls.append((door, posted))
        if self.trouble:
            raise self.trouble.pop(0)

    def _answered(self, door: str, answer: dict[str, Any]) -> dict[str, Any]:
        if self.lose_answers:
            self.lose_answers -= 1
            raise LostAnswerError
        self.edit(door, answer)
        return answer


class LostAnswerError(HubUnreachableError):
    """The hub has committed, but nobody hears of it."""
