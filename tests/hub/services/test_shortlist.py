"""Who could help, best first, and why."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.models import Capacity, Inbound, Match, Outbound, Site
from hub.services import shortlist
from protocol.envelope import new_id
from protocol.match_states import State
from protocol.messages import matches


def listed(hub, asked):
    return set(asked.listed())


def test_home_is_never_on_its_own_shortlist(hub, home):
    home.offer()
    other = hub.helper()
    assert home.ask().listed() == [other.site_id]


@pytest.mark.parametrize(
    ("offer", "capable"),
    [
        ({"stages": ("mid",)}, True),
        ({"stages": ("early", "late")}, False),
        ({"band": "0"}, False),
        ({"band": "3+"}, True),
        ({"modalities": ("phone",)}, True),
        ({"modalities": ("video", "in-person")}, False),
        ({"modalities": ("any",)}, True),
        ({"lasts": timedelta(0)}, False),
    ],
)
def test_a_site_is_capable_by_stage_band_modality_and_time(hub, home, offer, capable):
    helper = hub.helper(**offer)
    assert home.ask("mid", "phone").listed() == ([helper.site_id] if capable else [])


def test_who_leaves_the_way_of_talking_open_suits_every_site(hub, home):
    helper = hub.helper(modalities=("in-person",))
    assert home.ask("mid", "any").listed() == [helper.site_id]


def test_an_offer_expires(hub, home):
    hub.helper(lasts=timedelta(days=7))
    hub.clock.advance(days=7)
    assert home.ask().listed() == []


def test_an_offer_that_had_expired_and_is_made_again_serves_who_waits(hub, home):
    helper = hub.helper(lasts=timedelta(days=7))
    hub.clock.advance(days=7)
    asked = home.ask()
    helper.offer()
    assert asked.listed() == [helper.site_id]


@pytest.mark.parametrize("act", ["suspend", "withdraw"])
def test_only_active_sites_are_listed_and_a_resumed_one_is_again(hub, home, act):
    helper = hub.helper()
    hub.staff(act, helper)
    asked = home.ask()
    assert asked.listed() == []
    if act == "suspend":
        hub.staff("resume", helper)
        hub.run_limits()
        assert asked.listed() == [helper.site_id]


def test_a_new_offer_replaces_the_old_one(hub, home):
    helper = hub.helper()
    helper.offer(stages=("early",))
    assert home.ask("mid").listed() == []
    assert hub.count(Capacity) == 1


def test_a_stage_has_one_band(site):
    assert site.offer(stages=("mid", "mid")).code == "schema-invalid"


def test_who_helps_fewest_comes_first(hub, home, request_, helpers):
    asked = {site.site_id: site for site in helpers}
    busy = asked[request_.listed()[0]]
    request_.write(busy)
    for _ in range(6):
        assert home.ask().listed()[-1] == busy.site_id


def test_among_equals_each_match_draws_its_own_order(hub, home):
    for _ in range(4):
        hub.helper()
    orders = {tuple(home.ask().listed()) for _ in range(12)}
    assert len(orders) > 3
    assert len({order[0] for order in orders}) > 1


def test_the_order_of_a_match_is_stable(hub, home):
    for _ in range(4):
        hub.helper()
    home.ask()
    with hub.session() as session:
        match = session.scalars(sa.select(Match)).one()
        first, again = (shortlist.capable(session, match, hub.now) for _ in range(2))
    assert first == again == sorted(first, key=lambda ranked: (ranked.key, ranked.site_id))


def many_sites(hub, n):
    with hub.session() as session:
        sites = [
            {
                "site_id": new_id(), "name": f"S{k}", "community": "C", "kind": "msa", "funded": False, "cohort": None,
                "zone": "America/Vancouver", "state": "active", "state_at": hub.now, "created_at": hub.now,
                "draw": k + 1,
            }
            for k in range(n)
        ]  # fmt: skip
        offers = [
            {
                "site_id": site["site_id"], "stage": "mid", "open": True, "in_person": True, "phone": True,
                "video": True, "languages": ["en"], "until": hub.now + timedelta(days=7),
            }
            for site in sites
        ]  # fmt: skip
        session.execute(sa.insert(Site), sites)
        for counters in (Inbound, Outbound):
            session.execute(sa.insert(counters), [{"site_id": site["site_id"]} for site in sites])
        session.execute(sa.insert(Capacity), offers)


def test_a_shortlist_holds_fifty_sites_at_most(hub, home):
    many_sites(hub, 120)
    asked = home.ask()
    assert len(set(asked.listed())) == 50


def test_what_is_on_offer_has_a_name_whatever_the_order():
    first, second = (shortlist.Ranked(site, ("en",), (0, k)) for k, site in enumerate(("a", "b")))
    assert shortlist.offers_hash([first, second]) == shortlist.offers_hash([second, first])
    assert shortlist.offers_hash([first]) != shortlist.offers_hash([first, second])
    other = shortlist.Ranked("a", ("fr",), (0, 0))
    assert shortlist.offers_hash([first]) != shortlist.offers_hash([other])


def test_home_learns_neither_load_nor_draw(hub, request_):
    (candidate, _) = request_.shortlist.sites
    assert set(candidate.__dataclass_fields__) == {"site_id", "languages"}


def test_a_site_that_passed_is_not_listed_for_this_match_but_for_the_next(hub, home, request_, helpers):
    first, second = helpers
    request_.write(first)
    held = request_.at(first)
    held.says(matches.Pass(), re=held.awaits)
    assert request_.listed() == [second.site_id]
    assert listed(hub, home.ask()) == {first.site_id, second.site_id}
    assert hub.rows(Match, Match.home_thid == request_.thid)[0].state == State.CHOOSING
