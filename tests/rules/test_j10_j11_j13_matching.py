"""J10: never the evaluator. J11: never junior for senior. J13: a signed agreement first."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.messages.handover import Identity
from site_agent.models import Match, Request, Supporter
from site_agent.services import evaluators, local, matching, offers
from site_agent.services.errors import NotEligibleError
from tests.support.desk import CARD, text_of
from tests.support.rule_site import House, desk_of_module, house

__all__ = ["desk_of_module", "house"]

WREN = Identity("Dr. Wren Canary", ("call",), ("evening",), phone="+12505550142", email="wren@example.ca")


def assesses(house: House, supporter_id: str, name: str, email: str | None = None) -> None:
    with house.desk.session() as session:
        who = session.get_one(Supporter, supporter_id)
        evaluators.add(session, who, evaluators.Physician(name, email), house.now)


def refused(house: House, request_id: str, supporter_id: str) -> None:
    """Neither on the list nor to be asked by an id that somebody types."""
    assert house.desk.row(Supporter, supporter_id).name not in house.listed(request_id)
    with pytest.raises(NotEligibleError):
        house.ask(request_id, supporter_id)


@pytest.mark.parametrize("known", [("Canary, Dr Wren", None), ("Somebody Else", "WREN@example.ca")])
def test_j10_whoever_assesses_the_physician_is_never_asked(
    house: House, known: tuple[str, str | None]
) -> None:
    who = house.supporter()
    assesses(house, who, *known)
    refused(house, house.desk.request(identity=WREN), who)


def test_j10_a_post_that_the_physician_names_keeps_its_holder_away(house: House) -> None:
    who = house.supporter(posts=("department-head",))
    refused(house, house.desk.request(posts=("department-head",)), who)


def test_j10_nobody_supports_themselves(house: House) -> None:
    who = house.supporter("Dr. Wren Canary")
    refused(house, house.desk.request(identity=WREN), who)


def test_j10_no_waiver_and_no_setting_opens_it(house: House) -> None:
    who, other = house.supporter(), house.supporter("Dr. Max Stone", stage="early")
    assesses(house, who, "Wren Canary")
    request_id = house.desk.request(identity=WREN)
    with house.desk.session() as session:
        local.waive_stage(session, session.get_one(Request, request_id), house.now, "c" * 22)
    assert house.listed(request_id) == ["Dr. Max Stone"], "the waiver is of the career stage"
    refused(house, request_id, who)
    house.set("seniority", "off")
    refused(house, request_id, who)
    assert house.desk.row(Supporter, other).stage == "early"


def test_j10_from_elsewhere_the_posts_on_the_card_bind(house: House) -> None:
    house.desk.enrol()
    who = house.supporter(posts=CARD.posts)
    house.supporter("Dr. Max Stone")
    thid = house.desk.match("proposed")
    assert listed_elsewhere(house, thid) == ["Dr. Max Stone"]
    with house.desk.session() as session, pytest.raises(NotEligibleError):
        offers.ask(session, session.get_one(Match, thid), session.get_one(Supporter, who), house.now)


def listed_elsewhere(house: House, thid: str) -> list[str]:
    with house.desk.session() as session:
        found = offers.candidates(session, session.get_one(Match, thid), house.now)
        return [each.supporter.name for each in found.candidates]


@pytest.mark.parametrize(
    ("physician", "supporter", "may"),
    [
        ("mid", "early", False), ("late", "early", False), ("late", "mid", False),
        ("mid", "mid", True), ("mid", "late", True), ("late", "late", True), ("early", "early", True),
    ],
)  # fmt: skip
def test_j11_never_an_earlier_career_stage_for_a_later_one(
    house: House, physician: str, supporter: str, may: bool
) -> None:
    assert matching.fits_stage(supporter, physician) is may
    who = house.supporter(stage=supporter)
    request_id = house.desk.request(stage=physician)
    if may:
        assert house.listed(request_id) == ["Dr. Ada Okafor"]
    else:
        refused(house, request_id, who)


def test_j11_only_the_physician_waives_it_and_that_is_coded_and_kept(house: House) -> None:
    house.supporter(stage="early")
    request_id = house.desk.request()
    coordinator = house.desk.client()
    assert "Ask them first, without naming anybody" in text_of(
        coordinator.get(f"/requests/{request_id}/waive-stage")
    )
    coordinator.post(f"/requests/{request_id}/waive-stage")
    (match,) = house.rows(Match)
    assert match.stage_waived_by is not None
    assert house.told(match.thid) == ["stage-waived"]
    assert house.listed(request_id) == ["Dr. Ada Okafor"]


def test_j11_from_elsewhere_nothing_waives_it(house: House) -> None:
    house.desk.enrol()
    house.supporter(stage="early")
    house.set("seniority", "off")
    thid = house.desk.match("proposed")
    assert listed_elsewhere(house, thid) == []


@pytest.mark.parametrize("more", [{"signed": False}, {"signed": True}])
def test_j13_nobody_is_asked_before_they_signed_this_agreement(house: House, more: dict[str, Any]) -> None:
    who = house.supporter(**more)
    if more["signed"]:
        house.set("agreement_version", "2")
    refused(house, house.desk.request(), who)


def test_j13_neither_about_a_request_from_elsewhere(house: House) -> None:
    house.desk.enrol()
    house.supporter(signed=False)
    assert listed_elsewhere(house, house.desk.match("proposed")) == []
