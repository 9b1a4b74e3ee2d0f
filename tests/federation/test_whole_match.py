"""One request crosses the province: the eleven steps of the protocol page, with real apps on both ends."""

from datetime import timedelta

from sqlalchemy import inspect

from hub.extensions import db as hub_db
from hub.models import Decision, Letter, Passed
from hub.services import brokerage
from protocol.match_states import State
from site_agent.models import Offer, Request
from site_agent.services import requests
from tests.support.agent import IDENTITY
from tests.support.federation import Agent, Asked, Federation


def test_a_request_crosses_the_province(federation: Federation, home: Agent, helpers: list[Agent]) -> None:
    hub = federation.hub

    # 1. Asking: the hub learns a random id, stage, modality and a hash.
    asked = home.asks()
    assert asked.state == "looking"
    (row,) = [row for row in home.outbox_rows() if row.type == "match.request"]
    home.exchange()
    match = hub.match()
    assert (match.home_thid, match.stage, match.modality) == (row.thid, "mid", "phone")

    # 2. Shortlist, 3. letters to three; then home forgets the shortlist and the routing.
    federation.settle()
    assert hub.match().state == State.PROPOSED
    assert hub.count(Letter) == 3
    row_at_home = asked.row()
    assert row_at_home.shortlist is None
    forgotten = [row for row in home.outbox_rows() if row.type is None]
    assert [(row.token, row.thid, row.queued_at) for row in forgotten] == [(None, None, None)]

    # 4. Proposal, to one site at a time; the supporter says yes.
    helper = federation.asked_site()
    assert [agent.match() for agent in helpers if agent is not helper] == [None, None]
    held = helper.match()
    assert held is not None
    assert held.thid != row.thid, "another id towards each site"
    assert held.answer_by == hub.match().limit_at
    helper.asks_a_supporter()
    assert helper.sees_name() is None
    helper.says_yes()
    federation.settle()

    # 5. Release: the name for one question, no contact details yet.
    assert hub.match().state == State.RELEASED
    assert helper.sees_name() == IDENTITY.name
    assert helper.sees_contact() is None
    assert helper.coordinator_sees_contact() is None
    helper.answers_the_name(close=False)
    assert helper.sees_contact() is None, "not before the hub's receipt"
    federation.settle()

    # 6. Confirmed: contact opens, the other letters are gone, home hears *in hand*, wishes are erased.
    match = hub.match()
    assert match.state == State.IN_HAND
    assert hub.count(Letter) == 0
    assert helper.sees_contact() == IDENTITY
    assert helper.coordinator_sees_contact() == IDENTITY
    assert asked.state == "in-hand"
    assert (asked.row().wishes, asked.row().avoid) == (None, None)
    held = helper.match()
    assert held is not None
    assert held.due_at == match.contact_due_at == match.confirmed_at + timedelta(hours=72)

    # 8. The clock is met by the first genuine attempt; reached is recorded apart.
    federation.pass_time(hours=42)
    helper.acts("attempted", federation.clock.now())
    federation.settle()
    match = hub.match()
    assert (match.state, match.contact_met) == (State.IN_TOUCH, True)
    federation.pass_time(hours=3)
    helper.acts("reached", federation.clock.now())
    federation.settle()
    assert hub.match().reached_at == federation.clock.now()

    # 9. Home hears in hand, in touch, closed; the closing in a weekly batch.
    assert asked.state == "in-touch"
    helper.acts("close")
    federation.settle()
    assert hub.match().state == State.CLOSED
    assert asked.state == "in-touch"
    assert helper.incoming_state() == "closed"
    assert helper.sees_contact() is None
    federation.pass_time(days=7)
    assert asked.state == "closed"
    assert [helper.dead(), home.dead()] == [0, 0]


def test_home_knows_no_site_that_helped_or_was_asked(
    federation: Federation, home: Agent, asked: Asked
) -> None:
    helper = federation.confirm()
    with home.session() as session:
        session.commit()
        tables = [table for table in Request.metadata.sorted_tables if table.name not in ("directory_site",)]
        text = str([[tuple(row) for row in session.execute(table.select())] for table in tables])
    in_log = {entry.token for entry in federation.hub.log().entries}
    for token in in_log:
        text = text.replace(token, "")
    for agent in federation.agents:
        if agent is not home:
            assert agent.site_id not in text
    held = helper.match()
    assert held is not None
    assert held.thid not in text


def test_the_hub_holds_no_name_and_no_reason(federation: Federation, asked: Asked) -> None:
    federation.confirm()
    with federation.hub.session() as session:
        names = inspect(session.get_bind()).get_table_names()
        text = str([list(session.execute(hub_db.text(f"select * from {name}"))) for name in names])
    for secret in (IDENTITY.name, IDENTITY.phone, IDENTITY.email, "discrimination", asked.withdrawal_secret):
        assert str(secret) not in text


def test_the_decision_is_kept_with_its_reasons(federation: Federation, asked: Asked) -> None:
    kinds = [row.kind for row in federation.hub.rows(Decision)]
    assert kinds == ["shortlist", "proposal"]
    assert all(
        row.rule_set_version and row.input_hash and row.reason_codes for row in federation.hub.rows(Decision)
    )


def test_places_to_avoid_are_never_written_to(
    federation: Federation, home: Agent, helpers: list[Agent]
) -> None:
    avoided = helpers[0]
    home.asks(wishes=requests.Wishes((), (avoided.site_id,), "en"))
    federation.settle()
    assert {row.site_id for row in federation.hub.rows(Letter)} == {each.site_id for each in helpers[1:]}


def test_with_fewer_than_three_a_physician_may_wait(
    federation: Federation, home: Agent, helpers: list[Agent]
) -> None:
    asked = home.asks(few="wait", wishes=requests.Wishes((), (helpers[0].site_id,), "en"))
    federation.settle()
    assert federation.hub.match().state == State.LOOKING
    assert asked.state == "looking"
    assert "waiting" in asked.told()
    federation.site("Okanagan", "Dr Okanagan Supporter")
    federation.settle()
    assert federation.hub.match().state == State.PROPOSED


def test_a_language_that_a_site_does_not_speak(
    federation: Federation, home: Agent, helpers: list[Agent]
) -> None:
    okanagan = federation.site("Okanagan", "Dr Okanagan Supporter", languages=("en", "pa"))
    federation.settle()
    home.asks(wishes=requests.Wishes((), (), "pa"))
    federation.settle()
    assert federation.asked_site() is okanagan


def test_a_decline_silence_and_nobody_here_are_one_thing(federation: Federation, asked: Asked) -> None:
    first = federation.asked_site()
    first.asks_a_supporter()
    first.declines()
    federation.settle()
    second = federation.asked_site()
    assert second is not first
    federation.pass_time(hours=24)
    third = federation.asked_site()
    assert third not in (first, second)
    assert federation.hub.count(Passed) == 2
    for agent in (first, second):
        held = agent.match()
        assert held is not None
        assert (held.state, held.card, held.case_id, held.supporter_id) == ("ended", None, None, None)
        assert agent.rows(Offer) == []
    assert asked.state == "looking"
    assert asked.told() == ["recorded", "looking"]


def test_the_second_site_confirms_when_the_first_is_close(federation: Federation, asked: Asked) -> None:
    asked.home.wire.dark = True
    first = federation.asked_site()
    first.asks_a_supporter()
    first.says_yes()
    federation.settle()
    assert first.sees_name() == IDENTITY.name
    first.answers_the_name(close=True)
    held = first.match()
    assert held is not None
    assert (held.state, held.card, held.identity, held.case_id) == ("ended", None, None, None)
    assert first.sees_name() is None
    federation.settle()
    second = federation.confirm()
    assert second is not first
    assert second.sees_contact() == IDENTITY
    assert federation.hub.match().state == State.IN_HAND
    assert asked.state == "looking"
    asked.home.wire.dark = False
    federation.settle()
    assert asked.state == "in-hand"


def test_closeness_leaves_what_a_decline_leaves(federation: Federation, asked: Asked) -> None:
    declined = federation.asked_site()
    declined.asks_a_supporter()
    declined.declines()
    federation.settle()
    close = federation.asked_site()
    close.asks_a_supporter()
    close.says_yes()
    federation.settle()
    close.answers_the_name(close=True)
    federation.settle()

    def left(agent: Agent) -> set[str]:
        held = agent.match()
        assert held is not None
        kept = {
            "state",
            "card",
            "identity",
            "case_id",
            "supporter_id",
            "resume_state",
            "confirmed_at",
            "due_at",
        }
        return {name for name in kept if getattr(held, name) is not None}

    assert left(declined) == left(close) == {"state"}
    said = [[row.type for row in agent.outbox_rows()][-1] for agent in (declined, close)]
    assert said == ["match.pass", "match.pass"]


def test_home_may_be_dark_for_a_week(federation: Federation, asked: Asked) -> None:
    home = asked.home
    home.wire.dark = True
    helper = federation.confirm()
    federation.pass_time(hours=42)
    helper.acts("attempted", federation.clock.now())
    federation.pass_time(days=5)
    assert federation.hub.match().contact_met
    assert asked.state == "looking"
    home.wire.dark = False
    home.wire.repeats = 2
    federation.settle()
    assert asked.told() == ["recorded", "looking", "in-hand", "in-touch"]
    assert asked.state == "in-touch"


def test_when_all_three_pass_home_writes_to_others(federation: Federation, asked: Asked) -> None:
    for _ in range(3):
        federation.asked_site().acts("pass_on")
        federation.settle()
    assert federation.hub.match().state == State.LOOKING
    okanagan = federation.site("Okanagan", "Dr Okanagan Supporter")
    federation.settle()
    assert federation.asked_site() is okanagan
    assert asked.row().round == 2


def test_a_site_that_gives_up_after_the_confirmation(federation: Federation, asked: Asked) -> None:
    helper = federation.confirm()
    helper.acts("pass_on")
    federation.settle()
    assert helper.coordinator_sees_contact() is None
    assert asked.state == "looking"
    assert federation.hub.match().state == State.CHOOSING
    assert federation.hub.count(Letter) == 0, "no letters before the wishes are said again"
    asked.does("restate", requests.Wishes((), (), "en"))
    asked.home.due()
    federation.settle()
    assert federation.asked_site() is not helper


def test_another_person_please(federation: Federation, asked: Asked) -> None:
    helper = federation.confirm()
    federation.pass_time(minutes=10)
    asked.does("rematch", requests.Wishes((), (), "en"))
    federation.settle()
    assert helper.incoming_state() == "ended"
    assert helper.sees_contact() is None
    federation.pass_time(minutes=10)
    again = federation.confirm()
    assert again is not helper
    assert again.sees_contact() == IDENTITY
    assert asked.state == "in-hand"


def test_the_limit_passes_and_the_helping_coordinator_extends_once(
    federation: Federation, asked: Asked
) -> None:
    helper = federation.confirm()
    federation.pass_time(hours=72, seconds=1)
    assert (helper.incoming_state(), federation.hub.match().state) == ("overdue", State.OVERDUE)
    helper.acts("extend")
    federation.settle()
    held = helper.match()
    assert held is not None
    assert held.due_at == federation.hub.match().contact_due_at
    federation.pass_time(hours=24, seconds=1)
    assert helper.incoming_state() == "overdue"
    federation.pass_time(hours=24, seconds=1)
    assert (helper.incoming_state(), federation.hub.match().state) == ("escalated", State.ESCALATED)
    helper.acts("attempted", federation.clock.now())
    federation.settle()
    match = federation.hub.match()
    assert (match.state, match.contact_met) == (State.IN_TOUCH, False)


def test_an_attempt_inside_the_limit_counts_however_late_it_is_told(
    federation: Federation, asked: Asked
) -> None:
    helper = federation.confirm()
    federation.pass_time(hours=71)
    helper.wire.dark = True
    helper.acts("attempted", federation.clock.now())
    federation.pass_time(hours=20)
    assert federation.hub.match().state == State.OVERDUE
    helper.wire.dark = False
    federation.settle()
    match = federation.hub.match()
    assert (match.state, match.contact_met) == (State.IN_TOUCH, True)
    assert helper.incoming_state() == "in-touch"


def test_after_nobody_was_found_the_coordinator_looks_again(federation: Federation, home: Agent) -> None:
    asked = home.asks()
    for _ in range(4):
        federation.pass_time(days=10)
    assert asked.state == "unmatched"
    asked.does("look_elsewhere")
    federation.settle()
    assert (asked.state, home.dead()) == ("looking", 0)
    with federation.hub.session() as session:
        brokerage.withdraw_by_secret(session, asked.withdrawal_secret, federation.hub.now)
    federation.settle()
    assert asked.state == "withdrawn", "the code that the physician was given still works"
