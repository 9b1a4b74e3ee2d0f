"""So many forms from one network, so many to the site: counted before they are judged, told to nobody."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from site_agent.clock.due import run_due
from site_agent.extensions import db
from site_agent.models import Outreach, Request, SignInFailure
from site_agent.public import form_limit
from tests.support.asking import answers, check, ticket_on
from tests.support.desk import text_of

NOTICE = {"notifier": "colleague", "reason": "not-said", "people": "1", "go": "send", "agreed_0": "yes"}
WREN = {"name_0": "Dr. Wren Canary", "phone_0": "250 555 0142"}


@pytest.fixture
def one(visitor):
    """A site that takes one form from each network in an hour; a bound of one is not drawn."""
    limit(visitor, forms_from_address=1)
    return visitor


def limit(visitor, **settings):
    app = visitor.desk.app
    app.extensions["agent_config"] = replace(app.extensions["agent_config"], **settings)


def send(visitor, ticket="", address="192.0.2.1", **changes):
    typed = answers(ticket=ticket or ticket_on(check(visitor)), **changes)
    return visitor.client.post("/ask/send", data=typed, environ_overrides={"REMOTE_ADDR": address})


def tell(visitor, ticket, address="192.0.2.1", **typed):
    form = {"ticket": ticket, **NOTICE, **WREN, **typed}
    return visitor.client.post("/notify", data=form, environ_overrides={"REMOTE_ADDR": address})


def n(visitor, kind):
    with visitor.desk.session() as session:
        return session.query(kind).count()


def hidden(page):
    """What the page would send again."""
    from html5lib import parse

    boxes = parse(page.text, namespaceHTMLElements=False).iterfind(".//main//input[@type='hidden']")
    return {(box.get("name"), box.get("value")) for box in boxes}


def test_over_the_bound_nothing_is_lost_and_the_page_says_whom_to_call(one):
    send(one)
    page = send(one, ticket := ticket_on(check(one)), name="Dr. <Noor>", reason="loss")
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "3600"
    said = text_of(page)
    for words in ("Not sent yet", "in an hour", "250-555-0100", "9-1-1", "9-8-8", "1-800-663-6729"):
        assert words in said
    kept = hidden(page)
    assert {("name", "Dr. <Noor>"), ("reason", "loss"), ("wishes", "woman"), ("ticket", ticket)} <= kept
    assert n(one, Request) == 1
    one.desk.clock.advance(hours=1)
    again = one.client.post("/ask/send", data=MultiDict(kept), environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert again.status_code == 200
    assert n(one, Request) == 2


def test_its_button_leads_to_the_answers_without_being_counted(one):
    send(one)
    page = send(one)
    assert 'formaction="/ask"' in page.text
    for _ in range(3):
        assert 'value="Dr. Wren Canary"' in one.client.post("/ask", data=MultiDict(hidden(page))).text


def test_a_notice_is_counted_with_the_requests_and_keeps_what_was_typed(one):
    ticket = ticket_on(one.get("/notify"))
    send(one)
    page = tell(one, ticket)
    assert page.status_code == 429
    assert {("name_0", "Dr. Wren Canary"), ("agreed_0", "yes"), ("ticket", ticket)} <= hidden(page)
    assert "9-8-8" in text_of(page)
    assert n(one, Outreach) == 0


def test_a_second_press_of_what_was_kept_hears_what_the_first_one_heard(one):
    ticket = ticket_on(check(one))
    send(one, ticket)
    assert "Your request is sent" in text_of(send(one, ticket))
    ticket = ticket_on(one.get("/notify"))
    assert tell(one, ticket, "192.0.2.2").status_code == 303
    assert tell(one, ticket, "192.0.2.2").headers["Location"] == "/notify/received"
    assert tell(one, ticket, "192.0.2.2", name_0="Dr. Bo Ek").status_code == 429
    assert (n(one, Request), n(one, Outreach)) == (1, 1)


def test_a_form_counts_before_it_is_judged_and_looking_does_not(one):
    for _ in range(3):
        check(one, name="")
        one.get("/ask")
        one.client.post("/notify", data={**NOTICE, "go": "more"})
    assert send(one, name="").status_code == 422
    assert send(one).status_code == 429


def test_another_network_goes_on(one):
    send(one)
    assert send(one).status_code == 429
    assert send(one, address="192.0.2.2").status_code == 200
    assert send(one, address="2001:db8:1:2::1").status_code == 200
    assert send(one, address="2001:db8:1:2:ffff::9").status_code == 429
    assert send(one, address="2001:db8:1:3::1").status_code == 200
    assert send(one, address="::ffff:192.0.2.2").status_code == 429


def test_of_many_at_once_no_more_are_looked_at_than_are_allowed(one):
    ticket = ticket_on(check(one))
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: send(one, ticket, name="").status_code, range(8)))
    assert sorted(codes) == [422] + [429] * 7


def test_a_made_up_forwarding_line_is_no_other_network(one):
    send(one)
    typed = answers(ticket=ticket_on(check(one)))
    forwarded = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"}
    where = {"REMOTE_ADDR": "192.0.2.1"}
    page = one.client.post("/ask/send", data=typed, headers=forwarded, environ_overrides=where)
    assert page.status_code == 429


def test_the_whole_site_takes_so_many_in_a_day(visitor):
    limit(visitor, forms_to_site=1)
    assert send(visitor).status_code == 200
    page = send(visitor, address="192.0.2.2")
    assert (page.status_code, page.headers["Retry-After"]) == (429, "86400")
    assert "tomorrow" in text_of(page)
    assert tell(visitor, ticket_on(visitor.get("/notify")), "192.0.2.3").status_code == 429
    visitor.desk.clock.advance(hours=6)  # from 17 o'clock, in the day of the clock
    assert send(visitor, address="192.0.2.2").status_code == 429
    visitor.desk.clock.advance(hours=1)
    assert send(visitor, address="192.0.2.2").status_code == 200


def test_whoever_is_held_back_by_the_site_has_used_up_no_try_of_their_own(visitor):
    limit(visitor, forms_from_address=1, forms_to_site=1)
    send(visitor)
    assert send(visitor, address="192.0.2.2").status_code == 429
    with visitor.desk.session() as session:
        kinds = [key.partition(":")[0] for key in session.scalars(select(SignInFailure.email_key))]
    assert sorted(kinds) == ["form-address", "form-site"]


def test_ten_from_a_clinic_are_taken_as_it_comes_and_no_more_than_fifteen(visitor):
    ticket = ticket_on(check(visitor))
    codes = [send(visitor, ticket, name="").status_code for _ in range(17)]
    assert codes[:10] == [422] * 10
    assert codes[15:] == [429] * 2


def test_none_is_any_number(visitor):
    limit(visitor, forms_from_address=0, forms_to_site=0)
    ticket = ticket_on(check(visitor))
    assert {send(visitor, ticket, name="").status_code for _ in range(20)} == {422}
    assert n(visitor, SignInFailure) == 0


def test_one_form_more_or_less_from_the_same_network_shows_nothing(visitor):
    """Whoever sends until held back counts what is left: the same numbers come whether or not somebody else asked."""
    hour = form_limit.WINDOWS[form_limit.ADDRESS]
    with visitor.desk.app.app_context():
        bounds = [form_limit._drawn(10, "k", visitor.desk.now + k * hour, hour) for k in range(400)]
    assert set(bounds) == set(range(10, 16))
    assert max(bounds.count(each) for each in set(bounds)) < 110
    alone, after_another = set(bounds), {each - 1 for each in bounds}
    assert len(alone & after_another) == 5


def test_the_bound_holds_for_the_hour(visitor):
    hour = form_limit.WINDOWS[form_limit.ADDRESS]
    with visitor.desk.app.app_context():
        assert len({form_limit._drawn(10, "k", visitor.desk.now, hour) for _ in range(50)}) == 1


def test_no_page_says_when_another_form_came(one):
    send(one)
    pages = []
    for _ in range(2):
        one.desk.clock.advance(minutes=20)
        pages.append(send(one, "made-up"))
    assert pages[0].text.partition("<form")[0] == pages[1].text.partition("<form")[0]
    assert {page.headers["Retry-After"] for page in pages} == {"3600"}


def test_no_address_is_kept_in_clear_nor_under_a_key_that_is_kept(one):
    send(one)
    keys = [rows_of(one)]
    one.desk.app.extensions.pop(form_limit._KEY)  # as a restart does: the key was in memory alone
    assert send(one).status_code == 200
    keys.append(rows_of(one) - keys[0])
    assert len(keys[1]) == 1
    files = b"".join(path.read_bytes() for path in folder(one).rglob("*") if path.is_file())
    assert b"192.0.2.1" not in files
    assert (rows_of(one).pop().encode() in files) is True


def test_it_is_gone_when_its_hour_is_over_whether_or_not_somebody_comes(one):
    send(one)
    one.desk.clock.advance(hours=1)
    run(one)
    assert [key.partition(":")[0] for key in rows_of(one, "form-")] == ["form-site"]
    one.desk.clock.advance(hours=23)
    run(one)
    assert rows_of(one, "form-") == set()


def test_the_time_that_is_kept_is_a_minute(one):
    one.desk.clock.advance(seconds=17)
    send(one)
    with one.desk.session() as session:
        assert {row.failed_at.second for row in session.query(SignInFailure)} == {0}


def rows_of(visitor, kind="form-address:"):
    with visitor.desk.session() as session:
        return {key for key in session.scalars(select(SignInFailure.email_key)) if key.startswith(kind)}


def folder(visitor):
    return visitor.desk.app.extensions["agent_config"].data_dir


def run(visitor):
    with visitor.desk.app.app_context():
        run_due(lambda: db.session, visitor.desk.now)
        db.session.commit()
