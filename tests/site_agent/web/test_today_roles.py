"""Today leads each role only where it may go: every link is followed, and the target of every button is looked up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import html5lib
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from site_agent.models import Enrolment, LinkState, Mail, Match, OutboxRow, Outreach, Person, Request
from site_agent.services import outreach, policy, roster, tracker
from site_agent.services.outreach import Notice, Told
from tests.site_agent.web.steps import CAME
from tests.support.desk import Desk, make_desk
from ui.access import declaration

IN_CHARGE_ONLY = {"/settings/link", "/set-up"}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A site with a line of every kind on its Today."""
    for desk in make_desk(tmp_path_factory.mktemp("today") / "agent"):
        desk.enrol()
        _requests(desk)
        _matches(desk)
        _reach_out(desk)
        _trouble(desk)
        yield desk


def _requests(desk: Desk) -> None:
    for state in ("new", "unmatched"):
        desk.request(state=state)
        desk.request(state=state, elsewhere=True)
    erased = desk.request(elsewhere=True)
    with desk.session() as session:
        session.get_one(Request, erased).restate = True


def _matches(desk: Desk) -> None:
    who = desk.supporter(max_open=9)
    soon, long_ago = desk.now + timedelta(hours=5), desk.now - timedelta(hours=60)
    for _each in range(3):
        desk.match()
    desk.match("asked", who)
    desk.match("in-hand", who, due_at=soon)
    desk.match("in-hand", who, paused_at=desk.now)
    desk.match("overdue", who, due_at=long_ago)
    desk.match("escalated", who, due_at=long_ago)
    desk.match("in-touch", who, attempted_at=long_ago)
    desk.match("in-touch", who, attempted_at=long_ago, reached_at=long_ago)
    talked = desk.match("in-touch", who, attempted_at=long_ago, reached_at=long_ago, confirmed_at=long_ago)
    with desk.session() as session:
        for n in range(3):
            entry = tracker.Entry(desk.now, "15-30", "phone", 4, str(n) * 43, call_me=True)
            tracker.record(session, session.get_one(Match, talked), entry, desk.now)
        resting = roster.add(session, roster.Details("Dr. Pia Rest", "p@example.ca", "late"), desk.now)
        roster.pause(session, resting, (desk.now + timedelta(days=2)).date(), desk.now)


def _reach_out(desk: Desk) -> None:
    with desk.session() as session:
        for n in range(3):
            told = Told(f"Dr. Wren {n}", "+12505550142", f"w{n}@example.ca", agreed=True)
            outreach.record(session, Notice("colleague", (told,), "complaint"), f"seed{n}", desk.now)
        _new, silent, declined = session.scalars(select(Outreach)).all()
        silent.state, silent.contacted_at = "contacted", desk.now - timedelta(days=20)
        declined.state, declined.resources_ok = "offered", True
        declined.closed_at = declined.state_at


def _trouble(desk: Desk) -> None:
    """The hub has ended this site's part, its log forks, it refused a message, and a mail did not leave."""
    with desk.session() as session:
        session.scalars(select(Mail).where(Mail.kind == "offer")).first().state = "failed"  # type: ignore[union-attr]
        session.get_one(LinkState, 1).alarm = "key-log-fork"
        row = session.scalars(select(OutboxRow)).first()
        assert row is not None
        row.state, row.code = "rejected", "schema-invalid"
        enrolment = session.get_one(Enrolment, 1)
        enrolment.state, enrolment.error_code, enrolment.changed_at = "refused", "site-withdrawn", desk.now


def someone(desk: Desk, role: str) -> FlaskClient:
    """A browser of somebody whose role is in force; whoever may record a request has begun one."""
    client = desk.client(role)
    with desk.session() as session:
        for person in session.scalars(select(Person).where(Person.roles == ("deputy",))):
            person.deputy_until = desk.now.date()
    if role != "keeper":
        assert client.post("/requests/new", data=CAME).status_code in (302, 303)
    return client


def links_and_targets(page: str) -> tuple[set[str], set[str]]:
    """Where the links of a page lead, and where its forms and buttons post to."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    links = {each.get("href") or "" for each in tree.iter("a")}
    forms = {each.get("action") or "" for each in tree.iter("form") if each.get("method") == "post"}
    buttons = {each.get("formaction") or "" for each in tree.iter("button")}
    return {each for each in links if each.startswith("/")}, {each for each in forms | buttons if each}


def may_post(desk: Desk, role: str, path: str) -> bool:
    endpoint, _parts = desk.app.url_map.bind("localhost").match(path, method="POST")
    access = declaration(desk.app, endpoint)
    assert access is not None
    return access.kind in ("public", "person") or role in access.names


@pytest.mark.parametrize("chooses", ["coordinator", "lead"])
@pytest.mark.parametrize("role", ["coordinator", "lead", "deputy", "keeper"])
def test_nothing_on_the_first_page_leads_where_its_reader_may_not_go(
    full: Desk, role: str, chooses: str
) -> None:
    with full.session() as session:
        policy.put(session, "who_assigns", chooses, full.now)
    client = someone(full, role)
    for path in ("/safety",) if role == "keeper" else ("/", "/today/list"):
        links, targets = links_and_targets(client.get(path).text)
        assert links, path
        refused = {link for link in links if client.get(link).status_code not in (200, 302, 303)}
        assert not refused, path
        assert not {target for target in targets if not may_post(full, role, target)}, path


def test_each_role_is_shown_everything_it_may_open(full: Desk) -> None:
    with full.session() as session:
        policy.put(session, "who_assigns", "coordinator", full.now)
    shown = {}
    for role in ("coordinator", "lead", "deputy"):
        links, _targets = links_and_targets(someone(full, role).get("/today/list").text)
        shown[role] = {link for link in links if not link.startswith("/requests/new/")}
    assert shown["lead"] == shown["coordinator"]
    assert shown["coordinator"] - shown["deputy"] == IN_CHARGE_ONLY
    assert shown["deputy"] < shown["coordinator"]


def test_the_scene_holds_every_kind_of_line(full: Desk) -> None:
    """Else the two tests above would follow less than there is."""
    page = someone(full, "coordinator").get("/").text
    for words in (
        "Read the alarm", "This site has left its hub", "Look at what the hub refused", "Finish setting up",
        "Find a supporter for", "Find another way", "Call the physician", "Ask for the wishes",
        "Ask a supporter for a request from elsewhere", "See that first contact is made", "Speak with the supporter",
        "Decide about a first contact", "Ask whether the two have spoken", "Ask for the missing tracker entry",
        "Ask whether the support has ended", "Reach out to a physician", "Follow up once", "Send a list of other help",
        "Call Dr.", "an email to them did not arrive", "Go on with the request", "The rest of the week",
    ):  # fmt: skip
        assert words in page, words
