"""Help, privacy and accessibility: for anyone, and true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.hub.conftest import MakeHub
from tests.support.hub_pages import stranger, text_of

# Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("path", ["/help", "/privacy", "/accessibility", "/withdraw"])
def test_anyone_may_read_them_from_the_foot_of_every_page(nobody: FlaskClient, path: str) -> None:
    response = nobody.get(path)
    assert response.status_code == 200
    assert text_of(response.text)
    for link in ("/help", "/privacy", "/accessibility"):
        assert f'href="{link}"' in response.text


def test_help_leads_to_the_withdrawal_page_and_names_the_programmes_line(nobody: FlaskClient) -> None:
    page = nobody.get("/help").text
    assert 'href="/withdraw"' in page
    assert "1-800-663-6729" in text_of(page)


def test_figures_and_phone_are_the_settings_own(make_hub: MakeHub) -> None:
    hub = make_hub(letters_live=timedelta(days=9), programme_phone="250-555-0100")
    assert "up to 9 days" in text_of(stranger(hub).get("/privacy").text)
    assert "250-555-0100" in text_of(stranger(hub).get("/help").text)
