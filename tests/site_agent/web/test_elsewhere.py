"""A request from elsewhere: what the desk may see at each state, and that of two presses one counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from site_agent.models import Mail, Match, Offer, OutboxRow
from site_agent.services import cases
from site_agent.web.match_acts import PRESSES
from tests.support.desk import CARD, Desk, text_of


@pytest.fixture(autouse=True)
def enrolled(desk: Desk) -> None:
    """The site has a hub to answer."""
    desk.enrol()


def page(client: FlaskClient, thid: str) -> str:
    return text_of(client.get(f"/elsewhere/{thid}"))


def press(client: FlaskClient, thid: str, act: str, **typed: str) -> str:
    return text_of(client.post(f"/elsewhere/{thid}/{act}", data=typed, follow_redirects=True))


def queued(desk: Desk) -> list[str | None]:
    with desk.session() as session:
        return list(session.scalars(select(OutboxRow.type).order_by(OutboxRow.n)))


def offer_of(desk: Desk, thid: str) -> str:
    with desk.session() as session:
        return session.scalars(
            select(Offer.offer_id).where(Offer.thid == thid, Offer.state != "not-taken")
        ).one()


def mails(desk: Desk, kind: str) -> int:
    with desk.session() as session:
        return session.scalar(select(func.count()).select_from(Mail).where(Mail.kind == kind)) or 0


def state(desk: Desk, thid: str) -> str:
    return str(desk.row(Match, thid).state)


# choosing whom to ask


def test_the_card_is_shown_in_words_with_the_time_that_is_left(desk: Desk, coordinator: FlaskClient) -> None:
    shown = page(coordinator, desk.match())
    for words in ("Burnout", "Mid-career", "By phone", "A woman", "Department or division head"):
        assert words in shown
    assert "Wed 4 Nov 2026, 10:00 am" in shown
    assert "24 h 00 min left" in shown


def test_a_card_with_no_post_left_out_says_so_in_a_sentence(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match()
    assert "Never asked Department or division head" in page(coordinator, thid)
    with desk.session() as session:
        row = session.get_one(Match, thid)
        card = {"iss": "somebody", "body": replace(CARD, posts=()).dump()}
        row.card = cases.seal(session, str(row.case_id), "card", card)
    assert "Never asked Nobody is left out because of a post" in page(coordinator, thid)


def test_candidates_stand_in_order_with_reasons_and_the_others_are_a_number(
    desk: Desk, coordinator: FlaskClient
) -> None:
    desk.supporter("Dr. Ada Okafor")
    desk.supporter("Dr. Max Stone", gender="man")
    desk.supporter("Dr. Una Untrained", practice_on=None)
    desk.supporter("Dr. Uri Unsigned", signed=False)
    desk.supporter("Dr. Hedda Head", posts=("department-head",))
    shown = page(coordinator, desk.match())
    assert shown.index("Ada Okafor") < shown.index("Max Stone"), "the wish for a woman is met first"
    assert "wish met: a woman" in shown
    assert "3 other supporters cannot be asked" in shown
    for name in ("Untrained", "Unsigned", "Hedda"):
        assert name not in shown


def test_nobody_to_ask_says_to_pass_it_on(desk: Desk, coordinator: FlaskClient) -> None:
    assert "Nobody here can be asked" in page(coordinator, desk.match())


def test_asking_sends_one_mail_and_names_who_was_asked(desk: Desk, coordinator: FlaskClient) -> None:
    supporter, thid = desk.supporter(), desk.match()
    assert "Dr. Ada Okafor was asked by email" in press(coordinator, thid, "ask", supporter=supporter)
    assert (state(desk, thid), mails(desk, "offer")) == ("asked", 1)


def test_two_coordinators_who_ask_at_once_make_one_offer(desk: Desk, coordinator: FlaskClient) -> None:
    first, second = desk.supporter(), desk.supporter("Dr. Bo Lind")
    thid, colleague = desk.match(), desk.client()
    colleague.get(f"/elsewhere/{thid}")
    press(coordinator, thid, "ask", supporter=first)
    said = press(colleague, thid, "ask", supporter=second)
    assert "has moved on" in said or "cannot be asked" in said
    assert desk.row(Match, thid).supporter_id == first
    assert mails(desk, "offer") == 1


@pytest.mark.parametrize("who", ["untrained", "nobody"])
def test_somebody_whom_no_rule_allows_is_not_asked(desk: Desk, coordinator: FlaskClient, who: str) -> None:
    supporter = desk.supporter(practice_on=None) if who == "untrained" else "nobody"
    thid = desk.match()
    assert "cannot be asked about this request" in press(coordinator, thid, "ask", supporter=supporter)
    assert (state(desk, thid), mails(desk, "offer")) == ("proposed", 0)


# answers by phone


def test_a_yes_by_phone_goes_to_the_hub(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("asked", desk.supporter())
    assert "The yes of Dr. Ada Okafor is recorded" in press(
        coordinator, thid, "yes", offer=offer_of(desk, thid)
    )
    assert (state(desk, thid), queued(desk)) == ("accepted", ["match.accept"])


def test_not_this_time_by_phone_asks_the_next_and_keeps_no_name(desk: Desk, coordinator: FlaskClient) -> None:
    first = desk.supporter()
    thid = desk.match("asked", first)
    second = desk.supporter("Dr. Bo Lind")
    press(coordinator, thid, "no", offer=offer_of(desk, thid))
    assert desk.row(Match, thid).supporter_id == second
    with desk.session() as session:
        assert first not in session.scalars(select(Offer.supporter_id)).all()


def test_an_answer_counts_only_for_the_offer_that_was_on_the_screen(
    desk: Desk, coordinator: FlaskClient
) -> None:
    thid = desk.match("asked", desk.supporter())
    seen = offer_of(desk, thid)
    second = desk.supporter("Dr. Bo Lind")
    press(desk.client(), thid, "no", offer=seen)
    assert "has moved on" in press(coordinator, thid, "no", offer=seen)
    assert desk.row(Match, thid).supporter_id == second, "the second one was not declined for"
    assert "has moved on" in press(coordinator, thid, "yes")


def test_not_close_confirms_and_close_passes(desk: Desk, coordinator: FlaskClient) -> None:
    far = desk.match("released", desk.supporter())
    press(coordinator, far, "not-close", offer=offer_of(desk, far))
    near = desk.match("released", desk.supporter("Dr. Bo Lind"))
    press(coordinator, near, "close-to-them", offer=offer_of(desk, near))
    assert (state(desk, far), state(desk, near)) == ("confirming", "ended")
    assert queued(desk) == ["match.confirmed", "match.pass"]
    assert desk.row(Match, near).card is None


def test_a_fresh_link_goes_to_the_same_supporter(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("asked", desk.supporter())
    said = press(coordinator, thid, "fresh-link", offer=offer_of(desk, thid))
    assert "A fresh link is on its way to Dr. Ada Okafor" in said
    assert mails(desk, "fresh-link") == 1


def test_without_a_mail_server_no_press_says_that_mail_went(desk: Desk, coordinator: FlaskClient) -> None:
    desk.without_mail()
    supporter, thid = desk.supporter(), desk.match()
    for said in (
        press(coordinator, thid, "ask", supporter=supporter),
        press(coordinator, thid, "fresh-link", offer=offer_of(desk, thid)),
    ):
        assert "Email is not connected yet: the message waits here" in said
        assert "by email" not in said
        assert "on its way to" not in said


# who may know the name


@pytest.mark.parametrize("at", ["asked", "accepted", "released", "confirming"])
def test_the_desk_sees_no_name_before_the_match_is_confirmed(
    desk: Desk, coordinator: FlaskClient, at: str
) -> None:
    answer = coordinator.get(f"/elsewhere/{desk.match(at, desk.supporter())}")
    assert "Canary" not in answer.text
    assert "555-0142" not in answer.text


@pytest.mark.parametrize("at", ["in-hand", "overdue", "escalated", "in-touch"])
def test_once_confirmed_the_desk_sees_the_name_and_not_the_contact_details(
    desk: Desk, coordinator: FlaskClient, at: str
) -> None:
    answer = coordinator.get(f"/elsewhere/{desk.match(at, desk.supporter())}")
    assert "Dr. Wren Canary" in answer.text
    assert "555-0142" not in answer.text


def test_what_has_ended_shows_nothing_of_the_case(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("in-hand", desk.supporter())
    press(coordinator, thid, "close", paper="yes")
    answer = coordinator.get(f"/elsewhere/{thid}")
    assert "There is nothing more to do" in text_of(answer)
    for gone in ("Canary", "Burnout"):
        assert gone not in answer.text


# the clock

ATTEMPT = {"what": "attempted", "at-day": "3", "at-month": "11", "at-year": "2026", "at-time": "9:30 am"}


def attempt(client: FlaskClient, thid: str, **changes: str) -> tuple[int, str]:
    answer = client.post(f"/elsewhere/{thid}/attempt", data=ATTEMPT | changes)
    return answer.status_code, text_of(answer) if answer.status_code != 303 else ""


def test_an_attempt_by_phone_is_recorded_with_its_true_time(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("in-hand", desk.supporter(), confirmed_at=desk.now - timedelta(hours=5))
    assert attempt(coordinator, thid)[0] == 303
    row = desk.row(Match, thid)
    assert (row.state, row.attempted_at.isoformat()) == ("in-touch", "2026-11-03T16:30:00+00:00")
    assert queued(desk) == ["match.attempted"]


def test_reached_counts_as_an_attempt_too(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("overdue", desk.supporter(), confirmed_at=desk.now - timedelta(hours=5))
    attempt(coordinator, thid, what="reached")
    assert queued(desk) == ["match.attempted", "match.reached"]


IMPOSSIBLE = [
    ({"at-day": "5"}, "not in the future"),
    ({"at-day": "2"}, "after the match was confirmed"),
    ({"at-day": "31", "at-month": "2"}, "Enter a real date"),
    ({"at-time": "4:40"}, "morning or afternoon"),
    ({"what": ""}, "Select what happened"),
]


@pytest.mark.parametrize(("wrong", "said"), IMPOSSIBLE)
def test_an_attempt_at_an_impossible_time_is_refused_and_kept(
    desk: Desk, coordinator: FlaskClient, wrong: dict[str, str], said: str
) -> None:
    thid = desk.match("in-hand", desk.supporter(), confirmed_at=desk.now - timedelta(hours=5))
    status, shown = attempt(coordinator, thid, **wrong)
    assert status == 422
    assert said in shown
    assert state(desk, thid) == "in-hand"


def test_a_late_one_can_be_extended_once(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("overdue", desk.supporter(), due_at=desk.now - timedelta(hours=3))
    shown = page(coordinator, thid)
    assert "3 h 00 min late" in shown
    assert "Extend the limit once" in shown
    press(coordinator, thid, "extend")
    assert desk.row(Match, thid).due_at == desk.now + timedelta(hours=72)
    assert "Extend the limit once" not in page(coordinator, thid)
    assert "has moved on" in press(desk.client(), thid, "extend")
    assert queued(desk) == ["match.extended"]


def test_another_supporter_can_take_over(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("overdue", desk.supporter())
    second = desk.supporter("Dr. Bo Lind")
    assert "Dr. Bo Lind" in text_of(coordinator.get(f"/elsewhere/{thid}/reassign"))
    press(coordinator, thid, "ask", supporter=second, takes_over="yes")
    row = desk.row(Match, thid)
    assert (row.state, row.resume_state, row.supporter_id) == ("asked", "overdue", second)
    assert "Another supporter is asked to take over" in page(coordinator, thid)


def test_a_list_that_was_left_open_ends_nobodys_access(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("in-hand", desk.supporter())
    second = desk.supporter("Dr. Bo Lind")
    assert "has moved on" in press(coordinator, thid, "ask", supporter=second)
    assert state(desk, thid) == "in-hand"
    assert 'name="takes_over"' in coordinator.get(f"/elsewhere/{thid}/reassign").text


def test_when_nobody_took_over_the_page_says_what_is_left(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("overdue", desk.supporter())
    press(coordinator, thid, "ask", supporter=desk.supporter("Dr. Cy Third"), takes_over="yes")
    press(coordinator, thid, "no", offer=offer_of(desk, thid))
    assert "Nobody helps at the moment" in page(coordinator, thid)


@pytest.mark.parametrize(("at", "act"), [("proposed", "pass"), ("overdue", "give-back")])
def test_giving_it_up_asks_first_and_then_destroys_it(
    desk: Desk, coordinator: FlaskClient, at: str, act: str
) -> None:
    thid = desk.match(at, desk.supporter() if at == "overdue" else None)
    coordinator.get(f"/elsewhere/{thid}/{act}")
    assert state(desk, thid) == at, "the question changes nothing"
    assert "nothing more to do" in press(coordinator, thid, act)
    row = desk.row(Match, thid)
    assert (row.state, row.card, row.identity, row.supporter_id) == ("ended", None, None, None)
    assert queued(desk) == ["match.pass"]


def test_closing_tells_the_hub_without_a_code(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("in-touch", desk.supporter())
    press(coordinator, thid, "close", paper="yes")
    assert (state(desk, thid), queued(desk)) == ("closed", ["match.closed"])


@pytest.mark.parametrize("act", sorted(PRESSES))
def test_a_press_that_comes_too_late_changes_nothing_and_says_so(
    desk: Desk, coordinator: FlaskClient, act: str
) -> None:
    thid = desk.match("in-touch", desk.supporter())
    press(coordinator, thid, "close", paper="yes")
    said = press(coordinator, thid, act, supporter=desk.supporter("Dr. Bo Lind"), offer="x")
    assert "has moved on" in said or "cannot be asked" in said
    assert (state(desk, thid), queued(desk)) == ("closed", ["match.closed"])


@pytest.mark.parametrize("act", ["ask", "yes", "delete"])
def test_only_questions_are_pages(desk: Desk, coordinator: FlaskClient, act: str) -> None:
    assert coordinator.get(f"/elsewhere/{desk.match()}/{act}").status_code == 404


def test_an_unknown_one_is_not_found(coordinator: FlaskClient) -> None:
    assert coordinator.get("/elsewhere/none").status_code == 404


def test_no_choosing_for_what_has_ended(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("in-touch", desk.supporter())
    press(coordinator, thid, "close", paper="yes")
    assert coordinator.get(f"/elsewhere/{thid}/reassign").status_code == 409
