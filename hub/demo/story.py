"""One request across the province, played through pages, mail and links: ask, broker, accept, name, contact, close."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from hub.demo.places import Helper
from hub.demo.province import PIN, DemoSite, Province, Tell, until
from hub.demo.visitor import VisitError, Visitor

_CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]\b")


@dataclass(frozen=True)
class Asker:
    """A made-up physician."""

    name: str
    home: str
    reason: str
    phone: str
    email: str


FIRST = Asker("Dr. Rowan Example", "kettle", "complaint", "250-555-0177", "rowan@private.example")
SECOND = Asker("Dr. Kit Sample", "cedar", "adverse-event", "250-555-0178", "kit@private.example")


@dataclass
class Asked:
    """What the physician holds after sending."""

    asker: Asker
    link: str
    code: str


class Steps:
    """Tells each step with the time it took."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._began = time.monotonic()
        self._n = 0

    def done(self, words: str) -> None:
        """This step worked; `words` say what was seen."""
        self._n += 1
        now = time.monotonic()
        self._tell(f"{self._n:2}. {words}  [{now - self._began:.1f} s]")
        self._began = now


def ask(province: Province, asker: Asker) -> Asked:
    """The physician fills in the form of their own site, and keeps the link and the code."""
    visitor = Visitor(province.sites[asker.home].url)
    visitor.open("/ask")
    visitor.press(
        "Check my answers", reason=asker.reason, stage="mid", modality="any", place="elsewhere", few="send",
        name=asker.name, phone=asker.phone, email=asker.email, ways=["call", "text"], times=["evening"],
    )  # fmt: skip
    visitor.press("Send my request")
    visitor.expect("Your request is sent")
    link = next(href for _, href in visitor.page.links if "/r/" in href)
    code = _CODE.search(visitor.page.text)
    if code is None:
        raise VisitError(f"no withdrawal code on {visitor.page.summary()}")
    return Asked(asker, link, code.group(0))


def proposed_to(province: Province, asker: Asker) -> tuple[DemoSite, str]:
    """The site that the hub asks, and its page of the request."""
    found: list[tuple[DemoSite, str]] = []

    def look() -> bool:
        for key, site in province.sites.items():
            if key != asker.home:
                visitor = site.coordinator.visitor
                pages = [
                    href for _, href in visitor.open("/requests").links if href.startswith("/elsewhere/")
                ]
                waiting = (page for page in pages if "Who could be asked" in visitor.open(page).text)
                found.extend((site, page) for page in waiting)
        return bool(found)

    until("a site is asked", look)
    return found[0]


def press_ask(province: Province, site: DemoSite, page: str) -> tuple[Helper, Visitor]:
    """The coordinator asks the first of the list; the supporter opens the link of their mail."""
    before = province.mailbox.seen()
    coordinator = site.coordinator.visitor
    coordinator.open(page)
    coordinator.press("Ask ")
    emails = {helper.email(site.place.key): helper for helper in site.place.helpers}
    mail = province.mailbox.wait_for_any(set(emails), before)
    phone = Visitor(site.url)
    phone.open(mail.link)
    return emails[mail.to], phone


def accept(phone: Visitor) -> None:
    """On the phone: open the offer, say yes."""
    phone.press(phone.page.forms[0].buttons[0][0])
    phone.expect("Topic")
    phone.press("Yes, I can")


def see_the_name(phone: Visitor, name: str) -> None:
    """PIN, then wait until the hub has released the name; the supporter is not close to them."""
    phone.press("Continue", pin=PIN)

    def named() -> bool:
        phone.open("/offer")
        return name in phone.page.text

    until("the name is released", named)
    if "Phone" in phone.page.text.split("Help")[0] and "555" in phone.page.text.split("If this site")[0]:
        raise VisitError("contact details were shown before the confirmation")
    phone.press("Send my answer", close="no")


def contact_opens(phone: Visitor, asker: Asker) -> None:
    """Contact details, once the hub has confirmed."""
    digits = asker.phone.split("-", 1)[1]
    until("contact details open", lambda: digits in phone.open("/offer").text)


def play(province: Province, tell: Tell) -> None:
    """The whole story. Raises VisitError at the step that fails."""
    steps = Steps(tell)
    asked = ask(province, FIRST)
    steps.done("A physician at Kettle Basin asked for somebody from elsewhere. They hold a link and a code.")
    site, page = proposed_to(province, FIRST)
    card = site.coordinator.visitor.open(page).text
    if FIRST.name in card:
        raise VisitError("the coordinator saw the name before the confirmation")
    steps.done(f"The hub asked {site.place.name}. Its coordinator sees the card: a topic, no name.")
    helper, phone = press_ask(province, site, page)
    steps.done(f"{helper.name} got a mail that says nothing but “you have a message”.")
    accept(phone)
    steps.done(f"{helper.name} read the card on a phone and said yes.")
    see_the_name(phone, FIRST.name)
    steps.done("Behind the PIN: one name, one question. They are not close.")
    contact_opens(phone, FIRST)
    steps.done("The hub confirmed. Only now do contact details open; the 72 hours run.")
    _home_hears(province, asked, "in hand")
    steps.done("Kettle Basin hears “in hand”, and not where.")
    _attempts(phone)
    steps.done("A message was left, then they talked: the clock is met.")
    _home_hears(province, asked, "in touch")
    steps.done("Kettle Basin hears “in touch”.")
    _close(phone)
    steps.done("The supporter closed it. What was said was never written down.")
    _hub_knows_nobody(province)
    steps.done("The hub's pages and data folder were searched: no name, no phone number, no topic.")
    _withdraw(province, steps)


def on_its_way(province: Province, tell: Tell) -> None:
    """What a newcomer finds: one match in hand, and one request that waits for a coordinator's press."""
    site, page = proposed_to(province, ask(province, FIRST).asker)
    helper, phone = press_ask(province, site, page)
    accept(phone)
    see_the_name(phone, FIRST.name)
    contact_opens(phone, FIRST)
    tell(f"A request from Kettle Basin is in hand at {site.place.name}, with {helper.name}.")
    asked = ask(province, SECOND)
    waiting, _ = proposed_to(province, SECOND)
    tell(
        f"A request from Cedar Inlet waits at {waiting.place.name}: press “Ask” there, then open the mailbox."
    )
    tell(f"The physician of that request follows it here: {asked.link}")


def _home_hears(province: Province, asked: Asked, words: str) -> None:
    physician = Visitor(province.sites[asked.asker.home].url)
    physician.open(asked.link)
    physician.press(physician.page.forms[0].buttons[0][0])
    until(f"home hears {words}", lambda: words in physician.open("/request").text.lower())
    for place in province.sites.values():
        if place.place.key != asked.asker.home and place.place.name in physician.page.text:
            raise VisitError(f"the physician's page at home names {place.place.name}")


def _attempts(phone: Visitor) -> None:
    phone.follow("I left a message")
    phone.press("Just now")
    phone.open("/offer")
    phone.follow("I reached them")
    phone.press("Just now")


def _close(phone: Visitor) -> None:
    phone.open("/offer")
    phone.follow("close it")
    phone.press("Close it")


def _hub_knows_nobody(province: Province) -> None:
    staff = province.staff.visitor
    seen = staff.open("/").text + staff.open("/matches").text
    secrets = [FIRST.name.encode(), FIRST.phone.encode(), b"2505550177", FIRST.email.encode()]
    folder = province.folder / "hub"
    held = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    for secret in secrets:
        if secret in held or secret.decode() in seen:
            raise VisitError(f"the hub holds {secret.decode()}")


def _withdraw(province: Province, steps: Steps) -> None:
    asked = ask(province, SECOND)
    site, page = proposed_to(province, SECOND)
    anybody = Visitor(province.hub_url)
    anybody.open("/withdraw")
    anybody.press("Show where it stands", code=asked.code)
    anybody.press("Withdraw my request")
    coordinator = site.coordinator.visitor
    until("the proposal is gone", lambda: "Who could be asked" not in coordinator.open(page).text)
    steps.done(
        f"Another physician withdrew by code at the hub; {site.place.name} was told it is taken care of."
    )
