"""What one side said, what the other logged, and what came of it: each list in order, to be compared."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from protocol.envelope import peek
from protocol.messages import matches
from protocol.strict import b64url_encode
from tests.faults.crossing import HELPER, HOME, Crossing

ACTS = {
    matches.Request.TYPE: "request",
    matches.Letters.TYPE: "letters",
    matches.Accept.TYPE: "accept",
    matches.Pass.TYPE: "pass-last",
}
"""What the hub's audit calls the effect of a site's message, with one letter a round."""
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Compared:
    """`said` by the sender, `logged` by the receiver, and pairs of effects that must be equal."""

    said: Rows
    logged: Rows
    effects: tuple[tuple[str, list[Any], list[Any]], ...]


def check(crossing: Crossing) -> None:
    """Outbox = log = effects, in order, once, in both directions, over the whole life of this province."""
    for name in (HOME, HELPER):
        for compared in (_to_hub(crossing, name), _from_hub(crossing, name)):
            assert compared.said == compared.logged
            assert [row[0] for row in compared.said] == list(range(1, len(compared.said) + 1))
            for what, expected, found in compared.effects:
                assert found == expected, (name, what)


def _to_hub(crossing: Crossing, name: str) -> Compared:
    site_id = crossing.site_id(name)
    said = crossing.rows(name, "select n, jti, hash from outbox order by n")
    logged = crossing.rows("hub", "select n, jti, hash from inbox where site_id = ? order by n", site_id)
    states = crossing.rows(
        name, "select n, code from outbox where state not in ('accepted', 'forgotten') or code is not null"
    )
    last = crossing.rows("hub", "select last_n from inbound where site_id = ?", site_id)
    effects = _at_hub_of_home(crossing) if name == HOME else _at_hub_of_helper(crossing)
    return Compared(said, logged, (("unsettled", [], states), ("last_n", [(len(said),)], last), *effects))


def _at_hub_of_home(crossing: Crossing) -> tuple[tuple[str, list[Any], list[Any]], ...]:
    asked = crossing.rows(HOME, "select thid from outbox where type = ? order by n", matches.Request.TYPE)
    made = crossing.rows("hub", "select home_thid from matches order by rowid")
    logged = _logged(crossing, HOME)
    acts = crossing.rows("hub", "select action from audit where actor = 'home' order by rowid")
    return ("matches", asked, made), ("acts", [ACTS[kind] for kind, _ in logged], [act for (act,) in acts])


def _at_hub_of_helper(crossing: Crossing) -> tuple[tuple[str, list[Any], list[Any]], ...]:
    ids = _match_ids(crossing)
    said = [(ACTS[kind], ids[str(peek(token)[1]["thid"])]) for kind, token in _logged(crossing, HELPER)]
    acts = crossing.rows("hub", "select action, match_id from audit where actor = 'helper' order by rowid")
    released = crossing.rows(
        "hub", "select match_id from outbox where type = ? order by n", matches.Release.TYPE
    )
    accepted = [(match_id,) for act, match_id in said if act == "accept"]
    return ("acts", said, acts), ("releases", accepted, released)


def _from_hub(crossing: Crossing, name: str) -> Compared:
    site_id = crossing.site_id(name)
    said = crossing.rows("hub", "select n, jti from outbox where site_id = ? order by n", site_id)
    seen = crossing.rows(name, "select jti_hash from seen order by rowid")
    hashes = [(_hash(jti),) for _, jti in said]
    cursor = crossing.rows(name, "select cursor from link_state")
    kept = crossing.rows("hub", "select n from outbox where site_id = ? and acknowledged_at is null", site_id)
    effects = _at_home(crossing) if name == HOME else _at_helper(crossing)
    common = (("seen", hashes, seen), ("cursor", [(len(said),)], cursor), ("not acknowledged", [], kept))
    return Compared(said, said, (*common, *effects))


def _at_home(crossing: Crossing) -> tuple[tuple[str, list[Any], list[Any]], ...]:
    """Each shortlist is answered with letters once."""
    lists = crossing.rows("hub", "select count(*) from outbox where type = ?", matches.Shortlist.TYPE)
    answers = crossing.rows("hub", "select count(*) from inbox where type = ?", matches.Letters.TYPE)
    rounds = crossing.rows(HOME, "select distinct round from request")
    return ("letters", lists, answers), ("rounds", [(1,)], rounds)


def _at_helper(crossing: Crossing) -> tuple[tuple[str, list[Any], list[Any]], ...]:
    """Each proposal became one request from elsewhere; each name came to the one that was accepted."""
    proposed = crossing.rows(
        "hub", "select match_id from outbox where type = ? order by n", matches.Proposal.TYPE
    )
    ids = _match_ids(crossing)
    states = crossing.rows(HELPER, "select distinct state from match")
    return ("proposals", proposed, [(each,) for each in ids.values()]), ("states", [("ended",)], states)


def _logged(crossing: Crossing, name: str) -> Rows:
    query = "select type, token from inbox where site_id = ? and type like 'match.%' order by n"
    return crossing.rows("hub", query, crossing.site_id(name))


def _match_ids(crossing: Crossing) -> dict[str, str]:
    """The hub's id of each request from elsewhere: letters carry a fresh one, and only proposals join the two."""
    thids = crossing.rows(HELPER, "select thid from match order by rowid")
    ids = crossing.rows("hub", "select match_id from outbox where type = ? order by n", matches.Proposal.TYPE)
    return {thid: match_id for (thid,), (match_id,) in zip(thids, ids, strict=True)}


def _hash(jti: str) -> str:
    return b64url_encode(sha256(jti.encode()).digest())
