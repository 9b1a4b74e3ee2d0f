"""What is erased by itself, and that the erased is gone from the file."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from protocol.messages.transport import Hello
from site_agent import outbox
from site_agent.models import CaseKey, Mail, OutboxRow, Seen
from site_agent.services import inter_site_helper as helper
from site_agent.services import links, policy, post, requests, retention
from tests.site_agent.services.conftest import Helped
from tests.support.agent import Agent, a_request, settle


def test_an_identity_goes_thirty_days_after_closing(session: Any, cedar: Agent) -> None:
    recorded = requests.record(session, a_request(cedar.now, elsewhere=False), cedar.now)
    request = recorded.request
    requests.close(session, request, cedar.now)
    retention.run(session, cedar.now + timedelta(days=29))
    assert request.identity is not None
    assert links.find(session, recorded.link_token, "request", cedar.now) is not None
    retention.run(session, cedar.now + timedelta(days=30))
    session.expire_all()
    sealed = (request.case_id, request.identity, request.reason, request.posts, request.language)
    assert sealed == (None,) * 5
    assert session.scalars(select(CaseKey)).all() == []
    assert links.find(session, recorded.link_token, "request", cedar.now) is None
    assert (request.state, request.stage) == ("closed", "mid")


def test_the_site_sets_how_long(session: Any, cedar: Agent) -> None:
    policy.put(session, "identity_days", 1)
    request = requests.record(session, a_request(cedar.now), cedar.now).request
    requests.withdraw(session, request, cedar.now)
    retention.run(session, cedar.now + timedelta(days=1))
    assert request.identity is None


def test_an_open_request_keeps_its_identity(session: Any, cedar: Agent) -> None:
    request = requests.record(session, a_request(cedar.now), cedar.now).request
    retention.run(session, cedar.now + timedelta(days=400))
    assert request.identity is not None


def test_the_wrapped_key_of_an_erased_case_is_in_no_file(session: Any, cedar: Agent) -> None:
    request = requests.record(session, a_request(cedar.now, elsewhere=False), cedar.now).request
    wrapped = session.get_one(CaseKey, request.case_id).wrapped
    session.commit()
    folder = cedar.app.extensions["agent_config"].data_dir

    def in_files() -> bool:
        session.commit()
        session.connection().connection.dbapi_connection.commit()
        busy = (
            session.connection()
            .connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetchone()
        )
        assert busy[0] == 0
        session.rollback()
        return any(wrapped in path.read_bytes() for path in folder.glob("agent.sqlite*"))

    assert in_files()
    retention.erase(session, request)
    assert not in_files()


def test_what_was_never_confirmed_ends_when_its_letters_have(helped: Helped, session: Any, uma: Any) -> None:
    match = helped.propose(session)
    helped.ask(session, uma)
    helped.accept(session)
    retention.run(session, match.answer_by + timedelta(days=13))
    assert match.state == "accepted"
    retention.run(session, match.answer_by + timedelta(days=14))
    assert (match.state, match.card) == ("ended", None)


@pytest.mark.parametrize("table", [OutboxRow, Seen])
def test_traces_of_the_exchange_live_thirty_five_days(table: Any, session: Any, cedar: Agent) -> None:
    row = outbox.queue(session, Hello(1, 1), now=cedar.now)
    settle(session, row, cedar.now)
    waiting = outbox.queue(session, Hello(1, 1), now=cedar.now)
    session.add(Seen(jti_hash="h", seen_at=cedar.now))
    retention.run(session, cedar.now + timedelta(days=34))
    assert len(session.scalars(select(table)).all()) == (2 if table is OutboxRow else 1)
    retention.run(session, cedar.now + timedelta(days=35))
    left = session.scalars(select(table)).all()
    assert left == ([waiting] if table is OutboxRow else [])


def test_a_dead_letter_stays_until_somebody_looked(session: Any, cedar: Agent) -> None:
    row = outbox.queue(session, Hello(1, 1), now=cedar.now)
    outbox.settle(session, row, outcome="rejected", committed_at=cedar.now, code="schema-invalid")
    retention.run(session, cedar.now + timedelta(days=100))
    assert outbox.dead(session) == [row]


def test_shells_of_sent_mail_go_after_a_week(session: Any, cedar: Agent) -> None:
    mail = post.queue(session, "coordinator", "a@example.ca", "/", cedar.now)
    mail.state = "sent"
    kept = post.queue(session, "coordinator", "b@example.ca", "/", cedar.now)
    session.flush()
    retention.run(session, cedar.now + timedelta(days=7))
    assert session.scalars(select(Mail)).all() == [kept]


def test_a_supporters_links_end_with_time(helped: Helped, session: Any, uma: Any) -> None:
    helped.propose(session)
    offer = helped.ask(session, uma)
    helper.decline(session, offer, helped.now)
    session.commit()
    retention.run(session, offer.expires_at + timedelta(days=14))
    assert session.execute(text("SELECT count(*) FROM secret_link WHERE kind = 'offer'")).scalar() == 0
