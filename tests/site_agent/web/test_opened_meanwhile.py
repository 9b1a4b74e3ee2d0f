"""A page that leaves a line of who opened it does so also when somebody else writes in the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from site_agent.extensions import make_engine
from site_agent.models import Activity
from site_agent.services import activity
from tests.support.desk import Desk


@pytest.mark.parametrize("kind", ["request", "match"])
def test_a_page_opens_while_the_clock_writes(
    desk: Desk, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """SQLite lets nobody write who has looked before another wrote."""
    if kind == "request":
        subject, path = desk.request(), "/requests/"
    else:
        desk.enrol()
        subject, path = desk.match("in-hand", desk.supporter()), "/elsewhere/"
    url, asked = desk.app.extensions["agent_config"].database_url, activity.is_noted

    def meanwhile(*about: Any) -> bool:
        answer, engine = asked(*about), make_engine(url)
        with engine.begin() as connection:
            connection.execute(text("update site set community = 'Elsewhere'"))
        engine.dispose()
        return answer

    monkeypatch.setattr(activity, "is_noted", meanwhile)
    for _ in range(2):
        assert coordinator.get(path + subject).status_code == 200
    with desk.session() as session:
        assert session.scalars(select(Activity.subject)).all() == [subject]
