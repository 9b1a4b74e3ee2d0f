"""One table per file. Importing this package makes all of them known."""

from site_agent.models.activity import Activity
from site_agent.models.base import AnySession, Base
from site_agent.models.case_key import CaseKey
from site_agent.models.contact_clock import ContactClock
from site_agent.models.directory_site import DirectoryPage, DirectorySite
from site_agent.models.draft import Draft
from site_agent.models.enrolment import Enrolment
from site_agent.models.evaluator import Evaluator
from site_agent.models.event import Event
from site_agent.models.interaction import Interaction
from site_agent.models.key_entry import KeyEntry
from site_agent.models.link_state import LinkState
from site_agent.models.mail import Mail
from site_agent.models.match import Match
from site_agent.models.offer import Offer
from site_agent.models.outbox import OutboxRow
from site_agent.models.outreach import Outreach
from site_agent.models.passkey import Passkey, SpentChallenge
from site_agent.models.person import Person
from site_agent.models.policy_change import PolicyChange
from site_agent.models.reminder import Reminder
from site_agent.models.request import Request
from site_agent.models.safety import SafetyReport
from site_agent.models.secret_link import LinkSession, SecretLink
from site_agent.models.seen import Seen
from site_agent.models.setting import Setting
from site_agent.models.sign_in import Invitation, RecoveryCode, SignInFailure, SignInSession
from site_agent.models.site import Site
from site_agent.models.supporter import Supporter
from site_agent.models.total import Total

__all__ = [
    "Activity",
    "AnySession",
    "Base",
    "CaseKey",
    "ContactClock",
    "DirectoryPage",
    "DirectorySite",
    "Draft",
    "Enrolment",
    "Evaluator",
    "Event",
    "Interaction",
    "Invitation",
    "KeyEntry",
    "LinkSession",
    "LinkState",
    "Mail",
    "Match",
    "Offer",
    "OutboxRow",
    "Outreach",
    "Passkey",
    "Person",
    "PolicyChange",
    "RecoveryCode",
    "Reminder",
    "Request",
    "SafetyReport",
    "SecretLink",
    "Seen",
    "Setting",
    "SignInFailure",
    "SignInSession",
    "Site",
    "SpentChallenge",
    "Supporter",
    "Total",
]
