"""What holds for every secret link: looking changes nothing, coming in takes the secret out of the address."""

import pytest

from site_agent.models import LinkSession, Outreach, SecretLink
from site_agent.services import links, outreach
from site_agent.services.outreach import Notice, Told
from tests.support.desk import text_of

DOORS = {"offer": "o", "supporter": "m", "request": "r", "outreach": "reply", "agreement": "a"}
ONCE = ("offer", "supporter")


@pytest.fixture
def subjects(asked):
    """A site with something behind a link of each kind."""
    supporter = asked()
    desk = supporter.desk
    with desk.session() as session:
        outreach.record(
            session, Notice("colleague", (Told("Dr. Bo Ek", "+12505550177", None, True),)), "seed", desk.now
        )
        reached = session.query(Outreach).one().outreach_id
    of = {"offer": supporter.offer_id, "supporter": supporter.supporter_id, "outreach": reached}
    of |= {"request": desk.request(), "agreement": desk.supporter("Dr. New", signed=False)}
    return desk, of


def issue(desk, kind, subject):
    with desk.session() as session:
        return links.issue(session, kind, subject, None, desk.now)


def visits(desk):
    with desk.session() as session:
        return session.query(LinkSession).count()


@pytest.mark.parametrize("kind", DOORS)
def test_a_link_opens_by_its_button_alone_and_again_only_if_it_may(subjects, kind):
    desk, of = subjects
    token = issue(desk, kind, of[kind])
    path, browser = f"/{DOORS[kind]}/{token}", desk.client(None)
    for _ in range(2):
        page = browser.get(path)
        assert page.status_code == 200
        assert token not in text_of(page)
    assert visits(desk) == 0
    answer = browser.post(path)
    assert answer.status_code == 303
    assert token not in answer.headers["Location"]
    assert visits(desk) == 1
    again = desk.client(None)
    assert again.get(path).status_code == (410 if kind in ONCE else 200)
    assert again.post(path).status_code == (410 if kind in ONCE else 303)


@pytest.mark.parametrize("kind", DOORS)
@pytest.mark.parametrize("what", ["unknown", "of another kind", "expired"])
def test_what_opens_nothing_is_said_and_leaves_no_visit(subjects, kind, what):
    desk, of = subjects
    other = "agreement" if kind == "offer" else "offer"
    token = "x" * 43 if what == "unknown" else issue(desk, other if "kind" in what else kind, of[kind])
    if what == "expired":
        with desk.session() as session:
            session.get_one(SecretLink, links.token_hash(token)).expires_at = desk.now
    browser = desk.client(None)
    for answer in (browser.get(f"/{DOORS[kind]}/{token}"), browser.post(f"/{DOORS[kind]}/{token}")):
        assert answer.status_code == (
            410 if what == "expired" and kind not in ("request", "outreach") else 404
        )
    assert visits(desk) == 0
