"""What the demo's supporters do on their phones, the same for a request of their site and for one from elsewhere."""

from __future__ import annotations

from hub.demo.asking import Asker
from hub.demo.people import PIN
from hub.demo.places import Helper
from hub.demo.province import DemoSite, Province, until
from hub.demo.visitor import VisitError, Visitor


def mailed(province: Province, site: DemoSite, after: int) -> tuple[Helper, Visitor]:
    """Whom the coordinator's page says it asked, with the link of their mail opened. Raises VisitError."""
    asked = site.coordinator.visitor.expect("was asked by email").text.split(" was asked by email")[0]
    helper = next(each for each in site.place.helpers if asked.endswith(each.name))
    mail = province.mailbox.wait_for(helper.email(site.place.key), after)
    phone = Visitor(site.url)
    phone.open(mail.link)
    phone.press("Open it")
    return helper, phone


def contact_opens(phone: Visitor, asker: Asker) -> None:
    """Wait for the contact details, which open once the match is confirmed."""
    until("contact details open", lambda: asker.digits in phone.open("/offer").text)


def contact_is_closed(phone: Visitor, asker: Asker) -> None:
    """No way to reach the physician is shown. Raises VisitError."""
    if asker.digits in phone.page.text or asker.email in phone.page.text:
        raise VisitError(f"contact details were shown too early: {phone.page.summary()}")


def give_pin(phone: Visitor) -> None:
    """The six digits that the supporter chose when they signed."""
    phone.press("Continue", pin=PIN)


def leaves_a_message(phone: Visitor) -> None:
    """Meets the limit of 72 hours."""
    phone.open("/offer")
    phone.follow("I left a message")
    phone.press("Just now")
    phone.expect("Message left")


def reaches(phone: Visitor) -> None:
    """The two talked."""
    phone.open("/offer")
    phone.follow("I reached them")
    phone.press("Just now")
    phone.expect("We talked: note it")


def notes_the_talk(phone: Visitor) -> None:
    """The tracker: taps only. The form is sent twice, as a poor line does, and counts once."""
    phone.open("/offer")
    form = phone.follow("We talked: note it")
    for _again in range(2):
        phone.page = form
        phone.press("Save", day="today", length="15-30", mode="phone", found="4", resources=["counselling"])
    phone.expect("You have noted 1 talk.")


def closes(phone: Visitor, asker: Asker) -> None:
    """Close with the jottings destroyed; from then on nothing shows who it was."""
    phone.open("/offer")
    phone.follow("It has ended: close it")
    phone.press("Close it", paper="yes")
    phone.expect("Nothing is left for you to do")
    phone.open("/offer")
    phone.expect("Nothing is left for you to do")
    if asker.name in phone.page.html or asker.digits in phone.page.html:
        raise VisitError(f"a page shows after closing who it was: {phone.page.summary()}")
