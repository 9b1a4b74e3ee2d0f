"""The physician's own page: the link, where it stands, who opened the name, withdrawing, another person."""

import re

import pytest

from protocol.messages.matches import Rematch, Withdraw
from site_agent.models import LinkSession, LinkState, OutboxRow, Request, SecretLink, Supporter
from site_agent.services import inter_site_home, interactions, local, offers, requests, retention, timeline
from site_agent.services.requests import NewRequest, Wishes
from tests.support.desk import IDENTITY, OTHERS, text_of

RIVER_BEND = next(iter(OTHERS))


@pytest.fixture
def mine(visitor):
    """A physician who asked by the form for somebody from elsewhere and has opened the link."""
    return ask(visitor)


def ask(visitor, **changes):
    given = {"door": "form", "received_at": visitor.desk.now, "stage": "mid", "modality": "phone"}
    given |= {"reason": "burnout", "identity": IDENTITY, "wishes": Wishes(("woman",), (RIVER_BEND,), "fr")}
    with visitor.desk.session() as session:
        new = NewRequest(**(given | {"elsewhere": True} | changes))
        recorded = requests.record(session, new, visitor.desk.now)
        visitor.token, request_id = recorded.link_token, recorded.request.request_id
    visitor.enter(visitor.token, "r", request_id)
    return visitor


def hears(visitor, state):
    """The hub says how it stands."""
    with visitor.desk.session() as session:
        row = session.get_one(Request, visitor.about)
        inter_site_home.status(session, row.thid, state, visitor.desk.now, visitor.desk.now)


def sent(visitor, body):
    with visitor.desk.session() as session:
        return session.query(OutboxRow).filter_by(type=body.TYPE).count()


def row(visitor):
    return visitor.desk.row(Request, visitor.about)


def test_looking_at_the_link_changes_nothing(mine):
    before = _sessions(mine)
    for _ in range(3):
        assert mine.desk.client(None).get(f"/r/{mine.token}").status_code == 200
        mine.desk.client(None).head(f"/r/{mine.token}")
    assert _sessions(mine) == before
    assert row(mine).state == "looking"


def _sessions(visitor):
    with visitor.desk.session() as session:
        return session.query(LinkSession).count(), session.query(SecretLink.spent_at).all()


def test_the_link_works_again_and_again_and_leads_to_a_plain_address(mine):
    for _ in range(3):
        answer = mine.enter(mine.token, "r", mine.about)
        assert answer.headers["Location"] == "/request"
        assert mine.token not in str(answer.headers)
    assert mine.get("/request").status_code == 200


def test_the_link_works_until_erasure_and_then_says_so(mine):
    mine.post("/request/withdraw")
    mine.desk.clock.advance(days=29)
    assert mine.enter(mine.token, "r", mine.about).status_code == 303
    mine.desk.clock.advance(days=2)
    with mine.desk.session() as session:
        retention.run(session, mine.desk.now)
    answer = mine.get(f"/r/{mine.token}")
    assert answer.status_code == 404
    assert "has been erased, as promised" in text_of(answer)
    assert mine.get("/request").status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_made_up_link_shows_nothing(visitor, method):
    answer = getattr(visitor.client, method)("/r/" + "A" * 43)
    assert answer.status_code == 404
    assert "9-8-8" in text_of(answer)


@pytest.mark.parametrize("door", ["o", "a"])
def test_a_physicians_link_opens_no_other_door(mine, door):
    assert mine.client.post(f"/{door}/{mine.token}").status_code == 404


def test_without_a_link_the_pages_say_how_to_come_in(desk):
    for path in ("/request", "/request/withdraw", "/request/another"):
        answer = desk.client(None).get(path)
        assert answer.status_code == 403
        assert "the link that you kept" in text_of(answer)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (None, "Other places are asked"),
        ("in-hand", "A supporter has said yes"),
        ("in-touch", "tried to reach you, or you have talked"),
        ("closed", "You can ask again whenever you like"),
        ("unmatched", "Nobody could help in time"),
    ],
)
def test_where_it_stands_is_said_in_plain_words(mine, state, words):
    if state:
        hears(mine, state)
    page = mine.get("/request")
    assert words in text_of(page)
    assert "1-800-663-6729" in text_of(page)
    assert page.headers["Cache-Control"] == "no-store"


def test_one_that_only_the_own_site_was_asked_about_does_not_speak_of_others(visitor):
    mine = ask(visitor, elsewhere=False, wishes=Wishes())
    with mine.desk.session() as session:
        asked = session.get_one(Request, mine.about)
        asked.state = "looking"
        local.give_up_here(session, asked, mine.desk.now)
    said = text_of(mine.get("/request"))
    assert "Nobody at your site can help at the moment" in said
    assert "in time" not in said


def test_the_page_never_shows_a_name_or_a_place(mine):
    hears(mine, "in-hand")
    page = mine.get("/request").text
    assert not any(word in page for word in (IDENTITY.name, "Canary", "0142", *OTHERS.values()))


def test_an_opened_name_is_shown_with_its_time(mine):
    assert "Nobody at your site has opened it" in text_of(mine.get("/request"))
    mine.desk.clock.advance(hours=1)
    kim = mine.desk.person("lead", name="Kim")
    with mine.desk.session() as session:
        requests.open_name(session, session.get_one(Request, mine.about), kim, mine.desk.now)
    said = text_of(mine.get("/request"))
    assert "The physician lead of your site opened your name Tue 3 Nov 2026, 11:00 am" in said
    assert "Kim" not in said
    assert "Nobody at your site has opened it" not in said


def test_a_request_for_the_own_site_says_that_the_coordinator_sees_it(visitor):
    said = text_of(ask(visitor, elsewhere=False).get("/request"))
    assert "The coordinator of your site can see it" in said


def test_a_request_for_the_own_site_says_that_its_supporters_are_asked(visitor):
    mine = ask(visitor, elsewhere=False, wishes=Wishes(("woman",)))
    who = visitor.desk.supporter()
    with visitor.desk.session() as session:
        row, supporter = session.get_one(Request, mine.about), session.get_one(Supporter, who)
        local.ask(session, row, supporter, visitor.desk.now)
    said = text_of(mine.get("/request"))
    assert "Supporters of your own site are asked, one at a time." in said
    assert "Other places" not in said
    assert "Okafor" not in said


def test_of_a_match_here_the_page_says_whether_the_supporter_has_only_tried(visitor):
    mine = ask(visitor, elsewhere=False, wishes=Wishes())
    who = visitor.desk.supporter()
    with visitor.desk.session() as session:
        row, supporter = session.get_one(Request, mine.about), session.get_one(Supporter, who)
        offers.accept(session, local.ask(session, row, supporter, visitor.desk.now), visitor.desk.now)
        interactions.attempted(session, local.match_of(session, row), visitor.desk.now, visitor.desk.now)
    said = text_of(mine.get("/request"))
    assert "Your supporter has tried to reach you." in said
    assert "talked" not in said
    with visitor.desk.session() as session:
        match = local.match_of(session, session.get_one(Request, mine.about))
        interactions.reached(session, match, visitor.desk.now, visitor.desk.now)
    said = text_of(mine.get("/request"))
    assert "Your supporter has reached you." in said
    assert "tried" not in said


def test_another_person_of_the_own_site_ends_the_first_ones_access(visitor):
    mine = ask(visitor, elsewhere=False, wishes=Wishes(("woman",)))
    who = visitor.desk.supporter()
    with visitor.desk.session() as session:
        row, supporter = session.get_one(Request, mine.about), session.get_one(Supporter, who)
        offer = local.ask(session, row, supporter, visitor.desk.now)
        offers.accept(session, offer, visitor.desk.now)
    page = mine.get("/request/another")
    assert 'name="avoid"' not in page.text
    assert mine.post("/request/another", language="en", wishes=["man"]).headers["Location"] == "/request"
    with visitor.desk.session() as session:
        row = session.get_one(Request, mine.about)
        match = local.match_of(session, row)
        assert (row.state, match.supporter_id) == ("looking", None)
        assert requests.all_details(session, row).wishes == ("man",)
    assert sent(mine, Rematch) == 0


@pytest.mark.parametrize("state", ["in-hand", "in-touch", "closed"])
def test_j06_the_physician_is_never_asked_how_it_went(mine, state):
    hears(mine, state)
    pages = [
        mine.get(path).text for path in ("/request", "/request/another", "/request/withdraw", "/request/held")
    ]
    asked = {
        name for page in pages for name in re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page)
    }
    assert asked <= {"csrf_token", "about", "language", "wishes", "avoid"}


def test_withdrawing_is_asked_first_and_counts_once(mine):
    assert "No reason is needed" in text_of(mine.get("/request/withdraw"))
    assert row(mine).state == "looking"
    for _ in range(2):
        assert mine.post("/request/withdraw").headers["Location"] == "/request"
    assert row(mine).state == "withdrawn"
    assert sent(mine, Withdraw) == 1
    assert "Nobody will be asked any more" in text_of(mine.get("/request"))
    assert mine.get("/request/withdraw").headers["Location"] == "/request"


def test_once_it_has_ended_the_page_says_until_when_the_name_is_kept(mine):
    assert "Your name is erased on" not in text_of(mine.get("/request"))
    mine.post("/request/withdraw")
    assert "Your name is erased on Thu 3 Dec 2026." in text_of(mine.get("/request"))
    with mine.desk.session() as session:
        session.get_one(Request, mine.about).held = True
    assert "Your name is erased on" not in text_of(mine.get("/request"))


def test_withdrawing_what_has_ended_says_that_it_moved_on(mine):
    hears(mine, "closed")
    mine.post("/request/withdraw")
    assert "This has moved on" in text_of(mine.get("/request"))
    assert sent(mine, Withdraw) == 0


def test_withdrawing_while_the_hub_is_away_counts_and_says_so(mine):
    mine.desk.clock.advance(hours=1)
    mine.post("/request/withdraw")
    assert "told as soon as it can be reached" in text_of(mine.get("/request"))
    assert row(mine).state == "withdrawn"


def test_while_the_hub_answers_nothing_is_said_of_waiting(mine):
    with mine.desk.session() as session:
        session.get_one(LinkState, 1).last_ok_at = mine.desk.now
    mine.post("/request/withdraw")
    assert "reached" not in text_of(mine.get("/request"))


def test_another_person_takes_wishes_and_places_said_anew(mine):
    hears(mine, "in-hand")
    form = mine.get("/request/another")
    assert 'value="fr" selected' in form.text
    assert "checked" not in form.text
    mine.post("/request/another", language="fr", wishes=["man"], avoid=[RIVER_BEND])
    assert (row(mine).state, sent(mine, Rematch)) == ("looking", 1)
    with mine.desk.session() as session:
        kept = requests.all_details(session, session.get_one(Request, mine.about))
        assert (kept.wishes, kept.avoid, kept.language) == (("man",), (RIVER_BEND,), "fr")
    assert mine.post("/request/another", language="fr").headers["Location"] == "/request"
    assert sent(mine, Rematch) == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"language": ""},
        {"language": "tlh"},
        {"language": "en", "avoid": ["nowhere"]},
        {"language": "en", "avoid": list(OTHERS)},
    ],
)
def test_another_person_with_a_wrong_answer_changes_nothing(mine, typed):
    hears(mine, "in-hand")
    answer = mine.post("/request/another", wishes=["man"], **typed)
    assert answer.status_code == 422
    assert 'value="man" checked' in answer.text
    assert row(mine).state == "in-hand"


def test_another_person_is_not_offered_before_there_is_one(mine):
    assert "Another person" not in text_of(mine.get("/request"))
    assert mine.get("/request/another").headers["Location"] == "/request"
    mine.post("/request/another", language="en")
    assert sent(mine, Rematch) == 0


def test_wishes_that_were_erased_are_asked_for_again(mine):
    hears(mine, "in-hand")
    hears(mine, "looking")
    assert "Waiting for you" in text_of(mine.get("/request"))
    mine.post("/request/another", language="en", wishes=["woman"])
    assert not row(mine).restate
    assert sent(mine, Rematch) == 0
    assert "Waiting for you" not in text_of(mine.get("/request"))


def test_wishes_said_on_a_page_left_open_do_not_end_what_was_found_meanwhile(mine):
    hears(mine, "in-hand")
    assert 'name="restate"' not in mine.get("/request/another").text
    hears(mine, "looking")
    assert 'name="restate" value="yes"' in mine.get("/request/another").text
    mine.post("/request/another", language="en", restate="yes")
    hears(mine, "in-hand")
    mine.post("/request/another", language="en", restate="yes")
    assert (row(mine).state, sent(mine, Rematch)) == ("in-hand", 0)


def test_a_press_on_a_page_left_open_does_not_withdraw_another_request(mine):
    first = mine.about
    ask(mine)
    second, mine.about = mine.about, first
    assert mine.post("/request/withdraw").status_code == 409
    assert {mine.desk.row(Request, each).state for each in (first, second)} == {"looking"}


def test_the_history_never_says_who_was_asked(mine):
    with mine.desk.session() as session:
        timeline.note(session, mine.about, "waiting", mine.desk.now)
    said = text_of(mine.get("/request"))
    assert "No place can help just now" in said
