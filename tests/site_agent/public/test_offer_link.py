"""A supporter's link: opened by a scanner, used, expired, unknown, of another kind; and the fresh one."""

import logging

import pytest

from site_agent.models import LinkSession, Mail, Offer, SecretLink
from site_agent.services import links
from tests.support.agent import PIN
from tests.support.desk import text_of


def everything(desk):
    """Every row that a link can change."""
    with desk.session() as session:
        kinds = (SecretLink, LinkSession, Offer, Mail)
        return [repr(sorted(_values(row) for row in session.query(kind))) for kind in kinds]


def _values(row):
    return tuple(str(getattr(row, column.key)) for column in row.__table__.columns)


def test_a_scanner_that_follows_the_link_changes_nothing(asked):
    supporter = asked()
    before = everything(supporter.desk)
    for method in ("get", "head", "options"):
        getattr(supporter.desk.client(None), method)(f"/o/{supporter.token}")
    assert everything(supporter.desk) == before
    assert supporter.open().get("/offer").status_code == 200


def test_before_the_button_nothing_is_told(asked):
    supporter = asked()
    page = supporter.get(f"/o/{supporter.token}")
    said = text_of(page)
    assert page.headers["Cache-Control"] == "no-store"
    assert "You have a message" in said
    assert "colleague" not in said


def test_the_button_leads_to_an_address_without_a_secret(asked):
    supporter = asked()
    answer = supporter.enter(supporter.token, "o", supporter.offer_id)
    assert answer.headers["Location"] == "/offer"
    assert supporter.token not in str(answer.headers)
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_link_opens_once(asked):
    supporter = asked()
    supporter.open()
    again = supporter.desk.client(None)
    for answer in (again.get(f"/o/{supporter.token}"), again.post(f"/o/{supporter.token}")):
        assert answer.status_code == 410
        assert "Send a fresh link" in text_of(answer)
    assert again.get("/offer").status_code == 403


def test_an_expired_link_offers_a_fresh_one(asked):
    supporter = asked("in-hand")
    supporter.desk.clock.advance(days=1, seconds=1)
    assert supporter.get(f"/o/{supporter.token}").status_code == 410


def test_a_fresh_link_goes_to_the_supporters_own_address(asked):
    supporter = asked()
    supporter.open()
    answer = supporter.post(f"/o/{supporter.token}/fresh", to="somebody@else.example")
    assert answer.headers["Location"] == "/offer/sent"
    assert "on its way" in text_of(supporter.get("/offer/sent"))
    with supporter.desk.session() as session:
        mail = session.query(Mail).filter_by(kind="fresh-link").one()
        assert mail.to == "okafor@example.ca"
        fresh = mail.link.rpartition("/")[2]
    assert fresh != supporter.token
    newcomer = supporter.desk.client(None)
    assert newcomer.post(f"/o/{fresh}").headers["Location"] == "/offer"
    assert newcomer.get("/offer").status_code == 200


def test_without_a_mail_server_a_fresh_link_is_said_to_wait(asked):
    supporter = asked().open()
    supporter.desk.without_mail()
    supporter.post(f"/o/{supporter.token}/fresh")
    said = text_of(supporter.get("/offer/sent"))
    assert "Email is not connected yet: the message waits here" in said
    assert "on its way" not in said


def test_pressing_for_fresh_links_without_end_sends_only_a_few(asked):
    supporter = asked()
    supporter.open()
    for _ in range(8):
        assert supporter.post(f"/o/{supporter.token}/fresh").status_code == 303
    with supporter.desk.session() as session:
        assert session.query(Mail).filter_by(kind="fresh-link").count() <= 3


def test_a_used_link_to_what_is_over_offers_no_fresh_one(asked):
    supporter = asked("in-hand").open(PIN)
    assert "Send a fresh link" in text_of(supporter.get(f"/o/{supporter.token}"))
    supporter.post("/offer/close", paper="yes")
    for answer in (supporter.get(f"/o/{supporter.token}"), supporter.post(f"/o/{supporter.token}")):
        assert answer.status_code == 410
        assert "Nothing is left for you to do" in text_of(answer)
        assert "Send a fresh link" not in text_of(answer)


def test_a_link_to_what_is_over_sends_nothing_and_says_so_kindly(asked):
    supporter = asked().open()
    supporter.post("/offer/answer", answer="no")
    answer = supporter.post(f"/o/{supporter.token}/fresh")
    assert "Nothing is left for you to do" in text_of(answer)
    with supporter.desk.session() as session:
        assert session.query(Mail).filter_by(kind="fresh-link").count() == 0


@pytest.mark.parametrize("path", ["/o/{}", "/o/{}/fresh"])
def test_a_made_up_link_leads_nowhere(asked, path):
    supporter = asked()
    answer = supporter.post(path.format("A" * 43))
    assert answer.status_code == 404
    assert "leads nowhere" in text_of(answer)
    assert supporter.get("/o/" + "A" * 43).status_code == 404


@pytest.mark.parametrize("door", ["r", "a"])
def test_an_offers_link_opens_no_other_door(asked, door):
    supporter = asked()
    client = supporter.desk.client(None)
    assert client.get(f"/{door}/{supporter.token}").status_code == 404
    assert client.post(f"/{door}/{supporter.token}").status_code == 404
    assert client.get("/request").status_code == 403
    assert client.get("/agreement").status_code == 403


def test_tokens_are_kept_only_as_hashes(asked):
    supporter = asked()
    supporter.open()
    assert not any(supporter.token in rows for rows in everything(supporter.desk))


@pytest.mark.parametrize("door", ["o", "r", "a"])
def test_a_fault_behind_a_link_logs_no_token(asked, monkeypatch, caplog, door):
    supporter = asked()
    supporter.desk.app.testing = False
    supporter.desk.app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(*_args, **_values):
        raise RuntimeError(f"cannot look up /{door}/{supporter.token}")

    monkeypatch.setattr(links, "find", broken)
    with caplog.at_level(logging.DEBUG):
        assert supporter.post(f"/{door}/{supporter.token}").status_code == 500
    assert "cannot look up" in caplog.text
    assert supporter.token not in caplog.text
