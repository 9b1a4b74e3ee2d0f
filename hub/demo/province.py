"""Builds the demo's province through its own doors: a hub and four sites as processes, enrolled, with supporters."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from hub.demo.mailbox import Mailbox
from hub.demo.people import PIN, Account, sign_up
from hub.demo.places import PLACES, Place, roster_csv
from hub.demo.processes import Program
from hub.demo.visitor import VisitError, Visitor

WAIT_SECONDS = 60
PAUSE_SECONDS = 0.25
_CODE = re.compile(r'id="code"[^>]*>(.*?)</p>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")

Tell = Callable[[str], None]


@dataclass
class DemoSite:
    """One site: its process, its coordinator, and whoever else signs in there."""

    place: Place
    program: Program
    url: str
    coordinator: Account
    others: list[Account] = field(default_factory=list)


@dataclass
class Province:
    """Everything that runs, and how to stop it."""

    folder: Path
    mailbox: Mailbox
    hub: Program
    hub_url: str
    staff: Account
    sites: dict[str, DemoSite] = field(default_factory=dict)

    def stop(self) -> None:
        """Stop every process; the data folders stay."""
        for site in self.sites.values():
            site.program.stop()
        self.hub.stop()
        self.mailbox.stop()


def until(what: str, check: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Look again until it is so. Raises VisitError when it never becomes so."""
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            raise VisitError(f"waited {seconds:.0f} s for this, in vain: {what}")
        time.sleep(PAUSE_SECONDS)


def build(folder: Path, tell: Tell) -> Province:
    """Start and enrol everything. Raises VisitError or ProcessError; what was started is then stopped."""
    mailbox = Mailbox()
    mailbox.start()
    hub, hub_url, staff = _hub(folder)
    province = Province(folder, mailbox, hub, hub_url, staff)
    tell(f"The hub runs at {hub_url}.")
    try:
        with ThreadPoolExecutor() as together:
            for site in together.map(lambda place: _site(province, place), PLACES):
                province.sites[site.place.key] = site
            for site in province.sites.values():
                words = _enrol(province, site)
                tell(f"{site.place.name} joined: both screens showed “{words}”.")
            signed = together.map(lambda site: _people(province, site), province.sites.values())
            for site, n_signed in zip(province.sites.values(), signed, strict=True):
                tell(f"{site.place.name}: {n_signed} supporters imported; each signed and chose a PIN.")
                for colleague in site.others:
                    tell(f"{site.place.name}: {colleague.who}, was invited and set up a way to sign in.")
    except BaseException:
        province.stop()
        raise
    return province


def _hub(folder: Path) -> tuple[Program, str, Account]:
    program = Program("hub.cli", folder / "hub", {})
    url = f"http://hub.localhost:{program.port}"
    program.settings = {
        "ALONGSIDE_HUB_DATA_DIR": str(folder / "hub" / "data"),
        "ALONGSIDE_HUB_PUBLIC_URL": url,
    }
    printed = program.commands(
        ("init",), ("create-person", "--email", "robin@hub.example", "--name", "Robin Achebe")
    )
    program.start()
    return program, url, sign_up("Robin Achebe, provincial team", url, "robin@hub.example", _link(printed))


def _site(province: Province, place: Place) -> DemoSite:
    program = Program("site_agent.cli", province.folder / place.key, {})
    url = f"http://{place.key}.localhost:{program.port}"
    program.settings = {
        "ALONGSIDE_AGENT_DATA_DIR": str(province.folder / place.key / "data"),
        "ALONGSIDE_AGENT_PUBLIC_URL": url,
        "ALONGSIDE_AGENT_SMTP_HOST": "127.0.0.1",
        "ALONGSIDE_AGENT_SMTP_PORT": str(province.mailbox.smtp_port),
        "ALONGSIDE_AGENT_SMTP_TLS": "none",
        "ALONGSIDE_AGENT_SMTP_SENDER": "messages@peers.example",
    }
    email = f"{place.coordinator.split()[0].lower()}@{place.key}.example"
    printed = program.commands(
        ("init",),
        (
            "set-site", "--name", place.name, "--community", place.community, "--zone", place.zone,
            "--phone", "250-555-0100", "--public-url", url, "--hub-url", province.hub_url,
        ),
        ("create-person", "--email", email, "--name", place.coordinator),
    )  # fmt: skip
    program.start()
    coordinator = sign_up(f"{place.coordinator}, coordinator", url, email, _link(printed))
    return DemoSite(place, program, url, coordinator)


def _enrol(province: Province, site: DemoSite) -> str:
    """Staff invite, the coordinator pastes the code, both read six words, staff approve. Returns the words."""
    place, staff, coordinator = site.place, province.staff.visitor, site.coordinator.visitor
    staff.open("/sites/new")
    staff.press(
        "code", name=place.name, community=place.community, kind=place.kind,
        funded="yes" if place.funded else "no", zone=place.zone,
    )  # fmt: skip
    shown = _CODE.search(staff.page.html)
    if shown is None:
        raise VisitError(f"no one-time code on {staff.page.summary()}")
    code = "".join(_TAG.sub("", shown.group(1)).split())
    site_page = staff.page.link("I have noted it down")
    coordinator.open("/set-up/enrol")
    coordinator.press("Connect", code=code, hub_url=province.hub_url)
    words = _six_words(coordinator)
    staff.open(site_page)
    if _six_words(staff) != words:
        raise VisitError(f"the six words differ: {words} and {staff.page.summary()}")
    staff.press("Approve this site", compared="y")
    until(
        f"{place.name} is approved", lambda: "This site is enrolled" in coordinator.open("/set-up/enrol").text
    )
    return " ".join(words)


def _six_words(visitor: Visitor) -> list[str]:
    """The words on either screen: each stands in a card of its own."""
    found = re.findall(r'class="app-card__number[^"]*"[^>]*>\s*([a-z]+)\s*<', visitor.page.html)
    if len(found) != 6:
        raise VisitError(f"no six words on {visitor.page.summary()}")
    return found


def _people(province: Province, site: DemoSite) -> int:
    """The coordinator invites whoever else signs in, and imports the roster; everybody follows the link in their mail.
    Returns how many supporters there are."""
    for colleague in site.place.colleagues:
        visitor = site.coordinator.visitor
        visitor.open("/settings/people/new")
        visitor.press(
            "Invite", name=colleague.name, email=colleague.email(site.place.key), roles=[colleague.role]
        )
    n_signed = _roster(province, site)
    for colleague in site.place.colleagues:
        email = colleague.email(site.place.key)
        mail = province.mailbox.wait_for(email)
        site.others.append(sign_up(f"{colleague.name}, {colleague.title}", site.url, email, mail.link))
    return n_signed


def _roster(province: Province, site: DemoSite) -> int:
    """The list goes in, and each supporter signs the agreement."""
    visitor = site.coordinator.visitor
    visitor.open("/supporters/import")
    visitor.press("Look at the list", files={"file": ("supporters.csv", roster_csv(site.place))})
    visitor.press("Add")
    for helper in site.place.helpers:
        visitor.open("/supporters")
        visitor.follow(helper.name)
        visitor.press("agreement")
    for helper in site.place.helpers:
        mail = province.mailbox.wait_for(helper.email(site.place.key))
        supporter = Visitor(site.url)
        supporter.open(mail.link)
        supporter.press("Open it")
        supporter.press("Sign", agree="y", pin=PIN, again=PIN)
    return len(site.place.helpers)


def _link(printed: str) -> str:
    found = re.search(r"https?://\S+/sign-in/welcome/\S+", printed)
    if found is None:
        raise VisitError(f"no welcome link in {printed!r}")
    return found.group(0)
