"""The demo's post office: takes the sites' mail over real SMTP and shows it, so that links can be followed.

Its page also lists who signs in where.
"""

from __future__ import annotations

import email
import email.policy
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask, render_template
from waitress import create_server

import ui
from hub.demo.people import PASSWORD, PIN, Account
from hub.demo.processes import free_port
from ui.access import public
from ui.options import NavItem, UiOptions

WAIT_SECONDS = 60
LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Mail:
    """One message as it arrived."""

    to: str
    subject: str
    body: str
    at: datetime

    @property
    def link(self) -> str:
        """The link it holds, or nothing."""
        found = LINK.search(self.body)
        return found.group(0) if found else ""


class Mailbox:
    """An SMTP server and a page, both on loopback."""

    def __init__(self) -> None:
        self.accounts: Sequence[Account] = ()
        """Who signs in; the page shows the code that the authenticator of each would."""
        self._mails: list[Mail] = []
        self._arrived = threading.Condition()
        self.smtp_port = free_port()
        self.page_port = free_port()
        self._smtp = Controller(self, hostname="127.0.0.1", port=self.smtp_port)
        self._web = create_server(self._app(), host="127.0.0.1", port=self.page_port, threads=6)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd calls this for each message."""
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        message = email.message_from_bytes(raw, policy=email.policy.default)
        text = message.get_body(("plain",))
        body = text.get_content() if text is not None else ""
        with self._arrived:
            for to in envelope.rcpt_tos:
                self._mails.append(Mail(to, str(message["subject"]), body, datetime.now(UTC)))
            self._arrived.notify_all()
        return "250 OK"

    def start(self) -> None:
        """Both servers, in threads of this process."""
        self._smtp.start()
        threading.Thread(target=self._web.run, name="mailbox", daemon=True).start()

    def stop(self) -> None:
        """Both servers."""
        self._smtp.stop()
        self._web.close()

    def seen(self) -> int:
        """How many mails there are; pass it to `wait_for` to ask only for later ones."""
        with self._arrived:
            return len(self._mails)

    def wait_for(self, to: str, after: int = 0) -> Mail:
        """The first mail to this address after the first `after` mails. Raises TimeoutError after a minute."""

        def found() -> Mail | None:
            return next((mail for mail in self._mails[after:] if mail.to == to), None)

        with self._arrived:
            if not self._arrived.wait_for(lambda: found() is not None, WAIT_SECONDS):
                raise TimeoutError(f"no mail to {to} came within {WAIT_SECONDS} s")
            mail = found()
            assert mail is not None
            return mail

    def _app(self) -> Flask:
        app = Flask(__name__)
        app.secret_key = "demo: shows no private page and signs nobody in"  # noqa: S105
        ui.init_ui(
            app,
            UiOptions(
                product=lambda: "Alongside demo",
                navigation=list[NavItem],
                home=lambda: "/",
                store=None,
                zone=lambda: ZoneInfo("America/Vancouver"),
                phone=lambda: "",
            ),
        )

        @app.get("/")
        @public
        def mailbox() -> str:
            with self._arrived:
                mails = self._mails[::-1][:100]
            shown = {"accounts": self.accounts, "password": PASSWORD, "pin": PIN}
            return render_template("mailbox.html", mails=mails, **shown)

        ui.finish(app)
        return app
