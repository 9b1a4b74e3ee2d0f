"""Whoever shares a network with a colleague, or reaches the site at all, sends until held back, and listens."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from site_agent.models import Outreach, Request
from tests.site_agent.public.conftest import Visitor
from tests.support.asking import answers, check, ticket_on


def limit(visitor: Visitor, **bounds: int) -> None:
    app = visitor.desk.app
    app.extensions["agent_config"] = replace(app.extensions["agent_config"], **bounds)


def is_taken(visitor: Visitor, address: str = "192.0.2.1", **changes: Any) -> bool:
    """Send a form; whether it was looked at."""
    typed = answers(**changes)
    answer = visitor.client.post("/ask/send", data=typed, environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code in (200, 422, 429)
    return answer.status_code != 429


def asks(visitor: Visitor, address: str = "192.0.2.1") -> bool:
    return is_taken(visitor, address, ticket=ticket_on(check(visitor)))


@pytest.mark.parametrize(
    ("bounds", "colleague", "window"),
    [
        ({"forms_from_address": 1}, "192.0.2.1", timedelta(hours=1)),
        ({"forms_from_address": 0, "forms_to_site": 1}, "203.0.113.9", timedelta(days=1)),
    ],
    ids=["network", "site"],
)
def test_nobody_hears_when_a_colleague_sent_one(
    visitor: Visitor, bounds: dict[str, int], colleague: str, window: timedelta
) -> None:
    limit(visitor, **bounds)
    clock = visitor.desk.clock

    def heard(before: Callable[[], object]) -> timedelta:
        """After how long a form is looked at again, when none was; those that are wrong nobody at the desk sees."""
        clock.advance(days=3)
        clock.at = begin = clock.now().replace(hour=8, minute=2)
        before()
        clock.at = begin + window / 3
        while asks(visitor):
            pass
        while not is_taken(visitor, name=""):
            clock.at += window / 60
        return clock.now() - begin

    assert heard(lambda: asks(visitor, colleague)) == heard(lambda: None)


def test_forms_that_nobody_at_the_desk_sees_do_not_close_the_site(visitor: Visitor) -> None:
    limit(visitor, forms_to_site=2)
    for n in range(6):
        assert is_taken(visitor, f"198.51.100.{n}", name="")
        assert is_taken(visitor, f"198.51.100.{n}", ticket="made-up")
        told = {"notifier": "colleague", "reason": "not-said", "people": "1", "go": "send"}
        visitor.client.post("/notify", data=told, environ_overrides={"REMOTE_ADDR": f"198.51.100.{n}"})
    assert [asks(visitor, f"203.0.113.{n}") for n in range(5)][:2] == [True] * 2
    assert not asks(visitor, "203.0.113.9"), "three at most are taken, which the desk sees"


@pytest.mark.parametrize("kind", [Request, Outreach])
def test_of_many_that_come_at_once_the_site_takes_no_more_than_its_day_holds(
    visitor: Visitor, kind: type[Any]
) -> None:
    limit(visitor, forms_to_site=1)
    tickets = [ticket_on(check(visitor)) for _ in range(6)]
    told = {"notifier": "colleague", "reason": "not-said", "people": "1", "go": "send", "agreed_0": "yes"}

    def send(n: int) -> int:
        where = {"REMOTE_ADDR": f"198.51.100.{n}"}
        who = {"ticket": tickets[n], "name_0": f"Dr. Number {n}", "phone_0": "250 555 0142"}
        path, typed = (
            ("/ask/send", answers(ticket=tickets[n])) if kind is Request else ("/notify", told | who)
        )
        return visitor.client.post(path, data=typed, environ_overrides=where).status_code

    with ThreadPoolExecutor(6) as pool:
        codes = sorted(pool.map(send, range(6)))
    assert codes[1:] == [429] * 5
    with visitor.desk.session() as session:
        assert session.query(kind).count() == 1


@pytest.mark.parametrize("address", ["{}:52100", "[2001:db8:{}::7]:52100"])
def test_a_proxy_that_names_the_port_too_does_not_make_one_network_of_all(
    visitor: Visitor, address: str
) -> None:
    limit(visitor, forms_from_address=1)
    one, other = (
        address.format(each) for each in (("1", "2") if "[" in address else ("192.0.2.1", "192.0.2.2"))
    )
    assert is_taken(visitor, one, name="")
    assert not is_taken(visitor, one.replace("52100", "52101"), name="")
    assert is_taken(visitor, other, name="")
