"""The tracker on a phone: taps only, once, never after the end, and nothing lost by a slip or a bad line."""

import re
from datetime import timedelta

import pytest

from site_agent.models import Interaction, Match, Offer, OutboxRow, Supporter
from site_agent.services import inter_site_helper, links
from tests.support.agent import PIN
from tests.support.desk import IDENTITY, text_of

TAPS = {"day": "today", "length": "15-30", "mode": "phone", "found": "4"}


@pytest.fixture
def talked(helping_here):
    """A supporter who has reached a physician of this site, an hour after the yes."""
    helping_here.desk.clock.advance(minutes=10)
    helping_here.post("/offer/attempt/reached", when="now")
    return helping_here


def rows(visitor):
    with visitor.desk.session() as session:
        found = session.query(Interaction).order_by(Interaction.entered_at).all()
        for row in found:
            session.expunge(row)
        return found


def ticket_of(page):
    return re.search(r'name="ticket" value="([\w-]{43})"', page.text)[1]


def note(visitor, ticket="", **changes):
    return visitor.post("/offer/talk", **{"ticket": ticket, **TAPS, **changes})


def test_the_form_asks_for_taps_and_nothing_else(talked):
    page = talked.get("/offer/talk")
    assert "nothing of what was said" in text_of(page)
    assert "<textarea" not in page.text
    typed = set(re.findall(r'<input[^>]*type="text"[^>]*name="([^"]+)"', page.text))
    typed |= set(re.findall(r'<input[^>]*name="([^"]+)"[^>]*type="text"', page.text))
    assert typed == {"on-day", "on-month", "on-year"}
    assert IDENTITY.name not in page.text


def test_a_talk_is_kept_and_the_page_says_so(talked):
    ticket = ticket_of(talked.get("/offer/talk"))
    answer = note(talked, ticket, resources=["counselling", "time-off"], more_needed="y", call_me="y")
    assert answer.headers["Location"] == "/offer"
    said = text_of(talked.get("/offer"))
    assert "Saved. Thank you. Your coordinator sees that you would like a call." in said
    assert "More help than talks with a peer: the card “How to hand over to longer help” on this page" in said
    assert "You have noted 1 talk." in said
    (row,) = rows(talked)
    assert (row.at, row.length, row.mode, row.found, row.by) == (talked.desk.now, "15-30", "phone", 4, None)
    assert (row.resources, row.more_needed, row.call_me) == (("counselling", "time-off"), True, True)


def test_the_answer_says_no_more_than_was_ticked(talked):
    note(talked, ticket_of(talked.get("/offer/talk")))
    said = text_of(talked.get("/offer"))
    assert "Saved. Thank you." in said
    assert "would like a call" not in said
    assert "More help than" not in said


def test_a_submission_that_arrives_twice_counts_once(talked):
    ticket = ticket_of(talked.get("/offer/talk"))
    for _ in range(2):
        assert note(talked, ticket).headers["Location"] == "/offer"
    assert len(rows(talked)) == 1
    note(talked, ticket_of(talked.get("/offer/talk")))
    assert len(rows(talked)) == 2


def test_j01_a_ticket_that_somebody_makes_up_leaves_no_words(talked):
    words = "Wren-said-that-it-is-too-much-for-anybody--"
    note(talked, words)
    note(talked, words)
    with talked.desk.session() as session:
        (row,) = session.query(Interaction)
        assert "Wren" not in row.ticket


def test_one_that_arrives_after_closing_leaves_no_row_and_is_answered_kindly(talked):
    ticket = ticket_of(talked.get("/offer/talk"))
    talked.post("/offer/close", paper="yes")
    assert note(talked, ticket).headers["Location"] == "/offer"
    said = text_of(talked.get("/offer"))
    assert "nothing was noted. Nothing is left to do." in said
    assert rows(talked) == []


def test_a_copy_that_arrives_after_closing_is_not_told_that_it_was_lost(talked):
    ticket = ticket_of(talked.get("/offer/talk"))
    note(talked, ticket)
    talked.post("/offer/close", paper="yes")
    talked.get("/offer")
    note(talked, ticket)
    assert "nothing was noted" not in text_of(talked.get("/offer"))
    assert len(rows(talked)) == 1


def test_after_somebody_else_took_over_nothing_is_noted(talked):
    other = talked.desk.supporter("Dr. Bo Lund")
    ticket = ticket_of(talked.get("/offer/talk"))
    with talked.desk.session() as session:
        session.get_one(Match, talked.thid).supporter_id = other
    note(talked, ticket)
    assert rows(talked) == []


def test_what_was_tapped_comes_back_after_a_slip(talked):
    ticket = ticket_of(talked.get("/offer/talk"))
    typed = {"day": "other", "on-day": "31", "on-month": "2", "on-year": "2026", "resources": ["medicolegal"]}
    answer = note(talked, ticket, **typed | {"found": ""})
    assert answer.status_code == 422
    said = text_of(answer)
    assert "Select how it was for you" in said
    assert "Enter a real date" in said
    assert ticket_of(answer) == ticket
    for kept in (
        'value="other" checked',
        'value="15-30" checked',
        'value="medicolegal" checked',
        'value="31"',
    ):
        assert kept in answer.text
    assert rows(talked) == []


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"day": "other"}, "Enter the day on which you talked"),
        ({"day": "other", "on-day": "9", "on-month": "11", "on-year": "2026"}, "not in the future"),
        ({"day": "other", "on-day": "1", "on-month": "11", "on-year": "2026"}, "after you were put in touch"),
        ({"day": "yesterday"}, "after you were put in touch"),
        ({"on-day": "2"}, "Select “Another day” above, or clear this day"),
        ({"day": ""}, "Select when you talked"),
        ({"length": ""}, "Select how long you talked"),
        ({"length": "=1+1"}, "Not a valid choice"),
        ({"mode": ""}, "Select in which way you talked"),
        ({"found": "nine"}, ""),
        ({"resources": ["her sister"]}, ""),
    ],
)
def test_each_slip_says_how_to_mend_it(talked, changes, mend):
    answer = note(talked, ticket_of(talked.get("/offer/talk")), **changes)
    assert answer.status_code == 422
    assert mend in text_of(answer)
    assert rows(talked) == []


def test_yesterday_and_another_day_are_kept_as_days(talked):
    talked.desk.clock.advance(days=3)
    with talked.desk.session() as session:
        offer = session.get_one(Offer, talked.offer_id)
        talked.token = inter_site_helper.fresh_link(session, offer, talked.desk.now)
    talked.open(PIN)
    note(talked, ticket_of(talked.get("/offer/talk")), day="yesterday")
    first = {"day": "other", "on-day": "3", "on-month": "11", "on-year": "2026"}
    note(talked, ticket_of(talked.get("/offer/talk")), **first)
    kept = sorted(row.at.isoformat() for row in rows(talked))
    assert kept == ["2026-11-03T19:00:00+00:00", "2026-11-05T19:00:00+00:00"]


def test_a_form_filled_in_slowly_is_not_lost_when_the_pin_no_longer_counts(talked):
    ticket = ticket_of(talked.get("/offer/talk"))
    talked.desk.clock.advance(minutes=40)
    note(talked, ticket)
    assert len(rows(talked)) == 1
    assert "Enter your PIN" in text_of(talked.get("/offer"))


def test_what_was_tapped_is_handed_back_when_the_visit_has_ended(talked):
    ticket = ticket_of(talked.get("/offer/talk"))
    talked.client.delete_cookie("__Host-session", domain="localhost")
    typed = {"about": talked.about, "ticket": ticket, "pin": PIN, **TAPS}
    late = talked.client.post("/offer/talk", data=typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert late.status_code == 403
    assert "Open your link in a new tab" in text_of(late)
    assert PIN not in late.text
    with talked.desk.session() as session:
        token = links.issue(
            session, "offer", talked.about, talked.desk.now + timedelta(days=1), talked.desk.now
        )
    talked.enter(token, "o", talked.about)
    talked.post("/offer/pin", pin=PIN)
    held = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', late.text))
    assert talked.client.post("/offer/talk", data=held).headers["Location"] == "/offer"
    assert [row.length for row in rows(talked)] == ["15-30"]


def test_another_page_puts_nothing_into_one_of_ours(talked):
    talked.client.delete_cookie("__Host-session", domain="localhost")
    late = talked.client.post("/offer/talk", data=TAPS, headers={"Sec-Fetch-Site": "cross-site"})
    assert late.status_code == 403
    assert "15-30" not in late.text


def test_without_the_pin_nothing_opens_and_nothing_is_kept(talked):
    ticket = ticket_of(talked.get("/offer/talk"))
    with talked.desk.session() as session:
        offer = session.get_one(Offer, talked.offer_id)
        talked.token = inter_site_helper.fresh_link(session, offer, talked.desk.now)
    talked.open()
    assert talked.get("/offer/talk").headers["Location"] == "/offer"
    note(talked, ticket)
    assert rows(talked) == []


def test_after_as_many_talks_as_are_usual_the_page_says_so_and_stops_nothing(talked):
    for n in range(4):
        assert ("as many are usual" in text_of(talked.get("/offer"))) is (n >= 3)
        note(talked, ticket_of(talked.get("/offer/talk")))
    assert len(rows(talked)) == 4


def test_before_they_have_talked_no_talk_is_asked_for(helping_here):
    assert "We talked: note it" not in text_of(helping_here.get("/offer"))


def test_a_day_to_check_in_is_set_shown_and_taken_away(talked):
    assert talked.post("/offer/check-in").status_code == 422
    typed = {"when": "other", "on-day": "3", "on-month": "11", "on-year": "2026"}
    answer = talked.post("/offer/check-in", **typed)
    assert answer.status_code == 422
    assert "Enter a day after today and within a year" in text_of(answer)
    talked.post("/offer/check-in", when="fortnight")
    assert "You check in with each other on Tue 17 Nov 2026." in text_of(talked.get("/offer"))
    talked.post("/offer/check-in", when="none")
    assert talked.desk.row(Match, talked.thid).check_in_on is None


def test_of_a_match_from_elsewhere_nothing_of_a_talk_leaves_the_site(helping):
    helping.post("/offer/attempt/reached", when="now")
    before = n_outbox(helping)
    note(helping, ticket_of(helping.get("/offer/talk")))
    helping.post("/offer/check-in", when="week")
    assert len(rows(helping)) == 1
    assert n_outbox(helping) == before


def n_outbox(visitor):
    with visitor.desk.session() as session:
        return session.query(OutboxRow).count()


def test_the_cards_hold_no_box_and_name_nobody(desk):
    client = desk.client(None)
    for path, words in (
        ("/hand-over", ("1-800-663-6729", "Counselling", "Medicolegal advice", "do it together")),
        ("/talk-card", ("The first call.", "Closing.", "substance use", "thoughts of suicide")),
    ):
        page = client.get(path)
        assert page.status_code == 200
        said = text_of(page)
        assert all(word in said for word in words)
        assert "<input" not in page.text.partition("<main")[2].partition("</main>")[0]


def test_each_page_of_a_match_has_the_four_things_outside_the_role(talked):
    said = text_of(talked.get("/offer"))
    for words in ("thoughts of suicide", "substance use", "mental illness", "medical advice for themselves"):
        assert words in said


def test_a_supporter_who_holds_a_post_is_reminded_on_the_match_page(talked):
    with talked.desk.session() as session:
        session.get_one(Supporter, talked.supporter_id).posts = ("department-head",)
    assert "You also hold a post: Department or division head" in text_of(talked.get("/offer"))
