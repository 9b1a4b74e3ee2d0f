"""One request across the province, played through pages, mail and links: ask, broker, accept, name, contact, close."""

from __future__ import annotations

from hub.demo import phone as phones
from hub.demo.asking import FIRST, HERE, SECOND, TOLD_OF, Asked, Asker, OwnPage, Steps, ask
from hub.demo.places import Helper
from hub.demo.province import DemoSite, Province, until
from hub.demo.visitor import VisitError, Visitor


def play_elsewhere(province: Province, steps: Steps) -> None:
    """All of it. Raises VisitError at the step that fails."""
    steps.title("Across the province:")
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
    see_the_name(phone, FIRST)
    steps.done("Behind the PIN: one name, one question. They are not close.")
    phones.contact_opens(phone, FIRST)
    steps.done("The hub confirmed. Only now do contact details open; the 72 hours run.")
    home = OwnPage(province, asked)
    _home_hears(province, home, asked, "in hand")
    steps.done("Kettle Basin hears “in hand”, and not where.")
    phones.leaves_a_message(phone)
    phones.reaches(phone)
    steps.done("A message was left, then they talked: the clock is met.")
    _home_hears(province, home, asked, "in touch")
    steps.done("Kettle Basin hears “in touch”.")
    phones.closes(phone, FIRST)
    steps.done("The supporter closed it. What was said was never written down.")
    _withdraw(province, steps)
    _hub_knows_nobody(province)
    steps.done(
        "The hub's pages and data folder were searched: no name, no phone number, no address of anybody."
    )


def leave_elsewhere(province: Province) -> tuple[DemoSite, Helper]:
    """A request of Kettle Basin that is in hand elsewhere. Returns where, and with whom."""
    ask(province, FIRST)
    site, page = proposed_to(province, FIRST)
    helper, phone = press_ask(province, site, page)
    accept(phone)
    see_the_name(phone, FIRST)
    phones.contact_opens(phone, FIRST)
    return site, helper


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
    return phones.mailed(province, site, before)


def accept(phone: Visitor) -> None:
    """Read the card, say yes."""
    phone.expect("Topic")
    phone.press("Yes, I can")


def see_the_name(phone: Visitor, asker: Asker) -> None:
    """PIN, then wait until the hub has released the name; the supporter is not close to them."""
    phones.give_pin(phone)
    until("the name is released", lambda: asker.name in phone.open("/offer").text)
    phones.contact_is_closed(phone, asker)
    phone.press("Send my answer", close="no")


def _home_hears(province: Province, home: OwnPage, asked: Asked, words: str) -> None:
    home.hears(words)
    for place in province.sites.values():
        if place.place.key != asked.asker.home and place.place.name in home.visitor.page.text:
            raise VisitError(f"the physician's page at home names {place.place.name}")


def _hub_knows_nobody(province: Province) -> None:
    staff = province.staff.visitor
    seen = staff.open("/").text + staff.open("/matches").text
    folder = province.folder / "hub"
    held = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    for asker in (FIRST, SECOND, HERE, TOLD_OF):
        for secret in (asker.name, asker.phone, "+1" + asker.phone.replace("-", ""), asker.email):
            if secret.encode() in held or secret in seen:
                raise VisitError(f"the hub holds {secret}")


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
