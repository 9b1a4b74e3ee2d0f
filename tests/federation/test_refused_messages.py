"""What the hub refuses comes to a person who can mend it, or mends itself; nothing ends where nobody looks."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hub.inbox import HANDLERS
from hub.models import Letter
from protocol.envelope import peek
from protocol.errors import SchemaInvalidError
from protocol.match_states import State
from protocol.messages import matches
from site_agent.models import DirectorySite, OutboxRow, Request
from site_agent.services import inter_site_home
from tests.support.federation import Agent, Asked, Federation


@pytest.fixture
def refused(
    federation: Federation, home: Agent, helpers: list[Agent], monkeypatch: pytest.MonkeyPatch
) -> Asked:
    """A request whose letters the hub has just refused; it takes the next ones."""

    def refuse(*_: Any) -> None:
        raise SchemaInvalidError("Not today.")

    with monkeypatch.context() as patch:
        patch.setitem(HANDLERS, matches.Letters.TYPE, refuse)
        asked = home.asks()
        federation.settle()
        home.due()
        federation.settle()
    return asked


def letters(home: Agent) -> list[OutboxRow]:
    return [row for row in home.outbox_rows() if row.type == matches.Letters.TYPE]


def test_refused_letters_are_shown_with_their_cause_and_are_not_tried_again_by_themselves(
    federation: Federation, home: Agent, refused: Asked
) -> None:
    home.due()
    federation.settle()
    with home.session() as session, home.app.test_request_context():
        (dead,) = home.pages().dead_letters(session)
        assert (dead.type, dead.code) == ("match.letters", "schema-invalid")
        assert "does not have the form" in str(dead.trouble.what)
    assert len(letters(home)) == 1


def test_no_row_at_home_names_the_sites_that_refused_letters_were_for(
    federation: Federation, home: Agent, helpers: list[Agent], refused: Asked
) -> None:
    with home.session() as session:
        rows = [
            {column.key: getattr(row, column.key) for column in kind.__table__.columns}
            for kind in (OutboxRow, Request)
            for row in session.scalars(select(kind))
        ]
        tokens = [peek(row["token"])[1] for row in rows if row.get("token")]
    written = json.dumps([rows, tokens], default=str)
    assert [helper.site_id for helper in helpers if helper.site_id in written] == []


def test_sent_again_refused_letters_are_sealed_anew_and_arrive(
    federation: Federation, home: Agent, helpers: list[Agent], refused: Asked
) -> None:
    with home.session() as session:
        (dead,) = home.pages().dead_letters(session)
        assert home.pages().send_again(session, dead.row_id, federation.clock.now())
        assert not home.pages().send_again(session, dead.row_id, federation.clock.now()), "once"
    federation.settle()
    assert home.dead() == 0
    assert len(federation.hub.rows(Letter)) == 3
    federation.confirm()
    assert refused.state == "in-hand"


def test_refused_letters_taken_off_the_list_leave_nothing_behind(
    federation: Federation, home: Agent, refused: Asked
) -> None:
    with home.session() as session:
        (dead,) = home.pages().dead_letters(session)
        assert home.pages().dismiss(session, dead.row_id, federation.clock.now())
    assert (home.dead(), refused.row().shortlist) == (0, None)
    home.due()
    assert len(letters(home)) == 1, "nothing is sent by itself"
    federation.pass_time(days=14)
    assert refused.state == "unmatched", "the hub's own limit ends it"


def test_a_newer_shortlist_takes_refused_letters_off_the_list(
    federation: Federation, home: Agent, refused: Asked
) -> None:
    thid, (letter, *_) = refused.row().thid, home.rows(DirectorySite)
    assert thid is not None
    sites = (matches.Candidate(letter.site_id, ("en",)),)
    with home.session() as session:
        inter_site_home.shortlisted(session, thid, 2, sites, federation.clock.now())
    assert home.dead() == 0
    assert len(letters(home)) == 2


def test_the_hubs_own_limit_takes_refused_letters_off_the_list(
    federation: Federation, home: Agent, refused: Asked
) -> None:
    federation.pass_time(days=14)
    assert (refused.state, home.dead()) == ("unmatched", 0)


def test_what_a_dark_site_noted_is_told_with_its_true_time_however_late(
    federation: Federation, home: Agent, helpers: list[Agent], asked: Asked
) -> None:
    helper = federation.confirm()
    helper.acts("attempted", federation.clock.now())
    federation.settle()
    helper.wire.dark = True
    federation.clock.advance(hours=3)
    spoken_at = federation.clock.now()
    helper.acts("reached", spoken_at)
    helper.acts("close")
    federation.clock.advance(days=15)
    helper.exchange()
    helper.wire.dark = False
    federation.settle()
    match = federation.hub.match()
    assert (match.state, match.reached_at) == (State.CLOSED, spoken_at)
    assert helper.dead() == 0


def test_a_yes_that_waited_too_long_ends_here_and_is_no_dead_letter(
    federation: Federation, home: Agent, helpers: list[Agent], asked: Asked
) -> None:
    helper = federation.asked_site()
    helper.asks_a_supporter()
    helper.wire.dark = True
    helper.says_yes()
    federation.clock.advance(days=15)
    federation.hub.run_limits()
    helper.wire.dark = False
    with helper.session() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.type == "match.accept")).one()
        assert federation.clock.now() - row.queued_at > timedelta(days=14)
    helper.exchange()
    assert (helper.incoming_state(), helper.dead()) == ("ended", 0)
