"""The answers of the form in words, each with its Change link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from site_agent import words
from site_agent.web.record_forms import STEPS
from site_agent.web.record_sheet import Sheet
from ui.forms import phone_words
from ui.timewords import when

Row = dict[str, Any]


def rows(sheet: Sheet, draft_id: str) -> list[Row]:
    """One row a question, as GOV.UK's summary list takes them."""
    said = sheet.said()
    shown = {
        "door": (_("Asked"), f"{words.DOOR[said['door']]}, {when(said['received_at'])}"),
        "stage": (_("Career stage"), words.STAGE[said["stage"]]),
        "reason": (_("About"), words.REASON[said["reason"]]),
        "modality": (_("Would like to talk"), words.MODALITY[said["modality"]]),
        "language": (_("Language"), words.language(said["language"])),
        "wishes": (_("Wishes, not promised"), _several(words.WISH, said["wishes"])),
        "posts": (_("Never asked"), _several(words.POST, said["posts"])),
        "place": (_("Supporter"), _("From elsewhere") if sheet.is_elsewhere() else _("From this site")),
        "avoid": (_("Places not asked"), ", ".join(sheet.sites[code] for code in said["avoid"]) or _("None")),
        "few": (_("Fewer than three left"), words.FEW[said["few"]]),
        "contact": (_("Name and contact"), _contact(said)),
    }
    return [_row(*shown[step.name], step.name, draft_id) for step in STEPS]


def _row(term: str, value: object, step: str, draft_id: str) -> Row:
    href = url_for("web.record_step", draft_id=draft_id, step=step, change=1)
    action = {"href": href, "text": _("Change"), "visuallyHiddenText": term.lower()}
    return {"key": {"text": term}, "value": {"text": str(value)}, "actions": {"items": [action]}}


def _several(table: words.Words, codes: list[str]) -> str:
    return words.listed(table, codes) or _("None")


def _contact(said: Mapping[str, Any]) -> str:
    parts = [said["name"], phone_words(said["phone"] or ""), said["email"]]
    parts.append(_several(words.CONTACT_WAY, said["ways"]))
    parts.append(_several(words.CONTACT_TIME, said["times"]))
    return " · ".join(part for part in parts if part)
