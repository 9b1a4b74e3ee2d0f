"""The base of every table, and the session that services take."""

from typing import Any, TypeAlias

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session

CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
"""Without names, a later migration could not find the constraint that it changes."""

AnySession: TypeAlias = Session | scoped_session[Any]
"""A session of its own, or Flask-SQLAlchemy's `db.session`."""


class Base(DeclarativeBase):
    """Where all tables are listed. Not `db.Model`, so that models need no app and type checkers read them."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
