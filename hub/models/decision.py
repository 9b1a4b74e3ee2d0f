"""Why the hub chose as it did: rule set, hash of the input, reasons as codes."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import HASH_CHARS, ID_CHARS, Moment, Word


class Decision(Base):
    """One shortlist or one proposal."""

    __tablename__ = "decisions"

    decision_id: Mapped[str] = mapped_column(sa.String(ID_CHARS), primary_key=True)
    match_id: Mapped[str] = mapped_column(sa.ForeignKey("matches.match_id"), index=True)
    kind: Mapped[Word]
    """`shortlist` or `proposal`."""
    rule_set_version: Mapped[int] = mapped_column(sa.Integer)
    input_hash: Mapped[str] = mapped_column(sa.String(HASH_CHARS))
    reason_codes: Mapped[list[str]] = mapped_column(sa.JSON)
    at: Mapped[Moment]
