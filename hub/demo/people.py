"""People of the demo who sign in: they choose a password, set up their authenticator, and sign in with both."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyotp

from hub.demo.visitor import VisitError, Visitor

PASSWORD = "three mossy cedars"  # noqa: S105 - the demo prints it; nothing of the demo outlives it
_SECRET = re.compile(r'<code class="app-code">([A-Z2-7 ]+)</code>')


@dataclass
class Account:
    """Somebody's way in to one server."""

    who: str
    base: str
    email: str
    secret: str
    visitor: Visitor

    @property
    def code(self) -> str:
        """What the authenticator app shows now."""
        return pyotp.TOTP(self.secret).now()


def sign_up(who: str, base: str, email: str, welcome: str) -> Account:
    """Follow the welcome link, choose the password, set up the authenticator. Raises VisitError."""
    visitor = Visitor(base)
    visitor.open(welcome)
    visitor.press("Set password", password=PASSWORD)
    visitor.press("Continue", email=email, password=PASSWORD)
    shown = _SECRET.search(visitor.page.html)
    if shown is None:
        raise VisitError(f"no authenticator secret on {visitor.page.summary()}")
    secret = shown.group(1).replace(" ", "")
    visitor.press("Finish and sign in", code=pyotp.TOTP(secret).now())
    if visitor.page.status != 200:
        raise VisitError(f"{who} could not sign in: {visitor.page.summary()}")
    return Account(who, base, email, secret, visitor)
