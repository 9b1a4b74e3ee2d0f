"""The answers of the form in words, and as the hidden fields that carry them from page to page."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from site_agent.forms import ask_words as words
from site_agent.forms.ask import AskForm
from ui.forms import phone_words

OPTIONAL = ("posts", "avoid", "modality", "language", "wishes", "hint", "origin", "mail_ok")
"""Questions whose answer is right for most as it comes: not repeated when nothing was changed."""


@dataclass(frozen=True)
class Row:
    """One line: `field` is where "Change" leads."""

    field: str
    question: str
    answer: str


def rows(form: AskForm) -> list[Row]:
    """What was answered, in the order of the form, and one line for all that was left as it came."""
    said = {name: field.data for name, field in form._fields.items()}
    answers = {
        "reason": words.REASON[said["reason"]],
        "place": words.PLACE[said["place"]],
        "stage": words.STAGE[said["stage"]],
        "posts": words.listed(words.POST, said["posts"]) or _("None named"),
        "avoid": ", ".join(_chosen_places(form)) or _("None"),
        "few": words.FEW.get(said["few"], ""),
        "modality": words.MODALITY[said["modality"]],
        "language": words.language(said["language"]),
        "wishes": words.listed(words.WISH, said["wishes"]) or _("None"),
        "hint": words.HINT.get(said["hint"], _("Rather not say")),
        "origin": words.ORIGIN[said["origin"]],
        "name": said["name"],
        "phone": phone_words(said["phone"] or "") or _("None"),
        "email": said["email"] or _("None"),
        "ways": words.listed(words.CONTACT_WAY, said["ways"]),
        "times": words.listed(words.CONTACT_TIME, said["times"]),
        "mail_ok": _("Yes") if said["mail_ok"] else _("No"),
    }
    if not form.is_elsewhere:
        del answers["avoid"], answers["few"]
    untouched = [name for name in OPTIONAL if name in answers and _is_untouched(form, name)]
    for name in untouched:
        del answers[name]
    found = [Row(name, str(form[name].label.text), str(answer)) for name, answer in answers.items()]
    if untouched:
        found.append(Row(untouched[0], _("The other questions"), _("Left as they were")))
    return found


def typed(form: AskForm) -> list[tuple[str, str]]:
    """Name and value of every answer, as a browser would send it again."""
    pairs = []
    for name, field in form._fields.items():
        if name != "csrf_token":
            said = "y" if field.data is True else field.data
            values = said if isinstance(said, list) else [said]
            pairs += [(name, value) for value in values if value]
    return pairs


def _is_untouched(form: AskForm, name: str) -> bool:
    field = form._fields[name]
    return (field.data or None) in (None, field.default)


def _chosen_places(form: AskForm) -> list[str]:
    chosen = form.avoid.data or []
    return [label for value, label, picked, *_rest in form.avoid.iter_choices() if value in chosen]
