"""From a WTForms field to the parameters of GOV.UK's macros; templates/ui/fields.html calls these."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import Field
from wtforms.fields.choices import SelectFieldBase

from ui.dateparts import DatePartsField, part_words

Params = dict[str, Any]

WIDTHS = {"day": "govuk-input--width-2", "month": "govuk-input--width-3", "year": "govuk-input--width-4"}

_WORDS = frozenset({"month", "time"})
"""Parts that take letters too: a phone that offers digits alone could not write them."""


def field_label(field: Field, heading: bool, size: str) -> Params:
    """The label; as the page's only heading when `heading`."""
    size = "l" if heading else size
    return {"text": field.label.text, "classes": f"govuk-label--{size}", "isPageHeading": heading}


def field_legend(field: Field, heading: bool, size: str) -> Params:
    """The legend of a group of controls."""
    size = "l" if heading else size
    legend = {
        "text": field.label.text,
        "classes": f"govuk-fieldset__legend--{size}",
        "isPageHeading": heading,
    }
    return {"legend": legend}


def field_hint(field: Field, hint: str) -> Params | None:
    """The hint given, or the field's description."""
    text = hint or field.description
    return {"text": text} if text else None


def field_error(field: Field) -> Params | None:
    """The first error, announced as one."""
    return {"text": field.errors[0], "visuallyHiddenText": _("Error")} if field.errors else None


def choice_items(field: SelectFieldBase, hints: dict[str, str], chosen: str = "checked") -> list[Params]:
    """One item for each choice of a radio, checkbox or select field; `chosen` is the macro's word for picked.

    The first control has the field's own id, so that an error link finds it.
    """
    items = []
    for value, label, picked, *_rest in field.iter_choices():
        item = {"value": str(value), "text": label, chosen: picked}
        if hints.get(str(value)):
            item["hint"] = {"text": hints[str(value)]}
        items.append(item)
    return items


def part_items(field: DatePartsField) -> list[Params]:
    """One item for each box of a date, or of a date and time."""
    return [
        {
            "name": part,
            "label": part_words()[part],
            "value": field.parts[part],
            "inputmode": "text" if part in _WORDS else "numeric",
            "classes": WIDTHS.get(part, "govuk-input--width-5")
            + (" govuk-input--error" if field.is_wrong(part) else ""),
        }
        for part in field.names
    ]
