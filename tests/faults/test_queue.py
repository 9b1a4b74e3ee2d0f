"""The queue of a site over a bad line: what is refused stops nothing else, and what comes twice counts once."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests as http

from protocol.envelope import HUB, MAX_LIFETIME, new_claims, sign, token_hash
from protocol.messages import matches
from protocol.messages.transport import Numbered, Submit
from tests.faults.compared import check
from tests.faults.crossing import HELPER, HOME, Crossing, is_quiet
from tests.faults.flaky import FlakyLink

pytestmark = pytest.mark.processes
FIFTY = 50
NOT_COMPARED = {"audit": "refusals at the door", "inbound": "when a site last called"}


def everything(crossing: Crossing) -> dict[str, list[Any]]:
    """All rows of the hub, but for what a mere call may change."""
    names = [name for (name,) in crossing.rows("hub", "select name from sqlite_master where type = 'table'")]
    return {name: crossing.rows("hub", f"select * from {name}") for name in names if name not in NOT_COMPARED}


def ask_and_settle(crossing: Crossing, n: int) -> None:
    crossing.ask(n)
    crossing.wait("quiet", lambda: is_quiet(crossing))


def spoil(crossing: Crossing, place: int, how: str) -> None:
    """Spoil the token in this place of what waits, as if it had been made so."""
    (row,) = crossing.rows(
        HOME, "select id, n, token from outbox where state = 'waiting' order by n limit 1 offset ?", place
    )
    row_id, _, token = row
    if how == "signature":
        token = token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")
    elif how == "meaning":
        # The hash of another request's secret: well formed and well signed, and refused by the brokerage.
        with crossing.session(HOME) as session:
            keys = crossing.keys(HOME)
            first = crossing.rows("hub", "select withdrawal_hash from matches limit 1")[0][0]
            body = matches.Request(stage="mid", modality="any", withdrawal_hash=first)
            claims = new_claims(
                body,
                iss=crossing.site_id(HOME),
                aud=HUB,
                now=crossing.now(),
                lifetime=MAX_LIFETIME,
                thid="A" * 22,
            )
            token = sign(claims, keys.signing)
            session.rollback()
        crossing.rows(HOME, "update outbox set jti = ? where id = ?", claims.jti, row_id)
    crossing.rows(
        HOME, "update outbox set token = ?, hash = ? where id = ?", token, token_hash(token), row_id
    )


@pytest.mark.parametrize(("how", "place"), [("signature", 0), ("meaning", 23), ("signature", FIFTY - 1)])
def test_one_refused_among_fifty_stops_none_of_the_others(crossing: Crossing, how: str, place: int) -> None:
    ask_and_settle(crossing, 1)
    crossing.servers[HOME].stop()
    crossing.ask(FIFTY)
    spoil(crossing, place, how)
    crossing.servers[HOME].start()
    crossing.wait("quiet", lambda: is_quiet(crossing))
    asked = crossing.rows(HOME, "select n, state from outbox where type = 'match.request' order by n")[1:]
    assert [state for _, state in asked].count("accepted") == FIFTY - 1
    assert asked[place][1] == "rejected"
    logged = crossing.rows("hub", "select n from inbox where site_id = ? order by n", crossing.site_id(HOME))
    assert [n for (n,) in logged] == list(range(1, len(logged) + 1))
    assert crossing.count("hub", "select count(*) from matches") == 1 + FIFTY - 1
    assert crossing.count(HELPER, "select count(*) from match where state = 'proposed'") == FIFTY


def test_a_line_that_repeats_and_loses_changes_nothing(crossing: Crossing) -> None:
    with FlakyLink(crossing.servers["hub"].port, repeats=2, lose_answers=1) as line:
        for name in (HOME, HELPER):
            crossing.calls_hub_at(name, line.url)
        ask_and_settle(crossing, 5)
        crossing.give_all_back()
        crossing.wait("quiet", lambda: is_quiet(crossing))
        check(crossing)
        assert line.posts >= 3 * (1 + 3)


def test_the_whole_queue_again_and_again_adds_nothing(crossing: Crossing) -> None:
    ask_and_settle(crossing, 7)
    crossing.give_all_back()
    crossing.wait("quiet", lambda: is_quiet(crossing))
    before = everything(crossing)
    for name in (HOME, HELPER, HOME, HELPER):
        sent = crossing.rows(name, "select n, hash, token from outbox where token is not null order by n")
        for run in runs(sent):
            first = submit(crossing, name, run)
            assert first == submit(crossing, name, run)
    assert everything(crossing) == before
    check(crossing)


def runs(sent: list[tuple[int, str, str]]) -> list[list[tuple[int, str, str]]]:
    """Numbers of a POST follow each other; forgotten letters leave gaps."""
    found: list[list[tuple[int, str, str]]] = []
    for row in sent:
        if found and found[-1][-1][0] == row[0] - 1:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def submit(crossing: Crossing, name: str, sent: list[tuple[int, str, str]]) -> list[str]:
    """POST these stored tokens under a fresh wrapper; the receipts."""
    body = Submit(1, tuple(Numbered(n, digest) for n, digest, _ in sent))
    claims = new_claims(body, iss=crossing.site_id(name), aud=HUB, now=crossing.now(), lifetime=MAX_LIFETIME)
    posted = {"wrapper": sign(claims, crossing.keys(name).signing), "tokens": [token for _, _, token in sent]}
    answer = http.post(
        f"http://127.0.0.1:{crossing.servers['hub'].port}/v1/messages",
        data=json.dumps(posted),
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    receipts: list[str] = answer.json()["receipts"]
    return receipts
