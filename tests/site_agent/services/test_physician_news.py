"""News by mail: only for those who asked for it, once for each change, and never after erasure."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from site_agent.clock.due import run_due
from site_agent.extensions import db
from site_agent.mail.text import compose
from site_agent.models import Mail, Site
from site_agent.models.conditional import move
from site_agent.services import links, not_sent, physician_news, requests, retention, stay
from site_agent.services.errors import NoLongerOpenError
from site_agent.services.physician_news import LinkJustMailedError
from site_agent.services.requests import NewRequest
from tests.support.desk import IDENTITY
from tests.support.local import here, site

__all__ = ["here", "site"]

WITH_MAIL = replace(IDENTITY, email="wren@private.example")


@pytest.fixture
def request_(session, cedar):
    new = NewRequest("form", cedar.now, "mid", "any", "burnout", WITH_MAIL, mail_ok=True)
    return requests.record(session, new, cedar.now).request


def goes_on(session, cedar, row, state):
    cedar.clock.advance(hours=1)
    move(session, row, state=state, state_at=cedar.now)
    session.commit()
    run_due(lambda: db.session, cedar.now)
    return session.query(Mail).filter_by(kind="request").count()


def test_a_change_is_told_once_and_the_next_one_again(session, cedar, request_):
    assert goes_on(session, cedar, request_, "in-hand") == 1
    run_due(lambda: db.session, cedar.now)
    assert goes_on(session, cedar, request_, "looking") == 1
    assert goes_on(session, cedar, request_, "in-hand") == 2
    assert goes_on(session, cedar, request_, "in-touch") == 2


def test_who_did_not_ask_for_mail_gets_none(session, cedar):
    new = NewRequest("form", cedar.now, "mid", "any", "burnout", WITH_MAIL)
    row = requests.record(session, new, cedar.now).request
    assert goes_on(session, cedar, row, "in-hand") == 0


def test_d13_the_acknowledgement_of_a_withdrawal_names_no_programme(session, cedar, request_):
    requests.withdraw(session, request_, cedar.now)
    session.commit()
    for _ in range(2):
        run_due(lambda: db.session, cedar.now)
    mail = session.query(Mail).filter_by(kind="request").one()
    sent = compose(mail, session.get(Site, 1), "messages@cedar.example")
    text = message_from_bytes(sent.as_bytes(), policy=policy.default)
    assert text["Subject"] == "You have a message"
    body = text.get_content().lower()
    assert not any(word in body for word in ("peer", "support", "withdr", "request", "opens once", "burnout"))
    assert mail.link in text.get_content()


def test_after_erasure_nobody_is_written_to(session, cedar, request_):
    retention.erase(session, request_)
    assert goes_on(session, cedar, request_, "withdrawn") == 0


def test_a_wish_for_mail_without_an_address_is_none(session, cedar):
    new = NewRequest("form", cedar.now, "mid", "any", "burnout", IDENTITY, mail_ok=True)
    assert requests.record(session, new, cedar.now).request.mail_ok is False


def test_that_a_word_was_noted_is_told_once_whoever_is_asked_afterwards(here):
    """A second mail would tell that the first one did not take it (J08)."""
    request = here.request(door="form", elsewhere=True, mail_ok=True)
    not_sent.request_stays(here.session, request.thid, here.now)
    stay.stay_here(here.session, request, here.now, here.person())
    here.session.commit()

    def n_mails():
        here.clock.advance(minutes=1)
        here.run()
        return len(here.mails("request"))

    assert n_mails() == 1
    first = here.ask(request, here.supporter())
    assert n_mails() == 1
    here.no(first)
    second = here.ask(request, here.supporter("Dr Vic Lund"))
    assert n_mails() == 1
    match = here.yes(second)
    assert n_mails() == 2
    here.close(match)
    assert n_mails() == 2


def test_a_word_that_was_noted_is_told_even_if_the_request_is_closed_at_once(here):
    request = here.request(door="form", elsewhere=True, mail_ok=True)
    not_sent.request_stays(here.session, request.thid, here.now)
    stay.stay_here(here.session, request, here.now, here.person())
    requests.close(here.session, request, here.now)
    here.session.commit()
    here.run()
    assert len(here.mails("request")) == 1


def test_a_link_is_mailed_when_they_ask_for_it_and_once_in_ten_minutes(session, cedar, request_):
    physician_news.mail_link(session, request_, cedar.now)
    with pytest.raises(LinkJustMailedError):
        physician_news.mail_link(session, request_, cedar.now)
    cedar.clock.advance(minutes=10)
    physician_news.mail_link(session, request_, cedar.now)
    sent = session.query(Mail).filter_by(kind="request").all()
    assert [mail.to for mail in sent] == [WITH_MAIL.email] * 2
    for mail in sent:
        link = links.find(session, mail.link.rpartition("/")[2], "request", cedar.now)
        assert link.subject == request_.request_id


@pytest.mark.parametrize("why", ["no mail wanted", "erased", "over"])
def test_no_link_is_mailed_to_whom_nobody_may_write(session, cedar, request_, why):
    if why == "no mail wanted":
        request_.mail_ok = False
    elif why == "erased":
        request_.case_id = None
    else:
        requests.withdraw(session, request_, cedar.now)
    assert not physician_news.may_mail_link(request_)
    with pytest.raises(NoLongerOpenError):
        physician_news.mail_link(session, request_, cedar.now)
    assert session.query(Mail).filter_by(kind="request").count() == 0
