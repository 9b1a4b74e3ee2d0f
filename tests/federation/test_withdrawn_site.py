"""A site is withdrawn for good: it may not call any more, and still lets go of what it held for others."""

from tests.support.desk import Desk, text_of
from tests.support.federation import Agent, Asked, Federation


def test_a_helping_site_that_is_withdrawn_lets_go_of_the_contact_details(
    federation: Federation, home: Agent, helpers: list[Agent], asked: Asked
) -> None:
    helper = federation.confirm()
    assert helper.sees_contact() is not None
    assert federation.staff("withdraw", helper)
    assert helper.sees_contact() is not None, "it has not heard yet"
    federation.settle()
    assert helper.sees_contact() is None
    match = helper.match()
    assert match is not None
    assert (match.state, match.case_id, match.card, match.identity) == ("ended", None, None, None)
    assert (helper.dead(), asked.state) == (0, "looking")
    federation.settle()


def test_a_home_site_that_is_withdrawn_says_that_its_requests_need_another_way(
    federation: Federation, home: Agent, helpers: list[Agent], asked: Asked
) -> None:
    assert federation.staff("withdraw", home)
    federation.settle()
    assert (asked.state, asked.row().thid) == ("unmatched", None)
    coordinator = Desk(home.app, federation.clock).client()
    today = text_of(coordinator.get("/"))
    assert f"Call the physician of request {asked.row().ref}" in today
    assert "Finish setting up" in today
    link = text_of(coordinator.get("/settings/link"))
    assert "The provincial team has ended this site’s part" in link
    assert "Try now" not in link
    asked.does("withdraw")
    assert asked.state == "withdrawn", "the physician can still take it back"
