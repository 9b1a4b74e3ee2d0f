"""What is erased by itself: identities some time after closing, and traces that have served their purpose."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from site_agent.models import AnySession, Mail, Match, OutboxRow, Request, Seen
from site_agent.models.request import FINAL
from site_agent.services import cases, drafts, links, policy
from site_agent.services.hub_time import hub_now
from site_agent.services.match_end import end

SENT_TOKENS_KEPT = timedelta(days=35)
"""Protocol page: so that a hub restored from a backup can be told again."""
SEEN_KEPT = timedelta(days=35)
"""Protocol page: longer than any message lives."""
MAIL_KEPT = timedelta(days=7)
"""Ours: long enough to see that mail goes out. Nothing in the row says to whom it went."""
SEALED = ("identity", "reason", "hint", "language", "posts", "wishes", "avoid", "shortlist")
"""Of a request: the columns under the case's own key."""
LETTERS_LIVE = timedelta(days=14)
"""Protocol page: a letter lives 14 days at most; what is not confirmed by then never will be."""


def run(session: AnySession, now: datetime) -> None:
    """Erase everything that is due. Never commits."""
    days = timedelta(days=policy.number(session, "identity_days"))
    over = Request.state.in_(FINAL), Request.closed_at <= now - days, Request.case_id.is_not(None)
    for request in session.scalars(select(Request).where(*over)):
        erase(session, request)
    for match in session.scalars(select(Match).where(Match.state.in_(("accepted", "confirming")))):
        if match.resume_state is None and hub_now(session, now) >= match.answer_by + LETTERS_LIVE:
            end(session, match, now)
    settled = OutboxRow.state != "waiting", OutboxRow.state != "rejected"
    session.execute(delete(OutboxRow).where(*settled, OutboxRow.settled_at <= now - SENT_TOKENS_KEPT))
    session.execute(delete(Seen).where(Seen.seen_at <= now - SEEN_KEPT))
    session.execute(delete(Mail).where(Mail.state != "waiting", Mail.next_try_at <= now - MAIL_KEPT))
    links.sweep(session, now)
    drafts.sweep(session, now)


def erase(session: AnySession, request: Request) -> None:
    """Destroy what tells who, why and what was wished; codes and times stay. The physician's link ends with it."""
    cases.destroy(session, request.case_id)
    for kind in ("request", "held", "held-try"):
        links.revoke(session, kind, request.request_id)
    for column in ("case_id", *SEALED):
        setattr(request, column, None)
    session.flush()
