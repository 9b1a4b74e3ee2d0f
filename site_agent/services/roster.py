"""The roster: adding, changing and pausing supporters, and what a coordinator reads about each."""

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select

from protocol.codes import LANGUAGES, MODALITIES, POSTS
from protocol.envelope import new_id
from site_agent.models import AnySession, Supporter
from site_agent.models.supporter import GENDERS, STAGES
from site_agent.services import agreements, matching
from site_agent.services.capacity import advertise, advertise_if_due, capacity
from site_agent.services.errors import InvalidSupporterError
from site_agent.services.roster_import import Preview, RowError, import_apply, import_preview

__all__ = [
    "MAX_PLACES",
    "Details",
    "Preview",
    "RowError",
    "add",
    "advertise",
    "advertise_if_due",
    "capacity",
    "everybody",
    "import_apply",
    "import_preview",
    "leave",
    "pause",
    "resume",
    "status",
    "update",
]

MAX_PLACES = 9
"""Ours: more matches at a time than anybody carries (the programme expects 4 to 7 a year, C14)."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Details:
    """What a coordinator enters about a supporter."""

    name: str
    email: str
    stage: str
    phone: str = ""
    languages: tuple[str, ...] = ("en",)
    modalities: tuple[str, ...] = ("in-person", "phone", "video")
    gender: str = "not-said"
    posts: tuple[str, ...] = ()
    max_open: int = 1
    foundations_on: date | None = None
    practice_on: date | None = None


def add(session: AnySession, details: Details, now: datetime) -> Supporter:
    """A new supporter. Nobody is asked before they are trained and have signed.

    Raises InvalidSupporterError naming the fields that are wrong; `email` also when somebody has that address.
    """
    values = _checked(session, details, None)
    supporter = Supporter(
        supporter_id=new_id(), **values, added_at=now, paused=False, pin_failures=0, pin_lockouts=0
    )
    session.add(supporter)
    session.flush()
    return supporter


def update(session: AnySession, supporter: Supporter, details: Details, now: datetime) -> None:
    """Change what is kept about a supporter. Raises as `add`."""
    for name, value in _checked(session, details, supporter).items():
        setattr(supporter, name, value)
    session.flush()


def pause(session: AnySession, supporter: Supporter, until: date | None, now: datetime) -> None:
    """No new offers until that day, or until it is ended; open matches go on. No reason is asked."""
    supporter.paused = True
    supporter.paused_until = until
    session.flush()


def resume(session: AnySession, supporter: Supporter, now: datetime) -> None:
    """End a pause."""
    supporter.paused = False
    supporter.paused_until = None
    session.flush()


def leave(session: AnySession, supporter: Supporter, now: datetime) -> None:
    """They leave the programme: no new offers from now on; open matches are finished or handed over (Q01)."""
    supporter.left_at = now
    session.flush()


def everybody(session: AnySession) -> Sequence[Supporter]:
    """The roster, by name."""
    here = select(Supporter).where(Supporter.left_at.is_(None))
    return session.scalars(here.order_by(Supporter.name)).all()


def status(session: AnySession, supporter: Supporter, now: datetime) -> str:
    """Why somebody is or is not asked, as one code of `models.supporter.STATUSES`; training comes first."""
    if not matching.is_trained(supporter, now):
        return "untrained"
    if not agreements.is_signed(session, supporter):
        return "unsigned"
    if matching.is_paused(supporter, now):
        return "paused"
    loads = matching.current_loads(session, now)
    return "ready" if matching.open_places(supporter, loads) else "full"


def _checked(session: AnySession, details: Details, own: Supporter | None) -> dict[str, object]:
    values = asdict(details)
    values["email"] = details.email.strip().lower()
    values["name"] = details.name.strip()
    wrong = {
        "name": not 0 < len(values["name"]) <= 120 or not values["name"].isprintable(),
        "email": not _EMAIL.fullmatch(values["email"]) or len(values["email"]) > 254,
        "phone": len(details.phone) > 20 or not (details.phone == "" or details.phone.isprintable()),
        "stage": details.stage not in STAGES,
        "languages": not details.languages or not _known(details.languages, LANGUAGES),
        "modalities": not details.modalities or not _known(details.modalities, MODALITIES),
        "gender": details.gender not in GENDERS,
        "posts": not _known(details.posts, POSTS),
        "max_open": not 0 < details.max_open <= MAX_PLACES,
    }
    if not wrong["email"]:
        holder = session.scalar(select(Supporter).where(Supporter.email == values["email"]))
        wrong["email"] = holder is not None and holder is not own
    fields = [name for name, bad in wrong.items() if bad]
    if fields:
        raise InvalidSupporterError(*fields)
    return values


def _known(codes: Collection[str], vocabulary: Collection[str]) -> bool:
    return all(code in vocabulary for code in codes)
