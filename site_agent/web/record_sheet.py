"""One form under way: which pages it has, what was typed, which come next, and what it all says.

What was typed is kept as it was typed and read anew each time, so a wrong answer is still there to be mended.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from site_agent.services.requests import NewRequest, Wishes
from site_agent.web.record_forms import STEPS, CameForm, Step, WishesForm
from ui.forms import Form

Typed = Mapping[str, list[str]]
FIELD_STEPS = {
    "door": "came", "received_at": "came", "stage": "about", "reason": "about", "modality": "about",
    "language": "about", "origin": "about", "hint": "about", "wishes": "wishes", "posts": "wishes", "few": "wishes",
}  # fmt: skip
"""Which page mends a field that the services refuse; the others stand on the last one."""


class Sheet:
    """The answers so far. `sites` are the places one may avoid: site id to name."""

    def __init__(self, answers: Mapping[str, Typed], sites: Mapping[str, str]) -> None:
        self.answers = answers
        self.sites = sites

    def form(self, step: Step) -> Form:
        """The page with what was typed before."""
        kept: MultiDict[str, str] | None = None
        if step.name in self.answers:
            kept = MultiDict({name: list(values) for name, values in self.answers[step.name].items()})
        more: dict[str, Any] = {}
        if step.form is WishesForm:
            more = {"sites": self.sites, "elsewhere": self.is_elsewhere()}
        return step.form(formdata=kept, meta={"csrf": False}, **more)

    def is_elsewhere(self) -> bool:
        """Whether the supporter should come from elsewhere, as far as that was answered."""
        return self.answers.get("came", {}).get("place") == ["elsewhere"]

    def unfinished(self) -> Step | None:
        """The first page that is not answered, or not rightly; None when all are."""
        for step in STEPS:
            if step.name not in self.answers or not self.form(step).validate():
                return step
        return None

    def said(self) -> dict[str, Any]:
        """Every answer as its form reads it, by the field's name. Only after `unfinished()` was None."""
        data: dict[str, Any] = {"few": "send", "avoid": []}
        for step in STEPS:
            form = self.form(step)
            form.validate()
            data |= form.data
            if isinstance(form, CameForm):
                data["received_at"] = form.moment()
            if hasattr(form, "identity"):
                data["identity"] = form.identity()
        return data

    def new_request(self, by: str) -> NewRequest:
        """The request as it is recorded. Only after `unfinished()` was None."""
        said = self.said()
        return NewRequest(
            door=said["door"],
            received_at=said["received_at"],
            stage=said["stage"],
            modality=said["modality"],
            reason=said["reason"],
            identity=said["identity"],
            wishes=Wishes(tuple(said["wishes"]), tuple(said["avoid"]), said["language"]),
            posts=tuple(said["posts"]),
            elsewhere=self.is_elsewhere(),
            few=said["few"],
            origin=said["origin"],
            by=by,
            hint=said["hint"] or None,
            mail_ok=said["mail_ok"],
        )


def pages_to_mend(fields: tuple[str, ...]) -> list[Step]:
    """The pages on which these fields stand."""
    names = {FIELD_STEPS.get(field, STEPS[-1].name) for field in fields} or {STEPS[-1].name}
    return [step for step in STEPS if step.name in names]


def before(step: Step) -> Step | None:
    """The page before, or None for the first."""
    at = STEPS.index(step)
    return STEPS[at - 1] if at else None


def after(step: Step) -> Step | None:
    """The page after, or None for the last."""
    at = STEPS.index(step)
    return STEPS[at + 1] if at + 1 < len(STEPS) else None
