"""A physician asks: what is kept and sealed, what goes out, and who opens the name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from protocol.messages.matches import Request as Asking
from protocol.withdrawal import withdrawal_hash
from site_agent.models import Enrolment, Request, SecretLink
from site_agent.services import cases, links, requests, timeline
from site_agent.services.errors import InvalidRequestError, NoLongerOpenError
from tests.support.agent import IDENTITY, Agent, a_request, add_person


def record(session: Any, cedar: Agent, **changes: Any) -> requests.Recorded:
    recorded = requests.record(session, a_request(cedar.now, **changes), cedar.now)
    session.commit()
    return recorded


def test_one_for_elsewhere_sets_out_at_once_with_nothing_but_stage_and_modality(
    session: Any, cedar: Agent
) -> None:
    recorded = record(session, cedar)
    said = cedar.said()
    assert [each.type for each in said] == ["match.request"]
    assert said[0].body == Asking("mid", "phone", withdrawal_hash(recorded.withdrawal_secret))
    assert said[0].thid == recorded.request.thid


def test_one_for_here_stays_here(session: Any, cedar: Agent) -> None:
    recorded = record(session, cedar, elsewhere=False)
    assert recorded.request.state == "new"
    assert cedar.said() == []


def test_a_site_that_is_not_enrolled_records_and_waits(session: Any, cedar: Agent) -> None:
    session.get_one(Enrolment, 1).state = "pending"
    request = record(session, cedar).request
    assert request.state == "new"
    session.get_one(Enrolment, 1).state = "approved"
    assert requests.try_elsewhere(session, request, cedar.now)
    assert request.state == "looking"


def test_the_link_and_the_withdrawal_secret_are_two_secrets(session: Any, cedar: Agent) -> None:
    recorded = record(session, cedar)
    link = links.find(session, recorded.link_token, "request", cedar.now + timedelta(days=900))
    assert link is not None
    assert link.subject == recorded.request.request_id
    assert links.find(session, recorded.withdrawal_secret, "request", cedar.now) is None
    kept = str([vars(each) for each in session.scalars(select(SecretLink))]) + str(vars(recorded.request))
    assert recorded.link_token not in kept
    assert recorded.withdrawal_secret not in kept


def test_nothing_that_tells_who_or_why_is_in_clear_in_the_file(session: Any, cedar: Agent) -> None:
    record(session, cedar, reason="loss", wishes=requests.Wishes(("man",), ("Y" * 22,), "pa"))
    session.execute(text("SELECT 1"))
    folder = cedar.app.extensions["agent_config"].data_dir
    raw = b"".join(path.read_bytes() for path in folder.glob("agent.sqlite*"))
    for word in ("Zephyrine", "2505550142", "z.quill", "Y" * 22):
        assert word.encode() not in raw, word
    row = session.execute(text("SELECT * FROM request")).one()
    assert "loss" not in str(row)


def test_references_are_unlike_and_unlike_words(session: Any, cedar: Agent) -> None:
    refs = {record(session, cedar, elsewhere=False).request.ref for _ in range(30)}
    assert len(refs) == 30
    assert all(len(ref) in (4, 5) and set(ref) <= set(requests.ALPHABET) for ref in refs)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"door": "window"}, "door"),
        ({"stage": "ancient"}, "stage"),
        ({"reason": "because of a long story"}, "reason"),
        ({"posts": ("king",)}, "posts"),
        ({"wishes": requests.Wishes(("woman", "woman"))}, "wishes"),
        ({"wishes": requests.Wishes((), (), "xx")}, "language"),
        ({"few": "maybe"}, "few"),
        ({"origin": "newspaper"}, "origin"),
        ({"identity": replace(IDENTITY, name="")}, "name"),
        ({"identity": replace(IDENTITY, name="Q" * 121)}, "name"),
        ({"identity": replace(IDENTITY, phone=None, email=None)}, "phone"),
        ({"identity": replace(IDENTITY, ways=("pigeon",))}, "ways"),
    ],
)
def test_what_could_not_cross_the_wire_is_refused_with_its_field(
    changes: dict[str, Any], field: str, session: Any, cedar: Agent
) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        requests.record(session, a_request(cedar.now, **changes), cedar.now)
    assert raised.value.fields == (field,)
    session.rollback()
    assert session.scalars(select(Request)).all() == []


def test_a_request_is_not_received_in_the_future(session: Any, cedar: Agent) -> None:
    with pytest.raises(InvalidRequestError):
        record(session, cedar, received_at=cedar.now + timedelta(minutes=1))


def test_a_paper_request_keeps_its_true_time(session: Any, cedar: Agent) -> None:
    at = cedar.now - timedelta(days=5)
    assert record(session, cedar, door="paper", received_at=at, elsewhere=False).request.received_at == at


def test_opening_the_name_is_kept_with_who_and_when(session: Any, cedar: Agent) -> None:
    request = record(session, cedar).request
    person = add_person(session, cedar.now)
    assert requests.identity_here(session, request) is None
    assert requests.open_name(session, request, person.person_id, cedar.now) == IDENTITY
    event = timeline.of(session, request.request_id)[-1]
    assert (event.code, event.by, event.at) == ("name-opened", person.person_id, cedar.now)


def test_one_that_stays_here_is_read_here(session: Any, cedar: Agent) -> None:
    request = record(session, cedar, elsewhere=False).request
    assert requests.identity_here(session, request) == IDENTITY
    assert requests.details(session, request).reason == "discrimination"


def test_one_for_elsewhere_by_the_form_is_not_read_here_at_all(session: Any, cedar: Agent) -> None:
    request = record(session, cedar).request
    assert requests.details(session, request) is None
    by_phone = record(session, cedar, door="phone").request
    assert requests.details(session, by_phone).reason == "discrimination"
    assert requests.identity_here(session, by_phone) is None


def test_withdrawing_tells_the_hub_once_and_erases_the_wishes(session: Any, cedar: Agent) -> None:
    request = record(session, cedar).request
    requests.withdraw(session, request, cedar.now)
    requests.withdraw(session, request, cedar.now)
    session.commit()
    assert (request.state, request.wishes, request.avoid) == ("withdrawn", None, None)
    assert len(cedar.said("match.withdraw")) == 1


def test_withdrawing_one_that_stays_here_tells_nobody(session: Any, cedar: Agent) -> None:
    request = record(session, cedar, elsewhere=False).request
    person = add_person(session, cedar.now)
    requests.withdraw(session, request, cedar.now, person.person_id)
    assert cedar.said() == []
    assert timeline.of(session, request.request_id)[-1].by == person.person_id


def test_it_is_too_late_to_withdraw_what_was_closed(session: Any, cedar: Agent) -> None:
    request = record(session, cedar, elsewhere=False).request
    requests.close(session, request, cedar.now)
    with pytest.raises(NoLongerOpenError):
        requests.withdraw(session, request, cedar.now)


def test_one_that_is_on_its_way_is_not_closed_here(session: Any, cedar: Agent) -> None:
    request = record(session, cedar).request
    with pytest.raises(NoLongerOpenError):
        requests.close(session, request, cedar.now)
    assert request.state == "looking"


def test_looking_elsewhere_twice_is_once(session: Any, cedar: Agent) -> None:
    request = record(session, cedar).request
    with pytest.raises(NoLongerOpenError):
        requests.look_elsewhere(session, request, cedar.now)
    assert len(cedar.said("match.request")) == 1


def test_destroying_the_case_key_makes_everything_unreadable(session: Any, cedar: Agent) -> None:
    request = record(session, cedar).request
    cases.destroy(session, request.case_id)
    session.flush()
    with pytest.raises(cases.SealedValueError):
        requests.all_details(session, request)


def test_a_sealed_value_cannot_be_moved_to_another_column_or_case(session: Any, cedar: Agent) -> None:
    one, other = (record(session, cedar, elsewhere=False).request for _ in range(2))
    for case_id, column in ((one.case_id, "wishes"), (other.case_id, "identity")):
        with pytest.raises(cases.SealedValueError):
            cases.open_(session, case_id, column, one.identity)
