"""The home site: letters to three, what it forgets, and what it hears."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from protocol.errors import StaleStateError
from protocol.messages.handover import Card
from protocol.messages.matches import Letters, Rematch
from protocol.sealing import unseal_letter
from site_agent import outbox
from site_agent.models import Base, LinkState, OutboxRow, Request
from site_agent.services import inter_site_home as home
from site_agent.services import requests, timeline
from site_agent.services.errors import InvalidRequestError, NoLongerOpenError
from tests.support.agent import IDENTITY, Agent, Province, a_request, candidates, settle


@pytest.fixture
def sites(province: Province) -> list[Agent]:
    return [province.agent(name) for name in ("Selkirk Ridge", "Fraser Bend", "Kettle Basin", "Slocan Lake")]


def looking(session: Any, cedar: Agent, **changes: Any) -> Request:
    request = requests.record(session, a_request(cedar.now, **changes), cedar.now).request
    session.commit()
    assert request.state == "looking"
    return request


def shortlist(
    session: Any, cedar: Agent, request: Request, *sites: str, round: int = 1, **words: Any
) -> None:
    home.shortlisted(session, request.thid, round, candidates(*sites, **words), cedar.now)
    session.commit()


def letters(cedar: Agent) -> Letters:
    body = cedar.said("match.letters")[-1].body
    assert isinstance(body, Letters)
    return body


def written_to(cedar: Agent) -> list[str]:
    return [letter.site_id for letter in letters(cedar).letters]


def test_letters_go_to_the_first_three_of_the_hubs_ranking(
    session: Any, cedar: Agent, sites: list[Agent]
) -> None:
    request = looking(session, cedar)
    shortlist(session, cedar, request, *[site.site_id for site in sites])
    assert written_to(cedar) == [site.site_id for site in sites[:3]]
    assert letters(cedar).until == cedar.now + timedelta(days=14)
    assert letters(cedar).round == 1


def test_each_site_gets_an_id_of_its_own_inside_both_letters(
    session: Any, cedar: Agent, sites: list[Agent]
) -> None:
    request = looking(session, cedar)
    shortlist(session, cedar, request, *[site.site_id for site in sites])
    thids = {letter.thid for letter in letters(cedar).letters}
    assert len(thids) == 3
    assert request.thid not in thids
    from site_agent.services import key_directory

    keyring = key_directory.log(session).keyring()
    for site, letter in zip(sites, letters(cedar).letters, strict=False):
        opened = [
            unseal_letter(
                sealed, site.keys.sealing, keyring, cedar.now, audience=site.site_id, thid=letter.thid
            )
            for sealed in (letter.card, letter.identity)
        ]
        assert [each.body for each in opened] == [
            Card("discrimination", "mid", "en", "phone", ("woman",), ()),
            IDENTITY,
        ]
        assert {each.iss for each in opened} == {cedar.site_id}
        assert {each.exp for each in opened} == {cedar.now + timedelta(days=14)}


def test_places_to_avoid_get_no_letter(session: Any, cedar: Agent, sites: list[Agent]) -> None:
    avoid = (sites[0].site_id, sites[2].site_id)
    request = looking(session, cedar, wishes=requests.Wishes((), avoid, "en"))
    shortlist(session, cedar, request, *[site.site_id for site in sites])
    assert written_to(cedar) == [sites[1].site_id, sites[3].site_id]


def test_sites_without_the_language_get_no_letter(session: Any, cedar: Agent, sites: list[Agent]) -> None:
    request = looking(session, cedar, wishes=requests.Wishes((), (), "pa"))
    speaking = candidates(sites[1].site_id, languages=("en", "pa"))
    home.shortlisted(session, request.thid, 1, (*candidates(sites[0].site_id), *speaking), cedar.now)
    assert written_to(cedar) == [sites[1].site_id]


def test_only_sites_of_the_directory_and_of_our_own_key_log_get_letters(
    session: Any, cedar: Agent, sites: list[Agent], province: Province
) -> None:
    province.revoke(sites[0].site_id)
    province.suspend(sites[1].site_id)
    request = looking(session, cedar)
    invented = "Z" * 22
    ids = [invented, cedar.site_id, *[site.site_id for site in sites]]
    shortlist(session, cedar, request, *ids)
    assert written_to(cedar) == [sites[2].site_id, sites[3].site_id]


def test_fewer_than_three_are_written_to_if_the_physician_said_send(
    session: Any, cedar: Agent, sites: list[Agent]
) -> None:
    request = looking(session, cedar, few="send")
    shortlist(session, cedar, request, sites[0].site_id)
    assert written_to(cedar) == [sites[0].site_id]


@pytest.mark.parametrize(("few", "n"), [("wait", 2), ("wait", 0), ("send", 0)])
def test_otherwise_the_answer_is_empty_and_means_wait(
    few: str, n: int, session: Any, cedar: Agent, sites: list[Agent]
) -> None:
    request = looking(session, cedar, few=few)
    shortlist(session, cedar, request, *[site.site_id for site in sites[:n]])
    assert letters(cedar).letters == ()
    assert timeline.of(session, request.request_id)[-1].code == "waiting"


def test_the_same_shortlist_is_answered_once(session: Any, cedar: Agent, sites: list[Agent]) -> None:
    request = looking(session, cedar)
    for _ in range(3):
        shortlist(session, cedar, request, sites[0].site_id)
    assert len(cedar.said("match.letters")) == 1
    shortlist(session, cedar, request, sites[1].site_id, round=2)
    assert len(cedar.said("match.letters")) == 2
    shortlist(session, cedar, request, sites[2].site_id, round=1)
    assert len(cedar.said("match.letters")) == 2


def test_after_sealing_no_row_joins_a_request_and_a_site(
    session: Any, cedar: Agent, sites: list[Agent]
) -> None:
    request = looking(session, cedar)
    shortlist(session, cedar, request, *[site.site_id for site in sites])
    row = session.scalars(select(OutboxRow).where(OutboxRow.type == "match.letters")).one()
    inner = [letter.thid for letter in letters(cedar).letters]
    settle(session, row, cedar.now)
    session.commit()
    kept = {name: getattr(row, name) for name in ("type", "thid", "token", "queued_at", "posted_at")}
    assert set(kept.values()) == {None}
    assert row.jti
    assert row.hash
    routing = [site.site_id for site in sites] + inner
    for table in Base.metadata.sorted_tables:
        if table.name in ("directory_site", "key_entry"):
            continue
        for found in session.execute(select(table)):
            assert not any(each in str(value) for value in found for each in routing), table.name


def test_a_withdrawn_request_is_not_answered(session: Any, cedar: Agent, sites: list[Agent]) -> None:
    request = looking(session, cedar)
    requests.withdraw(session, request, cedar.now)
    shortlist(session, cedar, request, sites[0].site_id)
    assert cedar.said("match.letters") == []


def test_a_shortlist_for_no_request_is_refused(session: Any, cedar: Agent) -> None:
    with pytest.raises(StaleStateError):
        home.shortlisted(session, "A" * 22, 1, (), cedar.now)


def test_while_the_key_log_is_in_doubt_nothing_is_sealed(
    session: Any, cedar: Agent, sites: list[Agent]
) -> None:
    state = session.get_one(LinkState, 1)
    state.alarm = "key-log-fork"
    request = looking(session, cedar)
    shortlist(session, cedar, request, sites[0].site_id)
    assert cedar.said("match.letters") == []
    assert home.waiting_shortlists(session) == [request]
    assert not home.answer_shortlist(session, request, cedar.now)
    state.alarm = None
    assert home.answer_shortlist(session, request, cedar.now)
    assert written_to(cedar) == [sites[0].site_id]
    assert not home.answer_shortlist(session, request, cedar.now)


def test_in_hand_erases_wishes_and_places_to_avoid(session: Any, cedar: Agent) -> None:
    request = looking(session, cedar, wishes=requests.Wishes(("woman",), ("A" * 22,), "en"))
    home.status(session, request.thid, "in-hand", cedar.now, cedar.now)
    session.commit()
    assert (request.state, request.wishes, request.avoid) == ("in-hand", None, None)
    assert requests.all_details(session, request).avoid == ()


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ((), "in-hand", "in-hand"),
        ((), "in-touch", "in-touch"),
        (("in-hand",), "in-touch", "in-touch"),
        (("in-touch",), "in-hand", "in-touch"),
        (("in-hand",), "closed", "closed"),
        ((), "unmatched", "unmatched"),
        (("in-hand",), "unmatched", "in-hand"),
        ((), "withdrawn", "withdrawn"),
        (("closed",), "in-touch", "closed"),
        (("withdrawn",), "in-hand", "withdrawn"),
        (("in-hand",), "looking", "looking"),
        ((), "looking", "looking"),
    ],
)
def test_what_home_hears_moves_the_request_forward_only(
    before: tuple[str, ...], said: str, after: str, session: Any, cedar: Agent
) -> None:
    request = looking(session, cedar)
    for state in (*before, said, said):
        home.status(session, request.thid, state, cedar.now, cedar.now)
    assert request.state == after


def test_withdrawn_at_the_hubs_page_is_not_told_back(session: Any, cedar: Agent) -> None:
    request = looking(session, cedar)
    home.status(session, request.thid, "withdrawn", cedar.now, cedar.now)
    assert request.state == "withdrawn"
    assert cedar.said("match.withdraw") == []


def test_a_site_that_lost_the_request_makes_a_bare_row(session: Any, cedar: Agent) -> None:
    thid = "B" * 22
    home.status(session, thid, "withdrawn", cedar.now, cedar.now)
    session.commit()
    request = session.scalars(select(Request).where(Request.thid == thid)).one()
    assert (request.state, request.door, request.identity) == ("withdrawn", None, None)
    home.shortlisted(session, thid, 1, (), cedar.now)
    assert cedar.said("match.letters") == []


def test_when_a_helper_gives_up_no_letter_goes_before_wishes_are_said_again(
    session: Any, cedar: Agent, sites: list[Agent]
) -> None:
    first = requests.Wishes(("woman",), (sites[0].site_id,), "en")
    request = looking(session, cedar, wishes=first)
    home.status(session, request.thid, "in-hand", cedar.now, cedar.now)
    shortlist(session, cedar, request, *[site.site_id for site in sites[:2]], round=2)
    assert (request.state, request.restate) == ("looking", True)
    assert cedar.said("match.letters") == []
    requests.restate(session, request, first, cedar.now)
    home.answer_shortlist(session, request, cedar.now)
    assert written_to(cedar) == [sites[1].site_id]


def test_the_same_holds_when_the_hub_says_looking_first(
    session: Any, cedar: Agent, sites: list[Agent]
) -> None:
    request = looking(session, cedar)
    home.status(session, request.thid, "in-hand", cedar.now, cedar.now)
    home.status(session, request.thid, "looking", cedar.now, cedar.now)
    shortlist(session, cedar, request, sites[0].site_id, round=2)
    assert request.restate
    assert cedar.said("match.letters") == []


def test_passes_before_a_confirmation_need_no_new_word(
    session: Any, cedar: Agent, sites: list[Agent]
) -> None:
    avoid = requests.Wishes((), (sites[0].site_id,), "en")
    request = looking(session, cedar, wishes=avoid)
    shortlist(session, cedar, request, sites[1].site_id)
    shortlist(session, cedar, request, *[site.site_id for site in sites], round=2)
    assert sites[0].site_id not in written_to(cedar)
    assert len(cedar.said("match.letters")) == 2


def test_another_person_restates_and_asks_the_hub(session: Any, cedar: Agent, sites: list[Agent]) -> None:
    request = looking(session, cedar)
    home.status(session, request.thid, "in-touch", cedar.now, cedar.now)
    again = requests.Wishes((), (sites[0].site_id,), "en")
    requests.rematch(session, request, again, cedar.now)
    assert request.state == "looking"
    assert cedar.said("match.rematch")[0].body == Rematch()
    shortlist(session, cedar, request, *[site.site_id for site in sites[:2]], round=2)
    assert written_to(cedar) == [sites[1].site_id]


def test_what_was_said_of_the_former_helper_erases_no_new_wishes(
    session: Any, cedar: Agent, sites: list[Agent]
) -> None:
    request = looking(session, cedar)
    home.status(session, request.thid, "in-hand", cedar.now, cedar.now)
    requests.rematch(session, request, requests.Wishes((), (sites[0].site_id,), "en"), cedar.now)
    home.status(session, request.thid, "in-touch", cedar.now, cedar.now)
    assert request.state == "looking"
    row = session.scalars(select(OutboxRow).where(OutboxRow.type == "match.rematch")).one()
    settle(session, row, cedar.now + timedelta(minutes=1))
    home.status(session, request.thid, "in-touch", cedar.now, cedar.now)
    assert (request.state, request.avoid is None) == ("looking", False)
    home.status(session, request.thid, "in-hand", cedar.now + timedelta(hours=9), cedar.now)
    assert (request.state, request.avoid) == ("in-hand", None)


def test_another_person_needs_somebody_who_helps(session: Any, cedar: Agent) -> None:
    request = looking(session, cedar)
    with pytest.raises(NoLongerOpenError):
        requests.rematch(session, request, requests.Wishes(), cedar.now)


def test_new_wishes_are_checked(session: Any, cedar: Agent) -> None:
    request = looking(session, cedar)
    home.status(session, request.thid, "in-hand", cedar.now, cedar.now)
    with pytest.raises(InvalidRequestError):
        requests.rematch(session, request, requests.Wishes(("kindness",)), cedar.now)
    assert request.state == "in-hand"


def test_after_nobody_was_found_one_may_ask_again_under_a_new_id(session: Any, cedar: Agent) -> None:
    request = looking(session, cedar)
    first = request.thid
    home.status(session, first, "unmatched", cedar.now, cedar.now)
    requests.look_elsewhere(session, request, cedar.now)
    assert request.state == "looking"
    assert request.thid != first
    assert len(cedar.said("match.request")) == 2


def test_a_refusal_by_the_hub_brings_its_state(session: Any, cedar: Agent) -> None:
    request = looking(session, cedar)
    home.stale(session, request.thid, "withdrawn", cedar.now)
    assert request.state == "withdrawn"
    home.stale(session, "C" * 22, "withdrawn", cedar.now)
    home.stale(session, request.thid, None, cedar.now)
    assert len(session.scalars(select(Request)).all()) == 1
    assert outbox.dead(session) == []


def test_a_refusal_of_another_person_brings_the_state_back_in_the_second_of_its_receipt(
    session: Any, cedar: Agent
) -> None:
    request = looking(session, cedar)
    home.status(session, request.thid, "in-touch", cedar.now, cedar.now)
    requests.rematch(session, request, requests.Wishes(), cedar.now)
    home.stale(session, request.thid, "in-touch", cedar.now)
    assert request.state == "looking", "it refused something that was said before"
    row = session.scalars(select(OutboxRow).where(OutboxRow.type == "match.rematch")).one()
    outbox.settle(session, row, outcome="rejected", committed_at=cedar.now, code="stale-state")
    home.stale(session, request.thid, "in-touch", cedar.now)
    assert (request.state, request.wishes) == ("in-touch", None)
