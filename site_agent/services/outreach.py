"""Reach-out: somebody told the programme of a physician who might welcome a talk (E01 to E14).

Offered, never imposed: one first contact, at most one follow-up, and silence or a no is "support offered". Who was
named together in one notice is kept nowhere, and nothing joins an outreach to the request that may follow: moments
that both would share are kept to the minute or the hour.
"""

import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from protocol.codes import REASONS
from protocol.strict import b64url_encode
from site_agent.keys import current_keys
from site_agent.models import AnySession, Mail, Outreach, SecretLink
from site_agent.models.conditional import move
from site_agent.models.outreach import FINAL, NOTIFIERS
from site_agent.services import activity, cases, links, policy, post, requests
from site_agent.services.errors import InvalidRequestError, NoLongerOpenError, ServiceError
from site_agent.services.requests import NewRequest, Recorded
from site_agent.services.spellings import JOINERS

LINK = "outreach"
MOST_PEOPLE = 10
"""Ours: of one notice; a whole ward is better met in person."""
MAIL_LIVES = timedelta(days=2)
"""Ours: an invitation that could not be sent by then is a surprise, not a first contact."""
TITLES = ("dr", "doctor", "prof", "professor")
OPEN = ("new", "contacted", "followed-up")
REACHED_OUT = ("contacted", "followed-up")


class ConsentMissingError(ServiceError):
    """Somebody has not agreed to be contacted, and this site contacts nobody without (policy `routine_outreach`)."""

    mend = _l("Leave out whoever has not agreed to be contacted.")


class NoAddressError(ServiceError):
    """An invitation by mail for somebody of whom only a phone number is known."""

    mend: ClassVar[LazyString] = _l("No email address is known. Call instead.")


@dataclass(frozen=True)
class Told:
    """One physician whom a notice names."""

    name: str = field(repr=False)
    phone: str | None = field(repr=False)
    email: str | None = field(repr=False)
    agreed: bool = False
    """They said yes to being contacted, as whoever tells us attests (E01)."""


@dataclass(frozen=True)
class Notice:
    """What one form gathered: who tells, whom it names, and why as a code. There is no place for a story (E03).

    `attested_by`: the person_id of the coordinator who took it down; None for the public form.
    """

    notifier: str
    people: tuple[Told, ...]
    reason: str = "not-said"
    attested_by: str | None = None


@dataclass(frozen=True)
class Contact:
    """Who is to be contacted, opened."""

    name: str = field(repr=False)
    phone: str | None = field(repr=False)
    email: str | None = field(repr=False)


def is_routine(session: AnySession) -> bool:
    """Whether this site contacts everybody involved, the first message being the consent request (E02)."""
    return policy.choice(session, "routine_outreach") == "yes"


def record(session: AnySession, notice: Notice, seed: str, now: datetime) -> int:
    """Keep an outreach for each physician named, unjoined; returns how many are new.

    `seed`: drawn with the form; the same person under the same seed is kept once. Somebody whose outreach is open
    already gets no second one (E12). Raises ConsentMissingError, InvalidRequestError; then nothing is kept.
    """
    _check(session, notice)
    known = [(row, contact_of(session, row)) for row in _open_rows(session)]
    # By their random ids: the order in which the form named them is lost.
    people = {_id(seed, told): told for told in notice.people}
    n_new = 0
    for outreach_id, told in sorted(people.items()):
        if session.get(Outreach, outreach_id) is not None:
            continue
        same = next((row for row, who in known if _is_same(who, told)), None)
        if same is None:
            _keep(session, outreach_id, told, notice, now)
            n_new += 1
        elif told.agreed:
            move(session, same, Outreach.state == "new", consent="agreed", attested_by=notice.attested_by)
    return n_new


def is_kept(session: AnySession, notice: Notice, seed: str) -> bool:
    """Whether everybody of this notice was kept under this seed before."""
    return all(session.get(Outreach, _id(seed, told)) is not None for told in notice.people)


def contact(session: AnySession, row: Outreach, now: datetime) -> None:
    """The first contact was made, or tried. Raises NoLongerOpenError if there was one already."""
    at = _minute(now)
    if not move(session, row, Outreach.state == "new", state="contacted", state_at=at, contacted_at=at):
        raise NoLongerOpenError()


def follow_up(session: AnySession, row: Outreach, now: datetime) -> None:
    """The one follow-up there may be (E12). Raises NoLongerOpenError for a second one, or after an answer."""
    at = _minute(now)
    values = {"state": "followed-up", "state_at": at, "followed_up_at": at}
    if not move(session, row, Outreach.state == "contacted", Outreach.followed_up_at.is_(None), **values):
        raise NoLongerOpenError()


def invite(session: AnySession, row: Outreach, now: datetime) -> None:
    """Make the first contact, or the follow-up, by a mail that says nothing but that there is a message.

    Raises NoAddressError, NoLongerOpenError.
    """
    who = contact_of(session, row)
    if who is None or not who.email:
        raise NoAddressError()
    (contact if row.state == "new" else follow_up)(session, row, now)
    token = links.issue(session, LINK, row.outreach_id, None, now)
    post.queue(session, "outreach", who.email, f"/reply/{token}", now, expires_at=now + MAIL_LIVES)


def refuse(session: AnySession, row: Outreach, resources_ok: bool, now: datetime) -> None:
    """Not now: nobody's failure, the offer itself was support (E13, J12). Raises NoLongerOpenError."""
    if not _end(session, row, "offered", OPEN, _minute(now), resources_ok):
        raise NoLongerOpenError()


def resources_sent(session: AnySession, row: Outreach, now: datetime) -> None:
    """The list of other help went out; nobody need see the address any more. Raises NoLongerOpenError.

    The step leaves its own moment, later than that of the end.
    """
    if not owes_resources(row) or row.closed_at is None:
        raise NoLongerOpenError()
    row.state_at = max(_minute(now), row.closed_at + timedelta(minutes=1))
    session.flush()


def owes_resources(row: Outreach) -> bool:
    """They would like a list of other help, and it was not sent yet (E14)."""
    return bool(row.resources_ok) and row.case_id is not None and row.state_at == row.closed_at


def accept(
    session: AnySession, row: Outreach, new: NewRequest, now: datetime, secret: str | None = None
) -> Recorded:
    """They would like a supporter: an ordinary request, and the outreach has ended. The door stays open (E14): who
    refused or said nothing may still say yes. Raises InvalidRequestError."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    _end(session, row, "asked", (*OPEN, "offered"), max(hour, row.received_at), None)
    door = "outreach" if new.by is None else new.door
    return requests.record(session, replace(new, door=door), now, secret)


def contact_of(session: AnySession, row: Outreach) -> Contact | None:
    """Name and contact details; None once they are destroyed."""
    kept = cases.open_(session, row.case_id, "identity", row.identity)
    return None if kept is None else Contact(**kept)


def reason_of(session: AnySession, row: Outreach) -> str | None:
    """Why, as a code; None once it is destroyed."""
    reason: str | None = cases.open_(session, row.case_id, "reason", row.reason)
    return reason


def offered_before(session: AnySession, row: Outreach) -> datetime | None:
    """When an outreach to the same physician last ended, as long as that is known (E12)."""
    who = contact_of(session, row)
    ended = select(Outreach).where(Outreach.state.in_(FINAL), Outreach.case_id.is_not(None))
    times = [
        each.closed_at
        for each in session.scalars(ended)
        if each.closed_at and who is not None and _is_same(contact_of(session, each), who)
    ]
    return max(times, default=None)


def patience(session: AnySession) -> timedelta:
    """How long silence is no answer yet: after a contact, and again after the follow-up."""
    return timedelta(days=policy.number(session, "outreach_days"))


def follow_up_from(row: Outreach, wait: timedelta) -> datetime:
    """From when a follow-up makes sense; `wait` as `patience` says."""
    return (row.contacted_at or row.received_at) + wait


def ends_at(row: Outreach, wait: timedelta) -> datetime | None:
    """When silence ends it by itself; None before the first contact."""
    if row.followed_up_at is not None:
        return row.followed_up_at + wait
    return None if row.contacted_at is None else row.contacted_at + 2 * wait


def forgotten_at(session: AnySession, row: Outreach) -> datetime | None:
    """When name and contact details of one that has ended are destroyed."""
    return None if row.closed_at is None else row.closed_at + _kept_for(session)


def silent(session: AnySession, now: datetime) -> Sequence[str]:
    """Ids of those whom nothing was heard of for so long that the offer stands as made."""
    rows, wait = session.scalars(select(Outreach).where(Outreach.state.in_(REACHED_OUT))), patience(session)
    return [row.outreach_id for row in rows if (at := ends_at(row, wait)) is not None and at <= now]


def end_in_silence(session: AnySession, outreach_id: str, now: datetime) -> bool:
    """Support was offered; nobody asks again. False if it has moved on."""
    row = session.get_one(Outreach, outreach_id)
    at = ends_at(row, patience(session))
    return at is not None and at <= now and _end(session, row, "offered", REACHED_OUT, _minute(now), None)


def forgettable(session: AnySession, now: datetime) -> Sequence[str]:
    """Ids of ended ones whose name and contact details have served their purpose."""
    over = Outreach.closed_at <= now - _kept_for(session), Outreach.case_id.is_not(None)
    return session.scalars(select(Outreach.outreach_id).where(*over, Outreach.held.is_(False))).all()


def forget(session: AnySession, outreach_id: str, now: datetime) -> bool:
    """Destroy who it was and why; codes and times stay. The link ends with it."""
    row = session.get_one(Outreach, outreach_id)
    if row.held:  # put between the look and the deed
        return False
    cases.destroy(session, row.case_id)
    links.revoke(session, LINK, outreach_id)
    activity.forget_subject(session, outreach_id)
    row.case_id = row.identity = row.reason = None
    session.flush()
    return True


def _check(session: AnySession, notice: Notice) -> None:
    wrong = {
        "notifier": notice.notifier not in NOTIFIERS,
        "reason": notice.reason not in REASONS,
        "people": not 0 < len(notice.people) <= MOST_PEOPLE,
        "name": not all(told.name for told in notice.people),
        "phone": not all(told.phone or told.email for told in notice.people),
    }
    if any(wrong.values()):
        raise InvalidRequestError(*(name for name, bad in wrong.items() if bad))
    if not is_routine(session) and not all(told.agreed for told in notice.people):
        raise ConsentMissingError()


def _id(seed: str, told: Told) -> str:
    # Keyed, so that no one who reads the table can try out names or find those of one notice.
    said = "|".join((seed, told.name, told.phone or "", told.email or ""))
    digest = hmac.digest(current_keys().data, b"outreach|" + said.encode(), sha256)
    return b64url_encode(digest[:16])


def _keep(session: AnySession, outreach_id: str, told: Told, notice: Notice, now: datetime) -> None:
    case_id = cases.new_case(session)
    who = asdict(Contact(told.name, told.phone, told.email))
    session.add(
        Outreach(
            outreach_id=outreach_id, ref=_new_ref(session), notifier=notice.notifier,
            consent="agreed" if told.agreed else "routine", attested_by=notice.attested_by,
            received_at=_minute(now), state="new", state_at=_minute(now), case_id=case_id,
            identity=cases.seal(session, case_id, "identity", who),
            reason=cases.seal(session, case_id, "reason", notice.reason),
        )
    )  # fmt: skip
    session.flush()


def _new_ref(session: AnySession) -> str:
    taken = {row.ref for row in _open_rows(session)}
    while (ref := requests.new_ref(session)) in taken:
        pass
    return ref


def _open_rows(session: AnySession) -> Sequence[Outreach]:
    return session.scalars(select(Outreach).where(Outreach.state.in_(OPEN))).all()


def _is_same(kept: Contact | None, other: Told | Contact) -> bool:
    if kept is None:
        return False
    if _name(kept) != _name(other):  # a clinic's phone or mailbox may serve several
        return False
    by_phone = kept.phone is not None and kept.phone == other.phone
    return by_phone or (kept.email is not None and kept.email.casefold() == (other.email or "").casefold())


def _name(who: Told | Contact) -> str:
    seen = "".join(each for each in unicodedata.normalize("NFKC", who.name) if each not in JOINERS)
    words = seen.casefold().replace(".", " ").split()
    return " ".join(word for word in words if word not in TITLES)


def _end(
    session: AnySession,
    row: Outreach,
    state: str,
    states: tuple[str, ...],
    at: datetime,
    resources_ok: bool | None,
) -> bool:
    values = {"state": state, "state_at": at, "closed_at": at, "resources_ok": resources_ok}
    if not move(session, row, Outreach.state.in_(states), **values):
        return False
    _drop_mail(session, row)
    return True


def _drop_mail(session: AnySession, row: Outreach) -> None:
    # An offer that still waits for a mail server must not come after the answer (E12).
    for mail in session.scalars(select(Mail).where(Mail.state == "waiting", Mail.kind == "outreach")).all():
        link = session.get(SecretLink, links.token_hash(str(mail.link).rpartition("/")[2]))
        if link is not None and link.subject == row.outreach_id:
            move(session, mail, Mail.state == "waiting", state="failed", kind=None, to=None, link=None)


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _kept_for(session: AnySession) -> timedelta:
    days = max(policy.number(session, "identity_days"), policy.number(session, "floor_days"))
    return timedelta(days=days)
