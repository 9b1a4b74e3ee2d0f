"""Whose keys are good at one point of the key log: what replaying its entries in order leads to.

Each rule that an entry must keep stands here once. A broken one is `KeyLogForkError`: a hub that writes such
an entry shows its sites a log that another site may never have seen.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from protocol.envelope import HUB
from protocol.errors import KeyLogForkError, KeyRevokedError, UnknownKidError
from protocol.keys import SealingPublicKey, VerifyKey


@dataclass(frozen=True)
class Entry:
    """One verified entry. `token` is what the chain hashes; `at` is its `iat`, the hub's time; `kid` signed it."""

    seq: int
    prev: str | None
    subject: str
    action: str
    signing_key: VerifyKey | None
    sealing_key: SealingPublicKey | None
    recovery_hash: str | None
    at: datetime
    kid: str
    token: str = field(repr=False)
    hash: str

    @property
    def kind(self) -> str:
        """`hub` or `site`: whose keys this is about."""
        return HUB if self.subject == HUB else "site"


@dataclass(frozen=True)
class SubjectKeys:
    """The live keys of a site or of the hub (which has no sealing key)."""

    subject: str
    signing: VerifyKey
    sealing: SealingPublicKey | None


@dataclass(frozen=True)
class _Known:
    key: VerifyKey
    added_at: datetime
    revoked_at: datetime | None = None


@dataclass
class Ledger:
    """The state of all keys after some entries. `apply` moves it on; everything else only reads."""

    live: dict[str, SubjectKeys] = field(default_factory=dict)
    recovery_hash: str | None = None
    _signing: dict[str, _Known] = field(default_factory=dict)
    _sealing: set[str] = field(default_factory=set)

    def copy(self) -> Self:
        """A ledger that can move on while this one stays."""
        return replace(self, live=dict(self.live), _signing=dict(self._signing), _sealing=set(self._sealing))

    def verify_key(self, kid: str, at: datetime | None = None) -> VerifyKey:
        """As `Keyring.verify_key`. A key that was rotated away is still good for what it signed; a revoked
        one only for what the hub accepted before."""
        known = self._signing.get(kid)
        if known is None or (at is not None and at < known.added_at):
            raise UnknownKidError()
        if known.revoked_at is not None and (at is None or at >= known.revoked_at):
            raise KeyRevokedError()
        return known.key

    def apply(self, entry: Entry) -> None:
        """Take one entry that stands next in the chain. Raises KeyLogForkError if it breaks a rule."""
        recovering = self._is_recovery(entry)
        self._check_signer(entry, recovering=recovering)
        if entry.recovery_hash is not None and entry.subject != HUB:
            raise _broken(entry, "only the hub has a recovery key")
        if recovering:
            self._revoke(entry)
        {"add": self._add, "rotate": self._rotate, "revoke": self._take_away}[entry.action](entry)
        self.recovery_hash = entry.recovery_hash or self.recovery_hash

    def _is_recovery(self, entry: Entry) -> bool:
        # The offline key takes over by signing its own entry; its thumbprint was named beforehand. Once it is
        # the live key, it turns itself over like any other.
        hub = self.live.get(HUB)
        taking_over = hub is not None and entry.kid == self.recovery_hash != hub.signing.kid()
        return taking_over and entry.subject == HUB and entry.action == "rotate"

    def _check_signer(self, entry: Entry, *, recovering: bool) -> None:
        hub = self.live.get(HUB)
        if hub is not None and not recovering and entry.kid != hub.signing.kid():
            raise _broken(entry, "it is not signed with the hub's live key")
        if (hub is None or recovering) and (
            entry.signing_key is None or entry.kid != entry.signing_key.kid()
        ):
            raise _broken(entry, "it is not signed with the key that it brings")
        if hub is None and (entry.subject != HUB or entry.action != "add" or entry.recovery_hash is None):
            raise _broken(entry, "the first entry brings the hub's key and names its recovery key")

    def _add(self, entry: Entry) -> None:
        if entry.subject in self.live:
            raise _broken(entry, "its subject has keys already")
        if entry.signing_key is None or (entry.sealing_key is None) != (entry.subject == HUB):
            raise _broken(entry, "a site brings both keys, the hub a signing key only")
        self._bring(entry, entry.signing_key, entry.sealing_key)

    def _rotate(self, entry: Entry) -> None:
        before = self._live_keys(entry)
        if entry.signing_key is None and entry.sealing_key is None:
            raise _broken(entry, "it brings no key")
        if entry.subject == HUB and entry.sealing_key is not None:
            raise _broken(entry, "the hub has no sealing key")
        self._bring(entry, entry.signing_key or before.signing, entry.sealing_key or before.sealing)

    def _take_away(self, entry: Entry) -> None:
        self._live_keys(entry)
        if entry.subject == HUB:
            raise _broken(entry, "the hub's key is replaced, never only revoked")
        if entry.signing_key is not None or entry.sealing_key is not None:
            raise _broken(entry, "a revocation brings no key")
        self._revoke(entry)
        del self.live[entry.subject]

    def _bring(self, entry: Entry, signing: VerifyKey, sealing: SealingPublicKey | None) -> None:
        if entry.signing_key is not None:
            kid = entry.signing_key.kid()
            if kid in self._signing:
                raise _broken(entry, "its signing key stood in the log before")
            self._signing[kid] = _Known(signing, entry.at)
        if entry.sealing_key is not None:
            if entry.sealing_key.kid() in self._sealing:
                raise _broken(entry, "its sealing key stood in the log before")
            self._sealing.add(entry.sealing_key.kid())
        self.live[entry.subject] = SubjectKeys(entry.subject, signing, sealing)

    def _revoke(self, entry: Entry) -> None:
        for kid, known in self._signing.items():
            if known.key.subject == entry.subject and known.revoked_at is None:
                self._signing[kid] = replace(known, revoked_at=entry.at)

    def _live_keys(self, entry: Entry) -> SubjectKeys:
        keys = self.live.get(entry.subject)
        if keys is None:
            raise _broken(entry, "its subject has no live keys")
        return keys


def _broken(entry: Entry, why: str) -> KeyLogForkError:
    return KeyLogForkError(f"Entry {entry.seq} of the key log cannot stand: {why}.", seq=entry.seq)
