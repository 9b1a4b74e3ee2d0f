"""How a site comes in, is held back, and goes: codes, proof of both keys, six words, staff's decision.

Every step is idempotent: the same code with the same keys gets the same answer.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub import audit, config, database, keys
from hub.models import Enrolment, EnrolmentState, Inbound, Outbound, Site, SiteState
from hub.services import brokerage, directory, key_directory
from hub.services.shortlist import PRIME
from protocol.enrolment_code import EnrolmentCode
from protocol.envelope import HUB, Message, new_claims, new_id, sign
from protocol.errors import BadTokenError, CodeExpiredError, CodeUnknownError, CodeUsedError, WeakKeyError
from protocol.keys import SealingPublicKey, VerifyKey
from protocol.limits import MAX_LIFETIME
from protocol.messages.enrolment import Begin, Challenge, Prove, Result
from protocol.sealing import seal_bytes
from protocol.strict import b64url_encode
from protocol.words import six_words

NEW = "new"
"""The name of a site that has none yet."""
_WITH_KEYS = (EnrolmentState.BEGUN, EnrolmentState.PROVED)


class SiteNameTakenError(ValueError):
    """Two sites of one name: nobody could tell them apart on the phone."""


@dataclass(frozen=True)
class Invited:
    """A new site, and the code to give to it by a way of one's own. The code is shown once."""

    site: Site
    code_text: str


def invite(
    session: Session,
    name: str,
    community: str,
    kind: str,
    funded: bool,
    cohort: str | None,
    zone: str,
    now: datetime,
) -> Invited:
    """A new site with its first code. Raises SiteNameTakenError."""
    database.alone(session, f"site {name.lower()}")
    if session.scalar(sa.select(Site.site_id).where(sa.func.lower(Site.name) == name.lower())) is not None:
        raise SiteNameTakenError(f"there is a site called {name}")
    site = Site(
        site_id=new_id(), name=name, community=community, kind=kind, funded=funded, cohort=cohort, zone=zone,
        state=SiteState.INVITED, state_at=now, created_at=now, draw=secrets.randbelow(PRIME - 1) + 1,
    )  # fmt: skip
    session.add(site)
    session.flush()
    session.add_all([Inbound(site_id=site.site_id), Outbound(site_id=site.site_id)])
    return Invited(site, _new_code(session, site, now))


def renew_code(session: Session, site: Site, now: datetime) -> str:
    """A fresh code for a site; every earlier one of it that is not decided dies.

    An active site keeps its keys until staff approve the new ones (a restored or moved agent).
    """
    session.execute(
        sa.update(Enrolment)
        .where(
            Enrolment.site_id == site.site_id,
            Enrolment.state.in_((EnrolmentState.OPEN, *_WITH_KEYS)),
        )
        .values(state=EnrolmentState.REPLACED, state_at=now)
    )
    if site.state in {SiteState.PENDING, SiteState.REFUSED, SiteState.WITHDRAWN}:
        _set_state(site, SiteState.INVITED, now)
    return _new_code(session, site, now)


def begin(session: Session, message: Message, body: Begin, now: datetime) -> str:
    """The challenge token for a code and two keys.

    Raises CodeUnknownError, CodeExpiredError, CodeUsedError (other keys), WeakKeyError.
    """
    enrolment = _by_code(session, body.code)
    signing, sealing = body.signing_key.dump(), body.sealing_key.dump()
    if enrolment.challenge is not None:
        if (enrolment.signing_key, enrolment.sealing_key) != (signing, sealing):
            raise CodeUsedError()
        if enrolment.state == EnrolmentState.BEGUN and now >= enrolment.expires_at:
            raise CodeExpiredError()
        return enrolment.challenge
    if now >= enrolment.expires_at:
        raise CodeExpiredError()
    signing_key, sealing_key = VerifyKey.from_jwk(signing), SealingPublicKey.from_jwk(sealing)
    _require_unused(session, enrolment.site_id, signing_key, sealing_key)
    opened = new_id()
    challenge = Challenge(enrolment.site_id, new_id(), seal_bytes(opened.encode(), sealing_key))
    enrolment.signing_key, enrolment.signing_kid = signing, signing_key.kid()
    enrolment.sealing_key, enrolment.sealing_kid = sealing, sealing_key.kid()
    enrolment.nonce, enrolment.opened_hash = challenge.nonce, _hash(opened)
    enrolment.challenge = _answer(challenge, NEW, message, now)
    _step(enrolment, EnrolmentState.BEGUN, now)
    return enrolment.challenge


def prove(session: Session, message: Message, body: Prove, now: datetime) -> str:
    """How the enrolment stands, once the challenge is answered. Sent again, it asks how the approval stands.

    Raises BadTokenError for a wrong answer, CodeExpiredError when it comes after the code's time.
    """
    enrolment = session.scalars(
        sa.select(Enrolment).where(
            Enrolment.site_id == body.site_id,
            Enrolment.signing_kid == message.kid,
            Enrolment.nonce == body.nonce,
        )
    ).one_or_none()
    if enrolment is None or enrolment.opened_hash != _hash(body.opened):
        raise BadTokenError("This does not answer a challenge of this hub.")
    if enrolment.state == EnrolmentState.BEGUN:
        if now >= enrolment.expires_at:
            raise CodeExpiredError()
        _step(enrolment, EnrolmentState.PROVED, now)
        site = session.get_one(Site, enrolment.site_id)
        if site.state == SiteState.INVITED:
            _set_state(site, SiteState.PENDING, now)
        audit.of_site(session, "enrolment-proved", now, actor=audit.SITE, site_id=site.site_id)
    state = {EnrolmentState.APPROVED: "approved", EnrolmentState.PROVED: "pending"}.get(
        EnrolmentState(enrolment.state), "refused"
    )
    return _answer(Result(enrolment.site_id, state, enrolment.state_at), enrolment.site_id, message, now)


def words(site: Site) -> tuple[str, ...]:
    """The six words of the keys that the site presented last; empty before it did."""
    for enrolment in site.enrolments:
        if enrolment.signing_kid and enrolment.sealing_kid:
            return six_words(enrolment.signing_kid, enrolment.sealing_kid)
    return ()


def waiting(session: Session, site: Site) -> Enrolment | None:
    """The enrolment of this site that staff have to decide on: both keys are proved."""
    return session.scalars(
        sa.select(Enrolment)
        .where(Enrolment.site_id == site.site_id, Enrolment.state == EnrolmentState.PROVED)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def approve(session: Session, site: Site, person_id: str, now: datetime) -> bool:
    """Staff compared the six words: the keys enter the log, the site takes part. False if none wait.

    New keys of a known site take the old ones' place and begin a new epoch of its numbers.
    """
    enrolment = waiting(session, site)
    if enrolment is None or enrolment.signing_key is None or enrolment.sealing_key is None:
        return False
    directory.changed(session)
    signing = VerifyKey.from_jwk(enrolment.signing_key)
    inbound = session.get_one(Inbound, site.site_id, with_for_update=True)
    if inbound.last_n or key_directory.log(session).site_keys(site.site_id) is not None:
        inbound.epoch, inbound.last_n = inbound.epoch + 1, 0
    key_directory.add(session, site.site_id, signing, SealingPublicKey.from_jwk(enrolment.sealing_key), now)
    _decide(enrolment, EnrolmentState.APPROVED, person_id, now)
    _set_state(site, SiteState.ACTIVE, now)
    brokerage.offers_changed(session)
    audit.of_site(session, "site-approved", now, actor=person_id, site_id=site.site_id)
    return True


def refuse(session: Session, site: Site, person_id: str, now: datetime) -> bool:
    """The six words differed, or the site may not take part. False if nothing waits to be decided."""
    enrolment = waiting(session, site)
    if enrolment is None:
        return False
    _decide(enrolment, EnrolmentState.REFUSED, person_id, now)
    if site.state == SiteState.PENDING:
        _set_state(site, SiteState.REFUSED, now)
    audit.of_site(session, "site-refused", now, actor=person_id, site_id=site.site_id)
    return True


def suspend(session: Session, site: Site, person_id: str, now: datetime, code: str | None = None) -> bool:
    """Hold a site back: it may not speak, is sent no letters, and what was proposed to it goes to the next."""
    session.refresh(site, with_for_update=True)
    if site.state != SiteState.ACTIVE:
        return False
    _set_state(site, SiteState.SUSPENDED, now)
    directory.changed(session)
    brokerage.site_left(session, site.site_id, now, for_good=False)
    audit.of_site(session, "site-suspended", now, actor=person_id, site_id=site.site_id, code=code)
    return True


def resume(session: Session, site: Site, person_id: str, now: datetime) -> bool:
    """Let a suspended site take part again."""
    session.refresh(site, with_for_update=True)
    if site.state != SiteState.SUSPENDED:
        return False
    _set_state(site, SiteState.ACTIVE, now)
    directory.changed(session)
    brokerage.offers_changed(session)
    audit.of_site(session, "site-resumed", now, actor=person_id, site_id=site.site_id)
    return True


def withdraw(session: Session, site: Site, person_id: str, now: datetime) -> bool:
    """A site leaves: its keys are revoked, and every match it helps goes on elsewhere."""
    session.refresh(site, with_for_update=True)
    if site.state == SiteState.WITHDRAWN:
        return False
    was_known = site.state in {SiteState.ACTIVE, SiteState.SUSPENDED}
    _set_state(site, SiteState.WITHDRAWN, now)
    session.execute(
        sa.update(Enrolment)
        .where(Enrolment.site_id == site.site_id, Enrolment.state.in_((EnrolmentState.OPEN, *_WITH_KEYS)))
        .values(state=EnrolmentState.REFUSED, state_at=now)
    )
    if was_known:
        directory.changed(session)
        key_directory.revoke(session, site.site_id, now)
        brokerage.site_left(session, site.site_id, now, for_good=True)
    audit.of_site(session, "site-withdrawn", now, actor=person_id, site_id=site.site_id)
    return True


def pending_key(session: Session, kid: str) -> VerifyKey | None:
    """The key of a site that is not approved yet, so that it can be told so."""
    enrolment = session.scalars(
        sa.select(Enrolment).where(Enrolment.signing_kid == kid, Enrolment.state.in_(_WITH_KEYS))
    ).first()
    if enrolment is None or enrolment.signing_key is None:
        return None
    return VerifyKey(VerifyKey.from_jwk(enrolment.signing_key).jose, subject=enrolment.site_id)


def _new_code(session: Session, site: Site, now: datetime) -> str:
    code = EnrolmentCode.new(key_directory.log(session).tokens[0])
    session.add(
        Enrolment(
            enrolment_id=new_id(), site_id=site.site_id, code_hash=_hash(code.secret_text), created_at=now,
            expires_at=now + config.current().code_lifetime, state=EnrolmentState.OPEN, state_at=now,
        )
    )  # fmt: skip
    session.flush()
    session.expire(site, ["enrolments"])
    return code.encode()


def _by_code(session: Session, code: str) -> Enrolment:
    enrolment = session.scalars(
        sa.select(Enrolment)
        .where(Enrolment.code_hash == _hash(code))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if enrolment is None or enrolment.state == EnrolmentState.REPLACED:
        raise CodeUnknownError()
    if enrolment.state == EnrolmentState.REFUSED and enrolment.challenge is None:
        raise CodeUnknownError()
    return enrolment


def _require_unused(session: Session, site_id: str, signing: VerifyKey, sealing: SealingPublicKey) -> None:
    # A site whose code ran out comes back with the same keys; what ever stood in the log is used up.
    entries = key_directory.log(session).entries
    used = {
        key.kid() for entry in entries for key in (entry.signing_key, entry.sealing_key) if key is not None
    }
    elsewhere = session.scalars(
        sa.select(Enrolment.enrolment_id).where(
            Enrolment.site_id != site_id,
            sa.or_(Enrolment.signing_kid == signing.kid(), Enrolment.sealing_kid == sealing.kid()),
        )
    ).first()
    if elsewhere is not None or {signing.kid(), sealing.kid()} & used:
        raise WeakKeyError("One of these keys was used before; generate a fresh pair of each.")


def _answer(body: Challenge | Result, aud: str, to: Message, now: datetime) -> str:
    claims = new_claims(body, iss=HUB, aud=aud, now=now, lifetime=MAX_LIFETIME, re=to.jti)
    return sign(claims, keys.current())


def _set_state(site: Site, state: SiteState, now: datetime) -> None:
    site.state, site.state_at = state, now


def _step(enrolment: Enrolment, state: EnrolmentState, now: datetime) -> None:
    enrolment.state, enrolment.state_at = state, now


def _decide(enrolment: Enrolment, state: EnrolmentState, person_id: str, now: datetime) -> None:
    _step(enrolment, state, now)
    enrolment.decided_by = person_id


def _hash(text: str) -> str:
    return b64url_encode(sha256(text.encode()).digest())
