"""Alembic's entry: runs the migrations on the connection that `site_agent.database` opened."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeEngine

from site_agent.models import Base
from site_agent.models.columns import Codes, UtcDateTime


def render_type(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Migrations name plain column types, so that they still run when our own types have changed."""
    if kind != "type" or not isinstance(item, TypeEngine):
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    if isinstance(item, Codes):
        return f"sa.String({item.impl_instance.length})"  # type: ignore[attr-defined]
    return False


def run() -> None:
    """Each migration in a transaction of its own; SQLite's DDL is transactional since we say BEGIN ourselves."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_type,
        transactional_ddl=True,
        transaction_per_migration=True,
        on_version_apply=lambda **_: context.config.attributes["check"](connection),
    )
    with context.begin_transaction():
        context.run_migrations()


run()
