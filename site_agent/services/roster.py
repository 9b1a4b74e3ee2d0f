"""The roster: adding, changing, pausing and leaving, and what a coordinator reads about each supporter."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from protocol.codes import LANGUAGES, MODALITIES, POSTS
from protocol.envelope import new_id
from site_agent.models import AnySession, Offer, Site, Supporter
from site_agent.models.supporter import GENDERS, STAGES
from site_agent.services import evaluators, links, matching, offers, policy, step_back
from site_agent.services.capacity import advertise, advertise_if_due, capacity
from site_agent.services.errors import InvalidSupporterError, NoLongerOpenError
from site_agent.services.spellings import MAX_EMAIL, MAX_NAME, is_email, is_one_line
from ui.one_line import alphabetical

__all__ = [
    "EARLIEST",
    "MAX_PLACES",
    "Details",
    "add",
    "advertise",
    "advertise_if_due",
    "capacity",
    "everybody",
    "fill",
    "has_left",
    "leave",
    "pause",
    "resume",
    "status",
    "statuses",
    "stay",
    "update",
]

MAX_PLACES = 9
"""Ours: more matches at a time than anybody carries (the programme expects 4 to 7 a year, C14)."""
EARLIEST = date(2000, 1, 1)
"""Ours: peer support of this kind is younger, so a training of an earlier year is a slip."""


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
    """A new supporter, or one who had left and is back. Nobody is asked before they are trained and have signed.

    Raises InvalidSupporterError naming the fields that are wrong; `email` also when somebody has that address.
    """
    values = _checked(session, details, None, now)
    back = session.scalar(select(Supporter).where(Supporter.email == values["email"]))
    supporter = back or Supporter(supporter_id=new_id(), added_at=now)
    fill(supporter, values)
    if back is None:
        session.add(supporter)
    session.flush()
    return supporter


def fill(supporter: Supporter, values: dict[str, object]) -> None:
    """Make a row anew with checked values: no pause, no PIN, nothing signed."""
    fresh: dict[str, object] = {"pin_hash": None, "pin_failures": 0, "pin_lockouts": 0}
    fresh |= {
        "paused": False,
        "paused_until": None,
        "left_at": None,
        "agreement_version": None,
        "agreement_at": None,
    }
    for name, value in (values | fresh).items():
        setattr(supporter, name, value)


def update(session: AnySession, supporter: Supporter, details: Details, now: datetime) -> None:
    """Change what is kept about a supporter: a post may end a question that is open. Raises as `add`."""
    for name, value in _checked(session, details, supporter, now).items():
        setattr(supporter, name, value)
    step_back.look_again(session, now)


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


def leave(session: AnySession, supporter: Supporter, now: datetime, last_day: date | None = None) -> None:
    """They leave the programme: after `last_day`, or at once. No new offers from now on (Q01).

    Open matches are finished or handed over. Without notice an offer that is not answered yet goes to the next one,
    and nothing is kept of whom they assess.
    """
    links.revoke(session, "agreement", supporter.supporter_id)
    if last_day is not None:
        supporter.left_at = _end_of(session, last_day)
        session.flush()
        return
    supporter.left_at = now
    session.flush()
    evaluators.forget(session, supporter)
    unanswered = select(Offer).where(Offer.supporter_id == supporter.supporter_id, Offer.state == "open")
    for offer in session.scalars(unanswered).all():
        try:
            offers.decline(session, offer, now)
        except NoLongerOpenError:
            continue  # it lapsed or was answered in the meantime


def stay(session: AnySession, supporter: Supporter, now: datetime) -> None:
    """They stay after all. Raises NoLongerOpenError when their last day has passed."""
    if has_left(supporter, now):
        raise NoLongerOpenError()
    supporter.left_at = None
    session.flush()


def has_left(supporter: Supporter, now: datetime) -> bool:
    """Whether their last day is over."""
    return supporter.left_at is not None and supporter.left_at <= now


def everybody(session: AnySession, now: datetime | None = None) -> Sequence[Supporter]:
    """The roster, by name; with `now` also those who have given notice and whose last day is not over."""
    here = Supporter.left_at.is_(None)
    shown = here if now is None else or_(here, Supporter.left_at > now)
    found = session.scalars(select(Supporter).where(shown).order_by(Supporter.name))
    return sorted(found, key=lambda each: alphabetical(each.name))


def status(session: AnySession, supporter: Supporter, now: datetime) -> str:
    """Why somebody is or is not asked, as one code of `models.supporter.STATUSES`; training comes first."""
    return statuses(session, [supporter], now)[supporter.supporter_id]


def statuses(session: AnySession, supporters: Iterable[Supporter], now: datetime) -> dict[str, str]:
    """`status` of each, by supporter id, with as many queries for all as for one."""
    version = policy.text(session, "agreement_version")
    loads = matching.current_loads(session, now)
    return {each.supporter_id: _status(each, version, loads, now) for each in supporters}


def _status(supporter: Supporter, version: str, loads: dict[str, matching.Load], now: datetime) -> str:
    if supporter.left_at is not None:
        return "leaving"
    if not matching.is_trained(supporter, now):
        return "untrained"
    if supporter.agreement_version != version:
        return "unsigned"
    if matching.is_paused(supporter, now):
        return "paused"
    return "ready" if matching.open_places(supporter, loads) else "full"


def _end_of(session: AnySession, last_day: date) -> datetime:
    site = session.get(Site, 1)
    zone = ZoneInfo(site.zone) if site is not None else ZoneInfo("America/Vancouver")
    return datetime.combine(last_day + timedelta(days=1), time(), zone)


def _checked(
    session: AnySession, details: Details, own: Supporter | None, now: datetime
) -> dict[str, object]:
    values = asdict(details)
    values["email"] = details.email.strip().lower()
    values["name"] = unicodedata.normalize("NFC", details.name).strip()
    wrong = wrong_fields(values, now)
    if "email" not in wrong:
        holder = session.scalar(select(Supporter).where(Supporter.email == values["email"]))
        if holder not in (None, own) and not (own is None and has_left(holder, now)):
            wrong.append("email")
    if wrong:
        raise InvalidSupporterError(*wrong)
    return values


def wrong_fields(values: dict[str, Any], now: datetime) -> list[str]:
    """Names of the fields of `Details` that hold what cannot be."""
    phone = values["phone"]
    wrong = {
        "name": not is_one_line(values["name"]) or len(values["name"]) > MAX_NAME,
        "email": not is_email(values["email"]) or len(values["email"]) > MAX_EMAIL,
        "phone": len(phone) > 20 or not (phone == "" or phone.isprintable()),
        "stage": values["stage"] not in STAGES,
        "languages": not values["languages"] or not _known(values["languages"], LANGUAGES),
        "modalities": not values["modalities"] or not _known(values["modalities"], MODALITIES),
        "gender": values["gender"] not in GENDERS,
        "posts": not _known(values["posts"], POSTS),
        "max_open": not 0 < values["max_open"] <= MAX_PLACES,
        "foundations_on": not _is_past(values["foundations_on"], now),
        "practice_on": not _is_past(values["practice_on"], now),
    }
    return [name for name, bad in wrong.items() if bad]


def _is_past(day: date | None, now: datetime) -> bool:
    # UTC is never behind the site's own day, so a training that ended today is not refused.
    return day is None or EARLIEST <= day <= now.date()


def _known(codes: Collection[str], vocabulary: Collection[str]) -> bool:
    return all(code in vocabulary for code in codes)
