"""An offer on a supporter's phone: the card, yes or not this time, and what is said when it is over."""

import pytest

from protocol.messages.matches import Accept
from site_agent.models import LinkState, Match, Offer, OutboxRow, Supporter
from tests.support.agent import PIN
from tests.support.desk import IDENTITY, text_of

SECRETS = (IDENTITY.name, "0142", "Canary")


def outbox_types(desk):
    with desk.session() as session:
        return [row.type for row in session.query(OutboxRow).order_by(OutboxRow.n)]


def test_the_card_is_shown_in_words_and_nothing_of_who(asked):
    page = asked().open().get("/offer")
    said = text_of(page)
    assert "Burnout or moral injury" in said
    assert "Mid-career" in said
    assert "You never need to give a reason." in said
    assert not any(secret in page.text for secret in SECRETS)


def test_no_page_of_an_offer_has_a_field_for_a_reason(asked):
    page = asked().open().get("/offer")
    assert page.status_code == 200
    assert "<textarea" not in page.text
    assert 'type="text"' not in page.text


def test_a_yes_goes_to_the_hub_once_however_often_it_is_pressed(asked):
    supporter = asked().open()
    for _ in range(2):
        assert supporter.post("/offer/answer", answer="yes").status_code == 303
    assert outbox_types(supporter.desk).count(Accept.TYPE) == 1
    assert supporter.desk.row(Offer, supporter.offer_id).state == "accepted"


def test_after_the_yes_the_pin_comes_first_and_then_the_wait(asked):
    supporter = asked().open()
    supporter.post("/offer/answer", answer="yes")
    assert "Enter your PIN" in text_of(supporter.get("/offer"))
    supporter.post("/offer/pin", pin=PIN)
    assert "You get an email when the name is there" in text_of(supporter.get("/offer"))


@pytest.mark.parametrize("state", ["accepted", "confirming"])
def test_without_a_mail_server_nobody_is_told_to_wait_for_mail(asked, state):
    supporter = asked(state).open(PIN)
    assert "You get an email" in text_of(supporter.get("/offer"))
    supporter.desk.without_mail()
    said = text_of(supporter.get("/offer"))
    assert "cannot send email yet: look again here" in said
    assert "You get an email" not in said


def test_who_holds_a_post_is_reminded_which_hat_they_wear(asked):
    supporter = asked().open()
    assert "You also hold a post" not in text_of(supporter.get("/offer"))
    with supporter.desk.session() as session:
        session.get_one(Supporter, supporter.supporter_id).posts = ("quality-officer",)
    said = text_of(supporter.get("/offer"))
    assert "You also hold a post: Quality or patient safety officer. Here you are a peer" in said


def test_not_this_time_counts_once_and_says_thank_you(asked):
    supporter = asked().open()
    supporter.post("/offer/answer", answer="no")
    page = text_of(supporter.get("/offer"))
    assert "Thank you for answering." in page
    assert "Nothing is left for you to do" in page
    assert supporter.post("/offer/answer", answer="no").status_code == 303
    assert outbox_types(supporter.desk).count("match.pass") == 1


def test_a_no_then_a_yes_stays_a_no(asked):
    supporter = asked().open()
    supporter.post("/offer/answer", answer="no")
    supporter.post("/offer/answer", answer="yes")
    assert Accept.TYPE not in outbox_types(supporter.desk)


def test_after_the_yes_one_may_still_step_back_before_the_name(asked):
    supporter = asked("accepted").open(PIN)
    supporter.post("/offer/answer", answer="no")
    assert "Nothing is left for you to do" in text_of(supporter.get("/offer"))
    assert supporter.desk.row(Match, supporter.thid).state == "ended"


def test_an_answer_that_is_neither_is_refused(asked):
    supporter = asked().open()
    assert supporter.post("/offer/answer", answer="maybe").status_code == 400
    assert supporter.post("/offer/answer").status_code == 400
    assert supporter.desk.row(Offer, supporter.offer_id).state == "open"


def test_when_the_time_to_answer_is_over_the_page_says_so_kindly(asked):
    supporter = asked().open()
    supporter.desk.clock.advance(hours=1.9)
    with supporter.desk.session() as session:
        session.get_one(Offer, supporter.offer_id).expires_at = supporter.desk.now
    said = text_of(supporter.get("/offer"))
    assert "Nothing is left for you to do" in said
    assert "What you were asked is no longer open, or no longer with you." in said
    assert "If the two of you were in touch" in said
    supporter.post("/offer/answer", answer="yes")
    assert Accept.TYPE not in outbox_types(supporter.desk)


@pytest.mark.parametrize("state", ["ended", "closed"])
def test_whatever_ended_it_the_page_says_the_same(asked, state):
    supporter = asked().open(None)
    with supporter.desk.session() as session:
        session.get_one(Match, supporter.thid).state = state
    page = supporter.get("/offer")
    assert "Nothing is left for you to do" in text_of(page)
    assert not any(word in page.text.lower() for word in ("withdr", "lapse", "declin"))


def test_an_answer_while_the_hub_is_away_is_kept_and_says_so(asked):
    supporter = asked().open()
    supporter.desk.clock.advance(hours=1)
    assert "hub cannot be reached" in text_of(supporter.get("/offer"))
    supporter.post("/offer/answer", answer="yes")
    assert "Your answer is kept here" in text_of(supporter.get("/offer"))
    assert Accept.TYPE in outbox_types(supporter.desk)


def test_while_the_hub_answers_nothing_is_said_of_waiting(asked):
    supporter = asked().open()
    with supporter.desk.session() as session:
        session.get_one(LinkState, 1).last_ok_at = supporter.desk.now
    supporter.post("/offer/answer", answer="yes")
    assert "cannot be reached" not in text_of(supporter.get("/offer"))


def test_a_press_on_a_page_left_open_does_not_count_for_another_offer(asked):
    first, second = asked().open(), asked(name="Dr. Bo Lund")
    left_open = first.about
    first.enter(second.token, "o", second.offer_id)
    first.about = left_open
    assert first.post("/offer/answer", answer="yes").status_code == 409
    assert first.desk.row(Offer, first.offer_id).state == "open"
    assert first.desk.row(Offer, second.offer_id).state == "open"


def test_one_offers_visit_never_opens_another(asked):
    first, second = asked("in-hand").open(PIN), asked("in-hand", name="Dr. Bo Lund")
    first.about = second.offer_id
    assert first.post("/offer/attempt/message", when="now").status_code == 409
    assert first.desk.row(Match, second.thid).attempted_at is None


def test_nothing_of_an_offer_may_be_kept_by_a_browser(asked):
    supporter = asked("in-hand").open(PIN)
    for path in ("/offer", "/offer/attempt/message", "/offer/close"):
        page = supporter.get(path)
        assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize("path", ["/offer", "/offer/attempt/reached", "/offer/close"])
def test_without_a_link_an_offers_pages_say_how_to_come_in(desk, path):
    answer = desk.client(None).get(path)
    assert answer.status_code == 403
    assert "Open your link again" in text_of(answer)


def test_a_visit_ends_by_itself(asked):
    supporter = asked("in-hand").open(PIN)
    supporter.desk.clock.advance(hours=2, seconds=1)
    assert supporter.get("/offer").status_code == 403
