"""After closing no row of any table joins a supporter who did not take a request to it (J08, J09)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from protocol.envelope import new_id
from site_agent.models import Event, Interaction, Mail, Match, Offer, Request, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import links, local, match_end, offers, requests, tracker
from tests.site_agent.erasure.joined import joins
from tests.site_agent.services.conftest import Helped, helped, kettle
from tests.support.agent import add_supporter
from tests.support.local import Here, here, site

__all__ = ["helped", "here", "kettle", "site"]


def asked_in_turn(here: Here) -> tuple[Request, list[Supporter], Supporter]:
    """One declines, one is silent, one is close to them; the fourth says yes. Who did not take it, and who did."""
    request = here.request(mail_ok=True)
    ana, bo, cy, di = (
        here.supporter(f"Dr {name}") for name in ("Ana Reyes", "Bo Lind", "Cy Noor", "Di Frost")
    )
    here.no(here.ask(request, ana, here.person()))
    here.ask(request, bo)
    here.clock.advance(hours=25)
    here.run()
    offers.answer_name(here.session, here.ask(request, cy), True, here.now)
    here.session.commit()
    here.in_hand(request, di)
    return request, [ana, bo, cy], di


def helped_to_the_end(here: Here, request: Request) -> None:
    match = local.match_of(here.session, request)
    assert match is not None
    here.clock.advance(hours=2)
    here.reached(match)
    entry = tracker.Entry(here.now, "15-30", "phone", 3, tracker.ticket())
    tracker.record(here.session, match, entry, here.now)
    here.close(match)


def withdrawn(here: Here, request: Request) -> None:
    here.withdraw(request)


def given_up_and_closed(here: Here, request: Request) -> None:
    local.give_up_here(here.session, request, here.now)
    requests.close(here.session, request, here.now)
    here.session.commit()
    here.clock.advance(minutes=10)


def another_person_and_closed(here: Here, request: Request) -> None:
    local.another(here.session, request, requests.Wishes(), here.now)
    requests.close(here.session, request, here.now)
    here.session.commit()
    here.clock.advance(minutes=10)


ENDS = (helped_to_the_end, withdrawn, given_up_and_closed, another_person_and_closed)


def seeds(session: Any, request: Request) -> tuple[str, ...]:
    match = local.match_of(session, request)
    assert match is not None
    return tuple(each for each in (request.request_id, match.thid, request.case_id) if each)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_j08_after_closing_no_row_joins_who_did_not_take_it(
    here: Here, end: Callable[[Here, Request], None]
) -> None:
    request, others, _helper = asked_in_turn(here)
    end(here, request)
    here.run()
    here.session.expire_all()
    case = seeds(here.session, request)
    assert {who.name: joins(here.session, who, *case) for who in others} == {
        who.name: set() for who in others
    }


def test_j09_nor_about_a_request_from_elsewhere(helped: Helped, session: Any) -> None:
    uma, vic = (add(session, helped, name) for name in ("Dr Uma Ross", "Dr Vic Lund"))
    helped.propose(session)
    helper.decline(session, helped.ask(session, uma), helped.now)
    match = helped.match(session)
    assert joins(session, uma, match.thid), "as long as it is open, she is not asked twice"
    helped.ask(session, vic)
    match_end.pass_on(session, match, helped.now)
    session.commit()
    assert joins(session, uma, match.thid) == joins(session, vic, match.thid) == set()


def add(session: Any, helped: Helped, name: str) -> Supporter:
    supporter = add_supporter(session, helped.now, name)
    session.commit()
    return supporter


def test_the_walk_sees_the_one_who_took_it_and_before_closing_the_others(here: Here) -> None:
    """The positive control of the way over rows, and of the one over tokens."""
    request, others, helper_ = asked_in_turn(here)
    case = seeds(here.session, request)
    assert "match" in joins(here.session, helper_, *case)
    for who in others:
        assert "offer" in joins(here.session, who, *case)


def planted(match: Match, who: Supporter, now: Any) -> dict[str, list[Any]]:
    offer_id, token = new_id(), "o" * 40
    link = {"token_hash": links.token_hash(token), "kind": "offer", "subject": offer_id}
    return {
        "a person_id": [Event(event_id=new_id(), subject=match.thid, code="talked", at=now, by=who.supporter_id)],
        "a talk": [
            Interaction(
                interaction_id=new_id(), thid=match.thid, at=now, length="15-30", mode="phone", found=3,
                ticket=who.supporter_id, entered_at=now,
            )
        ],
        "a mail by its link": [
            Offer(
                offer_id=offer_id, thid=match.thid, asked_token="t" * 43, state="not-taken", asked_at=now,
                expires_at=now,
            ),
            links.SecretLink(**link),
            Mail(
                mail_id=new_id(), kind="offer", to=who.email, link=f"https://cedar.example/o/{token}", state="waiting",
                n_tries=0, next_try_at=now,
            ),
        ],
    }  # fmt: skip


@pytest.mark.parametrize("where", ["a person_id", "a talk", "a mail by its link"])
def test_the_walk_finds_what_a_test_plants(here: Here, where: str) -> None:
    request, others, _helper = asked_in_turn(here)
    helped_to_the_end(here, request)
    match = local.match_of(here.session, request)
    assert match is not None
    here.session.add_all(planted(match, others[0], here.now)[where])
    here.session.flush()
    assert joins(here.session, others[0], *seeds(here.session, request))
