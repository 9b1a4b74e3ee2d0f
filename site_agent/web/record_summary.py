"""What a form under way says, in words, for its writer to check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from site_agent import words, words_doors
from site_agent.web.contact_links import number
from site_agent.web.record_sheet import Sheet
from ui.timewords import when

Row = dict[str, Any]


def rows(sheet: Sheet, draft_id: str) -> list[Row]:
    """One row a question, as GOV.UK's summary list takes them."""
    said = sheet.said()
    shown = [
        ("came", _("Asked"), f"{words.DOOR[said['door']]}, {when(said['received_at'])}"),
        ("came", _("Supporter"), _("From elsewhere") if sheet.is_elsewhere() else _("From this site")),
        ("about", _("Career stage"), words.STAGE[said["stage"]]),
        ("about", _("About"), words.REASON[said["reason"]]),
        ("about", _("Would like to talk"), words.MODALITY[said["modality"]]),
        ("about", _("Language"), words.language(said["language"])),
        ("about", _("Idea came from"), words.ORIGIN[said["origin"]]),
        ("about", _("What brings them"), words_doors.HINT[said["hint"]] if said["hint"] else _("Not said")),
        ("wishes", _("Never asked"), words.never_asked(said["posts"])),
        ("wishes", _("Wishes, not promised"), _several(words.WISH, said["wishes"])),
    ]
    if sheet.is_elsewhere():
        places = "; ".join(sheet.sites[code] for code in said["avoid"]) or _("None")
        shown += [
            ("wishes", _("Places not asked"), places),
            ("wishes", _("Fewer than three left"), words.FEW[said["few"]]),
        ]
    shown.append(("contact", _("Name and contact"), _contact(said)))
    shown.append(("contact", _("Email when there is news"), _("Yes") if said["mail_ok"] else _("No")))
    return [_row(term, value, step, draft_id) for step, term, value in shown]


def _row(term: str, value: object, step: str, draft_id: str) -> Row:
    href = url_for("web.record_step", draft_id=draft_id, step=step, change=1)
    action = {"href": href, "text": _("Change"), "visuallyHiddenText": term.lower()}
    shown = {"html": value} if isinstance(value, Markup) else {"text": str(value)}
    return {"key": {"text": term}, "value": shown, "actions": {"items": [action]}}


def _several(table: words.Words, codes: list[str]) -> str:
    return words.listed(table, codes) or _("None")


def _contact(said: Mapping[str, Any]) -> Markup:
    parts = [said["name"], number(said["phone"]) if said["phone"] else "", said["email"]]
    parts.append(_several(words.CONTACT_WAY, said["ways"]))
    parts.append(_several(words.CONTACT_TIME, said["times"]))
    return Markup("<br>").join(part for part in parts if part)
