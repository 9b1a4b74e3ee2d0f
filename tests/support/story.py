"""A worked scenario, told with an injected clock: people press buttons on real pages and read real mail."""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from site_agent.clock.due import run_due
from site_agent.extensions import db
from site_agent.mail.sender import send_due
from site_agent.models import Base, LinkSession, Match, Request, Supporter
from site_agent.services import local
from site_agent.services.links import token_hash
from tests.support.agent import PIN, pin_hash
from tests.support.desk import Desk, text_of

VANCOUVER = ZoneInfo("America/Vancouver")
_MASKED = re.compile(r"(_id|_at|_by|_hash|token|^at$|^thid$|^subject$|^link$|^to$|^expires_at$)")


@dataclass
class Mail:
    """One that was delivered."""

    to: str
    text: str

    @property
    def token(self) -> str:
        return self.text.partition("/o/")[2].split()[0]


@dataclass
class Browser:
    """A supporter's phone. `about` is what its pages are about."""

    story: Story
    name: str
    client: FlaskClient = field(init=False)
    about: str = ""

    def __post_init__(self) -> None:
        self.client = self.story.desk.client(None)

    def open_mail(self, pin: str = PIN) -> Browser:
        """Follow the link of the last mail and give the PIN."""
        token = self.story.mails(self.name)[-1].token
        assert self.client.get(f"/o/{token}").status_code == 200
        assert self.client.post(f"/o/{token}").status_code == 303
        with self.client.session_transaction(base_url="https://localhost") as cookie:
            kept = cookie["offer-visit"]
        with self.story.desk.session() as session:
            self.about = session.get_one(LinkSession, token_hash(kept)).subject
        self.post("/offer/pin", pin=pin)
        return self

    def post(self, path: str, **typed: Any) -> TestResponse:
        return self.client.post(path, data={"about": self.about} | typed)

    def page(self) -> str:
        """What the phone shows just now."""
        return text_of(self.client.get("/offer"))


@dataclass
class Story:
    """One site, and what happens there."""

    desk: Desk
    folder: Path

    def at(self, local_time: str) -> datetime:
        """It is now this hour in Vancouver: what is due is done, and mail is delivered."""
        self.desk.clock.at = datetime.fromisoformat(local_time).replace(tzinfo=VANCOUVER).astimezone(UTC)
        self.tick()
        return self.desk.now

    def tick(self) -> None:
        with self.desk.app.app_context():
            run_due(lambda: db.session, self.desk.now)
            send_due(db.session, self.desk.app.extensions["agent_config"], self.desk.now)
            db.session.remove()

    def supporter(self, name: str, **more: Any) -> None:
        given = {"foundations_on": date(2025, 9, 17), "practice_on": date(2025, 9, 25)}
        who = self.desk.supporter(name, **(given | more))
        with self.desk.session() as session:
            session.get_one(Supporter, who).pin_hash = pin_hash()

    def who(self, session: Any, name: str) -> Supporter:
        return session.scalars(select(Supporter).where(Supporter.name == name)).one()

    def ask(self, request_id: str, name: str, by: str | None = None) -> None:
        """The coordinator's press, and the mail goes out."""
        with self.desk.session() as session:
            request = session.get_one(Request, request_id)
            local.ask(session, request, self.who(session, name), self.desk.now, by)
        self.tick()

    def phone(self, name: str) -> Browser:
        return Browser(self, name)

    def mails(self, name: str) -> list[Mail]:
        """Everything that was delivered to this supporter, oldest first."""
        address = f"{name.rsplit(maxsplit=1)[-1].lower()}@example.ca"
        return [mail for mail in self.every_mail() if mail.to == address]

    def every_mail(self) -> list[Mail]:
        found = []
        for path in sorted(self.folder.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found.append(Mail(str(message["To"]), f"{message['Subject']}\n{message.get_content()}"))
        return found

    def match(self, request_id: str) -> Match:
        with self.desk.session() as session:
            found = session.scalars(select(Match).where(Match.request_id == request_id)).one()
            session.expunge(found)
            return found

    def rows(self, kind: type[Any]) -> list[Any]:
        with self.desk.app.app_context():
            found = list(db.session.scalars(select(kind)))
            db.session.expunge_all()
            return found

    def rows_with(self, *values: str) -> list[str]:
        """Tables, other than the roster, with a row that holds one of these values in any column."""
        wanted, found = set(values), []
        with self.desk.app.app_context():
            for table in Base.metadata.sorted_tables:
                if table.name != "supporter":
                    rows = db.session.execute(table.select()).all()
                    found += [table.name for row in rows if wanted & {str(value) for value in row}]
            db.session.remove()
        return found

    def shape(self) -> Counter[str]:
        """Every row, without what differs for chance: ids, times and keyed hashes only as given or not."""
        shape: Counter[str] = Counter()
        with self.desk.app.app_context():
            for table in Base.metadata.sorted_tables:
                for row in db.session.execute(table.select()).mappings():
                    cells = [
                        f"{name}={value is not None if _MASKED.search(name) else value}"
                        for name, value in row.items()
                        if not isinstance(value, bytes)
                    ]
                    shape[f"{table.name}: {cells}"] += 1
            db.session.remove()
        return shape
