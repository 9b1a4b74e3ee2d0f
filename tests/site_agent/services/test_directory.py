"""The directory page by page, and whose keys are believed."""

from typing import Any

from protocol.messages.directory import Site as Listed
from protocol.messages.directory import Sites
from site_agent.models import DirectoryPage, DirectorySite
from site_agent.services import directory, key_directory
from tests.support.agent import Agent, Province


def page(edition: int, number: int, of: int, *names: str) -> Sites:
    sites = tuple(Listed(name.ljust(22, "x"), name, "Somewhere", "active") for name in names)
    return Sites(edition=edition, page=number, n_pages=of, sites=sites)


def names(session: Any) -> list[str]:
    return [site.name for site in directory.others(session)]


def test_an_edition_stands_when_all_its_pages_are_there(session: Any, cedar: Agent) -> None:
    before = names(session)
    assert not directory.page_arrived(session, page(2, 2, 2, "Bbb"))
    assert names(session) == before
    assert directory.page_arrived(session, page(2, 1, 2, "Aaa"))
    assert names(session) == ["Aaa", "Bbb"]
    assert session.query(DirectoryPage).count() == 0


def test_a_page_twice_and_an_old_edition_change_nothing(session: Any, cedar: Agent) -> None:
    directory.page_arrived(session, page(5, 1, 1, "Aaa"))
    assert not directory.page_arrived(session, page(5, 1, 1, "Bbb"))
    assert not directory.page_arrived(session, page(4, 1, 1, "Ccc"))
    assert names(session) == ["Aaa"]


def test_a_newer_edition_overtakes_an_unfinished_one(session: Any, cedar: Agent) -> None:
    directory.page_arrived(session, page(2, 1, 2, "Aaa"))
    assert directory.page_arrived(session, page(3, 1, 1, "Bbb"))
    assert not directory.page_arrived(session, page(2, 2, 2, "Ccc"))
    assert names(session) == ["Bbb"]
    assert session.query(DirectoryPage).count() == 0


def test_ones_own_site_and_those_not_active_cannot_be_avoided(
    session: Any, cedar: Agent, province: Province
) -> None:
    other = province.stranger("Selkirk Ridge")
    assert names(session) == ["Selkirk Ridge"]
    session.get_one(DirectorySite, other).state = "suspended"
    assert names(session) == []
    assert directory.name_of(session, other) == "Selkirk Ridge"
    assert directory.name_of(session, "unknown") == "unknown"


def test_a_key_needs_both_the_directory_and_the_log(session: Any, cedar: Agent, province: Province) -> None:
    other = province.stranger("Selkirk Ridge")
    assert key_directory.sealing_key(session, other) is not None
    invented = "Q" * 22
    session.add(DirectorySite(site_id=invented, name="Q", community="Q", state="active", edition=1))
    session.flush()
    assert key_directory.sealing_key(session, invented) is None
    session.get_one(DirectorySite, other).state = "withdrawn"
    assert key_directory.sealing_key(session, other) is None


def test_the_log_in_memory_follows_the_stored_one(session: Any, cedar: Agent, province: Province) -> None:
    first = key_directory.log(session)
    assert key_directory.log(session) is first
    province.stranger("Selkirk Ridge")
    assert len(key_directory.log(session).entries) == len(first.entries) + 1
