"""The key log as it is sent: one signed token a row, never changed."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import Digest, Moment, Word


class KeyEntry(Base):
    """One entry, and the signed head of the log that ends with it."""

    __tablename__ = "key_entries"

    seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    subject: Mapped[Word]
    token: Mapped[str] = mapped_column(sa.Text)
    hash: Mapped[Digest]
    head: Mapped[str] = mapped_column(sa.Text)
    """A `keys.head` token, signed once: two that conflict prove a fork."""
    at: Mapped[Moment]
