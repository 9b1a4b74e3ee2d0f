"""People's words for the codes of audit lines and decisions."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.models import AuditLine
from hub.words import ROLE
from protocol.match_states import Event, State

ACTOR: dict[str, LazyString] = {
    "home": _l("Home site"),
    "helper": _l("Helping site"),
    "site": _l("The site"),
    "hub": _l("The hub"),
    "page": _l("Withdrawal page"),
    "door": _l("At the door"),
    "command": _l("By a command on the hub’s machine"),
}

REASON: dict[str, LazyString] = {
    "active": _l("takes part"),
    "not-home": _l("is not the home site"),
    "stage": _l("has room for this career stage"),
    "modality": _l("can talk this way"),
    "not-asked-before": _l("was not asked before"),
    "fewest-open": _l("fewest open matches first"),
    "drawn": _l("then drawn by lot"),
    "home-order": _l("in the order of the home site’s letters"),
}

SITE: dict[str, LazyString] = {
    "enrolment-proved": _l("The site used its code and proved both keys"),
    "site-approved": _l("Approved after six words were compared"),
    "site-refused": _l("Refused, its keys are not used"),
    "site-suspended": _l("Suspended"),
    "site-resumed": _l("Resumed"),
    "site-withdrawn": _l("Withdrawn, its keys revoked"),
    "refused": _l("A call was refused"),
    "numbers-ahead": _l("It had messages that this hub never sent: a backup was restored"),
    "nack": _l("A message could not be read there"),
}

PERSON: dict[str, LazyString] = {
    "person-invited": _l("Invited"),
    "person-link-renewed": _l("A fresh invitation was made"),
    "person-started-over": _l("The account was started over"),
    "person-role": _l("Given another role"),
    "person-email": _l("The email address was changed"),
    "person-ended": _l("The account was ended"),
    "authenticator": _l("An authenticator app was set up"),
    "recovery-codes": _l("New recovery codes were made"),
    "passkey-added": _l("A passkey was added"),
    "passkey-removed": _l("A passkey was removed"),
    "provider-joined": _l("Joined to an account of the sign-in provider"),
}

MATCH: dict[str, LazyString] = {
    "request": _l("A request came in"),
    Event.SHORTLIST: _l("A shortlist went to the home site"),
    Event.LETTERS: _l("Letters came from the home site"),
    "proposal": _l("Asked to help"),
    Event.WAIT: _l("The home site waits for other offers"),
    Event.ACCEPT: _l("A supporter said yes"),
    Event.PASS: _l("Not here, on to the next letter"),
    Event.PASS_LAST: _l("Not here, and no letter is left"),
    Event.CONFIRM: _l("Confirmed, and the clock runs"),
    Event.ATTEMPT: _l("A genuine attempt at contact was made"),
    Event.REACH: _l("The two have spoken"),
    Event.EXTEND: _l("The limit was extended, once"),
    Event.REASSIGN: _l("Another supporter of the same site took over"),
    Event.CLOSE: _l("Closed"),
    Event.WITHDRAW: _l("The physician withdrew"),
    Event.REMATCH: _l("The physician asked for another person"),
    "nack": _l("A message could not be read there"),
}

LIMIT: dict[str, LazyString] = {
    State.OVERDUE: _l("The limit passed without an attempt"),
    State.ESCALATED: _l("Still no attempt, now the provincial team’s turn"),
    State.LOOKING: _l("Still no attempt, taken back by itself"),
    State.UNMATCHED: _l("Nobody was found in time"),
    State.CLOSED: _l("Closed, since nothing more was heard"),
}


def of_site(line: AuditLine) -> str:
    """An act towards a site, with the code of the problem if there was one."""
    text = str(SITE.get(line.action) or _("Something else happened"))
    return f"{text} ({line.code})" if line.code else text


def of_match(line: AuditLine, site: str) -> str:
    """A move of a match, with the site it concerns as long as that is known."""
    words = LIMIT.get(line.code or "") if line.action == Event.LIMIT else MATCH.get(line.action)
    text = str(words or _("Something else happened"))
    return f"{text} ({site})" if site else text


def of_person(line: AuditLine) -> str:
    """A change of an account, with the role that it gave."""
    text = str(PERSON.get(line.action) or _("Something else happened"))
    return f"{text} ({ROLE.get(line.code, line.code)})" if line.code else text


def of_reasons(codes: Iterable[str]) -> str:
    """Why the hub chose as it did, as one sentence."""
    rules = ", ".join(str(REASON.get(code, code)) for code in codes)
    return str(_("Chosen by the rules: %(rules)s", rules=rules))
