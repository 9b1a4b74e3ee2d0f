"""Who may be asked, and in which order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from protocol.messages.handover import Card
from site_agent.models import Match, Supporter
from site_agent.services import matching, policy
from tests.support.agent import Agent, add_supporter


def card(**changes: Any) -> Card:
    given = {
        "reason": "loss",
        "stage": "mid",
        "language": "en",
        "modality": "phone",
        "wishes": (),
        "posts": (),
    }
    return Card(**(given | changes))


def names(
    session: Any, cedar: Agent, stage: str = "mid", asked: set[str] | None = None, **of_card: Any
) -> list[str]:
    found = matching.candidates(session, card(**of_card), stage, "phone", cedar.now, asked or set())
    return [each.supporter.name for each in found]


def helps(session: Any, cedar: Agent, supporter: Supporter, state: str, n: int, days_ago: int = 1) -> None:
    at = cedar.now - timedelta(days=days_ago)
    session.add(
        Match(
            thid=f"{supporter.supporter_id[:20]}{n:02}", state=state, state_at=at, stage="mid", modality="any",
            proposal_jti="J" * 22, proposed_at=at, answer_by=at, confirmed_at=at, supporter_id=supporter.supporter_id,
        )
    )  # fmt: skip
    session.flush()


@pytest.mark.parametrize(
    "changes",
    [
        {"foundations_on": None},
        {"practice_on": None},
        {"practice_on": date(2026, 11, 4)},
        {"agreement_version": None},
        {"agreement_version": "0"},
        {"paused": True},
        {"paused": True, "paused_until": date(2026, 11, 4)},
        {"left_at": "now"},
        {"posts": ("supervisor",)},
        {"stage": "early"},
        {"languages": ("fr",)},
        {"modalities": ("in-person", "video")},
        {"max_open": 0},
    ],
)
def test_one_broken_rule_is_enough_to_leave_somebody_out(
    changes: dict[str, Any], session: Any, cedar: Agent
) -> None:
    supporter = add_supporter(session, cedar.now)
    asking = {"posts": ("supervisor", "chief-of-staff")}
    assert names(session, cedar, **asking) == [supporter.name]
    for column, value in changes.items():
        setattr(supporter, column, cedar.now if value == "now" else value)
    session.flush()
    found = matching.look(matching.Pool.now(session, cedar.now), card(**asking), "mid", "phone", set())
    assert found.candidates == ()
    assert found.n_excluded == (0 if supporter.left_at else 1)


def test_a_new_version_of_the_agreement_asks_again(session: Any, cedar: Agent) -> None:
    add_supporter(session, cedar.now)
    policy.put(session, "agreement_version", "2026")
    assert names(session, cedar) == []


def test_a_pause_with_a_last_day_ends_by_itself(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)
    supporter.paused, supporter.paused_until = True, date(2026, 11, 3)
    assert names(session, cedar) == [supporter.name]


def test_a_pause_does_not_end_on_the_evening_before(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)
    supporter.paused, supporter.paused_until = True, date(2026, 11, 4)
    cedar.clock.at = datetime(2026, 11, 3, 23, 59, tzinfo=ZoneInfo("America/Vancouver")).astimezone(UTC)
    assert names(session, cedar) == []
    cedar.clock.advance(minutes=1)
    assert names(session, cedar) == [supporter.name]


@pytest.mark.parametrize(
    ("physician", "supporter", "fits"),
    [
        ("late", "late", True), ("late", "mid", False), ("late", "early", False),
        ("mid", "late", True), ("mid", "mid", True), ("mid", "early", False),
        ("early", "early", True), ("learner", "early", True), ("unknown", "early", True),
    ],
)  # fmt: skip
def test_never_junior_for_senior(physician: str, supporter: str, fits: bool) -> None:
    assert matching.fits_stage(supporter, physician) is fits


def test_whoever_was_asked_is_not_asked_again(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)
    assert names(session, cedar, asked={supporter.supporter_id}) == []


def test_fewest_open_first_then_fewest_this_year_then_wishes(session: Any, cedar: Agent) -> None:
    busy = add_supporter(session, cedar.now, "Dr A Busy", max_open=3, gender="woman")
    often = add_supporter(session, cedar.now, "Dr B Often", gender="woman")
    plain = add_supporter(session, cedar.now, "Dr C Plain", gender="man")
    wished = add_supporter(session, cedar.now, "Dr D Wished", gender="woman")
    helps(session, cedar, busy, "in-hand", 1)
    helps(session, cedar, often, "closed", 2, days_ago=40)
    helps(session, cedar, plain, "closed", 3, days_ago=400)
    assert names(session, cedar, wishes=("woman",)) == [wished.name, plain.name, often.name, busy.name]


def test_the_order_of_equals_is_always_the_same(session: Any, cedar: Agent) -> None:
    for letter in "ABCDEF":
        add_supporter(session, cedar.now, f"Dr {letter} Same")
    assert len({tuple(names(session, cedar)) for _ in range(5)}) == 1


def test_an_open_offer_takes_a_place(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)
    helps(session, cedar, supporter, "asked", 1)
    assert names(session, cedar) == []


def test_reasons_are_codes_that_pages_know(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now, gender="woman")
    asking = card(wishes=("man", "other-hospital", "woman"), posts=("supervisor",))
    (found,) = matching.candidates(session, asking, "mid", "phone", cedar.now, set())
    assert found.reasons == (
        "place-open", "stage-fits", "speaks-language", "offers-modality", "holds-no-post", "none-open",
        "none-this-year", "wish-other-hospital", "wish-woman",
    )  # fmt: skip
    assert set(found.reasons) <= set(matching.REASONS)
    helps(session, cedar, supporter, "closed", 1)
    (found,) = matching.candidates(session, card(), "mid", "phone", cedar.now, set())
    assert found.reasons == ("place-open", "stage-fits", "speaks-language", "offers-modality", "none-open")


@pytest.mark.parametrize("wishes", [(), ("woman",), ("man", "other-hospital"), ("same-specialty",)])
@pytest.mark.parametrize("posts", [(), ("supervisor",)])
def test_the_first_alone_is_the_first_of_the_list(
    wishes: tuple[str, ...], posts: tuple[str, ...], session: Any, cedar: Agent
) -> None:
    for n in range(12):
        gender, held = ("woman", "man", "other")[n % 3], ("supervisor",) if n < 4 else ()
        who = add_supporter(session, cedar.now, name=f"Dr. No {n}", email=f"n{n}@example.ca", max_open=9)
        who.gender, who.posts = gender, held
        for each in range(n % 4):
            helps(session, cedar, who, "in-touch", each)
    session.flush()
    pool, wanted = matching.Pool.now(session, cedar.now), card(wishes=wishes, posts=posts)
    barred: set[str] = set()
    while (found := matching.look_here(pool, wanted, barred, stage_binds=True)).candidates:
        first = found.candidates[0]
        assert matching.first_here(pool, wanted, barred, stage_binds=True) == first
        elsewhere = matching.look(pool, wanted, "mid", "phone", barred).candidates[0]
        assert matching.first(pool, wanted, "mid", "phone", barred) == elsewhere
        barred.add(first.supporter.supporter_id)
    assert len(barred) == (8 if posts else 12)
    assert matching.first_here(pool, wanted, barred, stage_binds=True) is None
