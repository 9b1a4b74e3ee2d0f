"""All tables, so that whoever imports the package has every one of them in `Base.metadata`."""

from hub.models.audit_line import AuditLine
from hub.models.capacity import Capacity
from hub.models.counter import Counter
from hub.models.decision import Decision
from hub.models.enrolment import Enrolment, EnrolmentState
from hub.models.head_seen import HeadSeen
from hub.models.inbound import Inbound
from hub.models.inbox import InboxRow
from hub.models.key_entry import KeyEntry
from hub.models.letter import Letter
from hub.models.match import Match
from hub.models.outbound import Outbound
from hub.models.outbox import OutboxRow
from hub.models.passed import Passed
from hub.models.person import (
    Invitation,
    PasskeyRow,
    Person,
    RecoveryCode,
    SignInFailure,
    SignInSession,
    SpentChallenge,
)
from hub.models.site import Site, SiteState

__all__ = [
    "AuditLine",
    "Capacity",
    "Counter",
    "Decision",
    "Enrolment",
    "EnrolmentState",
    "HeadSeen",
    "Inbound",
    "InboxRow",
    "Invitation",
    "KeyEntry",
    "Letter",
    "Match",
    "Outbound",
    "OutboxRow",
    "Passed",
    "PasskeyRow",
    "Person",
    "RecoveryCode",
    "SignInFailure",
    "SignInSession",
    "Site",
    "SiteState",
    "SpentChallenge",
]
