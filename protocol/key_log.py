"""The key log: an append-only hash chain of everybody's public keys, held whole by every site.

An entry is a `keys.entry` token signed by the hub. The chain hashes the tokens' bytes as they are stored,
never JSON written anew. A hub that swaps a key, drops an entry or shows two sites different logs has to sign
two things that conflict, and each site finds that with `check_extends` and `Log.check_head`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self, cast

from protocol.envelope import HUB, Message, new_claims, open_envelope, peek, sign, token_hash
from protocol.errors import KeyLogForkError, ProtocolError, UnknownKidError, UnsupportedTypeError
from protocol.key_ledger import Entry, Ledger, SubjectKeys
from protocol.keys import DictKeyring, Keyring, SealingPublicKey, SigningKey, VerifyKey
from protocol.limits import MAX_LIFETIME
from protocol.messages import keys as bodies
from protocol.messages.body import Body
from protocol.messages.enrolment import PublicKey
from protocol.strict import b64url_encode

__all__ = [
    "ANCHOR_BYTES",
    "AUDIENCE",
    "Entry",
    "Head",
    "Log",
    "SubjectKeys",
    "anchor",
    "check_extends",
    "genesis",
    "open_head",
    "open_seen",
    "sign_head",
    "sign_seen",
]

AUDIENCE = "all"
"""The `aud` of entries, heads and countersigned heads: they are the same bytes for everybody."""
ANCHOR_BYTES = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Head:
    """How long a log is, and the hash of its last entry's token (empty for an empty log)."""

    length: int
    hash: str


@dataclass(frozen=True)
class Log:
    """A verified log. Make one with `Log.load`; `Log()` is the empty one, before a site's enrolment."""

    entries: tuple[Entry, ...] = ()
    _ledger: Ledger = field(default_factory=Ledger, repr=False, compare=False)

    @classmethod
    def load(cls, tokens: Sequence[str]) -> Self:
        """The log that these entry tokens make, from the first on.

        Raises KeyLogForkError, with `seq`, for the first entry whose bytes, place, signer or meaning is wrong.
        Whether it is the right hub's log is for `anchor` (at enrolment) and `check_extends` (afterwards).
        """
        ledger = Ledger()
        entries: list[Entry] = []
        for token in tokens:
            entries.append(_read_entry(token, ledger, entries))
            ledger.apply(entries[-1])
        return cls(tuple(entries), ledger)

    def append(self, token: str) -> "Log":
        """This log with one more entry. Raises KeyLogForkError if it cannot stand next."""
        ledger = self._ledger.copy()
        entry = _read_entry(token, ledger, self.entries)
        ledger.apply(entry)
        return Log((*self.entries, entry), ledger)

    def next_token(
        self,
        hub_key: SigningKey,
        *,
        subject: str,
        action: str,
        now: datetime,
        signing_key: VerifyKey | None = None,
        sealing_key: SealingPublicKey | None = None,
        recovery_hash: str | None = None,
    ) -> str:
        """Sign the entry that would stand next; `append` checks it. `action`: `add`, `rotate` or `revoke`."""
        body = bodies.Entry(
            seq=len(self.entries),
            subject=subject,
            action=action,
            prev=self.entries[-1].hash if self.entries else None,
            signing_key=None if signing_key is None else PublicKey(**signing_key.jwk()),
            sealing_key=None if sealing_key is None else PublicKey(**sealing_key.jwk()),
            recovery_hash=recovery_hash,
        )
        return _sign_for_all(body, HUB, hub_key, now)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The entries' bytes, as they are stored and sent."""
        return tuple(entry.token for entry in self.entries)

    def head(self) -> Head:
        """Length and hash of this log."""
        return Head(len(self.entries), self.entries[-1].hash if self.entries else "")

    def anchor(self) -> str:
        """The anchor of the first entry, see the function `anchor`; KeyLogForkError for an empty log."""
        if not self.entries:
            raise KeyLogForkError("The key log is empty.")
        return anchor(self.entries[0].token)

    def up_to(self, length: int) -> "Log":
        """The log as it stood when it was `length` entries long."""
        ledger = Ledger()
        for entry in self.entries[:length]:
            ledger.apply(entry)
        return Log(self.entries[:length], ledger)

    def extends(self, other: "Log | Head") -> bool:
        """Whether the other is this log or an earlier state of it."""
        head = other.head() if isinstance(other, Log) else other
        return len(self.entries) >= head.length and self.up_to(head.length).head() == head

    def check_head(self, head: Head) -> bool:
        """True if this log holds that head, False if the head is ahead of it and entries must be fetched.
        Raises KeyLogForkError if the two conflict."""
        if head.length > len(self.entries):
            return False
        if not self.extends(head):
            raise KeyLogForkError("A signed head conflicts with the log held here.", length=head.length)
        return True

    def keyring(self, *, subject: str | None = None, length: int | None = None) -> Keyring:
        """The keys as of this log, or as of its first `length` entries: a signature is judged at the position at
        which the hub accepted it. With `subject`, only that site's (or the hub's) own keys."""
        ledger = self._ledger if length is None else self.up_to(length)._ledger
        return _LogKeyring(ledger, subject)

    def site_keys(self, site_id: str) -> SubjectKeys | None:
        """The live keys of a site (or of `hub`); None if it has none, never had or had them revoked."""
        return self._ledger.live.get(site_id)

    def live_sites(self) -> tuple[str, ...]:
        """The ids of the sites with live keys, in the order in which they came."""
        return tuple(subject for subject in self._ledger.live if subject != HUB)


@dataclass(frozen=True)
class _LogKeyring:
    ledger: Ledger
    subject: str | None

    def verify_key(self, kid: str, at: datetime | None = None) -> VerifyKey:
        key = self.ledger.verify_key(kid, at)
        if self.subject is not None and key.subject != self.subject:
            raise UnknownKidError()
        return key


def genesis(hub_key: SigningKey, *, recovery_hash: str, now: datetime) -> str:
    """The first entry: the hub's key, signed with itself, and the thumbprint of its offline recovery key."""
    return Log().next_token(
        hub_key, subject=HUB, action="add", now=now, signing_key=hub_key.public(), recovery_hash=recovery_hash
    )


def anchor(genesis_token: str) -> str:
    """The first 128 bits of the first entry's SHA-256, base64url. An enrolment code carries it, so that a
    site knows the hub before it has spoken to it."""
    return b64url_encode(sha256(genesis_token.encode()).digest()[:ANCHOR_BYTES])


def check_extends(known: Log | Head, entries: Sequence[str]) -> Log:
    """The log made of entry tokens from the hub, if it extends what was known.

    With a Log, `entries` may be the whole log or only what follows; with a Head, the whole. Raises
    KeyLogForkError for a log that is shorter, differs before the known head, or breaks a rule.
    """
    whole = not entries or _seq(entries[0]) == 0
    if isinstance(known, Log) and not whole:
        log = known
        for token in entries:
            log = log.append(token)
        return log
    if isinstance(known, Log) and not entries:
        return known
    log = Log.load(entries)
    if not log.extends(known):
        raise KeyLogForkError("The hub's key log does not extend the one known here.")
    return log


def sign_head(log: Log, hub_key: SigningKey, now: datetime) -> str:
    """A `keys.head` token for the log as it stands."""
    head = log.head()
    return _sign_for_all(bodies.Head(head.length, head.hash), HUB, hub_key, now)


def open_head(token: str, log: Log) -> Head:
    """The head in a `keys.head` token of the hub that `log` knows. Check it with `Log.check_head`."""
    body = _open_for_all(token, log.keyring(subject=HUB), bodies.Head).body
    head = cast(bodies.Head, body)
    return Head(head.length, head.hash)


def sign_seen(head_token: str, site_id: str, site_key: SigningKey, now: datetime) -> str:
    """A site's countersignature under a head that it checked."""
    return _sign_for_all(bodies.Seen(head_token), site_id, site_key, now)


def open_seen(token: str, log: Log) -> tuple[str, Head]:
    """Which site countersigned which head, both signatures verified. Check the head with `Log.check_head`."""
    message = _open_for_all(token, log.keyring(), bodies.Seen)
    return message.iss, open_head(cast(bodies.Seen, message.body).head, log)


def _sign_for_all(body: Body, iss: str, key: SigningKey, now: datetime) -> str:
    return sign(new_claims(body, iss=iss, aud=AUDIENCE, now=now, lifetime=MAX_LIFETIME), key)


def _open_for_all(token: str, keyring: Keyring, kind: type[Body]) -> Message:
    # Log tokens are kept for ever, so their expiry is not asked.
    message = open_envelope(token, keyring, _EPOCH, audience=AUDIENCE, check_expiry=False)
    if not isinstance(message.body, kind):
        raise UnsupportedTypeError(f"Here stands a {kind.TYPE}.")
    return message


def _read_entry(token: str, ledger: Ledger, before: Sequence[Entry]) -> Entry:
    seq = len(before)
    try:
        message = _open_for_all(token, _entry_keyring(token, ledger), bodies.Entry)
        body = cast(bodies.Entry, message.body)
        signing_key, sealing_key = _read_keys(body)
    except ProtocolError as error:
        raise KeyLogForkError(
            f"Entry {seq} of the key log cannot be read: {error.detail}", seq=seq, cause=error.code
        ) from None
    prev = before[-1].hash if before else None
    if body.seq != seq or body.prev != prev:
        raise KeyLogForkError(f"Entry {seq} of the key log does not follow the one before it.", seq=seq)
    return Entry(
        seq, prev, body.subject, body.action, signing_key, sealing_key, body.recovery_hash,
        message.iat, message.kid, token, token_hash(token),
    )  # fmt: skip


def _entry_keyring(token: str, ledger: Ledger) -> Keyring:
    """The keys known so far, or the key that the entry itself brings (the first entry, and a recovery)."""
    header, claims = peek(token)
    try:
        return DictKeyring([ledger.verify_key(header["kid"])])
    except UnknownKidError:
        body = claims.get("body")
        jwk = body.get("signing_key", {}) if isinstance(body, dict) else {}
        return DictKeyring([VerifyKey.from_jwk(jwk)])


def _read_keys(body: bodies.Entry) -> tuple[VerifyKey | None, SealingPublicKey | None]:
    signing_key = sealing_key = None
    if body.signing_key is not None:
        signing_key = VerifyKey(VerifyKey.from_jwk(body.signing_key.dump()).jose, subject=body.subject)
    if body.sealing_key is not None:
        sealing_key = SealingPublicKey.from_jwk(body.sealing_key.dump())
    return signing_key, sealing_key


def _seq(token: str) -> object:
    try:
        body = peek(token)[1].get("body")
    except ProtocolError:
        return None
    return body.get("seq") if isinstance(body, dict) else None
