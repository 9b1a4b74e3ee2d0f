"""The conditional update: how every change of state is made, so that of two at once exactly one happens."""

from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, inspect, update

from site_agent.models.base import AnySession, Base


def move(session: AnySession, row: Base, *conditions: ColumnElement[bool], **values: Any) -> bool:
    """Change `row` only if the database still meets `conditions`; afterwards `row` shows what is there.

    False, and no change, if it does not. Does not commit.
    """
    session.flush()
    kind = type(row)
    mapper = inspect(kind)
    ours = [
        column == value
        for column, value in zip(mapper.primary_key, mapper.primary_key_from_instance(row), strict=True)
    ]
    statement = update(kind).where(*ours, *conditions).values(**values)
    result = session.execute(statement.execution_options(synchronize_session=False))
    session.refresh(row)
    return cast("CursorResult[Any]", result).rowcount == 1
