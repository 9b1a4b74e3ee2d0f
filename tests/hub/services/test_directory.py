"""The directory: names and places of everybody who takes part, no capacities."""

from hub.models import OutboxRow
from protocol.messages import directory


def newest(site):
    return [message.body for message in site.fetch() if isinstance(message.body, directory.Sites)]


def states(site):
    return {each.site_id: each.state for page in newest(site) for each in page.sites}


def test_it_says_who_is_active_suspended_and_withdrawn(hub, site):
    others = [hub.site() for _ in range(3)]
    hub.staff("suspend", others[0])
    hub.staff("withdraw", others[1])
    assert states(site) == {
        site.site_id: "active",
        others[0].site_id: "suspended",
        others[1].site_id: "withdrawn",
        others[2].site_id: "active",
    }


def test_who_is_only_invited_or_refused_is_not_in_it(hub, site):
    hub.invite()
    assert set(states(site)) == {site.site_id}


def test_an_edition_that_a_site_has_is_not_sent_again(hub, site):
    assert len(newest(site)) == 1
    assert newest(site) == []
    hub.site()
    assert len(newest(site)) == 1


def test_a_long_directory_comes_in_pages(hub, site, monkeypatch):
    monkeypatch.setattr(directory, "SITES_A_PAGE", 2)
    for _ in range(4):
        hub.site()
    pages = newest(site)
    assert [(page.page, page.n_pages, len(page.sites)) for page in pages] == [(1, 3, 2), (2, 3, 2), (3, 3, 1)]
    assert len({page.edition for page in pages}) == 1


def test_approving_a_site_costs_the_others_nothing_until_they_call(hub, site):
    site.news()
    before = hub.count(OutboxRow)
    for _ in range(3):
        hub.site()
    assert hub.count(OutboxRow) == before
