"""Flask's routes, worked out once for all apps of a run: most of the making of an app would go into them otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_work_out: Callable[[Rule, bool], Any] = Rule._compile_builder
_worked_out: dict[Any, Any] = {}


def share() -> None:
    """From now on, apps with the same rule share the function that builds its addresses. It is bound to each rule."""
    Rule._compile_builder = _once  # type: ignore[method-assign]


def _once(rule: Rule, append_unknown: bool = True) -> Any:
    if rule.defaults:
        return _work_out(rule, append_unknown)
    key = (rule.rule, tuple(rule._trace), append_unknown)
    if key not in _worked_out:
        _worked_out[key] = _work_out(rule, append_unknown)
    return _worked_out[key]
