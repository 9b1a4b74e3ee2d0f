"""The story inside one site: asked, a no and the next, 72 hours, a talk, closing; and a notice of somebody."""

from __future__ import annotations

from hub.demo import phone as phones
from hub.demo.asking import HERE, NEXT_HERE, TOLD_OF, Asked, Asker, OwnPage, Steps, ask
from hub.demo.places import Helper
from hub.demo.province import DemoSite, Province
from hub.demo.visitor import VisitError, Visitor


def play_here(province: Province, steps: Steps) -> None:
    """All of it. Raises VisitError at the step that fails."""
    site = province.sites[HERE.home]
    steps.title(f"Inside one site, {site.place.name}:")
    asked = ask(province, HERE)
    steps.done("A physician asked for somebody of their own site, on the form, without an account.")
    declined, _ = _is_asked(province, site, "Find a supporter", "Not this time")
    steps.done(
        f"One press on Today asked {declined.name}, who read name and topic behind the PIN and declined."
    )
    helper, phone = _is_asked(province, site, "Ask the next supporter", "Yes, I can")
    if helper == declined:
        raise VisitError(f"{helper.name} was asked twice")
    steps.done(f"Today said to ask the next: {helper.name} got a mail that says nothing, and said yes.")
    phone.expect("Please reach out to")
    phones.contact_opens(phone, HERE)
    own = OwnPage(province, asked)
    own.hears("in hand")
    steps.done("Only then did contact details open; the 72 hours run. The physician's page says “in hand”.")
    phones.leaves_a_message(phone)
    own.hears("in touch")
    steps.done("A message was left: the clock is met, and the physician's page says “in touch”.")
    phones.reaches(phone)
    phones.notes_the_talk(phone)
    steps.done("They talked. The tracker took taps and no word; it was sent twice and counts once.")
    phones.closes(phone, HERE)
    own.hears("closed")
    steps.done("Closed, jottings destroyed: the supporter's link shows nothing any more.")
    tell_of(province, TOLD_OF)
    steps.done("A colleague told of a physician who agreed, and hears “Received”. It waits on Today.")


def leave_here(province: Province) -> tuple[Helper, Asked]:
    """What a newcomer finds at the site: one match in touch, one request and one notice that wait on Today.

    Returns who helps, and what the physician holds whom they help.
    """
    site = province.sites[HERE.home]
    asked = ask(province, HERE)
    helper, phone = _is_asked(province, site, "Find a supporter", "Yes, I can")
    phones.contact_opens(phone, HERE)
    phones.leaves_a_message(phone)
    ask(province, NEXT_HERE)
    tell_of(province, TOLD_OF)
    return helper, asked


def tell_of(province: Province, told: Asker) -> None:
    """Somebody tells the site of a physician who agreed to be contacted; a line waits on Today and names nobody."""
    site = province.sites[told.home]
    colleague = Visitor(site.url)
    colleague.open("/notify")
    colleague.press(
        "Send", notifier="colleague", reason=told.reason, agreed_0="yes", name_0=told.name,
        phone_0=told.phone, email_0=told.email,
    )  # fmt: skip
    colleague.expect("Received")
    coordinator = site.coordinator.visitor
    coordinator.open("/")
    coordinator.expect("Reach out to a physician")
    if told.name in coordinator.page.html:
        raise VisitError(f"Today names whom somebody told of: {coordinator.page.summary()}")


def _is_asked(province: Province, site: DemoSite, line: str, answer: str) -> tuple[Helper, Visitor]:
    """The coordinator presses the next step of this line on Today; whoever is asked answers by PIN."""
    before = province.mailbox.seen()
    coordinator = site.coordinator.visitor
    coordinator.open("/")
    coordinator.press(f": {line}")
    helper, phone = phones.mailed(province, site, before)
    phones.give_pin(phone)
    phone.expect(HERE.name)
    phones.contact_is_closed(phone, HERE)
    phone.press(answer)
    return helper, phone
