"""The programme's figures: each a setting of the site, with a default and where that default comes from."""

from dataclasses import dataclass

from site_agent.models import AnySession, Setting
from site_agent.services.errors import SettingError


@dataclass(frozen=True)
class Number:
    """A whole number between two bounds."""

    default: int
    least: int
    most: int
    source: str


@dataclass(frozen=True)
class Text:
    """A short text that people read, such as a phone number."""

    default: str
    longest: int
    source: str


NUMBERS: dict[str, Number] = {
    "contact_hours": Number(72, 1, 720, "PSI overview: within 72 h of the confirmed match"),
    "offer_hours": Number(24, 1, 168, "ours: no programme document sets one (G09)"),
    "ask_itself_hours": Number(12, 0, 72, "ours: a working day for the coordinator; 0 never asks by itself"),
    "name_hours": Number(12, 1, 72, "ours: one question on a phone"),
    "letters_days": Number(14, 2, 14, "protocol page: a letter lives 14 days at most"),
    "talks": Number(3, 1, 20, "PSI overview: generally 1 to 3 conversations; a reminder, never a block"),
    "identity_days": Number(30, 1, 365, "confidentiality page: the identity link goes 30 days after closing"),
    "advertise_days": Number(7, 1, 30, "protocol page: open capacity is told at most weekly"),
    "capacity_days": Number(14, 2, 60, "ours: twice the time between two tellings"),
    "year_matches": Number(7, 1, 50, "PSI overview: some 4 to 7 matches a supporter and year"),
    "pin_minutes": Number(15, 1, 120, "ours: long enough to make a call, short for a phone left lying"),
    "agreement_days": Number(14, 1, 60, "ours: time to read the agreement and sign"),
}

TEXTS: dict[str, Text] = {
    "programme_phone": Text(
        "1-800-663-6729", 40, "the Physician Health Program's 24-hour line, on its public pages"
    ),
    "crisis_phone": Text("9-8-8", 40, "the Suicide Crisis Helpline of Canada"),
    "agreement_version": Text("1", 20, "ours: a new version asks every supporter to sign again (C12)"),
}


def number(session: AnySession, name: str) -> int:
    """A figure: the site's own, else the default."""
    kept = session.get(Setting, name)
    return NUMBERS[name].default if kept is None else int(kept.value)


def text(session: AnySession, name: str) -> str:
    """A text: the site's own, else the default."""
    kept = session.get(Setting, name)
    return TEXTS[name].default if kept is None else kept.value


def put(session: AnySession, name: str, value: int | str) -> None:
    """Set a site's own value. Raises SettingError outside the bounds, KeyError for an unknown name."""
    if name in NUMBERS:
        rule = NUMBERS[name]
        if isinstance(value, str) or not rule.least <= value <= rule.most:
            raise SettingError(f"{name} is between {rule.least} and {rule.most}.")
    else:
        value = str(value).strip()
        if not value or len(value) > TEXTS[name].longest or not value.isprintable():
            raise SettingError(f"{name} has at most {TEXTS[name].longest} characters.")
    kept = session.get(Setting, name)
    if kept is None:
        session.add(Setting(name=name, value=str(value)))
    else:
        kept.value = str(value)
