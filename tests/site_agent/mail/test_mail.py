"""Mail over a real SMTP server: it says nothing, is tried again, and is forgotten once it is sent."""

import email
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import policy as email_policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlalchemy import select

from site_agent.config import AgentConfig
from site_agent.mail import sender
from site_agent.mail.text import compose
from site_agent.models import Mail, Site
from site_agent.models.mail import KINDS
from site_agent.services import post
from tests.support.agent import Agent


class Mailbox:
    """What arrived; `answers` are given to the next mails instead of taking them."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.recipients: list[str] = []
        self.answers: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.recipients += envelope.rcpt_tos
        self.messages.append(email.message_from_bytes(envelope.content, policy=email_policy.default))
        return "250 OK"


def log_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"cedar", b"right")
    # Not handled: the server itself is to answer, or a wrong password waits for an answer until time is over.
    return AuthResult(success=right, handled=False)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def takes_utf8(request: pytest.FixtureRequest) -> bool:
    """Whether the server offers SMTPUTF8; it does not unless a test says so."""
    return bool(getattr(request, "param", False))


@pytest.fixture
def config(mailbox: Mailbox, tmp_path: Path, takes_utf8: bool) -> Iterator[AgentConfig]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port,
        authenticator=log_in,
        auth_require_tls=False,
        enable_SMTPUTF8=takes_utf8,
    )
    controller.start()
    yield AgentConfig(
        data_dir=tmp_path, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none",
        smtp_sender="messages@cedar.example",
    )  # fmt: skip
    controller.stop()


def queue(session: Any, cedar: Agent, kind: str = "offer", **more: Any) -> Mail:
    mail = post.queue(session, kind, "uma.ross@example.ca", "/o/SECRET", cedar.now, **more)
    session.commit()
    return mail


def send(session: Any, cedar: Agent, config: AgentConfig) -> int:
    return sender.send_due(session, config, cedar.now)


def test_a_mail_arrives_and_its_address_and_link_are_forgotten(
    session: Any, cedar: Agent, config: AgentConfig, mailbox: Mailbox
) -> None:
    mail = queue(session, cedar)
    assert send(session, cedar, config) == 1
    (message,) = mailbox.messages
    assert (message["To"], message["From"], message["Subject"]) == (
        "uma.ross@example.ca", "messages@cedar.example", "You have a message",
    )  # fmt: skip
    text = message.get_content()
    assert "https://cedar-inlet.example/o/SECRET" in text
    assert "250-555-0100" in text
    session.expire_all()
    assert (mail.state, mail.to, mail.link, mail.sent_at) == ("sent", None, None, cedar.now)
    assert send(session, cedar, config) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_mail_tells_what_it_is_about(kind: str, session: Any, cedar: Agent) -> None:
    mail = queue(session, cedar, kind)
    raw = compose(mail, session.get(Site, 1), "messages@cedar.example").as_string().lower()
    for word in (
        "peer",
        "support",
        "physician",
        "doctor",
        "offer",
        "request",
        "health",
        "match",
        "agreement",
    ):
        assert word not in raw, word


def test_all_mail_to_a_supporter_reads_alike(session: Any, cedar: Agent) -> None:
    texts = set()
    for kind in ("offer", "name", "contact", "fresh-link", "taken-care-of"):
        mail = queue(session, cedar, kind)
        texts.add(compose(mail, session.get(Site, 1), "messages@cedar.example").get_content())
    assert len(texts) == 1


@pytest.mark.parametrize("answer", ["451 try later", "421 closing"])
def test_a_passing_trouble_is_tried_again_with_growing_pauses(
    answer: str, session: Any, cedar: Agent, config: AgentConfig, mailbox: Mailbox
) -> None:
    mail = queue(session, cedar)
    mailbox.answers = [answer, answer]
    assert send(session, cedar, config) == 0
    assert mail.next_try_at == cedar.now + timedelta(minutes=1)
    assert send(session, cedar, config) == 0
    assert mail.n_tries == 1
    cedar.clock.advance(minutes=1)
    send(session, cedar, config)
    assert mail.next_try_at == cedar.now + timedelta(minutes=2)
    cedar.clock.advance(minutes=2)
    assert send(session, cedar, config) == 1


def test_a_server_that_is_away_is_tried_again(session: Any, cedar: Agent, config: AgentConfig) -> None:
    mail = queue(session, cedar)
    away = replace(config, smtp_port=1)
    for _ in range(9):
        assert send(session, cedar, away) == 0
        cedar.clock.at = mail.next_try_at
    assert mail.next_try_at - cedar.now <= sender.LONGEST_PAUSE
    assert send(session, cedar, config) == 1


def test_a_mail_that_is_refused_for_good_is_given_up_and_forgotten(
    session: Any, cedar: Agent, config: AgentConfig, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mail = queue(session, cedar)
    other = queue(session, cedar)
    mailbox.answers = ["550 no such user"]
    assert send(session, cedar, config) == 1
    session.expire_all()
    assert sorted([mail.state, other.state]) == ["failed", "sent"]
    assert (mail.link, other.link, other.to) == (None, None, None)
    assert "uma.ross" not in caplog.text


def test_a_mail_whose_link_no_longer_works_is_not_sent(
    session: Any, cedar: Agent, config: AgentConfig, mailbox: Mailbox
) -> None:
    mail = queue(session, cedar, expires_at=cedar.now + timedelta(hours=1))
    cedar.clock.advance(hours=1)
    assert send(session, cedar, config) == 0
    session.expire_all()
    assert (mail.state, mail.link, mailbox.messages) == ("failed", None, [])


def test_it_signs_in_when_told_to(session: Any, cedar: Agent, config: AgentConfig, mailbox: Mailbox) -> None:
    mail = queue(session, cedar)
    wrong = replace(config, smtp_user="cedar", smtp_password="wrong")
    assert send(session, cedar, wrong) == 0
    assert mail.state == "waiting"
    cedar.clock.at = mail.next_try_at
    assert send(session, cedar, replace(wrong, smtp_password="right")) == 1


def test_without_the_tls_that_was_asked_for_nothing_is_sent(
    session: Any, cedar: Agent, config: AgentConfig, mailbox: Mailbox
) -> None:
    queue(session, cedar)
    assert send(session, cedar, replace(config, smtp_tls="starttls")) == 0
    assert mailbox.messages == []


def test_without_a_mail_server_mail_waits(session: Any, cedar: Agent, tmp_path: Path) -> None:
    mail = queue(session, cedar)
    assert send(session, cedar, AgentConfig(data_dir=tmp_path)) == 0
    assert mail.state == "waiting"


def test_a_rehearsal_writes_mail_into_a_folder(session: Any, cedar: Agent, tmp_path: Path) -> None:
    queue(session, cedar)
    folder = tmp_path / "mail"
    folder.mkdir()
    config = AgentConfig(data_dir=tmp_path, mail_folder=str(folder), smtp_sender="messages@cedar.example")
    assert send(session, cedar, config) == 1
    (path,) = folder.glob("*.eml")
    assert b"/o/SECRET" in path.read_bytes()


def test_no_lock_is_held_while_the_server_thinks(
    session: Any, cedar: Agent, config: AgentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(session, cedar)
    held = []
    monkeypatch.setattr(sender, "deliver", lambda *_: held.append(session().in_transaction()))
    send(session, cedar, config)
    assert held == [False]
    assert session.scalars(select(Mail.state)).one() == "sent"


@pytest.mark.parametrize("kind", ["request", "held", "outreach", "coordinator", "keeper", "invitation"])
def test_of_mail_to_anybody_but_a_supporter_no_address_stays(
    kind: str, session: Any, cedar: Agent, config: AgentConfig, mailbox: Mailbox
) -> None:
    mail = queue(session, cedar, kind)
    mailbox.answers = ["550 no such user"]
    send(session, cedar, config)
    session.expire_all()
    assert (mail.state, mail.to, mail.link) == ("failed", None, None)


def to(session: Any, cedar: Agent, address: str, kind: str = "offer") -> Mail:
    mail = post.queue(session, kind, address, "/o/SECRET", cedar.now)
    session.commit()
    return mail


def test_an_international_domain_goes_in_its_ascii_form(
    session: Any, cedar: Agent, config: AgentConfig, mailbox: Mailbox
) -> None:
    to(session, cedar, "uma@exämple.ca")
    assert send(session, cedar, config) == 1
    assert mailbox.messages[0]["To"] == "uma@xn--exmple-cua.ca"


@pytest.mark.parametrize("takes_utf8", [True], indirect=True)
def test_an_international_mailbox_goes_by_smtputf8_where_the_server_takes_it(
    session: Any, cedar: Agent, config: AgentConfig, mailbox: Mailbox
) -> None:
    mail = to(session, cedar, "josé@example.ca")
    assert send(session, cedar, config) == 1
    session.expire_all()
    assert mail.state == "sent"
    assert mailbox.recipients == ["josé@example.ca"]


@pytest.mark.parametrize("address", ["josé@example.ca", "uma@..ö", "uma\nBcc: all@example.ca"])
def test_an_address_that_no_server_takes_fails_at_once_and_holds_nobody_up(
    address: str, session: Any, cedar: Agent, config: AgentConfig, mailbox: Mailbox
) -> None:
    mail, other = to(session, cedar, address), to(session, cedar, "uma.ross@example.ca")
    assert send(session, cedar, config) == 1
    session.expire_all()
    assert (mail.state, mail.n_tries, other.state) == ("failed", 1, "sent")
    assert len(mailbox.messages) == 1


def test_a_rehearsal_writes_mail_to_an_international_mailbox_too(
    session: Any, cedar: Agent, tmp_path: Path
) -> None:
    to(session, cedar, "josé@exämple.ca")
    config = AgentConfig(data_dir=tmp_path, mail_folder=str(tmp_path), smtp_sender="messages@cedar.example")
    assert send(session, cedar, config) == 1
    (path,) = tmp_path.glob("*.eml")
    assert "josé@xn--exmple-cua.ca" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["coordinator", "keeper"])
def test_who_has_an_account_is_asked_to_sign_in(
    kind: str, session: Any, cedar: Agent, config: AgentConfig, mailbox: Mailbox
) -> None:
    body = compose(queue(session, cedar, kind), None, "site@example.ca").get_content()
    assert "Sign in to read it:" in body
    assert "opens once" not in body
