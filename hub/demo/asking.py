"""The demo's made-up physicians, how they ask on their own site's form, and how each step is told."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from hub.demo.province import Province, Tell, until
from hub.demo.visitor import VisitError, Visitor

_CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]\b")


@dataclass(frozen=True)
class Asker:
    """A made-up physician. `place` is where the supporter should come from: `here` or `elsewhere`."""

    name: str
    home: str
    reason: str
    phone: str
    email: str
    place: str = "elsewhere"

    @property
    def digits(self) -> str:
        """The part of their number by which a page that shows it is known."""
        return self.phone.split("-", 1)[1]


FIRST = Asker("Dr. Rowan Example", "kettle", "complaint", "250-555-0177", "rowan@private.example")
SECOND = Asker("Dr. Kit Sample", "cedar", "adverse-event", "250-555-0178", "kit@private.example")
HERE = Asker("Dr. Lane Specimen", "cedar", "burnout", "250-555-0179", "lane@private.example", "here")
NEXT_HERE = Asker("Dr. Shay Sketch", "cedar", "loss", "250-555-0180", "shay@private.example", "here")
TOLD_OF = Asker("Dr. Ash Outline", "cedar", "adverse-event", "250-555-0181", "ash@private.example")
"""Somebody who does not ask: a colleague tells the site of them, with their consent."""


@dataclass
class Asked:
    """What the physician holds after sending; `code` is for requests that go elsewhere."""

    asker: Asker
    link: str
    code: str


class Steps:
    """Tells each step with the time it took."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._began = time.monotonic()
        self._n = 0

    def title(self, words: str) -> None:
        """What the next steps are about."""
        self._tell(f"\n{words}")

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
        "Check my answers", reason=asker.reason, stage="mid", modality="any", place=asker.place, few="send",
        name=asker.name, phone=asker.phone, email=asker.email, ways=["call", "text"], times=["evening"],
    )  # fmt: skip
    visitor.press("Send my request")
    visitor.expect("Your request is sent")
    link = next(href for _, href in visitor.page.links if "/r/" in href)
    code = _CODE.search(visitor.page.text)
    if (code is not None) != (asker.place == "elsewhere"):
        raise VisitError(f"a withdrawal code is for requests that go elsewhere: {visitor.page.summary()}")
    return Asked(asker, link, code.group(0) if code else "")


class OwnPage:
    """The physician's own page, opened once by the secret link."""

    def __init__(self, province: Province, asked: Asked) -> None:
        self.visitor = Visitor(province.sites[asked.asker.home].url)
        self.visitor.open(asked.link)
        self.visitor.press("Open my page")

    def hears(self, words: str) -> None:
        """Look until the page says so. Raises VisitError."""
        until(f"the physician's page says {words}", lambda: words in self._text().lower())

    def _text(self) -> str:
        return self.visitor.open("/request").text
