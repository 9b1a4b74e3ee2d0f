"""Writes what `docs/` says about the protocol from the code: JSON Schemas, message reference, states, problems.

`python -m tools.protocol_docs` writes; with `--check` it only says what would change, and exits 1 if anything would.
"""

import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from protocol.errors import PROBLEMS
from protocol.match_states import HOME_WORD, LIMITS, TRANSITIONS, Event, State
from protocol.messages import CONVERSATIONS, REGISTRY
from protocol.messages.body import MAX_INSTANT, Body, Instant, schema_class

DOCS = Path(__file__).resolve().parents[1] / "docs"
SENDERS = {
    "site": "a site, to the hub",
    "hub": "the hub, to a site",
    "both": "either",
    "letter": "home, sealed to one site",
}


def _plugin() -> MarshmallowPlugin:
    plugin = MarshmallowPlugin()
    APISpec("Alongside", "1", "3.1.0", plugins=[plugin])
    plugin.map_to_openapi_type(Instant, "integer", None)
    return plugin


def json_schema(body: type[Body]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one message body, with the groups it uses under `$defs`."""
    plugin = _plugin()
    assert plugin.converter is not None
    assert plugin.spec is not None
    schema = plugin.converter.schema2jsonschema(schema_class(body)())
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": body.TYPE,
        "description": " ".join(inspect.getdoc(body).split()) if inspect.getdoc(body) else "",
        **schema,
    }
    groups = plugin.spec.to_dict().get("components", {}).get("schemas", {})
    if groups:
        whole["$defs"] = groups
    tidied: dict[str, Any] = _tidy(whole)
    return tidied


def _tidy(value: Any) -> Any:
    """Local references, and the bounds of an instant that the generator cannot know."""
    if isinstance(value, list):
        return [_tidy(each) for each in value]
    if not isinstance(value, dict):
        return value
    done = {name: _tidy(each) for name, each in value.items()}
    if isinstance(done.get("$ref"), str):
        done["$ref"] = done["$ref"].replace("#/components/schemas/", "#/$defs/")
    if done.get("type") == "integer" and "maximum" not in done:
        done |= {"minimum": 0, "maximum": MAX_INSTANT}
    return done


def _rule_in_words(rule: dict[str, Any]) -> str:
    """One field's rule for the reference table."""
    if "$ref" in rule:
        return f"a {rule['$ref'].rsplit('/', 1)[1]}"
    if rule.get("type") == "array":
        return f"up to {rule.get('maxItems', '…')}: {_rule_in_words(rule['items'])}"
    if "enum" in rule:
        return ", ".join(f"`{each}`" for each in rule["enum"])
    if rule.get("type") == "integer":
        return "seconds since 1970" if rule.get("maximum") == MAX_INSTANT else "whole number"
    if "maxLength" in rule:
        return f"string, at most {rule['maxLength']}"
    return "hash" if "43" in rule.get("pattern", "") else "id"


def _fields(schema: dict[str, Any]) -> list[str]:
    lines = ["| field | holds | rule |", "| --- | --- | --- |"]
    for name, rule in schema["properties"].items():
        must = "" if name in schema.get("required", []) else " (optional)"
        lines.append(f"| `{name}`{must} | {rule.get('description', '')} | {_rule_in_words(rule)} |")
    return lines


def messages_reference() -> str:
    """A heading for every message of the registry, with its fields."""
    out: list[str] = []
    for module in CONVERSATIONS:
        out += [f"### {module.__name__.rsplit('.', 1)[1].capitalize()}", "", inspect.getdoc(module) or "", ""]
        for body in module.BODIES:
            schema = json_schema(body)
            out += [f"#### `{body.TYPE}`", "", f"From {SENDERS[body.FROM]}. {schema['description']}", ""]
            if schema["properties"]:
                out += [*_fields(schema), ""]
            for name, group in schema.get("$defs", {}).items():
                out += [f"*{name}*:", "", *_fields(group), ""]
    return "\n".join(out).rstrip()


def states_table() -> str:
    """States by events, and what ends each state by itself."""
    head = ["state", *(f"{event}" for event in Event), "ends by itself after", "home hears"]
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for state in State:
        cells = [f"`{TRANSITIONS[state, event]}`" if (state, event) in TRANSITIONS else "" for event in Event]
        limit = LIMITS.get(state)
        ends = f"{_hours(limit.default.total_seconds())} ({limit.source})" if limit else "final"
        lines.append("| " + " | ".join([f"**`{state}`**", *cells, ends, f"`{HOME_WORD[state]}`"]) + " |")
    return "\n".join(lines)


def _hours(seconds: float) -> str:
    hours = int(seconds // 3600)
    return f"{hours} h" if hours <= 72 else f"{hours // 24} days"


def problems_table() -> str:
    """Every problem code, its status, and whether the same bytes may be tried again."""
    lines = ["| code | status | try again | what it means, and how to mend it |", "| --- | --- | --- | --- |"]
    for code, error in sorted(PROBLEMS.items()):
        again = "yes" if error.retryable else "no"
        lines.append(f"| `{code}` | {error.status} | {again} | {error.title} {error.mend} |")
    return "\n".join(lines)


def _filled(text: str) -> str:
    for name, make in (
        ("messages", messages_reference),
        ("states", states_table),
        ("problems", problems_table),
    ):
        begin, end = f"<!-- generated: {name} -->", "<!-- /generated -->"
        pattern = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
        text = pattern.sub(lambda _, b=begin, e=end, m=make: f"{b}\n\n{m()}\n\n{e}", text)
    return text


def documents() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    files = {
        DOCS / "schemas" / f"{body.TYPE}.json": json.dumps(json_schema(body), indent=1, ensure_ascii=False)
        + "\n"
        for body in REGISTRY.values()
    }
    page = DOCS / "protocol.md"
    return {**files, page: _filled(page.read_text(encoding="utf-8"))}


def main() -> int:
    """Write, or with `--check` compare."""
    wanted = documents()
    stale = [
        path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    extra = [path for path in (DOCS / "schemas").glob("*.json") if path not in wanted]
    if "--check" in sys.argv:
        for path in [*stale, *extra]:
            print(f"out of date: {path.relative_to(DOCS.parent)}; run `make schemas`")
        return 1 if stale or extra else 0
    (DOCS / "schemas").mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    for path in extra:
        path.unlink()
    print(f"{len(stale)} written, {len(extra)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
