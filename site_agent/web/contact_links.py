"""A number to call and an address to write to, as links: on one line, and as a phone dials it."""

from __future__ import annotations

from markupsafe import Markup

from ui.forms import phone_words

_NUMBER = Markup('<span class="app-number">{0}</span>')
_CALL = Markup('<a class="govuk-link app-number" href="tel:{0}">{1}</a>')
_MAIL = Markup('<a class="govuk-link app-address" href="mailto:{0}">{0}</a>')


def call_link(stored: str) -> Markup:
    """A kept number; the extension is read and not dialled."""
    return _CALL.format(stored.partition(";ext=")[0], phone_words(stored))


def mail_link(address: str) -> Markup:
    """A kept address."""
    return _MAIL.format(address)


def number(stored: str) -> Markup:
    """A number to read and not to call, such as one that was just typed."""
    return _NUMBER.format(phone_words(stored))
