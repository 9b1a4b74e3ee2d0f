"""What was done, when, by whom: enough to answer for it, and nothing that a message held."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import HASH_CHARS, ID_CHARS, Moment, Word


class AuditLine(Base):
    """One act. Lines about a match name its sites by a salted hash, which means nothing once the salt is gone."""

    __tablename__ = "audit"

    audit_id: Mapped[str] = mapped_column(sa.String(ID_CHARS), primary_key=True)
    at: Mapped[Moment] = mapped_column(index=True)
    action: Mapped[Word]
    actor: Mapped[Word]
    """`home`, `helper`, `site`, `hub`, `page` (the nameless one), `door`, `command`, or the id of a person."""
    match_id: Mapped[str | None] = mapped_column(sa.String(ID_CHARS), index=True)
    match_version: Mapped[int | None] = mapped_column(sa.Integer)
    """The match's own count of moves: acts of one moment keep their order by it."""
    site_id: Mapped[str | None] = mapped_column(sa.String(ID_CHARS), index=True)
    """Never together with `match_id`."""
    site_hash: Mapped[str | None] = mapped_column(sa.String(HASH_CHARS))
    person_id: Mapped[str | None] = mapped_column(sa.String(ID_CHARS), index=True)
    """Whose account was changed; never together with a match or a site."""
    code: Mapped[str | None] = mapped_column(sa.String(32))
    """A problem code, the state that a match moved to, or the role that somebody has now."""
