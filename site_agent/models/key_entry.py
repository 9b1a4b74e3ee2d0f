"""This site's own copy of the key log: the tokens, byte for byte."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base


class KeyEntry(Base):
    """One entry of the chain, in its place."""

    __tablename__ = "key_entry"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(43))
