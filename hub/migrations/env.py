"""Runs migrations on the connection that `hub.database` hands over."""

from alembic import context

import hub.models  # noqa: F401  (fills the metadata)
from hub.extensions import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
