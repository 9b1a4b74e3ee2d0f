"""One table per file. Importing this package makes all of them known."""

from site_agent.models.base import AnySession, Base
from site_agent.models.case_key import CaseKey
from site_agent.models.directory_site import DirectoryPage, DirectorySite
from site_agent.models.draft import Draft
from site_agent.models.enrolment import Enrolment
from site_agent.models.event import Event
from site_agent.models.incoming import Incoming
from site_agent.models.key_entry import KeyEntry
from site_agent.models.link_state import LinkState
from site_agent.models.mail import Mail
from site_agent.models.offer import Offer
from site_agent.models.outbox import OutboxRow
from site_agent.models.person import Person
from site_agent.models.request import Request
from site_agent.models.secret_link import LinkSession, SecretLink
from site_agent.models.seen import Seen
from site_agent.models.setting import Setting
from site_agent.models.sign_in import Invitation, SignInFailure, SignInSession
from site_agent.models.site import Site
from site_agent.models.supporter import Supporter

__all__ = [
    "AnySession",
    "Base",
    "CaseKey",
    "DirectoryPage",
    "DirectorySite",
    "Draft",
    "Enrolment",
    "Event",
    "Incoming",
    "Invitation",
    "KeyEntry",
    "LinkSession",
    "LinkState",
    "Mail",
    "Offer",
    "OutboxRow",
    "Person",
    "Request",
    "SecretLink",
    "Seen",
    "Setting",
    "SignInFailure",
    "SignInSession",
    "Site",
    "Supporter",
]
