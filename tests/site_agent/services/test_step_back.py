"""J10 holds also when a post or a list changes while a question is open."""

from typing import Any

from site_agent.models import Supporter
from site_agent.services import (
    disclosure,
    evaluators,
    evaluators_list,
    local,
    roster,
    roster_import,
    step_back,
)
from site_agent.services.evaluators import Physician
from tests.site_agent.services.conftest import Helped, write_letters
from tests.support.agent import IDENTITY, Agent
from tests.support.local import Here, here, site

__all__ = ["here", "site"]
POST = "department-head"


def details(supporter: Supporter, **changes: Any) -> roster.Details:
    kept = {name: getattr(supporter, name) for name in roster.Details.__dataclass_fields__}
    return roster.Details(**(kept | changes))


def test_j10_who_takes_up_a_post_that_assesses_the_physician_is_asked_no_longer(here: Here) -> None:
    request, uma = here.request(posts=(POST,)), here.supporter()
    offer = here.ask(request, uma)
    roster.update(here.session, uma, details(uma, posts=(POST,)), here.now)
    here.session.commit()
    assert (offer.state, offer.supporter_id) == ("not-taken", None)
    assert disclosure.name(here.session, offer, here.now) is None
    assert local.candidates(here.session, request, here.now).candidates == ()


def test_j10_a_list_that_brings_the_post_counts_too(here: Here) -> None:
    uma = here.supporter()
    offer = here.ask(here.request(posts=(POST,)), uma)
    head = f"name,email,stage,posts\r\n{uma.name},{uma.email},late,{POST}\r\n"
    preview = roster_import.import_preview(here.session, head, here.now)
    assert preview.errors == ()
    roster_import.import_apply(here.session, preview, here.now, change=True)
    here.session.commit()
    assert offer.state == "not-taken"


def test_j10_who_is_put_down_as_assessing_the_physician_is_asked_no_longer(here: Here) -> None:
    request, uma = here.request(), here.supporter()
    offer = here.ask(request, uma)
    vic = here.supporter("Dr Vic Lund")
    evaluators.add(here.session, uma, Physician(IDENTITY.name), here.now)
    step_back.look_again(here.session, here.now)
    here.session.commit()
    assert offer.state == "not-taken"
    found = local.candidates(here.session, request, here.now).candidates
    assert [each.supporter for each in found] == [vic]


def test_j10_so_does_a_list_of_whose_work_is_assessed(here: Here) -> None:
    uma = here.supporter()
    offer = here.ask(here.request(), uma)
    text = f"supporter-email,physician-name,physician-email\r\n{uma.email},{IDENTITY.name},\r\n"
    preview = evaluators_list.import_preview(here.session, text, here.now)
    evaluators_list.import_apply(here.session, preview, here.now)
    here.session.commit()
    assert offer.state == "not-taken"


def test_a_change_that_is_about_nobody_who_is_asked_takes_nothing_away(here: Here) -> None:
    uma = here.supporter()
    offer = here.ask(here.request(posts=(POST,)), uma)
    roster.update(here.session, uma, details(uma, posts=("supervisor",)), here.now)
    here.session.commit()
    assert offer.state == "open"


def test_whoever_helps_already_goes_on(here: Here) -> None:
    uma = here.supporter()
    match = here.in_hand(here.request(posts=(POST,)), uma)
    roster.update(here.session, uma, details(uma, posts=(POST,)), here.now)
    here.session.commit()
    assert (match.state, match.supporter_id) == ("in-hand", uma.supporter_id)


def test_j10_a_name_from_elsewhere_is_closed_before_the_question_is_answered(
    kettle: Agent, cedar: Agent, session: Any, uma: Supporter
) -> None:
    request_id, letters = write_letters(kettle, cedar.site_id, posts=(POST,))
    helped = Helped(kettle, cedar, letters.letters[0], request_id)
    helped.propose(session)
    helped.ask(session, uma)
    helped.accept(session)
    helped.release(session)
    roster.update(session, uma, details(uma, posts=(POST,)), helped.now)
    session.commit()
    assert (helped.match(session).state, helped.match(session).case_id) == ("ended", None)
    assert [message.type for message in cedar.said()][-2:] == ["match.accept", "match.pass"]
