"""Sites: who takes part. All of it is about places, none about people."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.extensions import Base
from hub.models.columns import ID_CHARS, Moment, UtcDateTime, Word
from hub.models.enrolment import Enrolment


class SiteState(StrEnum):
    """How a site takes part. Only an active one may speak, and only to an active one letters are sealed."""

    INVITED = "invited"
    """It has a code."""
    PENDING = "pending"
    """It proved its keys; the six words are to be compared."""
    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class Site(Base):
    """One site, from its invitation on."""

    __tablename__ = "sites"

    site_id: Mapped[str] = mapped_column(sa.String(ID_CHARS), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    community: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[Word]
    """What the site is, a word of the programme such as `division` or `msa`."""
    funded: Mapped[bool]
    cohort: Mapped[str | None] = mapped_column(sa.String(32))
    """In which round of funding it joined."""
    zone: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[Word]
    state_at: Mapped[Moment]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    draw: Mapped[int] = mapped_column(sa.BigInteger)
    """A random number below `shortlist.PRIME`, from which each match draws its own order among equals."""

    enrolments: Mapped[list[Enrolment]] = relationship(order_by=Enrolment.created_at.desc(), viewonly=True)
