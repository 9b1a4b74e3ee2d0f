"""People of the demo who sign in: they choose a password, set up their authenticator, and sign in with both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp

from hub.demo.visitor import VisitError, Visitor

PASSWORD = "three mossy cedars"  # noqa: S105 - the demo prints it; nothing of the demo outlives it
PIN = "258036"
"""Every supporter's."""
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


def sign_in(account: Account) -> Visitor:
    """Somebody signs in again elsewhere, with the code that comes next, since each works once. Raises VisitError."""
    visitor = Visitor(account.base)
    visitor.open("/")
    visitor.press("Continue", email=account.email, password=PASSWORD)
    coming = datetime.now(UTC) + timedelta(seconds=30)
    visitor.press("Sign in", code=pyotp.TOTP(account.secret).at(coming))
    if visitor.page.status != 200:
        raise VisitError(f"{account.who} could not sign in again: {visitor.page.summary()}")
    return visitor
