"""Two presses in the same moment: exactly one counts, and neither reader is left without an answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from protocol.messages.matches import Accept
from site_agent.models import OutboxRow, Request
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
    with supporter.client.session_transaction(base_url="https://localhost") as cookie:
        visit = dict(cookie)
    browsers = [supporter.desk.client(None) for _ in range(2)]
    for browser in browsers:
        with browser.session_transaction(base_url="https://localhost") as cookie:
            cookie.update(visit)
    said = {"about": supporter.about, "answer": "yes"}
    pages = at_once(
        *[lambda browser=browser: browser.post("/offer/answer", data=said) for browser in browsers]
    )
    assert [page.status_code for page in pages] == [303, 303]
    with supporter.desk.session() as session:
        assert session.query(OutboxRow).filter_by(type=Accept.TYPE).count() == 1


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
