"""The question before a press that others will feel: what is asked, what follows, what the button says."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString


@dataclass(frozen=True)
class Question:
    """One page before one press. `safe`: it destroys nothing that somebody still needs, so the button is not red."""

    title: LazyString
    lines: tuple[LazyString, ...]
    button: LazyString
    warning: LazyString | None = None
    safe: bool = False
