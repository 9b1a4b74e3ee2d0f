"""The tables' history: Alembic migrations, run by `hub.database.upgrade`."""
