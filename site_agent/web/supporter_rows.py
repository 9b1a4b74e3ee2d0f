"""A supporter in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import escape

from site_agent import words
from site_agent.models import Supporter
from site_agent.web.contact_links import call_link, mail_link
from ui.forms import phone_words
from ui.timewords import day, to_local

LABEL: dict[str, LazyString] = {
    "name": _l("Name"),
    "email": _l("Email"),
    "phone": _l("Phone"),
    "stage": _l("Career stage"),
    "languages": _l("Languages"),
    "modalities": _l("Ways to talk"),
    "max_open": _l("Physicians at a time"),
    "gender": _l("Gender"),
    "posts": _l("Posts they hold"),
    "foundations_on": _l("Training, first part"),
    "practice_on": _l("Training, second part"),
}
"""By the field's name in the roster."""


def value(name: str, given: Any) -> str:
    """What a field holds, in words."""
    if name in ("foundations_on", "practice_on"):
        return day(given) if given else str(_("To finish"))
    if name == "languages":
        return ", ".join(words.language(code) for code in given)
    tables = {"stage": words.SUPPORTER_STAGE, "gender": words.GENDER}
    if name in tables:
        return str(tables[name][given])
    lists = {"modalities": words.MODALITY, "posts": words.POST}
    if name in lists:
        return words.listed(lists[name], given) or str(_("None"))
    return (phone_words(given) if name == "phone" else str(given)) or str(_("None"))


def rows(row: Supporter) -> list[dict[str, Any]]:
    """The summary list. It holds nothing about whom they supported or did not."""
    shown = [(label, _shown(name, getattr(row, name))) for name, label in LABEL.items() if name != "name"]
    shown += [(_l("Agreement"), _agreement(row)), (_l("Pause"), _pause(row))]
    if row.left_at is not None:
        shown.append((_l("Last day"), day(last_day(row))))
    return [{"key": {"text": term}, "value": {"html": escape(text)}} for term, text in shown]


def _shown(name: str, given: Any) -> str:
    links = {"phone": call_link, "email": mail_link}
    return links[name](given) if name in links and given else value(name, given)


def last_day(row: Supporter) -> date:
    """The last day of somebody who leaves, on the site's calendar."""
    if row.left_at is None:
        raise ValueError("they do not leave")
    return to_local(row.left_at - timedelta(seconds=1)).date()


def _agreement(row: Supporter) -> str:
    if row.agreement_at is None:
        return str(_("Not signed"))
    on = day(to_local(row.agreement_at).date())
    return str(_("Version %(version)s signed on %(day)s", version=row.agreement_version, day=on))


def _pause(row: Supporter) -> str:
    if not row.paused:
        return str(_("None"))
    if row.paused_until is None:
        return str(_("Until it is ended"))
    return str(_("Until %(day)s", day=day(row.paused_until)))
