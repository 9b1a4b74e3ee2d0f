"""What is left to do before a site can ask and help: the set-up task list."""

from dataclasses import dataclass

from sqlalchemy import select

from site_agent.mail import standing
from site_agent.models import AnySession, Enrolment, Request, Site, Supporter

TASKS = ("site", "enrolment", "supporter", "form", "mail")
_ANY = select(select(Supporter.supporter_id).exists(), select(Request.request_id).exists())


@dataclass(frozen=True)
class Task:
    """One task, as a code of TASKS."""

    code: str
    done: bool


def tasks(session: AnySession) -> list[Task]:
    """Every task with whether it is done, in the order in which they make sense; any order works."""
    site = session.get(Site, 1)
    enrolment = session.get(Enrolment, 1)
    any_supporter, any_request = session.execute(_ANY).one()
    done = {
        "site": site is not None and bool(site.name and site.phone and site.public_url),
        "enrolment": enrolment is not None and enrolment.state == "approved",
        "supporter": any_supporter,
        "form": any_request,
        "mail": standing.is_connected(),
    }
    return [Task(code, done[code]) for code in TASKS]
