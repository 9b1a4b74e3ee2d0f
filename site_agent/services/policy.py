"""The programme's figures and choices: each a setting of the site, with a default and where that default comes from.

The sources are read by coordinators; a comment beside a setting names the requirement behind it.

Every change is numbered: the number is the version under which a later decision was taken (B03).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from site_agent.models import AnySession, PolicyChange, Setting
from site_agent.services.errors import SettingError
from ui import clock


@dataclass(frozen=True)
class Number:
    """A whole number between two bounds."""

    default: int
    least: int
    most: int
    source: str


@dataclass(frozen=True)
class Text:
    """A short text that people read, such as a phone number, or the address of a page they are led to."""

    default: str
    longest: int
    source: str
    may_be_empty: bool = False
    is_address: bool = False


@dataclass(frozen=True)
class Choice:
    """One of a few codes; the first is the default."""

    options: tuple[str, ...]
    source: str

    @property
    def default(self) -> str:
        """What holds until the site chooses."""
        return self.options[0]


NUMBERS: dict[str, Number] = {
    "contact_hours": Number(72, 1, 720, "PSI overview: within 72 h of the confirmed match"),
    "offer_hours": Number(24, 1, 168, "Our own choice: no program document sets one"),  # G09
    "outreach_days": Number(  # E12
        7, 1, 60, "Our own choice: no program document says how long silence is one"
    ),
    "find_hours": Number(24, 1, 168, "Our own choice: no program document sets one"),  # G09
    "nudge_first_hours": Number(24, 1, 719, "Our own choice: before the limit of 72 h"),  # G08
    "nudge_second_hours": Number(48, 2, 719, "Our own choice: before the limit of 72 h"),  # G08
    "tracker_hours": Number(48, 1, 336, "Our own choice: one quiet reminder of a missing entry"),  # I07
    "ask_itself_hours": Number(
        12, 0, 72, "Our own choice: a working day for the coordinator; 0 never asks by itself"
    ),
    "name_hours": Number(12, 1, 72, "Our own choice: one question on a phone"),
    "desk_mail_hours": Number(
        4, 0, 48, "Our own choice: one mail for half a working day's news that nobody has looked at"
    ),
    "letters_days": Number(
        14, 2, 14, "Our own choice, the same at every site: a letter lives 14 days at most"
    ),
    "talks": Number(3, 1, 20, "PSI overview: generally 1 to 3 conversations; a reminder, never a block"),
    "quiet_days": Number(
        180,
        30,
        730,
        "Our own choice: half a year in which nobody noted anything, so that no name is kept for ever",
    ),
    "identity_days": Number(30, 1, 365, "Our own choice: a name is kept for a month after closing"),
    "coded_days": Number(
        2555, 30, 7300, "Our own choice: seven years, until counsel of the site says otherwise"
    ),
    "floor_days": Number(
        0, 0, 3650, "Our own choice: no statutory floor is known; counsel of the site decides (PIPA s. 35)"
    ),
    "safety_days": Number(
        365,
        30,
        3650,
        "Our own choice: a year, the time that PIPA s. 35(1) names for what a decision rested on",
    ),
    "key_backup_days": Number(7, 1, 30, "Our own choice: as short as may be; a week spans a holiday"),
    "advertise_days": Number(7, 1, 30, "Our own choice: open capacity is told at most weekly"),
    "capacity_days": Number(14, 2, 60, "Our own choice: twice the time between two tellings"),
    "year_matches": Number(7, 1, 50, "PSI overview: some 4 to 7 matches a supporter and year"),
    "pin_minutes": Number(
        15, 1, 120, "Our own choice: long enough to make a call, short for a phone left lying"
    ),
    "agreement_days": Number(14, 1, 60, "Our own choice: time to read the agreement and sign"),
}

TEXTS: dict[str, Text] = {
    "programme_phone": Text(
        "1-800-663-6729", 40, "The Physician Health Program’s 24-hour line, on its public pages"
    ),
    "crisis_phone": Text("9-8-8", 40, "The Suicide Crisis Helpline of Canada"),
    "keeper_phone": Text(  # J05
        "",
        40,
        "Our own choice: where a supporter reaches a safety keeper at any hour; empty: the site's phone",
        may_be_empty=True,
    ),
    "leave_to": Text(
        "https://weather.gc.ca/",
        200,
        "Our own choice: the public weather page of Canada, which says nothing of whoever opens it",
        is_address=True,
    ),
    "agreement_version": Text(  # C12
        "1", 20, "Our own choice: a new version asks every supporter to sign again"
    ),
}

CHOICES: dict[str, Choice] = {
    "next_by_itself": Choice(("no", "yes"), "PSI overview: the administrator finds another supporter"),  # F12
    "routine_outreach": Choice(  # E01, E02
        ("no", "yes"), "PSI overview: with consent; AMA and Brigham: as routine"
    ),
    "seniority": Choice(  # F02 to F04
        ("on", "off"), "PSI overview: for mid and late career; AMA, Brigham: never junior"
    ),
    "name_before_yes": Choice(  # G02, G03
        ("yes", "no"), "PSI overview: name and reason, then yes, then contact"
    ),
    "specialty": Choice(  # F09, F10
        ("wish", "ignore"), "PSI overview: availability first; AMA: try the same"
    ),
    "who_assigns": Choice(
        ("coordinator", "lead"), "PSI overview: the administrator; AMA, Brigham: the director"
    ),
    "capacity_told": Choice(
        ("daily", "at-once"),
        "Our own choice: told at once, it would show the hub when a match of a small site begins",
    ),
    "group_module": Choice(("no",), "PSI overview: individual support only; Brigham: groups as well"),  # M02
}
"""Where the programme documents disagree: the table at the end of the requirements gives each default."""


_READ = "policy"
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d{1,5})?")

RISING = (
    ("nudge_first_hours", "nudge_second_hours"),
    ("nudge_second_hours", "contact_hours"),
    ("identity_days", "coded_days"),
    ("advertise_days", "capacity_days"),
)
"""Pairs of which the first is shorter: a reminder after its limit, or a name kept longer than its row, is a slip."""


@dataclass(frozen=True)
class Change:
    """One setting was given a value: the version it made, what stood there before, who did it (None: a command)."""

    version: int
    name: str
    before: str
    value: str
    at: datetime
    by: str | None


def number(session: AnySession, name: str) -> int:
    """A figure: the site's own, else the default."""
    kept = _kept(session).get(name)
    return NUMBERS[name].default if kept is None else int(kept)


def text(session: AnySession, name: str) -> str:
    """A text: the site's own, else the default."""
    return _kept(session).get(name, TEXTS[name].default)


def choice(session: AnySession, name: str) -> str:
    """A choice: the site's own, else the default."""
    return _kept(session).get(name, CHOICES[name].default)


def _kept(session: AnySession) -> dict[str, str]:
    """The site's own values, asked for once in a transaction: a page needs a dozen, and most are not set."""
    here = session.registry() if isinstance(session, scoped_session) else session
    transaction, values = here.info.get(_READ, (None, {}))
    if transaction is None or transaction is not here.get_transaction():
        values = {row.name: row.value for row in here.execute(select(Setting.name, Setting.value))}
        here.info[_READ] = here.get_transaction(), values
    return cast(dict[str, str], values)


def version(session: AnySession) -> int:
    """The number of the last change; 0: all defaults hold."""
    return cast(int, session.scalar(select(func.max(PolicyChange.version))) or 0)


def values(session: AnySession) -> dict[str, str]:
    """What holds for every setting, as text."""
    kept = {each.name: each.value for each in session.scalars(select(Setting))}
    return {name: kept.get(name, str(default_of(name))) for name in (*NUMBERS, *CHOICES, *TEXTS)}


def default_of(name: str) -> int | str:
    """What holds until the site sets its own value. Raises KeyError for an unknown name."""
    return _rule(name).default


def source_of(name: str) -> str:
    """Where the default comes from. Raises KeyError for an unknown name."""
    return _rule(name).source


def _rule(name: str) -> Number | Choice | Text:
    rules: dict[str, Number | Choice | Text] = {**NUMBERS, **CHOICES, **TEXTS}
    return rules[name]


def changes(session: AnySession) -> list[Change]:
    """Every change, the newest first."""
    stood: dict[str, str] = {}
    found = []
    for row in session.scalars(select(PolicyChange).order_by(PolicyChange.version)):
        before = stood.get(row.name) or str(default_of(row.name))
        found.append(Change(row.version, row.name, before, row.value, row.at, row.by))
        stood[row.name] = row.value
    return found[::-1]


def out_of_order(session: AnySession, name: str, value: int) -> str | None:
    """The other setting of a pair of `RISING` that would no longer be longer, or shorter, than this one."""
    for shorter, longer in RISING:
        if name == shorter and value >= number(session, longer):
            return longer
        if name == longer and value <= number(session, shorter):
            return shorter
    return None


def put(
    session: AnySession, name: str, value: int | str, now: datetime | None = None, by: str | None = None
) -> None:
    """Set a site's own value; a value that stands already changes nothing. `by`: the person_id of who sets it.

    `now` None: the present moment by the app's clock. Raises SettingError outside the bounds, KeyError for an
    unknown name.
    """
    new = _checked(name, value)
    kept = session.get(Setting, name)
    if new == (str(default_of(name)) if kept is None else kept.value):
        return
    if kept is None:
        session.add(Setting(name=name, value=new))
    else:
        kept.value = new
    session.add(PolicyChange(name=name, value=new, at=now or clock.now(), by=by))
    session.flush()
    session.info.pop(_READ, None)


def _checked(name: str, value: int | str) -> str:
    if name in NUMBERS:
        rule = NUMBERS[name]
        if isinstance(value, str) or not rule.least <= value <= rule.most:
            raise SettingError(f"{name} is between {rule.least} and {rule.most}.")
        return str(value)
    text_ = str(value).strip()
    if name in CHOICES:
        if text_ not in CHOICES[name].options:
            raise SettingError(f"{name} is one of {', '.join(CHOICES[name].options)}.")
    elif (
        (not text_ and not TEXTS[name].may_be_empty)
        or len(text_) > TEXTS[name].longest
        or not text_.isprintable()
    ):
        raise SettingError(f"{name} has at most {TEXTS[name].longest} characters.")
    elif TEXTS[name].is_address and not is_address(text_):
        raise SettingError(f"{name} is an address that begins with https://.")
    return text_


def is_address(typed: str) -> bool:
    """Whether this is the address of a page elsewhere: HTTPS, a host, no blank and no user in it."""
    try:
        parts = urlsplit(typed)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(_HOST.fullmatch(parts.netloc)) and not re.search(r"\s", typed)
