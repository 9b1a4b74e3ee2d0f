"""What is mailed to the desk: one mail while there is news that nobody has looked at, and what cannot wait always."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from site_agent.mail.text import compose
from site_agent.models import Mail, Match, Person, Reminder, Site
from site_agent.services import inter_site_helper, left_hub, offers, policy, post, safety
from tests.support.asking import answers, check, ticket_on
from tests.support.desk import text_of
from tests.support.local import Here, here, site

__all__ = ["here", "site"]

NOTICE = {"notifier": "colleague", "reason": "not-said", "people": "1", "go": "send", "agreed_0": "yes"}


@pytest.fixture
def door(visitor):
    """A site with Kim at its desk, whose forms take any number."""
    app = visitor.desk.app
    app.extensions["agent_config"] = replace(
        app.extensions["agent_config"], forms_from_address=0, forms_to_site=0
    )
    visitor.desk.person("coordinator", name="Kim", email="kim@example.org")
    return visitor


def mails(desk, to="kim@example.org"):
    with desk.session() as session:
        return len(session.scalars(select(Mail).where(Mail.kind == "coordinator", Mail.to == to)).all())


def ask(door, **changes):
    answer = door.client.post("/ask/send", data=answers(ticket=ticket_on(check(door, **changes)), **changes))
    assert "Your request is sent" in text_of(answer)


def tell(door, name="Dr. Wren Canary"):
    typed = {**NOTICE, "ticket": ticket_on(door.get("/notify")), "name_0": name, "phone_0": "250 555 0142"}
    assert door.client.post("/notify", data=typed).status_code == 303


def test_thirty_notices_are_one_mail(door):
    for n in range(30):
        tell(door, f"Dr. Number {n}")
    assert mails(door.desk) == 1


@pytest.mark.parametrize("place", ["here", "elsewhere"])
def test_a_request_by_the_form_is_mailed_at_once_and_the_next_one_is_not(door, place):
    for _ in range(2):
        ask(door, place=place, few="send" if place == "elsewhere" else "")
        assert mails(door.desk) == 1


def test_a_form_that_is_sent_twice_is_no_news(door):
    ticket = ticket_on(check(door))
    door.client.post("/ask/send", data=answers(ticket=ticket))
    door.desk.client().get("/")
    door.client.post("/ask/send", data=answers(ticket=ticket))
    assert mails(door.desk) == 1


def test_the_mail_tells_nobody_what_kind_of_news_it_is(door):
    texts = set()
    for news in (lambda: ask(door, place="here", few=""), lambda: ask(door), lambda: tell(door)):
        news()
        with door.desk.session() as session:
            mail = session.scalars(select(Mail).where(Mail.kind == "coordinator")).one()
            mail.next_try_at = door.desk.now
            message = compose(mail, session.get(Site, 1), "messages@cedar.example")
            texts.add((message["Subject"], message.get_content()))
            session.delete(mail)
            session.delete(session.scalars(select(Reminder)).one())
    ((subject, body),) = texts
    assert subject == "You have a message"
    assert "https://cedar.example.ca/\n" in body
    for word in ("request", "notice", "physician", "Canary", "new", "Today"):
        assert word not in body


@pytest.mark.parametrize("role", ["coordinator", "deputy"])
def test_after_somebody_who_is_mailed_opened_today_the_next_news_goes(door, role):
    tell(door)
    somebody = door.desk.client(role)
    if role == "deputy":
        with door.desk.session() as session:
            deputy = session.scalars(select(Person).where(Person.name != "Kim")).one()
            deputy.deputy_until = door.desk.now.date() + timedelta(days=9)
    assert somebody.get("/").status_code == 200
    tell(door, "Dr. Bo Ek")
    tell(door, "Dr. Cy Ek")
    assert mails(door.desk) == 2


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("coordinator", "/today/list"),
        ("coordinator", "/requests"),
        ("lead", "/"),
        ("keeper", "/"),
        (None, "/"),
    ],
)
def test_nothing_else_counts_as_having_looked(door, role, path):
    tell(door)
    door.desk.client(role).get(path)
    tell(door, "Dr. Bo Ek")
    assert mails(door.desk) == 1


def test_looking_when_nothing_was_mailed_writes_nothing(door, monkeypatch):
    written = []
    monkeypatch.setattr(post, "today_opened", written.append)
    assert door.desk.client().get("/").status_code == 200
    assert written == []
    tell(door)
    door.desk.client().get("/")
    assert len(written) == 1


def test_what_came_before_today_was_opened_is_on_it(door):
    tell(door)
    tell(door, "Dr. Bo Ek")
    assert text_of(door.desk.client().get("/")).count("Told just now") == 2


def test_what_comes_while_today_is_opened_is_on_it_or_mailed(door, monkeypatch):
    tell(door)
    real = post.is_unread

    def looked(session):
        found = real(session)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(tell, door, "Dr. Bo Ek").result()
        return found

    monkeypatch.setattr(post, "is_unread", looked)
    assert text_of(door.desk.client().get("/")).count("Told just now") == 2
    assert mails(door.desk) == 1


def test_news_in_the_same_moment_are_one_mail(door):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: tell(door, f"Dr. Number {n}"), range(8)))
    assert mails(door.desk) == 1


def test_after_four_hours_the_next_news_goes(door):
    tell(door)
    door.desk.clock.advance(hours=4, seconds=-1)
    tell(door, "Dr. Bo Ek")
    assert mails(door.desk) == 1
    door.desk.clock.advance(seconds=1)
    tell(door, "Dr. Cy Ek")
    tell(door, "Dr. Di Ek")
    assert mails(door.desk) == 2


@pytest.mark.parametrize(("hours", "n_mails"), [(0, 3), (6, 1)])
def test_the_hours_are_a_setting(door, hours, n_mails):
    with door.desk.session() as session:
        policy.put(session, "desk_mail_hours", hours, door.desk.now)
    for name in ("Dr. Bo Ek", "Dr. Cy Ek", "Dr. Di Ek"):
        tell(door, name)
        door.desk.clock.advance(hours=2)
    assert mails(door.desk) == n_mails


def test_while_nobody_is_at_the_desk_no_news_counts_as_mailed(desk):
    with desk.session() as session:
        post.news(session, desk.now)
        assert session.scalars(select(Reminder)).all() == []


def test_an_answer_at_the_site_waits_with_the_other_news(here: Here) -> None:
    here.person()
    uma, vic = here.supporter(), here.supporter("Dr Vic Lund")
    first, second = here.ask(here.request(), uma), here.ask(here.request(), vic)
    here.no(first)
    here.no(second)
    assert len(here.mails("coordinator")) == 1


def unread(here: Here) -> int:
    """Something was mailed a moment ago and nobody has looked; how many mails there are."""
    here.person()
    post.news(here.session, here.now)
    here.session.commit()
    n_mails = len(here.mails("coordinator"))
    assert n_mails == 1
    return n_mails


def test_a_late_first_contact_is_mailed_whatever_went_before(here: Here) -> None:
    here.in_hand(here.request(), here.supporter())
    here.clock.advance(hours=72)
    unread(here)
    here.run()
    assert len(here.mails("coordinator")) == 2


def test_a_request_about_which_nobody_was_asked_is_mailed_whatever_went_before(here: Here) -> None:
    here.request()
    here.clock.advance(hours=25)
    unread(here)
    here.run()
    assert len(here.mails("coordinator")) == 2


def test_a_site_that_lost_its_hub_is_told_whatever_went_before(here: Here) -> None:
    unread(here)
    assert left_hub.leave(here.session, here.now)
    assert len(here.mails("coordinator")) == 2
    here.session.rollback()


def test_an_overdue_match_from_elsewhere_is_mailed_whatever_went_before(door):
    thid = door.desk.match("in-hand", door.desk.supporter())
    for state in ("overdue", "escalated"):
        with door.desk.session() as session:
            session.query(Mail).delete()
            post.today_opened(session)
            post.news(session, door.desk.now)
            if state == "overdue":
                due_at = session.get_one(Match, thid).due_at
                inter_site_helper.overdue(session, thid, due_at, None, door.desk.now)
            else:
                inter_site_helper.helper_status(session, thid, state, door.desk.now, None, door.desk.now)
        assert mails(door.desk) == 2, state


def test_the_keepers_hear_of_each_report_whatever_went_before(door):
    door.desk.person("keeper", "coordinator", name="Ola", email="ola@example.org")
    with door.desk.session() as session:
        post.news(session, door.desk.now)
        for _ in range(3):
            safety.report(session, None, "keeper", safety.ticket(), door.desk.now)
        kinds = session.scalars(select(Mail.kind).where(Mail.to == "ola@example.org")).all()
    assert sorted(kinds) == ["coordinator", "keeper", "keeper", "keeper"]


def test_after_a_mail_about_a_limit_news_wait_too(here: Here) -> None:
    here.person()
    post.to_coordinators(here.session, here.now)
    post.news(here.session, here.now)
    assert len(here.mails("coordinator")) == 1
    here.session.rollback()


def test_whoever_took_over_and_cannot_is_told_at_once_since_the_clock_runs(door):
    desk = door.desk
    thid = desk.match("asked", desk.supporter(), resume_state="overdue", due_at=desk.now)
    with desk.session() as session:
        post.news(session, desk.now)
        offer = inter_site_helper.present_offer(session, session.get_one(Match, thid))
        offers.decline(session, offer, desk.now)
    assert mails(desk) == 2
