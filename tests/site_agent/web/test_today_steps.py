"""Today as the one place to work: each line has its next step there, and a press brings the reader back."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from site_agent.extensions import db
from site_agent.models import Interaction, Mail, Match, Offer, Person, Reminder, Request, Supporter
from site_agent.services import drafts, offers, policy, roster, safety, tracker
from tests.site_agent.web.helping import asked, helped, in_touch, match_of, offer_of
from tests.site_agent.web.steps import CAME
from tests.support.desk import Desk, draft_of, text_of


def today(client: FlaskClient) -> str:
    return text_of(client.get("/"))


def step(client: FlaskClient, words: str) -> str:
    """Press the button of Today that says this; what Today says afterwards."""
    page = client.get("/").text
    for found in re.finditer(r"<button[^>]*formaction=\"([^\"]+)\"([^>]*)>([^<]*)<", page):
        if found[3].startswith(words):
            pair = re.search(r'name="(\w+)" value="([^"]*)"', found[2])
            typed = {"back": "today"} | ({pair[1]: pair[2]} if pair else {})
            return text_of(client.post(found[1], data=typed, follow_redirects=True))
    raise AssertionError(f"no button says {words}: {text_of(client.get('/'))}")


def change(desk: Desk, request_id: str, **values: object) -> None:
    with desk.session() as session:
        match = session.scalars(select(Match).where(Match.request_id == request_id)).one()
        for name, value in values.items():
            setattr(match, name, value)


def test_a_new_request_is_asked_about_from_its_line(desk: Desk, coordinator: FlaskClient) -> None:
    desk.supporter()
    request_id = desk.request()
    said = step(coordinator, "Ask Dr. Ada Okafor")
    assert "Dr. Ada Okafor was asked by email." in said
    assert "Today at Cedar Inlet" in said, "back to where it was pressed"
    assert match_of(desk, request_id).state == "asked"
    assert "Find a supporter" not in today(coordinator)


def test_a_decline_is_followed_without_saying_who_or_that_there_was_one(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = asked(desk, coordinator)
    desk.supporter("Dr. Bo Lind")
    with desk.session() as session:
        offers.decline(session, session.scalars(select(Offer)).one(), desk.now)
    shown = today(coordinator)
    assert "Ask the next supporter for request" in shown
    assert "Nobody is asked at the moment." in shown
    assert "New" not in shown
    for word in ("Okafor", "declined", "said no"):
        assert word not in shown
    step(coordinator, "Ask Dr. Bo Lind")
    assert match_of(desk, request_id).state == "asked"


def test_silence_and_a_decline_leave_the_same_line(desk: Desk, coordinator: FlaskClient) -> None:
    shown = []
    for answer in ("decline", "lapse"):
        request_id = asked(desk, coordinator)
        with desk.session() as session:
            offer = session.get_one(Offer, offer_of(desk, request_id))
            if answer == "lapse":
                offer.expires_at = desk.now
            getattr(offers, answer)(session, offer, desk.now)
        ref = desk.row(Request, request_id).ref
        shown.append(today(coordinator).replace(ref, "REF"))
        with desk.session() as session:
            session.get_one(Request, request_id).state = "withdrawn"
            session.query(Supporter).delete()
    assert shown[0] == shown[1]


def test_a_late_contact_is_extended_from_its_line_and_says_whom_to_phone(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = helped(desk, coordinator)
    change(desk, request_id, state="overdue", due_at=desk.now - timedelta(hours=3))
    shown = today(coordinator)
    assert "Phone Dr. Ada Okafor: (250) 555-0199" in shown
    assert "The limit is extended." in step(coordinator, "Extend once")
    change(desk, request_id, state="overdue", due_at=desk.now - timedelta(hours=3))
    assert "Choose another supporter" in today(coordinator), "a second time is not given"


def test_a_request_from_elsewhere_is_asked_about_from_its_line(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    desk.supporter()
    thid = desk.match()
    step(coordinator, "Ask Dr. Ada Okafor")
    assert desk.row(Match, thid).state == "asked"


def test_only_the_first_from_elsewhere_have_a_name_on_the_button(
    desk: Desk, coordinator: FlaskClient
) -> None:
    desk.enrol()
    desk.supporter(max_open=9)
    for _each in range(5):
        desk.match()
    shown = today(coordinator)
    assert shown.count("Ask Dr. Ada Okafor") == 2
    assert shown.count("Choose a supporter") == 3


def test_a_clock_that_runs_out_is_reminded_of(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = helped(desk, coordinator)
    change(desk, request_id, due_at=desk.now + timedelta(hours=5))
    step(coordinator, "Send a reminder")
    with desk.session() as session:
        assert "nudge" in session.scalars(select(Mail.kind)).all()


def test_a_missing_entry_is_reminded_of_once_and_then_recorded_by_phone(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = in_touch(desk, coordinator)
    assert "tracker entry" not in today(coordinator)
    change(desk, request_id, reached_at=desk.now - timedelta(hours=49))
    assert "A reminder is on its way" in step(coordinator, "Send a reminder")
    assert "tracker entry" not in today(coordinator), "quiet for as long as the first wait"
    with desk.session() as session:
        session.scalars(select(Reminder)).one().at = desk.now - timedelta(hours=49)
    shown = today(coordinator)
    assert "A reminder went out 2 days ago." in shown
    assert f"/requests/{request_id}/help/talk" in coordinator.get("/").text


def test_talks_enough_wait_for_the_end(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = in_touch(desk, coordinator)
    match = match_of(desk, request_id)
    with desk.session() as session:
        for n in range(3):
            entry = tracker.Entry(desk.now, "15-30", "phone", 4, str(n) * 43)
            tracker.record(session, session.get_one(Match, match.thid), entry, desk.now)
    assert "Ask whether the support has ended" in today(coordinator)
    change(desk, request_id, check_in_on=(desk.now + timedelta(days=3)).date())
    shown = today(coordinator)
    assert "Ask whether the support has ended" not in shown, "they have set a day"
    assert "The two talk again" in shown


def test_a_wish_to_be_called_waits_without_a_word_on_the_case(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = in_touch(desk, coordinator)
    entry = tracker.Entry(desk.now, "15-30", "phone", 2, "c" * 43, call_me=True)
    with desk.session() as session:
        tracker.record(session, session.get_one(Match, match_of(desk, request_id).thid), entry, desk.now)
    shown = today(coordinator)
    line = shown[shown.index("Call Dr. Ada Okafor") :][:160]
    with desk.session() as session:
        session.get_one(Supporter, match_of(desk, request_id).supporter_id).max_open = 3
    desk.request()
    assert "Ask Dr. Ada Okafor" not in today(coordinator), "first somebody calls them"
    assert desk.row(Request, request_id).ref not in line
    assert "Thank you for calling." in step(coordinator, "I called")
    with desk.session() as session:
        assert session.scalars(select(Interaction.called_at)).one() == desk.now
    assert "Call Dr. Ada" not in today(coordinator)
    assert "Ask Dr. Ada Okafor" in today(coordinator)


def test_a_mail_that_failed_is_phoned_about(desk: Desk, coordinator: FlaskClient) -> None:
    asked(desk, coordinator)
    with desk.session() as session:
        session.scalars(select(Mail).where(Mail.kind == "offer")).one().state = "failed"
    assert "Phone Dr. Ada Okafor: an email to them did not arrive" in today(coordinator)
    step(coordinator, "I phoned")
    assert "did not arrive" not in today(coordinator)


def test_a_paused_match_waits_first_and_offers_no_reminder(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = helped(desk, coordinator)
    change(desk, request_id, due_at=desk.now + timedelta(hours=5))
    with desk.session() as session:
        match = session.scalars(select(Match).where(Match.request_id == request_id)).one()
        safety.report(session, match, "keeper", "s" * 43, desk.now)
    shown = today(coordinator)
    assert "Speak with the supporter of" in shown
    assert "Send a reminder" not in shown
    assert "First contact is due" not in shown
    assert shown.count("Paused") == 2, "as the tag of the line and of the request"
    desk.clock.advance(minutes=110)
    assert "Waiting 1 h" in today(desk.client())


def test_a_request_that_waits_long_says_to_phone_them(desk: Desk, coordinator: FlaskClient) -> None:
    desk.request(received_at=desk.now - timedelta(hours=26))
    shown = today(coordinator)
    assert "Phone them: they have waited long." in shown
    assert "Waiting 26 h" in shown
    with desk.session() as session:
        policy.put(session, "find_hours", 48, desk.now)
    assert "Phone them" not in today(coordinator)


def test_nobody_left_leads_on(desk: Desk, coordinator: FlaskClient) -> None:
    desk.request()
    assert "Give the physician the program’s phone line." in today(coordinator)
    desk.enrol()
    assert "Look elsewhere" in today(coordinator)
    desk.supporter(stage="early")
    assert "They agree to an earlier stage" in today(coordinator)


def test_ones_own_form_under_way_waits_and_nobody_elses(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = draft_of(coordinator.post("/requests/new", data=CAME))
    desk.clock.advance(minutes=10)
    shown = today(coordinator)
    assert "Go on with the request you left on Tue 3 Nov 2026, 10:00 am" in shown
    assert "Asked on paper. Kept until" in shown
    answer = coordinator.get(f"/requests/new/{draft_id}/check")
    assert answer.headers["Location"].endswith("/about"), "where it was left"
    assert "Go on with the request" not in today(desk.client())


def test_a_list_of_supporters_under_way_is_no_request(desk: Desk, coordinator: FlaskClient) -> None:
    with desk.session() as session:
        person = session.scalars(select(Person.person_id)).one()
        drafts.put(session, drafts.begin(session, person, desk.now), {"list": {"csv": ["x"]}}, desk.now)
    assert "Go on with" not in today(coordinator)


def test_the_rest_of_the_week_lists_limits_and_days_in_order(desk: Desk, coordinator: FlaskClient) -> None:
    helped(desk, coordinator)
    who = desk.supporter("Dr. Pia Paused")
    with desk.session() as session:
        roster.pause(session, session.get_one(Supporter, who), date(2026, 11, 5), desk.now)
    shown = today(coordinator)
    week = shown[shown.index("The rest of the week") :]
    assert week.index("The pause of Dr. Pia Paused ends") < week.index("First contact is due")
    desk.clock.advance(minutes=30)
    with desk.session() as session:
        session.get_one(Supporter, who).paused_until = date(2026, 11, 30)
    assert "Pia Paused" not in today(coordinator)


def test_the_list_stays_the_same_while_nothing_changes(desk: Desk, coordinator: FlaskClient) -> None:
    desk.app.config["WTF_CSRF_ENABLED"] = True
    desk.supporter()
    desk.request()
    first = coordinator.get("/today/list")
    assert "formaction" in first.text
    again = coordinator.get("/today/list", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def n_queries(desk: Desk, client: FlaskClient, path: str) -> int:
    """How many statements a page takes."""
    seen = []
    with desk.app.app_context():
        engine = db.engine

    def count(conn, cursor, statement, parameters, context, executemany):  # type: ignore[no-untyped-def]
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(seen)


def much(desk: Desk, client: FlaskClient, n: int) -> None:
    """Something of everything, `n` times."""
    for each in range(n):
        who = desk.supporter(f"Dr. No {each}", email=f"{desk.now:%s}{each}@example.ca", max_open=9)
        desk.request()
        desk.match()
        desk.match("in-touch", who, reached_at=desk.now - timedelta(hours=60))
        desk.match("overdue", who, due_at=desk.now - timedelta(hours=1))
        desk.request(state="closed")
        desk.request(elsewhere=True, state="in-hand")
        client.post("/requests/new", data=CAME)
    request_id = desk.request()
    client.post(f"/requests/{request_id}/help/ask", data={"supporter": who})


N_QUERIES = {"/": 24, "/today/list": 23, "/requests": 10, "/requests?show=over": 7}
"""With the BEGIN, and two for who is signed in where."""


def test_a_page_asks_the_database_as_often_for_much_as_for_little(
    desk: Desk, coordinator: FlaskClient
) -> None:
    desk.enrol()
    much(desk, coordinator, 4)
    assert {path: n_queries(desk, coordinator, path) for path in N_QUERIES} == N_QUERIES
    desk.clock.advance(minutes=1)
    much(desk, coordinator, 6)
    assert {path: n_queries(desk, coordinator, path) for path in N_QUERIES} == N_QUERIES
    with desk.session() as session:
        assert session.scalar(select(func.count()).select_from(Match)) == 32
