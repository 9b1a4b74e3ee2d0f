"""Who assesses whose work: found again however the name is written, kept sealed, and never put to them (J10)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from site_agent.models import Evaluator, Supporter
from site_agent.services import evaluators
from site_agent.services.errors import InvalidPhysicianError
from site_agent.services.evaluators import Physician
from tests.support.agent import IDENTITY, Agent, Province, add_supporter

ZEPHYRINE = Physician("Zephyrine Quill", "z.quill@example.ca")


@pytest.mark.parametrize(
    "written",
    [
        "Zephyrine Quill", "ZEPHYRINE QUILL", "Quill, Zephyrine", "Dr. Zephyrine Quill", "dr zéphyrine quill, MD",
        "Zephyrine  A. Quill", "Prof. Dr Zephyrine Quill FRCPC", "Ｚｅｐｈｙｒｉｎｅ Quill", "Zephyrine Qu\u0301ill",
    ],
)  # fmt: skip
def test_j10_a_physician_is_known_however_the_name_is_written(
    written: str, session: Any, cedar: Agent
) -> None:
    supporter = add_supporter(session, cedar.now)
    evaluators.add(session, supporter, Physician(written), cedar.now)
    assert evaluators.supporters_assessing(session, IDENTITY) == {supporter.supporter_id}


@pytest.mark.parametrize("other", ["Zephyrine Quillan", "Zoe Quill", "Quill", "Dr", "كمال حداد", "राम कुमार"])
def test_somebody_else_is_not_taken_for_them(other: str, session: Any, cedar: Agent) -> None:
    evaluators.add(session, add_supporter(session, cedar.now), Physician(other), cedar.now)
    assert evaluators.supporters_assessing(session, IDENTITY) == set()


@pytest.mark.parametrize("name", ["O’Brien Mary", "Mary O'Brien", "mary obrien"])
def test_marks_inside_a_name_do_not_hide_it(name: str) -> None:
    assert evaluators.plain_name(name) == "mary obrien"


@pytest.mark.parametrize("name", ["كمال حداد", "राम कुमार", "王 小明", "xʷməθkʷəy̓əm", "Søren Łoś"])
def test_every_script_keeps_its_names_apart(name: str) -> None:
    assert evaluators.plain_name(name)
    assert evaluators.plain_name(name) == evaluators.plain_name(f"Dr. {name.upper()}")
    assert evaluators.plain_name(name) != evaluators.plain_name(name[:-1])


def test_j10_the_address_alone_is_enough(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)
    evaluators.add(session, supporter, replace(ZEPHYRINE, name="Zef Q. Married-Name"), cedar.now)
    assert evaluators.supporters_assessing(session, replace(IDENTITY, email="Z.Quill@Example.CA")) == {
        supporter.supporter_id
    }
    assert evaluators.supporters_assessing(session, replace(IDENTITY, email=None)) == set()


def test_nobody_is_put_to_themselves(session: Any, cedar: Agent) -> None:
    by_name = add_supporter(session, cedar.now, "Dr. Zephyrine Quill", email="other@example.ca")
    by_email = add_supporter(session, cedar.now, "Zed", email="z.quill@example.ca")
    add_supporter(session, cedar.now, "Somebody Else")
    found = evaluators.supporters_assessing(session, IDENTITY)
    assert found == {by_name.supporter_id, by_email.supporter_id}


def test_a_name_without_a_letter_finds_nobody(session: Any, cedar: Agent) -> None:
    evaluators.add(session, add_supporter(session, cedar.now), ZEPHYRINE, cedar.now)
    assert evaluators.supporters_assessing(session, replace(IDENTITY, name="…", email=None)) == set()


def test_the_same_line_twice_is_one_line(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)
    first = evaluators.add(session, supporter, ZEPHYRINE, cedar.now)
    again = Physician("Dr. QUILL, Zephyrine", "Z.QUILL@example.ca ")
    assert evaluators.add(session, supporter, again, cedar.now + timedelta(days=1)) is first
    (line,) = evaluators.of(session, supporter)
    assert line.physician == ZEPHYRINE


@pytest.mark.parametrize(
    ("physician", "fields"),
    [
        (Physician(""), ("name",)), (Physician("…"), ("name",)), (Physician("Q" * 121), ("name",)),
        (Physician("Two\nlines"), ("name",)), (Physician("Back\u202eward"), ("name",)),
        (Physician("Zed", "nobody"), ("email",)), (Physician("Zed", "a" * 250 + "@b.ca"), ("email",)),
        (Physician(" ", "x"), ("name", "email")), (Physician("Uma Ross"), ("name",)),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_field(
    physician: Physician, fields: tuple[str, ...], session: Any, cedar: Agent
) -> None:
    supporter = add_supporter(session, cedar.now)
    with pytest.raises(InvalidPhysicianError) as raised:
        evaluators.add(session, supporter, physician, cedar.now)
    assert raised.value.fields == fields
    assert evaluators.everybody(session) == []


def test_a_line_is_removed_only_from_its_own_supporter(session: Any, cedar: Agent) -> None:
    uma, vic = add_supporter(session, cedar.now), add_supporter(session, cedar.now, "Dr Vic Lund")
    row = evaluators.add(session, uma, ZEPHYRINE, cedar.now)
    assert evaluators.find(session, vic.supporter_id, row.evaluator_id) is None
    assert evaluators.find(session, uma.supporter_id, "nothing") is None
    for _twice in range(2):
        evaluators.remove(session, row.evaluator_id)
    assert evaluators.supporters_assessing(session, IDENTITY) == set()


def test_the_words_lie_sealed_and_the_keys_mean_nothing_at_another_site(
    session: Any, cedar: Agent, province: Province
) -> None:
    evaluators.add(session, add_supporter(session, cedar.now), ZEPHYRINE, cedar.now)
    session.commit()
    stored = session.execute(text("select * from evaluator")).one()
    assert all(word not in repr(tuple(stored)).lower() for word in ("zephyrine", "quill", "example"))
    here = evaluators.key_of(ZEPHYRINE.name)
    with province.agent("Selkirk Ridge").app.app_context():
        assert evaluators.key_of(ZEPHYRINE.name) != here


def test_a_name_and_an_address_never_share_a_key(session: Any, cedar: Agent) -> None:
    assert evaluators.key_of("a") != evaluators.email_key_of("a")
    assert (evaluators.key_of(" "), evaluators.email_key_of(None)) == ("", "")


def test_nothing_is_kept_of_whom_somebody_assesses_who_has_left(session: Any, cedar: Agent) -> None:
    gone, stays = add_supporter(session, cedar.now), add_supporter(session, cedar.now, "Dr Vic Lund")
    for each in (gone, stays):
        evaluators.add(session, each, ZEPHYRINE, cedar.now)
    gone.left_at = cedar.now + timedelta(days=1)
    evaluators.sweep(session, cedar.now)
    assert len(evaluators.everybody(session)) == 2
    evaluators.sweep(session, cedar.now + timedelta(days=1))
    assert [each.supporter_id for each in evaluators.everybody(session)] == [stays.supporter_id]
    evaluators.forget(session, session.scalars(select(Supporter).where(Supporter.left_at.is_(None))).one())
    assert session.scalars(select(Evaluator)).all() == []


def test_every_plain_sign_reads_the_same_among_letters_that_are_not_plain() -> None:
    """Names of ASCII alone take a shorter way; an accent at the end, which is left out, leads round it."""
    for sign in map(chr, range(128)):
        name = f"Ann{sign}Bo LEE"
        assert evaluators.plain_name(name) == evaluators.plain_name(name + "\u0301"), repr(sign)
