"""The legal hold of an outreach at the desk: asked first, for whoever is in charge."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from site_agent.models import Outreach, Person
from site_agent.services import outreach
from site_agent.services.outreach import Notice, Told
from tests.support.desk import Desk, text_of


def recorded(desk: Desk) -> str:
    with desk.session() as session:
        outreach.record(
            session, Notice("colleague", (Told("Dr. Jo Ek", None, "jo@example.ca", True),)), "s", desk.now
        )
        return session.scalars(select(Outreach.outreach_id)).one()


def test_it_is_set_and_lifted_after_a_question(desk: Desk, coordinator: FlaskClient) -> None:
    path = f"/outreach/{recorded(desk)}"
    assert "Set a legal hold?" in text_of(coordinator.get(path + "/hold"))
    assert not desk.row(Outreach, path.rpartition("/")[2]).held, "looking changes nothing"
    coordinator.post(path + "/hold")
    shown = text_of(coordinator.get(path))
    assert "Legal hold. Kept longer because the law asks for it." in shown
    assert "Dr. Jo Ek" not in shown
    coordinator.get(path + "/hold/lift")
    assert desk.row(Outreach, path.rpartition("/")[2]).held
    coordinator.post(path + "/hold/lift")
    assert "Legal hold." not in text_of(coordinator.get(path))


def test_a_deputy_reads_of_it_and_sets_none(desk: Desk, coordinator: FlaskClient) -> None:
    path = f"/outreach/{recorded(desk)}"
    coordinator.post(path + "/hold")
    with desk.session() as session:
        deputy = session.scalars(select(Person)).one()
        deputy.roles, deputy.deputy_until = ("deputy",), desk.now.date() + timedelta(days=3)
    shown = text_of(coordinator.get(path))
    assert "Kept longer because the law asks for it" in shown
    assert "Lift the legal hold" not in shown
    assert coordinator.post(path + "/hold/lift").status_code == 403
