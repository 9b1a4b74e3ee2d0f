"""Counting up the few numbers that belong to the whole hub (see `models.counter`)."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.models import Counter

_NEXT = (
    sa.update(Counter)
    .where(Counter.name == sa.bindparam("counter"))
    .values(value=Counter.value + 1)
    .returning(Counter.value)
    .execution_options(synchronize_session=False)
)
_VALUE = sa.select(Counter.value).where(Counter.name == sa.bindparam("counter"))


def next_value(session: Session, name: str) -> int:
    """Count up and return the new value. Whoever else counts the same thing waits until this commits."""
    return session.execute(_NEXT, {"counter": name}).scalar_one()


def value(session: Session, name: str) -> int:
    """The present value."""
    return session.execute(_VALUE, {"counter": name}).scalar_one()
