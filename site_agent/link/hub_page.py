"""What `GET /v1/hub` says, judged by an enrolment code before anything is sent there."""

from typing import Any

from sqlalchemy import delete

from protocol.enrolment_code import EnrolmentCode
from protocol.errors import (
    HubKeyMismatchError,
    KeyLogForkError,
    ProtocolError,
    UnsupportedVersionError,
)
from protocol.key_log import Log, open_head
from protocol.limits import VERSION
from site_agent.link.errors import HubAnswerError
from site_agent.link.exchange import strings
from site_agent.link.wire import add_entries
from site_agent.models import AnySession, KeyEntry
from site_agent.services import key_directory


def check_hub(answer: dict[str, Any], code: EnrolmentCode) -> Log:
    """The hub's key log, verified whole.

    Raises HubKeyMismatchError for a hub that is not the one which gave the code, UnsupportedVersionError, or
    HubAnswerError.
    """
    tokens, head, versions = strings(answer, "log"), answer.get("head"), answer.get("versions")
    if not tokens or not isinstance(head, str) or not isinstance(versions, list):
        raise HubAnswerError("The address does not answer as a hub does.")
    code.check_hub(tokens[0])
    if VERSION not in versions:
        raise UnsupportedVersionError()
    try:
        log = Log.load(tokens)
        whole = log.check_head(open_head(head, log))
    except KeyLogForkError as error:
        # It begins as the code says, but what follows is not what that hub would have signed.
        raise HubKeyMismatchError("The hub's key log does not hold together.") from error
    except ProtocolError as error:
        raise HubAnswerError("The head of the key log is not signed by the hub.") from error
    if not whole:
        raise HubAnswerError("The hub did not show its whole key log.")
    return log


def keep_log(session: AnySession, log: Log) -> None:
    """Keep the log as this site's own copy. Never commits.

    The copy of another hub, at which an enrolment was begun and left, makes room; a copy of the same hub is only
    ever extended. Raises KeyLogForkError if it is not.
    """
    held = key_directory.log(session)
    if held.entries and held.anchor() != log.anchor():
        session.execute(delete(KeyEntry))
        held = Log()
    add_entries(session, held, log.tokens)
