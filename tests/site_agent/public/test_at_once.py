"""Two presses in the same moment: exactly one counts, and neither reader is left without an answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from protocol.messages.matches import Accept
from site_agent.models import Interaction, Match, OutboxRow, Request
from tests.support.asking import answers, check, ticket_on
from tests.support.clock import StoppedClock


def at_once(*presses):
    """Do all of them from threads that start together; what each answered."""
    start = Barrier(len(presses))

    def run(press):
        start.wait()
        return press()

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(run, presses))


def test_a_form_sent_twice_in_the_same_moment_is_one_request(visitor):
    typed = answers(ticket=ticket_on(check(visitor)))
    browsers = [visitor.desk.client(None) for _ in range(2)]
    pages = at_once(*[lambda browser=browser: browser.post("/ask/send", data=typed) for browser in browsers])
    assert [page.status_code for page in pages] == [200, 200]
    with visitor.desk.session() as session:
        assert session.query(Request).count() == 1


def test_a_link_opened_twice_in_the_same_moment_opens_once(asked):
    supporter = asked()
    browsers = [supporter.desk.client(None) for _ in range(2)]
    pages = at_once(*[lambda browser=browser: browser.post(f"/o/{supporter.token}") for browser in browsers])
    assert sorted(page.status_code for page in pages) == [303, 410]


def test_two_yeses_in_the_same_moment_are_one(asked):
    supporter = asked().open()
    browsers = same_browsers(supporter, 2)
    said = {"about": supporter.about, "answer": "yes"}
    pages = at_once(
        *[lambda browser=browser: browser.post("/offer/answer", data=said) for browser in browsers]
    )
    assert [page.status_code for page in pages] == [303, 303]
    with supporter.desk.session() as session:
        assert session.query(OutboxRow).filter_by(type=Accept.TYPE).count() == 1


def same_browsers(visitor, number):
    """Several browsers with one visit, as one phone that sends again."""
    with visitor.client.session_transaction(base_url="https://localhost") as cookie:
        visit = dict(cookie)
    browsers = [visitor.desk.client(None) for _ in range(number)]
    for browser in browsers:
        with browser.session_transaction(base_url="https://localhost") as cookie:
            cookie.update(visit)
    return browsers


TALK = {"ticket": "t" * 43, "day": "today", "length": "15-30", "mode": "phone", "found": "4"}


def test_a_talk_sent_four_times_in_the_same_moment_counts_once(helping_here):
    helping_here.post("/offer/attempt/reached", when="now")
    typed = TALK | {"about": helping_here.about}
    browsers = same_browsers(helping_here, 4)
    pages = at_once(
        *[lambda browser=browser: browser.post("/offer/talk", data=typed) for browser in browsers]
    )
    assert {page.status_code for page in pages} == {303}
    with helping_here.desk.session() as session:
        assert session.query(Interaction).count() == 1


def test_a_talk_sent_in_the_moment_of_closing_counts_before_it_or_not_at_all(helping_here):
    helping_here.post("/offer/attempt/reached", when="now")
    about = {"about": helping_here.about}
    talking, closing = same_browsers(helping_here, 2)
    pages = at_once(
        lambda: talking.post("/offer/talk", data=TALK | about),
        lambda: closing.post("/offer/close", data={"paper": "yes"} | about),
    )
    assert {page.status_code for page in pages} == {303}
    with helping_here.desk.session() as session:
        noted = session.query(Interaction).count()
        assert session.get_one(Match, helping_here.thid).state == "closed"
    said = talking.get("/offer").text
    assert ("nothing was noted" in said) is (noted == 0)


class RunningClock(StoppedClock):
    """Never says the same time twice, as a real one."""

    def now(self):
        self.at += timedelta(milliseconds=1)
        return self.at


@pytest.fixture
def running(visitor):
    """A site whose clock runs."""
    visitor.desk.app.extensions["clock"] = RunningClock(visitor.desk.now)
    return visitor


def test_time_that_passes_while_a_form_is_sent_does_no_harm(running):
    page = running.client.post("/ask/send", data=answers(ticket=ticket_on(check(running))))
    assert "Your request is sent" in page.text


def test_time_that_passes_while_an_attempt_is_recorded_does_no_harm(helping):
    helping.desk.app.extensions["clock"] = RunningClock(helping.desk.now)
    assert helping.post("/offer/attempt/reached", when="now").status_code == 303


def test_time_that_passes_while_a_talk_is_noted_does_no_harm(helping):
    helping.desk.app.extensions["clock"] = RunningClock(helping.desk.now)
    helping.post("/offer/attempt/reached", when="now")
    assert helping.post("/offer/talk", **TALK).status_code == 303
    with helping.desk.session() as session:
        assert session.query(Interaction).count() == 1
