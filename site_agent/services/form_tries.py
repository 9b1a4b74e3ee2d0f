"""Forms that were sent without an account, as they are counted: kept no longer than the stretch they count in.

The rows lie beside the tries to sign in, under a keyed hash (`site_agent.public.form_limit`) that says where from.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, delete, or_

from site_agent.models import AnySession, SignInFailure

ADDRESS = "form-address:"
SITE = "form-site:"
WINDOWS = {ADDRESS: timedelta(hours=1), SITE: timedelta(days=1)}
"""Ours: what comes from one network is counted for an hour, what comes to this site for a day."""


def begins(kind: str, now: datetime) -> datetime:
    """When the hour or day of the clock (UTC) began in which a form counts now.

    They are the same for everybody. A stretch that slid along would let in whoever knocks in vain in the very minute
    in which somebody else's form no longer counts, and so say when that one came.
    """
    seconds = int(WINDOWS[kind].total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def forget(session: AnySession, now: datetime) -> None:
    """Remove what no longer counts. Never commits."""
    over = [
        and_(SignInFailure.email_key.startswith(kind), SignInFailure.failed_at < begins(kind, now))
        for kind in WINDOWS
    ]
    session.execute(delete(SignInFailure).where(or_(*over)))
