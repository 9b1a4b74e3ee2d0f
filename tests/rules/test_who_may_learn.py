"""The table of `docs/confidentiality.md`, a test for each cell: test_<row>__<column>."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from protocol.messages import REGISTRY
from site_agent import words
from site_agent.models import Interaction, Match, Offer, Request
from site_agent.services import held_for_physician
from tests.support.agent import IDENTITY
from tests.support.desk import IDENTITY as OF_THIS_SITE
from tests.support.desk import text_of
from tests.support.rule_site import House, desk_of_module, house
from tests.support.who_sees import HELPER, STAGES, Story, tell

__all__ = ["desk_of_module", "house"]

pytestmark = pytest.mark.xdist_group("who may learn")  # the story is told once

ROWS = ("asked", "who", "where", "why", "said", "in_time", "closed", "declined")
COLUMNS = ("physician", "home", "helping", "supporter", "hub", "others")
NAME, MAIL, PHONE = IDENTITY.name, str(IDENTITY.email), "555-0142"
OWN = OF_THIS_SITE.name
WHY = str(words.REASON["discrimination"])
HELPED = ("helping", "talked")
BOX = re.compile(r'<textarea|<input(?=[^>]*type="text")(?![^>]*name="ref")')
"""Any but the one that takes a reference."""
DOCS = Path("docs/confidentiality.md")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    story = tell(tmp_path_factory.mktemp("story"))
    yield story
    story.federation.close_down()


def test_every_cell_of_the_table_leads_to_its_test() -> None:
    page = DOCS.read_text(encoding="utf-8")
    table = [line for line in page.splitlines() if line.startswith("| ")][2 : 2 + len(ROWS)]
    linked = [re.findall(r"\]\[([a-z_]+)\]", line) for line in table]
    assert linked == [[f"{row}__{column}" for column in COLUMNS] for row in ROWS]
    cells = [len(line.strip("| ").split(" | ")) for line in table]
    assert cells == [1 + len(COLUMNS)] * len(ROWS)
    for name in (name for line in linked for name in line):
        assert f"[{name}]: ../tests/rules/test_who_may_learn.py#test_{name}\n" in page
        assert f"test_{name}" in globals()


# That somebody asked.


def test_asked__physician(story: Story) -> None:
    assert "Looking for somebody" in story.said("physician", "proposed")


def test_asked__home(story: Story) -> None:
    assert f"/requests/{story.request_id}" in story.said("home", "proposed")


def test_asked__helping(story: Story) -> None:
    assert f"/elsewhere/{story.thid}" in story.said("helping", "proposed")


def test_asked__supporter(story: Story) -> None:
    assert WHY in story.said("supporter", "asked")
    assert WHY not in story.said("supporter", "proposed"), "nobody was asked yet"


def test_asked__hub(story: Story) -> None:
    match = story.federation.hub.match()
    assert match.match_id in story.said("hub")
    assert re.fullmatch(r"[\w-]{22}", match.home_thid)
    assert story.request_id not in story.kept("hub"), "not by the id that it has at home"


def test_asked__others(story: Story) -> None:
    assert "/requests/" not in story.said("others")


# Who.


def test_who__physician(story: Story) -> None:
    assert NAME not in story.said("physician"), "the link alone does not tell; the code from the mail does"
    with story.home.session() as session:
        who = held_for_physician.everything(session, session.get_one(Request, story.request_id)).identity
    assert who == IDENTITY


def test_who__home(story: Story, house: House) -> None:
    assert NAME not in story.said("home")
    assert NAME not in story.kept("home")
    own = house.desk.request()
    assert OWN in text_of(house.desk.client().get(f"/requests/{own}"))


def test_who__helping(story: Story) -> None:
    assert NAME not in story.said("helping", "proposed", "asked", "yes", "name")
    assert NAME in story.said("helping", "helping")
    assert NAME not in story.said("helping", "closed", "a week later")


def test_who__supporter(story: Story, house: House) -> None:
    shown = [stage for stage in STAGES if NAME in story.said("supporter", stage)]
    assert shown == ["name", *HELPED]
    contact = [stage for stage in STAGES if MAIL in story.said("supporter", stage)]
    assert contact == list(HELPED)
    assert PHONE not in story.said("supporter", "name")
    offer = house.ask(house.desk.request(), house.supporter())
    without = text_of(house.before(offer, pin=False).get("/offer"))
    asked = text_of(house.before(offer).get("/offer"))
    assert (OWN in without, OWN in asked, PHONE in asked) == (False, True, False), "here the name comes first"
    house.does("accept", offer)
    assert PHONE in text_of(house.before(offer).get("/offer"))


def test_who__hub(story: Story) -> None:
    for secret in (NAME, MAIL, "5550142"):
        assert secret not in story.said("hub") + story.kept("hub")


def test_who__others(story: Story) -> None:
    assert NAME not in story.said("others")


# Which site helps.


def test_where__physician(story: Story) -> None:
    assert HELPER not in story.said("physician"), "the supporter tells"


def test_where__home(story: Story) -> None:
    for trace in (HELPER, story.helper.site_id, story.thid):
        assert trace not in story.said("home") + story.kept("home")


def test_where__helping(story: Story) -> None:
    assert HELPER in story.said("helping", "helping")


def test_where__supporter(story: Story) -> None:
    assert HELPER in story.said("supporter", "helping")


def test_where__hub(story: Story) -> None:
    assert HELPER in story.said("hub", "helping")


def test_where__others(story: Story) -> None:
    assert HELPER not in story.said("others")


# Why.


def test_why__physician(story: Story) -> None:
    with story.home.session() as session:
        kept = held_for_physician.everything(session, session.get_one(Request, story.request_id)).details
    assert kept is not None
    assert kept.reason == "discrimination"


def test_why__home(story: Story, house: House) -> None:
    assert WHY not in story.said("home"), "it came by the form and goes elsewhere"
    own = house.desk.request(reason="discrimination")
    assert WHY in text_of(house.desk.client().get(f"/requests/{own}"))


def test_why__helping(story: Story) -> None:
    assert WHY in story.said("helping", "proposed")
    assert WHY not in story.said("helping", "closed", "a week later")


def test_why__supporter(story: Story) -> None:
    assert WHY in story.said("supporter", "asked")
    assert WHY not in story.said("supporter", "closed", "a week later")


def test_why__hub(story: Story) -> None:
    for secret in (WHY, "discrimination"):
        assert secret not in story.said("hub") + story.kept("hub")


def test_why__others(story: Story) -> None:
    assert WHY not in story.said("others")


# What was said.


def test_said__physician(story: Story) -> None:
    assert not BOX.search(story.said("physician")), "nobody asks them for it"


def test_said__home(story: Story) -> None:
    with story.home.session() as session:
        assert session.query(Interaction).count() == 0
    assert "Burnout" not in story.said("home")


def test_said__helping(story: Story) -> None:
    assert not BOX.search(story.said("helping", *HELPED))


def test_said__supporter(story: Story) -> None:
    assert not BOX.search(story.said("supporter", *HELPED)), "yes, and unwritten"


def test_said__hub(story: Story) -> None:
    assert not [name for name in REGISTRY if "talk" in name or "interaction" in name]
    assert "match.talked" not in story.kept("hub")


def test_said__others(story: Story) -> None:
    assert "You may not open this page" in story.said("others", "talked")


# That a first attempt came in 72 h.


def test_in_time__physician(story: Story) -> None:
    assert "Your supporter has tried to reach you, or you have talked." in story.said("physician", "talked")


def test_in_time__home(story: Story) -> None:
    assert "In touch" in story.said("home", "talked")
    assert "In touch" not in story.said("home", "helping")


def test_in_time__helping(story: Story) -> None:
    assert "In touch" in story.said("helping", "talked")


def test_in_time__supporter(story: Story) -> None:
    assert "left" in story.said("supporter", "helping"), "the time that is left"
    assert story.said("supporter", "talked") != story.said("supporter", "helping")


def test_in_time__hub(story: Story) -> None:
    assert story.federation.hub.match().contact_met is True
    assert "Inside the limit" in story.said("hub", "talked")


def test_in_time__others(story: Story) -> None:
    assert "In touch" not in story.said("others")


# That it closed.


def test_closed__physician(story: Story) -> None:
    assert "This has ended." in story.said("physician", "a week later")


def test_closed__home(story: Story) -> None:
    assert "This has ended." not in story.said("physician", "closed"), "not on the day: it comes once a week"
    with story.home.session() as session:
        assert session.get_one(Request, story.request_id).state == "closed"


def test_closed__helping(story: Story) -> None:
    assert "Closed" in story.said("helping", "closed")
    assert "Closed" not in story.said("helping", "talked")


def test_closed__supporter(story: Story) -> None:
    assert MAIL not in story.said("supporter", "closed")
    assert "left for you to do" in story.said("supporter", "closed")


def test_closed__hub(story: Story) -> None:
    assert "Closed" in story.said("hub", "closed")
    assert "Closed" not in story.said("hub", "talked")


def test_closed__others(story: Story) -> None:
    assert "Closed" not in story.said("others")


# Who declined, lapsed, knew them.


def declined(house: House) -> tuple[str, str, str]:
    """Dr. Ada Okafor said "not this time", and Dr. Max Stone is asked: request, Ada's id, Max's offer."""
    ada, other = house.supporter(), house.supporter("Dr. Max Stone")
    request_id = house.desk.request()
    house.does("decline", house.ask(request_id, ada))
    return request_id, ada, house.ask(request_id, other)


def test_declined__physician(house: House) -> None:
    request_id, _, _ = declined(house)
    said = text_of(house.opens("request", "r", request_id).get("/request"))
    assert not re.search(r"Okafor|Stone|declin|not this time", said, re.IGNORECASE)


def test_declined__home(house: House) -> None:
    request_id, _, _ = declined(house)
    said = text_of(house.desk.client().get(f"/requests/{request_id}"))
    assert "Okafor" not in said
    assert not re.search(r"declin|\b1 (?:no|supporter was)", said, re.IGNORECASE)


def test_declined__helping(house: House) -> None:
    request_id, _, _ = declined(house)
    said = text_of(house.desk.client().get(f"/requests/{request_id}"))
    assert "Stone" in said, "the one open offer"
    assert [row.supporter_id for row in house.rows(Offer) if row.state == "not-taken"] == [None]


def test_declined__supporter(house: House) -> None:
    _, _, offer = declined(house)
    assert "Okafor" not in text_of(house.before(offer).get("/offer"))


def test_declined__hub(house: House) -> None:
    house.desk.enrol()
    who = house.supporter()
    thid = house.desk.match("asked", who)
    house.does("decline", next(row.offer_id for row in house.rows(Offer) if row.thid == thid))
    assert house.said() == ["match.pass"]
    assert fields(REGISTRY["match.pass"]) == (), "that this site passed, and nothing else"
    assert house.desk.row(Match, thid).supporter_id is None


def test_declined__others(house: House) -> None:
    request_id, ada, _ = declined(house)
    client = house.desk.client("risk-manager")
    for path in (f"/requests/{request_id}", f"/supporters/{ada}"):
        assert client.get(path).status_code == 403
