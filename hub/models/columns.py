"""Column types that all tables share: moments with their zone, digests, words; and how long an id is."""

from datetime import UTC, datetime
from typing import Annotated

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

ID_CHARS = 22
HASH_CHARS = 43


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept in UTC. A naive one is refused, since nobody knows which hour it means."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite has no zones: what it holds was UTC when it was written.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Digest = Annotated[str, mapped_column(sa.String(HASH_CHARS))]
Moment = Annotated[datetime, mapped_column(UtcDateTime())]
Word = Annotated[str, mapped_column(sa.String(32))]
"""One word of a closed vocabulary."""
