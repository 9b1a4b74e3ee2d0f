"""The demo's mailbox: mail that arrives over SMTP is shown with its link, and who signs in with which code."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from hub.demo.mailbox import Mailbox
from hub.demo.people import PASSWORD, PIN, Account
from hub.demo.visitor import Visitor

LINK = "http://cedar.localhost:8123/o/abc"


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    box.start()
    yield box
    box.stop()


def send(mailbox: Mailbox, to: str, text: str = f"Open it with this link:\n\n{LINK}\n") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "messages@peers.example", to, "You have a message"
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port) as server:
        server.send_message(message)


def test_a_mail_is_found_by_whom_it_is_for_and_shown_with_its_link(mailbox: Mailbox) -> None:
    before = mailbox.seen()
    send(mailbox, "wen.li@selkirk.example")
    send(mailbox, "ines.albrecht@cedar.example")
    assert mailbox.wait_for("ines.albrecht@cedar.example", before).link == LINK
    page = Visitor(f"http://mail.localhost:{mailbox.page_port}").open("/")
    assert "wen.li@selkirk.example" in page.text
    assert page.link(LINK) == LINK


def test_a_code_in_a_mail_is_read_on_the_page(mailbox: Mailbox) -> None:
    before = mailbox.seen()
    send(mailbox, "wren@canary.example", "You asked for a code. It works once:\n\n480 113\n\nCall <us>.\n")
    mailbox.wait_for("wren@canary.example", before)
    page = Visitor(f"http://mail.localhost:{mailbox.page_port}").open("/")
    for line in ("You asked for a code. It works once:", "480 113", "Call <us>."):
        assert line in page.text


def test_everybody_who_signs_in_is_listed_with_the_code_of_the_moment(mailbox: Mailbox) -> None:
    visitor = Visitor(f"http://mail.localhost:{mailbox.page_port}")
    account = Account(
        "Morgan Tran, coordinator", "http://cedar.localhost:1", "m@x.example", "A" * 32, visitor
    )
    mailbox.accounts = [account]
    codes = {account.code}
    page = visitor.open("/")
    codes.add(account.code)  # the next half minute may have begun
    for words in (account.who, account.email, "cedar.localhost:1", PASSWORD, PIN):
        assert words in page.text
    assert any(code in page.text for code in codes)
