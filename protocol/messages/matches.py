"""Matches: an inter-site match, step by step. `thid` names the match, a different one towards each site.

Home is the site of the physician who asks; the helper is the site of the supporter. Every message goes to the hub or
comes from it; home and helper never learn of each other from it.
"""

from dataclasses import dataclass
from datetime import datetime

from protocol.codes import HELPER_STATES, HOME_STATES, LANGUAGES, MODALITIES, STAGES
from protocol.messages.body import (
    Body,
    Part,
    compact,
    digest,
    identifier,
    instant,
    number,
    parts,
    word,
    words,
)

LETTERS = 3
"""Sites that letters are sealed to at once: enough to go on alone, few enough who could know."""
SHORTLIST = 50
"""Sites on a shortlist at most."""
MAX_CARD_CHARS = 4_000
MAX_IDENTITY_CHARS = 7_000


@dataclass(frozen=True)
class Request(Body):
    """Home: somebody asks for a supporter from elsewhere. Reason, wishes, language and name stay home."""

    TYPE = "match.request"
    FROM = "site"
    stage: str = word(STAGES, "Career stage of the physician.")
    modality: str = word(MODALITIES, "How they would like to talk.")
    withdrawal_hash: str = digest("SHA-256 of the physician's withdrawal secret (128 bits of its own).")


@dataclass(frozen=True)
class Candidate(Part):
    """A site that could help, with the languages spoken there."""

    site_id: str = identifier("A site of the directory.")
    languages: tuple[str, ...] = words(LANGUAGES, "Spoken by somebody at the site.")


@dataclass(frozen=True)
class Shortlist(Body):
    """Hub to home: the capable sites, best first. Home strikes the ones to avoid and seals to three."""

    TYPE = "match.shortlist"
    round: int = number("Which shortlist this is, from 1; letters name it.", least=1)
    sites: tuple[Candidate, ...] = parts(Candidate, "Best first.", most=SHORTLIST)


@dataclass(frozen=True)
class LettersWanted(Body):
    """Hub to home: the letters are used up. A whole fresh shortlist, so that nothing tells who helped or passed."""

    TYPE = "match.letters-wanted"
    round: int = number("Which shortlist this is; letters name it.", least=1)
    sites: tuple[Candidate, ...] = parts(Candidate, "Best first.", most=SHORTLIST)


@dataclass(frozen=True)
class Letter(Part):
    """The two sealed letters to one site."""

    site_id: str = identifier("To whom they are sealed.")
    thid: str = identifier(
        "Fresh for this site; also inside both letters. The hub uses it towards that site."
    )
    card: str = compact("Sealed `handover.card`.", longest=MAX_CARD_CHARS)
    identity: str = compact("Sealed `handover.identity`.", longest=MAX_IDENTITY_CHARS)


@dataclass(frozen=True)
class Letters(Body):
    """Home: letters to at most three sites, best first. None at all means: wait until offers change."""

    TYPE = "match.letters"
    FROM = "site"
    round: int = number("The shortlist that was answered.", least=1)
    letters: tuple[Letter, ...] = parts(Letter, "Best first.", most=LETTERS)
    until: datetime = instant("Expiry inside the letters (14 days by default).")


@dataclass(frozen=True)
class Proposal(Body):
    """Hub to one site: could somebody help? Comes with the card."""

    TYPE = "match.proposal"
    stage: str = word(STAGES, "Career stage of the physician.")
    modality: str = word(MODALITIES, "How they would like to talk.")
    card: str = compact("Sealed `handover.card`.", longest=MAX_CARD_CHARS)
    answer_by: datetime = instant("Silence until then is a pass (24 h by default).")


@dataclass(frozen=True)
class Accept(Body):
    """Helper: a supporter said yes to the card. Counts only while the proposal that `re` names is open."""

    TYPE = "match.accept"
    FROM = "site"


@dataclass(frozen=True)
class Pass(Body):
    """Helper: not here. A decline, silence, "nobody here" and closeness are this one message (J08, J09)."""

    TYPE = "match.pass"
    FROM = "site"


@dataclass(frozen=True)
class Release(Body):
    """Hub to the accepting site: the name, for one question. Contact details open only after the confirmation."""

    TYPE = "match.release"
    identity: str = compact("Sealed `handover.identity`.", longest=MAX_IDENTITY_CHARS)
    confirm_by: datetime = instant("Silence until then is a pass (12 h by default).")
    contact_hours: int = number("Hours for the first attempt (PSI overview: 72 h).", least=1, most=24 * 30)


@dataclass(frozen=True)
class Confirmed(Body):
    """Helper: the supporter is not close to the physician. The clock runs from the hub's commit of this."""

    TYPE = "match.confirmed"
    FROM = "site"


@dataclass(frozen=True)
class Attempted(Body):
    """Helper: a genuine attempt, a message left included. Meets the clock if timed inside the limit."""

    TYPE = "match.attempted"
    FROM = "site"
    at: datetime = instant("When the attempt was made.")


@dataclass(frozen=True)
class Reached(Body):
    """Helper: the two have spoken."""

    TYPE = "match.reached"
    FROM = "site"
    at: datetime = instant("When.")


@dataclass(frozen=True)
class Extended(Body):
    """Helper: the coordinator extends the limit, once."""

    TYPE = "match.extended"
    FROM = "site"


@dataclass(frozen=True)
class Reassigned(Body):
    """Helper: another supporter of the same site takes over; the clock starts again."""

    TYPE = "match.reassigned"
    FROM = "site"


@dataclass(frozen=True)
class Overdue(Body):
    """Hub to helper: the limit passed without an attempt. Extend once, reassign, or give it back."""

    TYPE = "match.overdue"
    due_at: datetime = instant("The limit that passed.")
    escalates_at: datetime = instant("From then it is the provincial team's (24 h later by default).")


@dataclass(frozen=True)
class Closed(Body):
    """Helper: the support has ended. No code: how it ended stays at the site."""

    TYPE = "match.closed"
    FROM = "site"


@dataclass(frozen=True)
class Withdraw(Body):
    """Home: the physician withdraws. Wins over everything later."""

    TYPE = "match.withdraw"
    FROM = "site"


@dataclass(frozen=True)
class Rematch(Body):
    """Home: the physician asks for another person. The present helper counts as passed."""

    TYPE = "match.rematch"
    FROM = "site"


@dataclass(frozen=True)
class HomeStatus(Body):
    """Hub to home: where it stands. Never where, never who."""

    TYPE = "match.status"
    state: str = word(HOME_STATES, "All that home hears.")
    at: datetime = instant("Since when.")


@dataclass(frozen=True)
class HelperStatus(Body):
    """Hub to helper: where it stands there. `ended` takes the letter, the name and the access with it."""

    TYPE = "match.helper-status"
    state: str = word(HELPER_STATES, "The helper's side of the match.")
    at: datetime = instant("Since when.")
    due_at: datetime | None = instant("Limit for the first attempt, with `in-hand`.", default=None)


BODIES: tuple[type[Body], ...] = (
    Request, Shortlist, LettersWanted, Letters, Proposal, Accept, Pass, Release, Confirmed, Attempted, Reached,
    Extended, Reassigned, Overdue, Closed, Withdraw, Rematch, HomeStatus, HelperStatus,
)  # fmt: skip
