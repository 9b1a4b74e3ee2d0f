"""The question before a press that others will feel: what is asked, what follows, what the button says."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired

from ui.forms import Form


@dataclass(frozen=True)
class Question:
    """One page before one press. `safe`: it destroys nothing that somebody still needs, so the button is not red."""

    title: LazyString
    lines: tuple[LazyString, ...]
    button: LazyString
    warning: LazyString | None = None
    safe: bool = False
    said_so: LazyString | None = None
    """What has to be ticked first: that somebody else said so, whose word it is."""


class SaidSoForm(Form):
    """Somebody notes what somebody else said. Without the tick nothing is done."""

    said_so = BooleanField(
        validators=[InputRequired(_l("Tick this only if they told you so. If they did not, ask them first"))]
    )

    def __init__(self, question: Question) -> None:
        super().__init__()
        if question.said_so is None:
            del self.said_so
        else:
            self.said_so.label.text = str(question.said_so)
