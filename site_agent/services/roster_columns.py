"""The columns of a list of supporters, and how people write what stands in them."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email

from protocol.codes import LANGUAGES, POSTS
from site_agent import words
from site_agent.models.supporter import GENDERS, STAGES
from site_agent.services.spreadsheet import Column, plain

WAYS = ("in-person", "phone", "video")
COLUMNS = (
    Column("name", ("full-name", "supporter", "supporter-name", "physician", "nom"), required=True),
    Column(
        "email",
        ("e-mail", "mail", "email-address", "e-mail-address", "mail-address", "courriel"),
        required=True,
    ),
    Column("phone", ("telephone", "tel", "phone-number", "mobile", "cell", "cell-phone"), plus=True),
    Column("stage", ("career-stage", "career", "seniority"), required=True),
    Column("languages", ("language", "languages-spoken", "speaks"), several=True),
    Column("modalities", ("modality", "ways", "way", "ways-to-talk", "ways-they-can-talk"), several=True),
    Column("gender", ("sex",)),
    Column("posts", ("post", "posts-held", "posts-they-hold", "roles"), several=True),
    Column("places", ("place", "open-places", "capacity", "max-open", "physicians-at-a-time", "at-a-time")),
    Column("foundations", ("foundation", "training-1", "first-part", "training-first-part", "part-1")),
    Column("practice", ("training-2", "second-part", "training-second-part", "part-2")),
)
_MORE_LANGUAGES = {
    "mandarin": "cmn", "chinese-mandarin": "cmn", "cantonese": "yue", "chinese-cantonese": "yue", "farsi": "fa",
    "panjabi": "pa", "tagalog": "tl", "filipino": "tl", "asl": "ase", "sign-language": "ase", "anglais": "en",
    "francais": "fr",
}  # fmt: skip
_MORE_STAGES = {f"{code}-career": code for code in STAGES} | {"senior": "late", "junior": "early"}
_MORE_WAYS = {
    "face-to-face": "in-person", "in-office": "in-person", "telephone": "phone", "phone-call": "phone",
    "virtual": "video", "zoom": "video", "online": "video",
}  # fmt: skip
_MORE_GENDERS = {
    "w": "woman",
    "f": "woman",
    "female": "woman",
    "m": "man",
    "male": "man",
    "unknown": "not-said",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[ T]00:00(?::00)?)?")
_MONTH_IN_WORDS = re.compile(
    r"(?:(?P<d>\d{1,2})[- ](?P<m>[a-z]{3,9})|(?P<m2>[a-z]{3,9}) (?P<d2>\d{1,2}))[-, ]+(?P<y>\d{4}|\d\d)",
    re.IGNORECASE,
)


class Spellings:
    """Every way to write each code, in the reader's language and in English; made once for a list."""

    def __init__(self) -> None:
        self.stages = _ways(words.SUPPORTER_STAGE, STAGES) | _MORE_STAGES
        self.ways = _ways(words.MODALITY, WAYS) | _MORE_WAYS
        self.genders = _ways(words.GENDER, GENDERS) | _MORE_GENDERS
        self.posts = _ways(words.POST, POSTS)
        self.languages = {code: code for code in LANGUAGES} | _MORE_LANGUAGES
        for code in LANGUAGES:
            self.languages |= {plain(name): code for name in _names_of(code) if name}


def _ways(table: Mapping[str, object], codes: Iterable[str]) -> dict[str, str]:
    known = {code: code for code in codes}
    return known | {plain(str(table[code])): code for code in known}


def _names_of(code: str) -> tuple[str, ...]:
    english, french = (Locale(tag).languages.get(code, "") for tag in ("en", "fr"))
    return english, french, words.language(code)


def language_name(code: str) -> str:
    """A language in English, as it goes into a list."""
    return "Mandarin" if code == "cmn" else Locale("en", "CA").languages.get(code, code)


def values(column: str) -> tuple[str, ...]:
    """What a cell of a coded column may say, as `roster_export` writes it; nothing for any other column."""
    if column == "languages":
        return tuple(language_name(code) for code in LANGUAGES)
    return {"stage": STAGES, "modalities": WAYS, "gender": GENDERS, "posts": POSTS}.get(column, ())


def several(cell: str, known: Mapping[str, str]) -> tuple[str, ...] | None:
    """The codes of a cell such as "English / French"; None when one of them is unknown."""
    parts = [plain(part) for part in re.split(r"[,;/|&]|\s+and\s+", cell)]
    codes = [known.get(part, "") for part in parts if part]
    return tuple(dict.fromkeys(codes)) if codes and all(codes) else None


def email(cell: str) -> str | None:
    """An address, checked by its form; None if it is none."""
    try:
        return validate_email(cell, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


def phone(cell: str) -> str | None:
    """A number in E.164, Canadian unless it begins with +; None if it is none or has an extension."""
    try:
        number = phonenumbers.parse(cell, "CA")
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def day(cell: str) -> date | None:
    """2025-09-17, 2025/9/17, 17 Sep 2025, Sep 17, 2025 or 17-Sep-25; None for anything else.

    17/09/2025 is not taken: 05/09 could be either of two days.
    """
    found = _YEAR_FIRST.fullmatch(cell)
    if found:
        return _date(int(found["y"]), int(found["m"]), int(found["d"]))
    found = _MONTH_IN_WORDS.fullmatch(cell.replace(".", ""))
    if found is None:
        return None
    month = (found["m"] or found["m2"]).lower()[:3]
    year = int(found["y"])
    if month not in _MONTHS:
        return None
    return _date(year if year > 99 else 2000 + year, _MONTHS.index(month) + 1, int(found["d"] or found["d2"]))


def _date(year: int, month: int, day_of_month: int) -> date | None:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None
