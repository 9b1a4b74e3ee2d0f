"""Mail that failed is not lost silently: Today names the supporter and the phone, while there is something to say."""

from typing import Any

from protocol.messages.handover import Card
from site_agent.mail import standing
from site_agent.models import Mail, Match, Supporter
from site_agent.services import cases, inter_site_helper, post
from tests.support.agent import Agent, add_supporter


def fail(session: Any, now: Any, to: str, kind: str) -> None:
    session.add(post.queue(session, kind, to, "/o/SECRET", now))
    session.flush()
    for mail in session.query(Mail).where(Mail.state == "waiting"):
        mail.state, mail.link = "failed", None
    session.commit()


def a_match(session: Any, cedar: Agent) -> Match:
    case_id = cases.new_case(session)
    body = Card("burnout", "mid", "en", "phone", (), ()).dump()
    match = Match(
        thid="t" * 22, state="proposed", state_at=cedar.now, stage="mid", modality="phone", proposal_jti="j" * 22,
        proposed_at=cedar.now, answer_by=cedar.now.replace(year=2030), case_id=case_id,
        card=cases.seal(session, case_id, "card", {"iss": "x" * 22, "body": body}),
    )  # fmt: skip
    session.add(match)
    session.flush()
    return match


def asked(session: Any, cedar: Agent) -> tuple[Supporter, Match]:
    supporter = add_supporter(session, cedar.now, phone="+12505550199")
    match = a_match(session, cedar)
    inter_site_helper.ask(session, match, supporter, cedar.now)
    session.commit()
    return supporter, match


def test_a_failed_mail_names_whom_to_phone(session: Any, cedar: Agent) -> None:
    supporter, _ = asked(session, cedar)
    fail(session, cedar.now, supporter.email, "fresh-link")
    (failed,) = standing.failed(session)
    assert (failed.supporter_id, failed.name, failed.phone) == (
        supporter.supporter_id, "Dr Uma Ross", "+12505550199",
    )  # fmt: skip
    assert failed.kind == "offer", "it does not tell what the mail was about"
    assert "Uma" not in repr(failed)


def test_once_somebody_phoned_it_is_gone(session: Any, cedar: Agent) -> None:
    supporter, _ = asked(session, cedar)
    fail(session, cedar.now, supporter.email, "name")
    (failed,) = standing.failed(session)
    assert standing.settled(session, failed.mail_id)
    assert standing.failed(session) == []
    assert not standing.settled(session, failed.mail_id)


def test_with_the_match_the_need_to_phone_ends(session: Any, cedar: Agent) -> None:
    supporter, match = asked(session, cedar)
    fail(session, cedar.now, supporter.email, "offer")
    inter_site_helper.pass_on(session, match, cedar.now)
    session.commit()
    assert standing.failed(session) == []


def test_an_agreement_that_never_arrived_is_shown_without_a_match(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)
    fail(session, cedar.now, supporter.email, "agreement")
    (failed,) = standing.failed(session)
    assert (failed.kind, failed.phone) == ("agreement", "")


def test_what_is_on_its_way_has_not_failed(session: Any, cedar: Agent) -> None:
    asked(session, cedar)
    assert standing.failed(session) == []
