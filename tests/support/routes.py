"""Flask's routes, worked out once for all apps of a run: most of the making of an app would go into them otherwise."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule

_PARTS = ("_parts", "_trace", "_converters")
_BUILDERS = ("_build", "_build_unknown")
_work_out = Rule.compile
_worked_out: dict[Any, dict[str, Any]] = {}


def share() -> None:
    """From now on, apps with the same rule share its parts, and the functions that build its addresses."""
    Rule.compile = _once  # type: ignore[method-assign]


def _once(rule: Rule) -> None:
    if rule.defaults:
        _work_out(rule)
        return
    assert rule.map is not None
    key = (rule.rule, rule.map.host_matching, rule.host, rule.subdomain, rule.merge_slashes)
    if key not in _worked_out:
        _work_out(rule)
        kept = {name: getattr(rule, name) for name in _PARTS}
        _worked_out[key] = kept | {name: getattr(rule, name).__func__ for name in _BUILDERS}
        return
    found = _worked_out[key]
    for name in _PARTS:
        setattr(rule, name, found[name])
    for name in _BUILDERS:
        setattr(rule, name, found[name].__get__(rule))
    rule.arguments = {*rule.arguments, *found["_converters"]}
