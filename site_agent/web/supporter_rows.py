"""A supporter in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _

from site_agent import words
from site_agent.models import Supporter
from ui.forms import phone_words
from ui.timewords import day, to_local


def rows(row: Supporter) -> list[dict[str, Any]]:
    """The summary list. It holds nothing about whom they supported or did not."""
    shown = (
        (_("Email"), row.email),
        (_("Phone"), phone_words(row.phone) or _("None")),
        (_("Career stage"), words.SUPPORTER_STAGE[row.stage]),
        (_("Languages"), ", ".join(words.language(code) for code in row.languages)),
        (_("Ways to talk"), words.listed(words.MODALITY, row.modalities)),
        (_("Physicians at a time"), row.max_open),
        (_("Gender"), words.GENDER[row.gender]),
        (_("Posts they hold"), words.listed(words.POST, row.posts) or _("None")),
        (_("Training, first part"), _finished(row.foundations_on)),
        (_("Training, second part"), _finished(row.practice_on)),
        (_("Agreement"), _agreement(row)),
        (_("Pause"), _pause(row)),
    )
    return [{"key": {"text": term}, "value": {"text": str(value)}} for term, value in shown]


def _finished(on: date | None) -> str:
    return day(on) if on else str(_("To finish"))


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
