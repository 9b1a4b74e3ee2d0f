"""A supporter's own page: their matches, load and availability, behind link and PIN; nothing of what they declined."""

from datetime import date, timedelta

import pytest

from site_agent.models import Mail, Supporter
from site_agent.services import policy, supporter_page
from tests.site_agent.public.conftest import Visitor
from tests.support.agent import PIN, pin_hash
from tests.support.desk import IDENTITY, text_of


@pytest.fixture
def own(desk):
    """A supporter with a link to their own page: browser, token."""
    who = desk.supporter(max_open=2)
    with desk.session() as session:
        row = session.get_one(Supporter, who)
        row.pin_hash = pin_hash()
        token = supporter_page.send_link(session, row, desk.now)
    visitor = Visitor(desk, about=who)
    visitor.token = token
    return visitor


@pytest.fixture
def mine(own):
    """The same, come in with the PIN."""
    own.enter(own.token, "m", own.about)
    assert own.post("/mine/pin", pin=PIN).headers["Location"] == "/mine"
    return own


def kept(visitor):
    return visitor.desk.row(Supporter, visitor.about)


def test_the_link_opens_once_and_the_page_asks_for_the_pin(own):
    assert "You have a message" in text_of(own.get(f"/m/{own.token}"))
    assert own.enter(own.token, "m", own.about).headers["Location"] == "/mine"
    assert "Enter your PIN" in text_of(own.get("/mine"))
    assert "Dr. Ada Okafor" not in own.get("/mine").text
    again = own.desk.client(None)
    for answer in (again.get(f"/m/{own.token}"), again.post(f"/m/{own.token}")):
        assert answer.status_code == 410
        assert "Send a fresh link" in text_of(answer)


def test_a_fresh_link_goes_to_the_own_address_and_only_a_few_at_a_time(own):
    own.enter(own.token, "m", own.about)
    for _ in range(6):
        assert own.post(f"/m/{own.token}/fresh").headers["Location"] == "/offer/sent"
    with own.desk.session() as session:
        mails = session.query(Mail).filter_by(kind="fresh-link").all()
        assert 1 < len(mails) <= 4
        assert {mail.to for mail in mails} == {"okafor@example.ca"}


@pytest.mark.parametrize("path", ["/m/{}", "/m/{}/fresh"])
def test_a_made_up_link_leads_nowhere(own, path):
    assert own.post(path.format("A" * 43)).status_code == 404


def test_an_offers_link_does_not_open_it_nor_this_one_an_offer(own, asked_here):
    supporter = asked_here(name="Dr. Bo Lund")
    assert own.desk.client(None).post(f"/m/{supporter.token}").status_code == 404
    assert own.desk.client(None).post(f"/o/{own.token}").status_code == 404


@pytest.mark.parametrize("path", ["/mine", "/mine/availability"])
def test_without_a_link_it_says_how_to_come_in(desk, path):
    answer = desk.client(None).get(path)
    assert answer.status_code == 403
    assert "Open your link again" in text_of(answer)


def test_wrong_pins_are_counted_and_lock_it(own):
    own.enter(own.token, "m", own.about)
    assert "4 tries left" in text_of(own.post("/mine/pin", pin="951753"))
    for _ in range(4):
        own.post("/mine/pin", pin="951753")
    assert "Your PIN is locked" in text_of(own.post("/mine/pin", pin=PIN))
    assert own.get("/mine").status_code == 403


def test_who_has_no_pin_is_told_how_to_choose_one(own):
    with own.desk.session() as session:
        session.get_one(Supporter, own.about).pin_hash = None
    own.enter(own.token, "m", own.about)
    said = text_of(own.get("/mine"))
    assert "Choose a new PIN first" in said
    assert "A link to choose one was emailed to you" in said


def test_who_left_the_programme_has_no_page(mine):
    with mine.desk.session() as session:
        session.get_one(Supporter, mine.about).left_at = mine.desk.now
    assert mine.get("/mine").status_code == 403
    assert mine.post(f"/m/{mine.token}/fresh").status_code == 404


def test_it_shows_load_training_and_agreement_in_the_programmes_words(mine):
    said = text_of(mine.get("/mine"))
    for words in (
        "Taking requests",
        "In 2026 you were not matched with a colleague yet.",
        "up to about 7 matches a year",
        "Wed 17 Sep 2025",
        "Version 1, signed on Tue 3 Nov 2026",
        "You can be asked, about 2 colleagues at a time.",
        "Nobody is waiting for you",
    ):
        assert words in said


def test_j08_nothing_on_it_tells_of_what_was_declined(asked_here):
    supporter = asked_here().open(PIN)
    other = supporter.desk.request()
    before = text_of(supporter.get("/mine"))
    supporter.post("/offer/answer", answer="no")
    with supporter.desk.session() as session:
        row = session.get_one(Supporter, supporter.supporter_id)
        assert supporter_page.open_offers(session, row) == []
        assert supporter_page.load(session, row, supporter.desk.now) == supporter_page.matching.Load(0, 0)
    assert "declin" not in before.lower()
    assert other


def test_from_an_offer_one_press_leads_to_the_own_page_and_back(helping_here):
    page = helping_here.get("/mine")
    said = text_of(page)
    assert "A colleague to reach By Fri 6 Nov 2026, 10:00 am" in said
    assert "In 2026 you were matched with 1 colleague." in said
    assert IDENTITY.name not in page.text
    helping_here.post("/mine/open", offer=helping_here.offer_id)
    assert IDENTITY.name in helping_here.get("/offer").text


@pytest.mark.parametrize("state", ["asked", "accepted", "confirming", "in-hand"])
def test_every_page_of_an_offer_leads_to_it(asked, state):
    supporter = asked(state).open(None if state == "asked" else PIN)
    assert 'href="/mine"' in supporter.get("/offer").text
    assert supporter.client.get("/mine").status_code in (200, 422)


def test_from_the_own_page_each_match_opens_without_another_link(desk, asked_here):
    supporter = asked_here()
    with desk.session() as session:
        token = supporter_page.send_link(
            session, session.get_one(Supporter, supporter.supporter_id), desk.now
        )
    visitor = Visitor(desk)
    visitor.enter(token, "m", supporter.supporter_id)
    visitor.post("/mine/pin", pin=PIN)
    assert "A colleague asked to talk" in text_of(visitor.get("/mine"))
    assert visitor.post("/mine/open", offer=supporter.offer_id).headers["Location"] == "/offer"
    page = visitor.get("/offer")
    assert IDENTITY.name in page.text
    visitor.about = supporter.offer_id
    visitor.post("/offer/answer", answer="yes")
    assert "tel:+12505550142" in visitor.get("/offer").text


def test_nobody_opens_what_is_somebody_elses(mine, asked_here):
    other = asked_here(name="Dr. Bo Lund")
    for offer in (other.offer_id, "made-up", ""):
        assert mine.post("/mine/open", offer=offer).status_code == 404
    assert mine.get("/offer").status_code == 403


def test_who_comes_in_by_an_offer_ends_the_visit_of_whoever_was_there_before(mine, asked_here):
    other = asked_here(name="Dr. Bo Lund")
    mine.client.post(f"/o/{other.token}")
    assert "Enter your PIN" in text_of(mine.get("/mine"))


def test_a_pause_has_no_reason_and_ends_on_its_day(mine):
    page = mine.get("/mine/availability")
    assert "<textarea" not in page.text
    day = {"status": "until", "until-day": "20", "until-month": "11", "until-year": "2026", "places": "3"}
    assert mine.post("/mine/availability", **day).headers["Location"] == "/mine"
    row = kept(mine)
    assert (row.paused, row.paused_until, row.max_open) == (True, date(2026, 11, 20), 3)
    assert "can be asked again from Fri 20 Nov 2026 on" in text_of(mine.get("/mine"))
    mine.post("/mine/availability", status="paused", places="3")
    assert (kept(mine).paused, kept(mine).paused_until) == (True, None)
    mine.post("/mine/availability", status="open", places="1")
    assert (kept(mine).paused, kept(mine).max_open) == (False, 1)


@pytest.mark.parametrize(
    ("typed", "mend"),
    [
        ({"status": ""}, "Select whether you can be asked"),
        ({"status": "until"}, "Enter the day from which"),
        (
            {"status": "until", "until-day": "3", "until-month": "11", "until-year": "2026"},
            "Enter a day after today",
        ),
        (
            {"status": "until", "until-day": "31", "until-month": "2", "until-year": "2027"},
            "Enter a real date",
        ),
        ({"places": "0"}, ""),
        ({"places": "99"}, ""),
        ({"places": "many"}, ""),
    ],
)
def test_a_slip_changes_nothing_and_keeps_what_was_given(mine, typed, mend):
    before = kept(mine)
    answer = mine.post("/mine/availability", **{"status": "open", "places": "2"} | typed)
    assert answer.status_code == 422
    assert mend in text_of(answer)
    for part in ("until-day", "until-month"):
        assert part not in typed or f'value="{typed[part]}"' in answer.text
    after = kept(mine)
    assert (after.paused, after.max_open) == (before.paused, before.max_open)


def test_a_new_version_of_the_agreement_is_signed_from_here(mine):
    with mine.desk.session() as session:
        policy.put(session, "agreement_version", "2")
    assert "A new version of the agreement waits for you." in text_of(mine.get("/mine"))
    assert mine.post("/mine/agreement").headers["Location"] == "/agreement"
    assert "Version 2" in text_of(mine.get("/agreement"))


def test_a_visit_ends_by_itself(mine):
    mine.desk.clock.at += timedelta(hours=2, seconds=1)
    assert mine.get("/mine").status_code == 403
