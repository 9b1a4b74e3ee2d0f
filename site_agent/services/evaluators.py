"""Whose work a supporter assesses: a supporter is never put to a physician they judge, and no setting waives it (J10).

The physician is found again by keyed hashes of name and e-mail, which say nothing without the site's data key; the
words that the coordinator reads are sealed with that key. Nothing here says who asked for help.
"""

import hmac
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from sqlalchemy import bindparam, delete, or_, select

from protocol.envelope import new_id
from protocol.strict import b64url_encode
from site_agent.keys import current_keys
from site_agent.models import AnySession, Evaluator, Supporter
from site_agent.services.errors import InvalidPhysicianError
from site_agent.services.sealed_text import seal_bytes, unseal_bytes
from site_agent.services.spellings import JOINERS, MAX_EMAIL, MAX_NAME, is_email, is_one_line
from ui.one_line import alphabetical

_PLACE = "evaluator"
_NAME, _EMAIL = b"evaluator-name|", b"evaluator-email|"
_TITLES = frozenset(
    {
        "dr", "dre", "doctor", "docteur", "docteure", "prof", "professor", "mr", "mrs", "ms", "mx", "miss", "mme",
        "md", "frcpc", "frcsc", "ccfp", "fcfp", "mbbs", "mbchb", "phd", "msc", "bsc", "mph", "jr", "sr",
    }
)  # fmt: skip
"""Before and after a name, in the ways that people here write them."""
_ALIKE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
"""Letters that many keyboards lack and that no accent explains."""
_JOINED = ".'’`ʼ" + JOINERS
_SAME = select(Evaluator.supporter_id, Evaluator.name_key, Evaluator.email_key).where(
    or_(
        Evaluator.name_key.in_(bindparam("names", expanding=True)),
        Evaluator.email_key.in_(bindparam("emails", expanding=True)),
    )
)


class Named(Protocol):
    """Whoever has a name and perhaps an e-mail address, as the identity of a request has."""

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str | None: ...


@dataclass(frozen=True)
class Physician:
    """Whose work is assessed, in the words that were entered."""

    name: str
    email: str | None = None


@dataclass(frozen=True)
class Relation:
    """One line of the list, opened for the coordinator."""

    evaluator_id: str
    supporter_id: str
    physician: Physician
    added_at: datetime


def plain_name(name: str) -> str:
    """A name without what people leave out or write differently: capitals, accents, titles, initials, order.

    "DOE, Dr. José A." and "Jose Doe" are one. Two people may become one as well: the rule then keeps one supporter
    more away, which does less harm than one too few.
    """
    words = _letters(name).split()
    words = [word for word in words if word not in _TITLES] or words
    long = [word for word in words if len(word) > 1]
    return " ".join(sorted(long if len(long) > 1 else words))


def _letters(name: str) -> str:
    if name.isascii():  # nothing to fold: most names of a roster, which lists go through for each request
        return name.lower().translate(_PLAIN)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()).translate(_ALIKE)
    return "".join(_letter(each) for each in folded)


def _letter(sign: str) -> str:
    if sign in _JOINED or unicodedata.combining(sign):
        return ""
    return sign if unicodedata.category(sign)[0] in "LMN" else " "


_PLAIN = {code: _letter(chr(code)) for code in range(128)}


def plain_email(email: str) -> str:
    """An e-mail address without capitals and blanks."""
    return unicodedata.normalize("NFKC", email).casefold().strip()


def key_of(name: str) -> str:
    """The keyed hash of a name, or "" for one that holds no letter."""
    return _keyed(_NAME, plain_name(name))


def email_key_of(email: str | None) -> str:
    """The keyed hash of an e-mail address, or "" for none."""
    return _keyed(_EMAIL, plain_email(email or ""))


def supporters_assessing(session: AnySession, identity: Named) -> set[str]:
    """Ids of the supporters who are never put to this physician: who assess them, and the physician as supporter."""
    return assessing_each(session, [identity])[0]


def assessing_each(
    session: AnySession, identities: Sequence[Named], here: Sequence[Supporter] | None = None
) -> list[set[str]]:
    """`supporters_assessing` of several physicians, in as many queries as of one: for lists of requests.

    `here`: everybody who has not left, if they were just read.
    """
    # No line has the key "", so a name or an address that is not there finds nobody.
    keys = [(key_of(each.name), email_key_of(each.email)) for each in identities]
    names, emails = {name for name, _ in keys}, {email for _, email in keys}
    found = session.execute(_SAME, {"names": list(names), "emails": list(emails)})
    lines = [(who, name, email) for who, name, email in found]
    everybody = (
        _roster(session)
        if here is None
        else [_plain(each.supporter_id, each.name, each.email) for each in here]
    )
    return [
        {who for who, name, email in lines if name == name_key or email == email_key}
        | _oneself(everybody, plain_name(identity.name), plain_email(identity.email or ""))
        for identity, (name_key, email_key) in zip(identities, keys, strict=True)
    ]


def add(session: AnySession, supporter: Supporter, physician: Physician, now: datetime) -> Evaluator:
    """Keep that a supporter assesses a physician; a second time it is the same line.

    Raises InvalidPhysicianError naming the fields that are wrong.
    """
    given = checked(physician)
    if is_oneself(supporter, given):
        raise InvalidPhysicianError("name")
    name_key, email_key = key_of(given.name), email_key_of(given.email) or None
    same = select(Evaluator).where(
        Evaluator.supporter_id == supporter.supporter_id,
        Evaluator.name_key == name_key,
        Evaluator.email_key == email_key if email_key else Evaluator.email_key.is_(None),
    )
    kept = session.scalar(same.limit(1))
    if kept is not None:
        return kept
    evaluator_id = new_id()
    row = Evaluator(
        evaluator_id=evaluator_id, supporter_id=supporter.supporter_id, physician=_seal(evaluator_id, given),
        name_key=name_key, email_key=email_key, added_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def checked(physician: Physician) -> Physician:
    """The physician as it is kept. Raises InvalidPhysicianError naming the fields that are wrong."""
    name = unicodedata.normalize("NFC", physician.name).strip()
    email = (physician.email or "").strip().lower()
    wrong = {
        "name": not is_one_line(name) or len(name) > MAX_NAME or not plain_name(name),
        "email": bool(email) and (not is_email(email) or len(email) > MAX_EMAIL),
    }
    fields = [field for field, bad in wrong.items() if bad]
    if fields:
        raise InvalidPhysicianError(*fields)
    return Physician(name, email or None)


def is_oneself(supporter: Supporter, physician: Physician) -> bool:
    """Whether a physician is the supporter: their own work is nobody's to assess here."""
    by_email = bool(physician.email) and plain_email(physician.email or "") == plain_email(supporter.email)
    return by_email or plain_name(physician.name) == plain_name(supporter.name)


def remove(session: AnySession, evaluator_id: str) -> None:
    """The supporter no longer assesses this physician. Repeating it is no error."""
    session.execute(delete(Evaluator).where(Evaluator.evaluator_id == evaluator_id))


def find(session: AnySession, supporter_id: str, evaluator_id: str) -> Relation | None:
    """One line, if it is this supporter's."""
    row = session.get(Evaluator, evaluator_id)
    return _opened(row) if row is not None and row.supporter_id == supporter_id else None


def of(session: AnySession, supporter: Supporter) -> list[Relation]:
    """Whose work this supporter assesses, by name."""
    ours = select(Evaluator).where(Evaluator.supporter_id == supporter.supporter_id)
    return _by_name(session.scalars(ours).all())


def everybody(session: AnySession) -> list[Relation]:
    """Every line of the site, by the physician's name."""
    return _by_name(session.scalars(select(Evaluator)).all())


def forget(session: AnySession, supporter: Supporter) -> None:
    """Whoever leaves the programme is asked about nobody, so nothing needs to be kept of whom they assess."""
    session.execute(delete(Evaluator).where(Evaluator.supporter_id == supporter.supporter_id))


def sweep(session: AnySession, now: datetime) -> None:
    """`forget` for everybody whose last day has come."""
    gone = select(Supporter.supporter_id).where(Supporter.left_at <= now)
    session.execute(delete(Evaluator).where(Evaluator.supporter_id.in_(gone)))


def _roster(session: AnySession) -> list[tuple[str, str, str]]:
    here = select(Supporter.supporter_id, Supporter.name, Supporter.email).where(Supporter.left_at.is_(None))
    return [_plain(*each) for each in session.execute(here)]


def _plain(who: str, name: str, email: str) -> tuple[str, str, str]:
    return who, plain_name(name), plain_email(email)


def _oneself(roster: list[tuple[str, str, str]], name: str, email: str) -> set[str]:
    return {
        who
        for who, own_name, own_email in roster
        if (email and own_email == email) or (name and own_name == name)
    }


def _keyed(prefix: bytes, value: str) -> str:
    return b64url_encode(hmac.digest(current_keys().data, prefix + value.encode(), sha256)) if value else ""


def _seal(evaluator_id: str, physician: Physician) -> bytes:
    value = json.dumps([physician.name, physician.email]).encode()
    return seal_bytes(current_keys().data, value, _PLACE, evaluator_id)


def _opened(row: Evaluator) -> Relation:
    name, email = json.loads(unseal_bytes(current_keys().data, row.physician, _PLACE, row.evaluator_id))
    return Relation(row.evaluator_id, row.supporter_id, Physician(name, email), row.added_at)


def _by_name(rows: Sequence[Evaluator]) -> list[Relation]:
    return sorted((_opened(row) for row in rows), key=lambda each: alphabetical(each.physician.name))
