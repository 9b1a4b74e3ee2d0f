"""What sites offer, in bands and sets (N06)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.models import Capacity
from protocol.errors import SchemaInvalidError
from protocol.messages import offers

NONE_OPEN = "0"


def replace(session: Session, site_id: str, body: offers.Capacity, now: datetime) -> bool:
    """Keep a site's new offer in the place of the old one. False if it only prolongs one that still holds.

    Raises SchemaInvalidError when a stage has two bands.
    """
    stages = [band.stage for band in body.bands]
    if len(set(stages)) < len(stages):
        raise SchemaInvalidError("Each stage has one band.", where=["/body/bands"])
    holding = sa.select(Capacity).where(Capacity.site_id == site_id, Capacity.until > now)
    before = {_said(row) for row in session.scalars(holding)}
    session.execute(sa.delete(Capacity).where(Capacity.site_id == site_id))
    session.expire_all()
    any_way = "any" in body.modalities
    rows = [
        Capacity(
            site_id=site_id, stage=band.stage, open=band.open != NONE_OPEN, until=body.until,
            in_person=any_way or "in-person" in body.modalities, phone=any_way or "phone" in body.modalities,
            video=any_way or "video" in body.modalities, languages=sorted(body.languages),
        )
        for band in body.bands
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return before != {_said(row) for row in rows}


def _said(row: Capacity) -> tuple[object, ...]:
    return (row.stage, row.open, row.in_person, row.phone, row.video, tuple(row.languages))
