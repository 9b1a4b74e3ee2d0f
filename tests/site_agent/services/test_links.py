"""Secret links and the sessions that they open."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from site_agent.models import LinkSession, SecretLink
from site_agent.services import links
from tests.support.agent import Agent

SUBJECT = "S" * 22


def test_a_link_is_found_by_its_kind_until_it_expires(session: Any, cedar: Agent) -> None:
    token = links.issue(session, "offer", SUBJECT, cedar.now + timedelta(hours=1), cedar.now)
    assert links.find(session, token, "offer", cedar.now).subject == SUBJECT
    assert links.find(session, token, "request", cedar.now) is None
    assert links.find(session, token[:-1], "offer", cedar.now) is None
    assert links.find(session, token, "offer", cedar.now + timedelta(hours=1)) is None
    assert links.known(session, token, "offer") is not None


def test_a_link_is_spent_once(session: Any, cedar: Agent) -> None:
    token = links.issue(session, "offer", SUBJECT, None, cedar.now)
    link = links.find(session, token, "offer", cedar.now)
    assert links.spend(session, link, cedar.now)
    assert not links.spend(session, link, cedar.now)
    assert links.find(session, token, "offer", cedar.now) is None


def test_no_link_is_issued_that_has_expired(session: Any, cedar: Agent) -> None:
    with pytest.raises(ValueError, match="expired"):
        links.issue(session, "offer", SUBJECT, cedar.now, cedar.now)


def test_tokens_are_kept_as_hashes_only(session: Any, cedar: Agent) -> None:
    token = links.issue(session, "offer", SUBJECT, None, cedar.now)
    cookie = links.start_session(session, links.known(session, token, "offer"), cedar.now)
    session.flush()
    kept = [vars(each) for table in (SecretLink, LinkSession) for each in session.scalars(select(table))]
    assert token not in str(kept)
    assert cookie not in str(kept)


def test_a_session_belongs_to_one_kind_and_ends(session: Any, cedar: Agent) -> None:
    link = links.known(session, links.issue(session, "offer", SUBJECT, None, cedar.now), "offer")
    cookie = links.start_session(session, link, cedar.now)
    assert links.find_session(session, cookie, "offer", cedar.now).subject == SUBJECT
    assert links.find_session(session, cookie, "request", cedar.now) is None
    assert links.find_session(session, None, "offer", cedar.now) is None
    assert links.find_session(session, cookie, "offer", cedar.now + links.SESSION_LASTS) is None
    links.end_session(session, cookie)
    links.end_session(session, None)
    assert links.find_session(session, cookie, "offer", cedar.now) is None


def test_revoking_takes_links_and_sessions(session: Any, cedar: Agent) -> None:
    token = links.issue(session, "request", SUBJECT, None, cedar.now)
    cookie = links.start_session(session, links.known(session, token, "request"), cedar.now)
    session.flush()
    links.revoke(session, "request", SUBJECT)
    session.expire_all()
    assert links.known(session, token, "request") is None
    assert links.find_session(session, cookie, "request", cedar.now) is None


def test_what_expired_is_swept(session: Any, cedar: Agent) -> None:
    until = cedar.now + timedelta(hours=1)
    old = links.issue(session, "offer", SUBJECT, until, cedar.now)
    for_ever = links.issue(session, "request", SUBJECT, None, cedar.now)
    links.start_session(session, links.known(session, old, "offer"), cedar.now)
    session.flush()
    links.sweep(session, until + timedelta(days=13))
    session.expire_all()
    assert links.known(session, old, "offer") is not None
    assert session.scalars(select(LinkSession)).all() == []
    links.sweep(session, until + timedelta(days=15))
    session.expire_all()
    assert links.known(session, old, "offer") is None
    assert links.known(session, for_ever, "request") is not None
