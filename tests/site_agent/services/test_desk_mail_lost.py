"""News are not swallowed where the one mail that told of them reached nobody, or went before somebody was there."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from site_agent.mail.sender import given_up
from site_agent.models import Mail
from site_agent.services import people, post
from site_agent.services.people import Post
from tests.support.agent import Agent, add_person


@pytest.fixture
def told(cedar: Agent, session: Any) -> str:
    """News were mailed to Cora, whose address it is."""
    cora = add_person(session, cedar.now)
    post.news(session, cedar.now)
    session.commit()
    return str(cora.email)


def to_whom(session: Any) -> list[str | None]:
    return sorted(session.scalars(select(Mail.to).where(Mail.kind == "coordinator", Mail.state == "waiting")))


def test_after_a_mail_that_was_refused_for_good_the_next_news_are_mailed(
    cedar: Agent, session: Any, told: str
) -> None:
    [mail] = session.scalars(select(Mail).where(Mail.kind == "coordinator"))
    for name, value in given_up(mail).items():
        setattr(mail, name, value)
    cedar.clock.advance(minutes=5)
    post.news(session, cedar.now)
    assert to_whom(session) == [told]


def test_while_one_of_two_mails_is_on_its_way_the_desk_counts_as_told(cedar: Agent, session: Any) -> None:
    add_person(session, cedar.now)
    _, _token = people.invite(
        session, "bo@example.ca", "Bo Ek", Post(("coordinator",)), cedar.now, cedar.now.date()
    )
    post.news(session, cedar.now)
    first = session.scalars(select(Mail).where(Mail.kind == "coordinator").order_by(Mail.to)).first()
    for name, value in given_up(first).items():
        setattr(first, name, value)
    cedar.clock.advance(minutes=5)
    post.news(session, cedar.now)
    assert len(to_whom(session)) == 1


def test_whoever_takes_over_the_desk_hears_of_the_next_news(cedar: Agent, session: Any, told: str) -> None:
    cedar.clock.advance(minutes=5)
    given = Post(("deputy",), cedar.now.date())
    people.invite(session, "bo@example.ca", "Bo Ek", given, cedar.now, cedar.now.date())
    post.news(session, cedar.now)
    assert to_whom(session) == sorted([told, told, "bo@example.ca"])
    post.news(session, cedar.now)
    assert len(to_whom(session)) == 3


def test_a_corrected_address_hears_of_the_next_news(cedar: Agent, session: Any) -> None:
    cora = add_person(session, cedar.now)
    post.news(session, cedar.now)
    cedar.clock.advance(minutes=5)
    people.change_email(session, cora, "cora.o@example.ca", cedar.now)
    post.news(session, cedar.now)
    assert "cora.o@example.ca" in to_whom(session)
