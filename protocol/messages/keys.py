"""Keys: the append-only chain of everybody's public keys, which every site holds whole and checks.

An entry is a token signed by the hub; the chain hashes the tokens' bytes. A head names how long the chain is. Sites
countersign the heads that they checked (`keys.seen`), and every poll brings the others': a hub that shows two logs
has signed two heads that conflict.
"""

from dataclasses import dataclass

from protocol.messages.body import Body, compact, digest, number, part, text, word
from protocol.messages.enrolment import PublicKey


@dataclass(frozen=True)
class Entry(Body):
    """One line of the chain. The first is the hub's own and names the hash of its offline recovery key."""

    TYPE = "keys.entry"
    seq: int = number("Place in the chain, from 0.")
    subject: str = text("A site id, or `hub`.", longest=22)
    action: str = word(
        ("add", "rotate", "revoke"), "`add` and `rotate` bring keys; `revoke` takes them away."
    )
    prev: str | None = digest("SHA-256 of the token before; absent in the first.", default=None)
    signing_key: PublicKey | None = part(PublicKey, "Ed25519; absent when revoked.", default=None)
    sealing_key: PublicKey | None = part(
        PublicKey, "X25519; absent for the hub and when revoked.", default=None
    )
    recovery_hash: str | None = digest(
        "Thumbprint of the hub's offline recovery key: in the first entry, and where another is named.",
        default=None,
    )


@dataclass(frozen=True)
class Head(Body):
    """How long the chain is and the hash of its last token. Signed by the hub."""

    TYPE = "keys.head"
    length: int = number("Number of entries.", least=1)
    hash: str = digest("SHA-256 of the last entry's token.")


@dataclass(frozen=True)
class Seen(Body):
    """A site's countersignature: it checked this head against the chain that it holds."""

    TYPE = "keys.seen"
    FROM = "site"
    head: str = compact("The hub's `keys.head` token.", longest=1_500)


BODIES: tuple[type[Body], ...] = (Entry, Head, Seen)
