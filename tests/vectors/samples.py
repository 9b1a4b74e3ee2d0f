"""A body or two of every message type, from its smallest form to one with every member."""

from datetime import timedelta

from protocol import codes
from protocol.envelope import HUB, token_hash
from protocol.limits import CARD_BYTES, IDENTITY_BYTES
from protocol.messages import directory, enrolment, handover, keys, matches, offers, transport
from protocol.messages.body import Body
from tests.support.forge import NOW, b64, fixed_id, fixed_sealing_key, fixed_signing_key, forge_seal
from tests.vectors.cases import HELPER, HOME, HUB_KEY, OTHER, SITE_KEY
from tests.vectors.letters import letter
from tests.vectors.signed import sample_token

LATER = NOW + timedelta(hours=24)
HASH = token_hash("a token")
_NEW = fixed_signing_key("newcomer").public().jwk()
_NEW_SEAL = fixed_sealing_key("newcomer").public().jwk()
_NEW_KEYS = enrolment.PublicKey(**_NEW), enrolment.PublicKey(**_NEW_SEAL)

CARD = handover.Card("burnout", "mid", "en", "video", ("woman", "other-hospital"), ("chief-of-staff",))
IDENTITY = handover.Identity(
    "Dr Zoë 李 Ōkina", ("call", "voicemail"), ("evening",), "+12505550142", "zoe@example.org"
)
_CARD_LETTER = letter(CARD, CARD_BYTES, "card")
_IDENTITY_LETTER = letter(IDENTITY, IDENTITY_BYTES, "identity")
_SITES = (
    matches.Candidate(HELPER, ("en", "pa")),
    matches.Candidate(OTHER, ()),
)
_NUMBERED = (transport.Numbered(1, HASH), transport.Numbered(2, token_hash("another")))

_CHALLENGE = forge_seal(fixed_id("opened").encode(), fixed_sealing_key("newcomer").public(), seed="challenge")
_ENROLMENT: list[tuple[str, Body]] = [
    ("a newcomer", enrolment.Begin(b64(bytes(range(16))), *_NEW_KEYS)),
    ("to a newcomer", enrolment.Challenge(HOME, fixed_id("nonce"), _CHALLENGE)),
    ("proof", enrolment.Prove(HOME, fixed_id("nonce"), fixed_id("opened"), _NEW_KEYS[0])),
    ("pending", enrolment.Result(HOME, "pending", NOW)),
    ("approved", enrolment.Result(HOME, "approved", LATER)),
]
_DIRECTORY: list[tuple[str, Body]] = [
    ("no site", directory.Sites(1, 1, 1, ())),
    ("two sites", directory.Sites(7, 2, 2, (
        directory.Site(HELPER, "Hôpital de l’Érable", "Cedar Ridge", "active"),
        directory.Site(OTHER, "Spruce Valley", "ʔaq̓am", "suspended"),
    ))),
]  # fmt: skip


def _key_log() -> list[tuple[str, Body]]:
    """A log of four entries, each naming the hash of the one before, its head, and a countersignature."""
    both = (SITE_KEY.public(), fixed_sealing_key("home").public())
    home_keys = tuple(enrolment.PublicKey(**key.jwk()) for key in both)
    second_key = enrolment.PublicKey(**fixed_signing_key("home, second").public().jwk())
    hub_key = enrolment.PublicKey(**HUB_KEY.public().jwk())
    first = keys.Entry(
        0, HUB, "add", signing_key=hub_key, recovery_hash=fixed_signing_key("hub recovery").kid()
    )
    log: list[tuple[str, Body]] = [("the first", first)]
    for name, action, brought in (
        ("a new site", "add", home_keys),
        ("a rotation", "rotate", (second_key,)),
        ("a revocation", "revoke", ()),
    ):
        log.append((name, keys.Entry(len(log), HOME, action, token_hash(sample_token(*log[-1])), *brought)))
    head = keys.Head(len(log), token_hash(sample_token(*log[-1])))
    seen = keys.Seen(sample_token("a head", head))
    return [*log, ("a head", head), ("a countersigned head", seen)]


_OFFERS: list[tuple[str, Body]] = [
    ("nothing open", offers.Capacity((offers.StageBand("unknown", "0"),), (), ("any",), LATER)),
    ("every stage", offers.Capacity(
        tuple(offers.StageBand(stage, "1-2") for stage in codes.STAGES), codes.LANGUAGES, codes.MODALITIES, LATER
    )),
]  # fmt: skip
_MATCHES: list[tuple[str, Body]] = [
    ("asked", matches.Request("late", "in-person", HASH)),
    ("nobody", matches.Shortlist(1, ())),
    ("two sites", matches.Shortlist(1, _SITES)),
    ("used up", matches.LettersWanted(2, _SITES)),
    ("wait", matches.Letters(1, (), LATER)),
    ("one site", matches.Letters(
        1, (matches.Letter(HELPER, fixed_id("thid at the helper"), _CARD_LETTER, _IDENTITY_LETTER),), LATER
    )),
    ("a card", matches.Proposal("late", "in-person", _CARD_LETTER, LATER)),
    ("yes", matches.Accept()),
    ("no", matches.Pass()),
    ("a name", matches.Release(_IDENTITY_LETTER, LATER, 72)),
    ("not close", matches.Confirmed()),
    ("a message left", matches.Attempted(NOW)),
    ("spoken", matches.Reached(NOW)),
    ("once more", matches.Extended()),
    ("somebody else here", matches.Reassigned()),
    ("late", matches.Overdue(NOW, LATER)),
    ("ended well", matches.Closed()),
    ("withdrawn", matches.Withdraw()),
    ("another person", matches.Rematch()),
    *[(state, matches.HomeStatus(state, NOW)) for state in codes.HOME_STATES],
    *[(state, matches.HelperStatus(state, NOW)) for state in codes.HELPER_STATES],
    ("in-hand, with its limit", matches.HelperStatus("in-hand", NOW, LATER)),
]  # fmt: skip
_TRANSPORT: list[tuple[str, Body]] = [
    ("two tokens", transport.Submit(1, _NUMBERED)),
    ("the first poll", transport.Poll(1, 0, 50, 0, 0)),
    ("with a countersigned head", transport.Poll(2, 2**53 - 1, 0, 1, 1, "a.b.c")),
    ("nothing new", transport.Batch((), 0, 1, 0)),
    ("more waits", transport.Batch(_NUMBERED, 1, 3, 2)),
    ("accepted", transport.Receipt(1, HASH, "accepted", NOW)),
    ("rejected", transport.Receipt(1, HASH, "rejected", NOW, "stale-state", "withdrawn")),
    ("taken out", transport.Void()),
    ("not taken", transport.Nack(fixed_id("message"), "wrong-letter")),
    ("a new epoch", transport.Hello(2, 1)),
]

OPEN = [*_ENROLMENT, *_DIRECTORY, *_key_log(), *_OFFERS, *_MATCHES, *_TRANSPORT]
"""Every type that travels unsealed, with a name for each sample."""

SEALED: list[tuple[str, Body, int]] = [
    ("codes only", CARD, CARD_BYTES),
    ("every code there is", handover.Card(
        "change-at-work", "unknown", "yue", "in-person", codes.WISHES, codes.POSTS), CARD_BYTES),
    ("the smallest", handover.Identity("A", (), ()), IDENTITY_BYTES),
    ("every way", IDENTITY, IDENTITY_BYTES),
]  # fmt: skip
"""Every type that travels in a letter, with the letter's size."""
