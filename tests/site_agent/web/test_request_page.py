"""A request of this site: what the desk may read of it, opening the name, and the presses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from site_agent.models import Event, Mail, OutboxRow, Person, Request
from site_agent.services import held_for_physician, inter_site_home, requests
from tests.support.clock import StoppedClock
from tests.support.desk import IDENTITY, OTHERS, Desk, text_of

SAID_SO = {"said_so": "y"}
WISHES = requests.Wishes(("woman",), (min(OTHERS),), "fr")


def page(client: FlaskClient, request_id: str) -> str:
    return text_of(client.get(f"/requests/{request_id}"))


def queued(desk: Desk) -> list[str | None]:
    with desk.session() as session:
        return list(session.scalars(select(OutboxRow.type).order_by(OutboxRow.n)))


def events(desk: Desk, request_id: str) -> list[tuple[str, str | None]]:
    with desk.session() as session:
        found = select(Event.code, Event.by).where(Event.subject == request_id)
        return [(code, by) for code, by in session.execute(found)]


def noted_by(desk: Desk, request_id: str, code: str) -> list[str]:
    """Who of the desk wrote it down."""
    with desk.session() as session:
        found = select(Person.name).join(Event, Event.by == Person.person_id)
        return list(session.scalars(found.where(Event.subject == request_id, Event.code == code)))


def test_a_request_that_stays_here_is_read_here(desk: Desk, coordinator: FlaskClient) -> None:
    shown = page(coordinator, desk.request())
    assert "Needs a supporter" in shown
    assert "Dr. Wren Canary" in shown
    assert "Burnout" in shown
    assert "Safe ways Phone call" in shown
    assert "Safe times Evenings" in shown


def test_with_no_post_left_out_the_page_says_so_in_a_sentence(desk: Desk, coordinator: FlaskClient) -> None:
    without = page(coordinator, desk.request())
    assert "Never asked Nobody is left out because of a post" in without
    left_out = desk.request(posts=("department-head",))
    assert "Never asked Department or division head" in page(coordinator, left_out)


def test_the_name_of_one_that_goes_elsewhere_stays_closed(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    shown = page(coordinator, desk.request(elsewhere=True, wishes=WISHES))
    assert "Canary" not in shown
    assert "Closed, since it goes elsewhere" in shown
    assert "French" in shown, "the coordinator wrote it down, so it may be read"


def test_one_that_was_asked_days_ago_says_so_until_somebody_helps(
    desk: Desk, coordinator: FlaskClient
) -> None:
    desk.enrol()
    late = desk.request(elsewhere=True, received_at=desk.now - timedelta(days=5))
    assert "They have waited long" in page(coordinator, late)
    assert "waited long" not in page(coordinator, desk.request(elsewhere=True))
    with desk.session() as session:
        session.get_one(Request, late).state = "in-hand"
    assert "waited long" not in page(coordinator, late)


def test_one_that_came_by_the_form_shows_only_reference_and_state(
    desk: Desk, coordinator: FlaskClient
) -> None:
    desk.enrol()
    shown = page(coordinator, desk.request(elsewhere=True, door="form", wishes=WISHES))
    assert "Looking elsewhere" in shown
    for hidden in ("Canary", "Burnout", "French", "River Bend", "A woman"):
        assert hidden not in shown


def test_asking_to_open_the_name_opens_nothing(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = desk.request(elsewhere=True)
    shown = text_of(coordinator.get(f"/requests/{request_id}/name"))
    assert "The physician will see that you opened it" in shown
    assert "Canary" not in shown
    assert events(desk, request_id) == [("recorded", None)]


def test_opening_the_name_is_kept_with_who_and_when(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = desk.request(elsewhere=True)
    answer = coordinator.post(f"/requests/{request_id}/name")
    shown = text_of(answer)
    assert "Dr. Wren Canary" in shown
    assert "(250) 555-0142" in shown
    assert 'href="tel:+12505550142"' in answer.text
    with desk.session() as session:
        person_id = session.scalars(select(Person.person_id)).one()
    assert ("name-opened", person_id) in events(desk, request_id)
    assert "The name was opened" in page(coordinator, request_id)
    assert "Canary" not in page(coordinator, request_id), "it closes again behind the reader"


def test_an_erased_name_says_so(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = desk.request(elsewhere=True)
    with desk.session() as session:
        session.get_one(Request, request_id).identity = None
    answer = coordinator.post(f"/requests/{request_id}/name", follow_redirects=True)
    assert "The name was erased" in text_of(answer)


def test_looking_elsewhere_tells_the_hub_once(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    request_id = desk.request()
    assert "Ask the physician first" in text_of(coordinator.get(f"/requests/{request_id}/elsewhere"))
    untold = coordinator.post(f"/requests/{request_id}/elsewhere")
    assert untold.status_code == 422
    assert "Tick this only if they told you so" in text_of(untold)
    assert queued(desk) == []
    done = coordinator.post(f"/requests/{request_id}/elsewhere", data=SAID_SO, follow_redirects=True)
    assert "The hub looks elsewhere" in text_of(done)
    second = desk.client().post(f"/requests/{request_id}/elsewhere", data=SAID_SO, follow_redirects=True)
    assert "has moved on in the meantime" in text_of(second)
    assert queued(desk) == ["match.request"]


def test_looking_elsewhere_before_enrolment_says_what_is_missing(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = desk.request()
    answer = coordinator.post(f"/requests/{request_id}/elsewhere", data=SAID_SO, follow_redirects=True)
    assert "not enrolled at a hub yet" in text_of(answer)
    assert desk.row(Request, request_id).state == "new"


def test_a_withdrawal_by_phone_reaches_the_hub(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    request_id = desk.request(elsewhere=True)
    assert "cannot be undone" in text_of(coordinator.get(f"/requests/{request_id}/withdraw"))
    coordinator.post(f"/requests/{request_id}/withdraw")
    assert desk.row(Request, request_id).state == "withdrawn"
    assert queued(desk) == ["match.request", "match.withdraw"]


def test_closing_ends_a_request_that_is_here(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = desk.request()
    coordinator.post(f"/requests/{request_id}/close")
    assert desk.row(Request, request_id).state == "closed"
    shown = text_of(coordinator.get(f"/requests/{request_id}"))
    assert "Closed before anybody was asked" in shown
    assert "The support has ended" not in shown


def test_one_on_its_way_is_not_closed_here(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    request_id = desk.request(elsewhere=True)
    assert "/close" not in coordinator.get(f"/requests/{request_id}").text
    answer = coordinator.post(f"/requests/{request_id}/close", follow_redirects=True)
    assert "has moved on" in text_of(answer)
    assert desk.row(Request, request_id).state == "looking"


def test_nobody_found_gives_the_line_of_the_program(desk: Desk, coordinator: FlaskClient) -> None:
    shown = page(coordinator, desk.request(state="unmatched", elsewhere=True))
    assert shown.count("1-800-663-6729") == 1
    assert "The next step is the program’s phone line" not in shown, "once is enough"
    assert "Look elsewhere" in shown


def test_another_person_is_asked_for_with_the_wishes_said_again(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    request_id = desk.request(elsewhere=True, wishes=WISHES)
    with desk.session() as session:
        row = session.get_one(Request, request_id)
        row.state, row.wishes, row.avoid = "in-hand", None, None
    assert "Ask for another person" in page(coordinator, request_id)
    typed = {"language": "en", "wishes": ["man"], "avoid": [max(OTHERS)]}
    coordinator.post(f"/requests/{request_id}/wishes", data=typed)
    with desk.session() as session:
        row = session.get_one(Request, request_id)
        details = requests.all_details(session, row)
        assert details is not None
        assert (row.state, details.wishes, details.avoid) == ("looking", ("man",), (max(OTHERS),))
    assert queued(desk)[-1] == "match.rematch"
    assert noted_by(desk, request_id, "another-person") == ["Coordinator Person"]


def test_erased_wishes_are_said_again_before_a_letter_goes(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    request_id = desk.request(elsewhere=True)
    with desk.session() as session:
        session.get_one(Request, request_id).restate = True
    assert "Say the wishes again" in page(coordinator, request_id)
    nowhere = coordinator.post(
        f"/requests/{request_id}/wishes", data={"language": "pa", "avoid": list(OTHERS)}
    )
    assert nowhere.status_code == 422
    assert "No place is left to ask" in text_of(nowhere)
    coordinator.post(f"/requests/{request_id}/wishes", data={"language": "pa"})
    assert desk.row(Request, request_id).restate is False
    assert noted_by(desk, request_id, "restated") == ["Coordinator Person"]


def test_wishes_said_on_a_page_left_open_do_not_end_what_was_found_meanwhile(
    desk: Desk, coordinator: FlaskClient
) -> None:
    desk.enrol()
    request_id = desk.request(elsewhere=True, wishes=WISHES)
    with desk.session() as session:
        session.get_one(Request, request_id).restate = True
    path = f"/requests/{request_id}/wishes"
    assert 'name="restate" value="yes"' in coordinator.get(path).text
    with desk.session() as session:
        row = session.get_one(Request, request_id)
        row.state, row.restate = "in-hand", False
    assert 'name="restate"' not in coordinator.get(path).text
    assert coordinator.post(path, data={"language": "en", "restate": "yes"}).status_code == 409
    assert desk.row(Request, request_id).state == "in-hand"


def test_a_language_that_nobody_speaks_is_refused(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = desk.request(elsewhere=True)
    with desk.session() as session:
        session.get_one(Request, request_id).restate = True
    answer = coordinator.post(f"/requests/{request_id}/wishes", data={"language": "klingon"})
    assert answer.status_code == 422


def test_wishes_are_not_asked_again_without_a_reason(desk: Desk, coordinator: FlaskClient) -> None:
    assert coordinator.get(f"/requests/{desk.request()}/wishes").status_code == 409


@pytest.mark.parametrize("path", ["/requests/none", "/requests/none/name", "/requests/none/close"])
def test_an_unknown_request_is_not_found(coordinator: FlaskClient, path: str) -> None:
    assert coordinator.get(path).status_code == 404


def test_an_unknown_press_is_not_found(desk: Desk, coordinator: FlaskClient) -> None:
    assert coordinator.post(f"/requests/{desk.request()}/delete").status_code == 404


def test_an_empty_list_teaches(coordinator: FlaskClient) -> None:
    assert "Physicians ask by the web form" in text_of(coordinator.get("/requests"))


@pytest.mark.parametrize("state", ["looking", "in-hand", "unmatched", "closed"])
def test_a_request_that_this_computer_lost_breaks_no_page(
    desk: Desk, coordinator: FlaskClient, state: str
) -> None:
    desk.enrol()
    with desk.session() as session:
        inter_site_home.status(session, "B" * 22, state, desk.now, desk.now)
        session.flush()
        row = session.scalars(select(Request).where(Request.thid == "B" * 22)).one()
        request_id, ref = row.request_id, row.ref
    listed = "/requests?show=over" if state == "closed" else "/requests"
    for path in (listed, f"/requests/{request_id}", *(["/"] if state == "in-hand" else [])):
        assert ref in text_of(coordinator.get(path)), path
    assert coordinator.get("/").status_code == 200
    for act in ("name", "wishes", "elsewhere", "close", "withdraw"):
        answer = coordinator.post(f"/requests/{request_id}/{act}", data={"language": "en"})
        assert answer.status_code < 500, act


def test_a_name_that_was_opened_once_is_shown_to_the_physician_as_opened_once(desk: Desk) -> None:
    class Runs(StoppedClock):
        def now(self) -> datetime:
            self.advance(seconds=1)
            return self.at

    desk.enrol()
    request_id = desk.request(elsewhere=True)
    desk.app.extensions["clock"] = Runs()
    desk.client().post(f"/requests/{request_id}/name")
    with desk.session() as session:
        row = session.get_one(Request, request_id)
        assert [each.code for each in held_for_physician.openings(session, row)] == ["name-opened"]


def test_the_desk_mails_a_physician_another_link_without_seeing_it(
    desk: Desk, coordinator: FlaskClient
) -> None:
    desk.enrol()
    request_id = desk.request(
        elsewhere=True, identity=replace(IDENTITY, email="wren@private.example"), mail_ok=True
    )
    assert f"/requests/{request_id}/mail-link" in coordinator.get(f"/requests/{request_id}").text
    question = text_of(coordinator.get(f"/requests/{request_id}/mail-link"))
    assert "Nobody here sees it" in question
    answers = [coordinator.post(f"/requests/{request_id}/mail-link", follow_redirects=True) for _ in range(2)]
    assert "is on its way to the physician" in text_of(answers[0])
    assert "less than ten minutes ago" in text_of(answers[1])
    with desk.session() as session:
        (sent,) = session.scalars(select(Mail).where(Mail.kind == "request")).all()
        assert sent.to == "wren@private.example"
        assert sent.link is not None
        token = sent.link.rpartition("/")[2]
    assert not any(secret in answer.text for answer in answers for secret in (token, "wren@", "Canary"))


def test_whoever_wants_no_mail_is_not_mailed_a_link(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = desk.request(identity=replace(IDENTITY, email="wren@private.example"))
    assert "mail-link" not in coordinator.get(f"/requests/{request_id}").text
    answer = coordinator.post(f"/requests/{request_id}/mail-link", follow_redirects=True)
    assert "has moved on" in text_of(answer)
