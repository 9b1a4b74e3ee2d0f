"""Enrolment: this site's keys become known at a hub, step by step, each of them repeatable with the same answer.

The code carries the anchor of the right hub's key log, so a wrong hub is found out before it is sent anything. What
goes wrong raises one of `ERRORS`, says how to mend it (`failure`), and leaves what was reached before.
"""

import re
from datetime import datetime, timedelta

from flask import current_app

from protocol.enrolment_code import EnrolmentCode, EnrolmentCodeError
from protocol.envelope import HUB, MAX_LIFETIME, Message, new_claims, open_envelope, sign
from protocol.errors import BadTokenError, ClockSkewError, ProtocolError, UnsupportedTypeError
from protocol.limits import VERSION
from protocol.messages.body import ID_PATTERN, Body
from protocol.messages.enrolment import Begin, Challenge, Prove, PublicKey, Result
from protocol.messages.transport import Hello
from protocol.sealing import unseal_bytes
from protocol.words import six_words
from site_agent import outbox
from site_agent.hub_link import Failure, Standing
from site_agent.keys import current_keys
from site_agent.link.addresses import hub_address
from site_agent.link.errors import AlreadyEnrolledError, LinkError, NotEnrolledError
from site_agent.link.hub_page import check_hub, keep_log
from site_agent.link.state import link_of
from site_agent.link.wire import AnyBody, link_state
from site_agent.link.wording import trouble
from site_agent.models import AnySession, Enrolment, Site
from site_agent.services import key_directory

NEW = "new"
"""What a site is called before it has an id."""
ERRORS = (EnrolmentCodeError, LinkError, ProtocolError)
"""Everything that a step can raise on bad input, a bad line or a refusal."""
_OF_THE_ADDRESS = frozenset(
    {"hub-address", "hub-address-insecure", "unreachable", "bad-answer", "hub-key-mismatch"}
)


def begin(session: AnySession, code_text: str, hub_url: str, now: datetime) -> Standing:
    """Present a code to the hub at this address, and prove that this site holds its keys.

    Raises one of ERRORS. Commits as it goes: nothing is stored before the hub proved to be the one that the code
    names, and no transaction is open while the hub is waited for.
    """
    code = EnrolmentCode.parse(code_text)
    address = hub_address(hub_url)
    if standing(session).state == "approved":
        raise AlreadyEnrolledError("This site is enrolled.")
    session.commit()
    log = check_hub(link_of(current_app).transport(address).hub(), code)
    keep_log(session, log)
    row = _row(session)
    row.hub_url, row.code_secret, row.anchor = address, code.secret_text, log.anchor()
    row.site_id = row.nonce = row.opened = None
    _step(row, "begun", now)
    session.commit()
    return _advance(session, now)


def check(session: AnySession, now: datetime) -> Standing:
    """Take the enrolment up where it stands and ask how the approval does. Raises as `begin`, and NotEnrolledError
    if none was begun. Commits as `begin` does."""
    state = standing(session).state
    session.commit()
    if state == "none":
        raise NotEnrolledError("No enrolment was begun.")
    if state in ("approved", "refused"):
        return standing(session)
    return _advance(session, now)


def standing(session: AnySession) -> Standing:
    """How the enrolment stands, without asking the hub. Writes nothing, so that a page that only looks may ask."""
    row = session.get(Enrolment, 1)
    if row is None:
        return Standing("none", "", (), None, None)
    words = own_words() if row.state in ("pending", "approved") else ()
    return Standing(row.state, row.hub_url, words, row.error_code, row.changed_at)


def own_words() -> tuple[str, ...]:
    """The six words of this site's own keys, to be compared with the hub's screen by phone."""
    keys = current_keys()
    return six_words(keys.signing.kid(), keys.sealing.kid())


def failure(error: Exception) -> Failure:
    """What to tell the person who entered the code, and where on the form."""
    code = code_of(error)
    field = None
    if code in _OF_THE_ADDRESS:
        field = "hub_url"
    elif code.startswith("code-"):
        field = "code"
    return Failure(code, field, trouble(code))


def code_of(error: Exception) -> str:
    """The code of one of ERRORS."""
    return error.code if isinstance(error, LinkError | ProtocolError) else "code-malformed"


def _advance(session: AnySession, now: datetime) -> Standing:
    """The steps that are left; what a step fails with stays on the row."""
    try:
        if _row(session).nonce is None:
            _present(session, now)
        _prove(session, now)
    except ERRORS as error:
        session.rollback()
        _row(session).error_code = code_of(error)
        session.commit()
        raise
    return standing(session)


def _present(session: AnySession, now: datetime) -> None:
    keys, row = current_keys(), _row(session)
    body = Begin(
        code=row.code_secret or "",
        signing_key=PublicKey(**keys.signing.public().jwk()),
        sealing_key=PublicKey(**keys.sealing.public().jwk()),
    )
    _, challenge = _ask(session, body, NEW, Challenge, now)
    opened = unseal_bytes(challenge.sealed, keys.sealing).decode("ascii", "replace")
    if re.fullmatch(ID_PATTERN, opened) is None:
        raise BadTokenError("The sealed challenge holds something else.")
    row = _row(session)
    row.site_id, row.nonce, row.opened = challenge.site_id, challenge.nonce, opened
    session.commit()


def _prove(session: AnySession, now: datetime) -> None:
    row = _row(session)
    site_id = row.site_id or ""
    body = Prove(
        site_id=site_id,
        nonce=row.nonce or "",
        opened=row.opened or "",
        signing_key=PublicKey(**current_keys().signing.public().jwk()),
    )
    message, result = _ask(session, body, site_id, Result, now)
    row = _row(session)
    row.error_code = None
    if result.state != row.state:
        _step(row, result.state, now)
    link_state(session).hub_offset_seconds = round((message.iat - now).total_seconds())
    if result.state == "approved":
        _welcome(session, row, now)
    session.commit()


def _ask(
    session: AnySession, body: Body, audience: str, kind: type[AnyBody], now: datetime
) -> tuple[Message, AnyBody]:
    """Send one token signed with this site's key and open the hub's answer."""
    hub_url, log = _row(session).hub_url, key_directory.log(session)
    offset = link_state(session).hub_offset_seconds
    session.commit()
    transport = link_of(current_app).transport(hub_url)
    try:
        answer = transport.enrol(_token(body, now + timedelta(seconds=offset)))
    except ClockSkewError as error:
        difference = error.members.get("difference")
        if not isinstance(difference, int):
            raise
        answer = transport.enrol(_token(body, now + timedelta(seconds=offset - difference)))
    message = open_envelope(answer, log.keyring(subject=HUB), now, audience=audience, check_expiry=False)
    if not isinstance(message.body, kind):
        raise UnsupportedTypeError(f"Here stands a {kind.TYPE}.")
    return message, message.body


def _token(body: Body, at: datetime) -> str:
    claims = new_claims(body, iss=NEW, aud=HUB, now=at, lifetime=MAX_LIFETIME)
    return sign(claims, current_keys().signing)


def _welcome(session: AnySession, row: Enrolment, now: datetime) -> None:
    """The hub took this site in: the one-time code is of no more use, and the first message of the epoch goes."""
    row.code_secret = row.nonce = row.opened = None
    site = session.get(Site, 1)
    if site is not None:
        site.hub_url = row.hub_url
    session.flush()
    outbox.queue(session, Hello(epoch=link_state(session).epoch, version=VERSION), now=now)


def _step(row: Enrolment, state: str, now: datetime) -> None:
    row.state, row.changed_at, row.error_code = state, now, None


def _row(session: AnySession) -> Enrolment:
    row = session.get(Enrolment, 1)
    if row is None:
        row = Enrolment(id=1, state="none", hub_url="")
        session.add(row)
        session.flush()
    return row
