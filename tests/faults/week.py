"""Scenario 3: a physician of Kettle Basin asks for outside help, and Kettle Basin is dark for a week.

People use pages. What is asked of the outcome stands in the tests; here is only what happens, and when.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hub.demo.visitor import Visitor
from tests.faults.flaky import FlakyLink
from tests.faults.launcher import KILLED, until
from tests.faults.reason import REASON
from tests.faults.towns import Towns
from tests.support.agent import PIN

PACIFIC, MOUNTAIN = ZoneInfo("America/Vancouver"), ZoneInfo("America/Edmonton")
BEFORE = datetime(2026, 1, 5, 12, 0, tzinfo=PACIFIC).astimezone(UTC)
ASKED = datetime(2026, 1, 5, 19, 5, tzinfo=PACIFIC).astimezone(UTC)
LETTERS = datetime(2026, 1, 5, 19, 6, tzinfo=PACIFIC).astimezone(UTC)
DESK = datetime(2026, 1, 6, 9, 0, tzinfo=MOUNTAIN).astimezone(UTC)
CONFIRMED = datetime(2026, 1, 7, 18, 20, tzinfo=MOUNTAIN).astimezone(UTC)
LIMIT = datetime(2026, 1, 10, 18, 20, tzinfo=MOUNTAIN).astimezone(UTC)
REACHED = datetime(2026, 1, 9, 12, 40, tzinfo=MOUNTAIN).astimezone(UTC)
BACK = datetime(2026, 1, 13, 11, 30, tzinfo=PACIFIC).astimezone(UTC)

NAME = "Zéphyrine Quillfeather"
PHONE = "250-555-0142"
E164 = "+12505550142"
EMAIL = "z.quillfeather@private.example"
_CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]\b")
MATCH_TABLES = ("matches", "letters", "passes", "decisions")


@dataclass
class Week:
    """What was seen on the way. `pages` are whole pages by whom and when; `hub` are the hub's tables at two times."""

    towns: Towns
    link: str = ""
    code: str = ""
    n_mails: int = 0
    pages: dict[str, str] = field(default_factory=dict)
    hub: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    posts_replayed: int = 0

    @property
    def match(self) -> dict[str, Any]:
        """The hub's row of the one match."""
        with self.towns.opened("hub") as connection:
            connection.row_factory = sqlite3.Row
            (row,) = connection.execute("select * from matches").fetchall()
            return dict(row)


def moment(stored: str) -> datetime:
    """A time as SQLite holds it."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def put_first(towns: Towns, key: str) -> None:
    """The hub's draw among equals falls on this site."""
    towns.write("hub", "update sites set draw = 0 where site_id = ?", towns.site_id(key))


def begin(towns: Towns, first: str) -> Week:
    """The request is made and the letters leave; in that moment the home site's machine dies."""
    week = Week(towns)
    put_first(towns, first)
    towns.start()
    for key in ("kettle", "selkirk", "cedar", "fraser"):
        towns.sign_up(key, f"coordinator@{key}.example", "Jo Lindqvist")
    towns.sign_up("hub", "robin@hub.example", "Robin Achebe")
    until("quiet", lambda: towns.is_quiet("kettle", "selkirk", "cedar", "fraser", "arrow", "slocan"))
    # The first POST brings the request, the second the letters; its answer never becomes known at home.
    towns.servers["kettle"].arm("submit.posted", 2)
    _ask(week)
    until("Kettle Basin is dead", lambda: towns.servers["kettle"].died() == KILLED)
    towns.servers["kettle"].disarm()
    return week


def _ask(week: Week) -> None:
    towns = week.towns
    towns.move_to(ASKED)
    physician = Visitor(towns.url("kettle"))
    physician.open("/ask")
    physician.press(
        "Check my answers", reason=REASON, stage="mid", modality="phone", place="elsewhere", few="send",
        wishes=["woman"], avoid=[towns.site_id("arrow"), towns.site_id("slocan")],
        name=NAME, phone=PHONE, email=EMAIL, ways=["call", "text"], times=["evening"],
    )  # fmt: skip
    week.pages["physician checks"] = physician.page.text
    towns.move_to(LETTERS)
    physician.press("Send my request")
    physician.expect("Your request is sent")
    week.link = next(href for _, href in physician.page.links if "/r/" in href)
    code = _CODE.search(physician.page.text)
    assert code is not None
    week.code = code.group(0)


def confirms(week: Week, key: str, at: datetime) -> None:
    """The coordinator asks; the supporter opens the mail at that time, says yes, sees the name, is not close."""
    towns = week.towns
    week.pages["coordinator, card"], mail = towns.asks_a_supporter(key)
    towns.move_to(at)
    phone = towns.open_mail(key, mail)
    week.pages["supporter, card"] = phone.page.html
    before = towns.mail[key].count()
    week.pages["supporter, name"] = towns.says_yes(phone, NAME)
    # The page may show the name before the mail that tells of it has left.
    towns.mail[key].wait_for(before, lambda mail: "/o/" in mail.link)
    week.n_mails = towns.mail[key].count()
    phone.press("Send my answer", close="no")
    week.pages["supporter, contact"] = towns.see(phone, PHONE.partition("-")[2])


def reach(week: Week) -> None:
    """Two days later they talk, after a nudge; the supporter opens the mail that came with the contact details."""
    towns = week.towns
    mail = towns.mail["selkirk"].wait_for(week.n_mails, lambda mail: "/o/" in mail.link)
    before = towns.mail["selkirk"].count()
    towns.move_to(REACHED)
    towns.mail["selkirk"].wait_for(before, lambda mail: "/o/" in mail.link)
    phone = towns.open_mail("selkirk", mail)
    phone.press("Continue", pin=PIN)
    phone.follow("I reached them")
    phone.press("Just now")
    until("the hub knows", lambda: week.match["state"] == "in-touch")
    staff = towns.sign_in("hub")
    week.pages["staff, sites"] = staff.open("/sites").text
    week.pages["staff, overview"] = staff.open("/").text


def return_home(week: Week) -> None:
    """Kettle Basin is switched on again, behind a line on which every call arrives three times."""
    towns = week.towns
    before = towns.mail["selkirk"].count()
    towns.move_to(BACK)
    # Meanwhile the supporter is asked for the entry about the talk.
    towns.mail["selkirk"].wait_for(before, lambda mail: "/o/" in mail.link)
    week.hub["before"] = tables(towns)
    with FlakyLink(towns.servers["hub"].port, repeats=2, lose_answers=1) as line:
        towns.calls_hub_at("kettle", line.url)
        towns.servers["kettle"].start()
        until("home is quiet", lambda: towns.is_quiet("kettle"))
        week.posts_replayed = line.posts
        week.hub["after"] = tables(towns)
        _look_around_at_home(week)
        towns.servers["kettle"].stop()


def tables(towns: Towns) -> dict[str, list[Any]]:
    """What the hub holds of matches."""
    names = [*MATCH_TABLES, "audit"]
    return {name: towns.rows("hub", f"select * from {name}") for name in names}


def _look_around_at_home(week: Week) -> None:
    towns = week.towns
    physician = Visitor(towns.url("kettle"))
    physician.open(week.link)
    physician.press(physician.page.forms[0].buttons[0][0])
    week.pages["physician, standing"] = physician.open("/request").html
    coordinator = towns.sign_in("kettle")
    for path in ("/", "/requests", "/settings/link"):
        week.pages[f"home {path}"] = coordinator.open(path).html
    coordinator.open("/requests")
    page = next(
        href for _, href in coordinator.page.links if re.fullmatch(r"/requests/[A-Za-z0-9_-]{22}", href)
    )
    week.pages["home, request"] = coordinator.open(page).html


def keep_evidence(week: Week) -> Path:
    """The hub's disk at the moment of a power cut: database, write-ahead log, log, a backup made while it ran."""
    towns, kept = week.towns, week.towns.folder / "evidence"
    kept.mkdir()
    with towns.opened("hub") as source, sqlite3.connect(kept / "backup.sqlite") as target:
        source.backup(target)
    target.close()
    towns.servers["hub"].kill()
    shutil.copytree(towns.servers["hub"].folder, kept / "hub")
    shutil.copy(towns.servers["hub"].log, kept / "hub.log")
    return kept
