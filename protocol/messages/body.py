"""The base of every message body: one frozen dataclass gives the type, its fields, and its strict schema.

A field is declared once, with its marshmallow rule in the dataclass metadata, so the Python value, the check on
the wire and the published JSON Schema cannot drift apart.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

import marshmallow as ma
from marshmallow import validate

ID_PATTERN = r"^[A-Za-z0-9_-]{22}$"
"""128 random bits in unpadded base64url: ids never count upwards, so they tell nothing."""
HASH_PATTERN = r"^[A-Za-z0-9_-]{43}$"
"""SHA-256 in unpadded base64url."""
COMPACT_PATTERN = r"^[A-Za-z0-9_.-]+$"
"""A compact JWS or JWE."""
MAX_INSTANT = 4_102_444_800
"""1 January 2100: later instants are mistakes."""


class Instant(ma.fields.Field[datetime]):
    """A moment as whole seconds since 1970 in UTC on the wire, an aware datetime in Python."""

    default_error_messages = {"invalid": "Must be a whole number of seconds since 1970, before 2100."}

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> int | None:
        return None if value is None else int(value.timestamp())

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_INSTANT:
            raise self.make_error("invalid")
        return datetime.fromtimestamp(value, UTC)


class Whole(validate.Regexp):
    """A pattern that must fit from end to end: `$` alone would let a trailing line feed pass."""

    def __call__(self, value: Any) -> Any:
        if self.regex.fullmatch(value) is None:
            raise ma.ValidationError(self._format_error(value))
        return value


class TupleOf(ma.fields.List[Any]):
    """A list that becomes a tuple, so that a frozen body is frozen through and through."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


def _declared(rule: ma.fields.Field[Any], meaning: str, default: Any) -> Any:
    rule.metadata = {**rule.metadata, "description": meaning}
    if default is not MISSING:
        rule.required = False
        return field(default=default, metadata={"rule": rule})
    return field(metadata={"rule": rule})


def word(vocabulary: tuple[str, ...], meaning: str, default: Any = MISSING) -> Any:
    """One word of a closed vocabulary."""
    return _declared(ma.fields.String(required=True, validate=validate.OneOf(vocabulary)), meaning, default)


def words(vocabulary: tuple[str, ...], meaning: str, *, least: int = 0) -> Any:
    """A set of words of a closed vocabulary, as a list without repeats."""
    item = ma.fields.String(validate=validate.OneOf(vocabulary))
    rule = TupleOf(
        item, required=True, validate=[validate.Length(min=least, max=len(vocabulary)), _no_repeats]
    )
    return _declared(rule, meaning, MISSING)


def identifier(meaning: str, default: Any = MISSING) -> Any:
    """128 random bits in base64url."""
    return _declared(ma.fields.String(required=True, validate=Whole(ID_PATTERN)), meaning, default)


def digest(meaning: str, default: Any = MISSING) -> Any:
    """A SHA-256 in base64url."""
    return _declared(ma.fields.String(required=True, validate=Whole(HASH_PATTERN)), meaning, default)


def compact(meaning: str, *, longest: int, default: Any = MISSING) -> Any:
    """A compact JWS or JWE of at most `longest` characters."""
    checks = [validate.Length(min=1, max=longest), Whole(COMPACT_PATTERN)]
    return _declared(ma.fields.String(required=True, validate=checks), meaning, default)


def text(meaning: str, *, longest: int, least: int = 1, default: Any = MISSING) -> Any:
    """A name or an address: never prose about a person or a talk (rule J01)."""
    checks: list[Callable[[Any], Any]] = [validate.Length(min=least, max=longest), _printable]
    return _declared(ma.fields.String(required=True, validate=checks), meaning, default)


def number(meaning: str, *, least: int = 0, most: int = 2**53 - 1, default: Any = MISSING) -> Any:
    """A whole number."""
    rule = ma.fields.Integer(required=True, strict=True, validate=validate.Range(min=least, max=most))
    return _declared(rule, meaning, default)


def instant(meaning: str, default: Any = MISSING) -> Any:
    """A moment, whole seconds since 1970 in UTC."""
    return _declared(Instant(required=True), meaning, default)


def part(kind: "type[Part]", meaning: str, default: Any = MISSING) -> Any:
    """A nested group of fields."""
    return _declared(ma.fields.Nested(schema_class(kind), required=True), meaning, default)


def parts(kind: "type[Part]", meaning: str, *, most: int, least: int = 0) -> Any:
    """A list of nested groups."""
    rule = TupleOf(
        ma.fields.Nested(schema_class(kind)), required=True, validate=validate.Length(min=least, max=most)
    )
    return _declared(rule, meaning, MISSING)


def _no_repeats(value: tuple[str, ...] | list[str]) -> None:
    if len(set(value)) != len(value):
        raise ma.ValidationError("Each word may stand once only.")


_JOINERS = str.maketrans("", "", "\u200c\u200d")
"""Without a shape of their own, and part of correct spelling in Persian and in scripts of India."""


def _printable(value: str) -> None:
    shown = value.translate(_JOINERS)
    if bool(shown) != bool(value) or not shown.isprintable() or value != value.strip():
        raise ma.ValidationError("Must be printable, on one line, without spaces at either end.")


@dataclass(frozen=True)
class Part:
    """A group of fields inside a body."""

    @classmethod
    def load(cls, data: object) -> Self:
        """The value that `data` describes. Raises `marshmallow.ValidationError` naming every field that is wrong."""
        loaded: Self = _schema(cls).load(data)  # type: ignore[arg-type]
        return loaded

    def dump(self) -> dict[str, Any]:
        """The JSON object for the wire; a field that is None is left out, since the wire knows no null."""
        dumped: dict[str, Any] = _drop_none(_schema(type(self)).dump(self))
        return dumped


@dataclass(frozen=True)
class Body(Part):
    """What a message says. `TYPE` is its name on the wire."""

    TYPE: ClassVar[str]
    FROM: ClassVar[str] = "hub"
    """Who sends it: `site` or `hub`, `both`, or `letter` for what travels sealed inside another message."""


def _drop_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _drop_none(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_drop_none(inner) for inner in value]
    return value


_SCHEMAS: dict[str, type[ma.Schema]] = {}
_INSTANCES: dict[str, ma.Schema] = {}


def schema_class(kind: type[Part]) -> type[ma.Schema]:
    """The strict marshmallow schema of a body or part: unknown fields are refused."""
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name not in _SCHEMAS:
        rules: dict[str, Any] = {each.name: each.metadata["rule"] for each in fields(kind)}

        def build(self: ma.Schema, data: dict[str, Any], **kwargs: Any) -> Part:
            return kind(**data)

        class Strict(ma.Schema):
            class Meta:
                unknown = ma.RAISE

        members = {**rules, "build": ma.post_load(build)}
        _SCHEMAS[name] = type(f"{kind.__name__}Schema", (Strict,), members)
    return _SCHEMAS[name]


def _schema(kind: type[Part]) -> ma.Schema:
    """One instance a kind: building a schema costs three times as much as using it."""
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name not in _INSTANCES:
        _INSTANCES[name] = schema_class(kind)()
    return _INSTANCES[name]
