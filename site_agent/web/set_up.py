"""The set-up list: what is left before a physician can ask and a supporter can be found. Any order works."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from site_agent.extensions import db
from site_agent.roles import IN_CHARGE
from site_agent.services import setup
from site_agent.web import bp
from ui.access import allow


@dataclass(frozen=True)
class TaskWords:
    """A task in words, and the page where it is done ("" for what IT does on the machine)."""

    text: LazyString
    hint: LazyString
    endpoint: str


WORDS: dict[str, TaskWords] = {
    "site": TaskWords(
        _l("Say who this site is"), _l("Name, community, time zone, phone, address of these pages."), "web.settings"
    ),
    "enrolment": TaskWords(
        _l("Connect to the hub"), _l("With the one-time code from the provincial team, and six words by phone."),
        "web.enrol",
    ),
    "supporter": TaskWords(
        _l("Add the first supporter"), _l("One by one, or a whole list from a spreadsheet."), "web.supporters"
    ),
    "form": TaskWords(
        _l("Try the physician’s form"), _l("Ask as a physician would, then withdraw by the link that you get."), ""
    ),
    "mail": TaskWords(
        _l("Connect the mail server"), _l("Your IT person does this once, in this program’s settings file."), ""
    ),
}  # fmt: skip


@bp.get("/set-up")
@allow(*IN_CHARGE)
def set_up() -> str:
    """The list, with what is done."""
    tasks = setup.tasks(db.session)
    return render_template(
        "web/set_up.html",
        tasks=[(WORDS[task.code], task.done, _href(task.code)) for task in tasks],
        n_left=sum(not task.done for task in tasks),
    )


def _href(code: str) -> str | None:
    if code == "form":
        return "/ask"
    endpoint = WORDS[code].endpoint
    return url_for(endpoint) if endpoint else None
