"""J01: no free text about a person, a case or a talk. Every place that could hold words is listed, with what
it holds, in `docs/confidentiality.md`; this walks the tables, the messages and the forms, and holds them against it.
"""

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import marshmallow as ma
import pytest
import sqlalchemy as sa
from marshmallow import validate
from wtforms import StringField
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

import hub.models
import site_agent.models
from protocol.messages import REGISTRY
from protocol.messages.body import Part, schema_class
from site_agent.models.base import Base as AgentBase

LONGEST_CODE = 43
DOCS = Path("docs/confidentiality.md")
MADE_WHEN_SHOWN = {
    "site ChangeForm.value", "site NotifyForm.name_n", "site NotifyForm.email_n", "site NotifyForm.phone_n",
}  # fmt: skip
"""Of forms that are put together for a page: a notice names up to ten people, a setting has its own kind."""


def in_the_docs(title: str) -> dict[str, str]:
    """What the page lists under this heading: each place, and what it holds."""
    part = DOCS.read_text(encoding="utf-8").partition(f"#### In {title}\n")[2].partition("\n#")[0]
    found: dict[str, str] = {}
    for reason, places in re.findall(r"^- ([^:]+):((?:\s+`[^`]+`,?)+)", part, re.MULTILINE):
        found |= dict.fromkeys((" ".join(each.split()) for each in re.findall("`([^`]+)`", places)), reason)
    assert found, f"nothing is listed under {title}"
    return found


def could_hold_words(kind: sa.types.TypeEngine[object]) -> bool:
    plain = getattr(kind, "impl", kind)
    if isinstance(plain, sa.JSON | sa.LargeBinary):
        return True
    return isinstance(plain, sa.String) and (plain.length is None or plain.length > LONGEST_CODE)


def wide_columns(metadata: sa.MetaData) -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if could_hold_words(column.type)
    }


@pytest.mark.parametrize(
    ("metadata", "listed"),
    [(hub.models.Match.metadata, "the tables of the hub"), (AgentBase.metadata, "the tables of a site")],
    ids=["hub", "agent"],
)
def test_j01_no_table_has_a_place_for_a_note(metadata: sa.MetaData, listed: str) -> None:
    assert wide_columns(metadata) == set(in_the_docs(listed))


def free_fields(name: str, kind: type[Part]) -> set[str]:
    found: set[str] = set()
    for field_name, rule in schema_class(kind)().fields.items():
        inner = rule.inner if isinstance(rule, ma.fields.List) else rule
        if isinstance(inner, ma.fields.Nested):
            nested = type(inner.schema).__name__.removesuffix("Schema")
            found |= {f"{name} {nested}.{each}" for each, sub in inner.schema.fields.items() if is_free(sub)}
        elif is_free(inner):
            found.add(f"{name}.{field_name}")
    return found


def is_free(rule: object) -> bool:
    """A string that neither a vocabulary nor a pattern holds."""
    if not isinstance(rule, ma.fields.String):
        return False
    return not any(isinstance(check, validate.OneOf | validate.Regexp) for check in rule.validators)


def test_j01_no_message_has_a_place_for_a_note() -> None:
    found: set[str] = set()
    for name, body in REGISTRY.items():
        found |= free_fields(name, body)
    assert found == set(in_the_docs("messages"))


def test_the_walk_sees_a_note_that_somebody_adds() -> None:
    """The positive control."""
    table = sa.Table("talks", sa.MetaData(), sa.Column("notes", sa.Text), sa.Column("mode", sa.String(10)))
    assert wide_columns(table.metadata) == {"talks.notes"}
    assert site_agent.models.Offer.__table__ is not None


def forms() -> Iterator[tuple[str, type[BaseForm]]]:
    """Every form of ours, with the package that it is of."""
    for name in ("ui", "site_agent", "hub"):
        for module in pkgutil.walk_packages(importlib.import_module(name).__path__, name + "."):
            if not re.search(r"\.(migrations|demo|frontend)|__main__", module.name):
                importlib.import_module(module.name)
    waiting = [BaseForm]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        package = kind.__module__.partition(".")[0].removesuffix("_agent")
        # A form that a test has put together, or that a page has, stands for the one that it is made of.
        if (
            package in ("ui", "site", "hub")
            and vars(sys.modules[kind.__module__]).get(kind.__qualname__) is kind
        ):
            yield package, kind


def boxes(package: str, kind: type[BaseForm]) -> set[str]:
    """The fields of a form that take whatever is typed."""
    fields = {name: getattr(kind, name) for name in dir(kind)}
    return {
        f"{package} {kind.__name__}.{name}"
        for name, field in fields.items()
        if isinstance(field, UnboundField) and issubclass(field.field_class, StringField)
    }


def test_j01_no_form_has_a_box_that_is_not_listed() -> None:
    found = {box for package, kind in forms() for box in boxes(package, kind)}
    found = {box for box in found if box.partition(" ")[2] not in ("Form.x",)}
    assert found == set(in_the_docs("forms")) - MADE_WHEN_SHOWN


def test_j01_no_template_has_a_box_of_its_own() -> None:
    """Boxes are drawn by the fields of forms; the only other one takes a reference that is looked for."""
    box = re.compile(r"<textarea|<input(?![^>]*type=.(?:hidden|checkbox|radio|submit))[^>]*>")
    pages = [path for name in ("hub", "site_agent", "ui") for path in Path(name, "templates").rglob("*.html")]
    drawn = {str(path): box.findall(path.read_text(encoding="utf-8")) for path in pages}
    found = {path: len(each) for path, each in drawn.items() if each}
    assert found == {"site_agent/templates/web/requests_list.html": 1}
