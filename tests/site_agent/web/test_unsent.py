"""What a coordinator had typed when the session ended: in the answer, and in nothing that the site keeps."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from site_agent.auth import TableStore
from site_agent.models import Person, Supporter
from tests.faults.canary import found_in, of_folder
from tests.support.desk import ORIGIN, Desk, text_of
from ui.signin.sessions import token_hash
from ui.unsent import is_secret

NAME, EMAIL = "Dr. Wren Canary", "wren.canary@private.example"
TYPED = {
    "name": NAME, "email": EMAIL, "phone": "250-555-0142", "stage": "mid", "languages": "en", "modalities": "phone",
    "max_open": "1", "gender": "not-said",
}  # fmt: skip
OWN = {"Sec-Fetch-Site": "same-origin"}


def test_a_form_that_comes_too_late_is_handed_back_and_kept_nowhere(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk.app.config["WTF_CSRF_ENABLED"] = True
    client = desk.client()
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/supporters/new").text)[0]
    desk.clock.advance(minutes=61)
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/supporters/new", data=TYPED | {"csrf_token": token}, headers=OWN)
    assert answer.status_code == 401
    assert "Sign in in a new tab" in text_of(answer)
    assert f'name="name" value="{NAME}"' in answer.text
    with client.session_transaction(base_url=ORIGIN) as cookie:
        said = [repr(dict(cookie)), caplog.text, str(answer.headers)]
    assert not found_in("\n".join(said).encode() + in_files(tmp_path), [NAME, EMAIL])

    sign_in_again(desk, client)
    held = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text))
    assert client.post("/supporters/new", data=held, headers=OWN).status_code == 303
    with desk.session() as session:
        assert session.scalars(select(Supporter.name)).all() == [NAME]
    assert found_in(in_files(tmp_path), [NAME]), "the search finds what is kept"


def in_files(folder: Path) -> bytes:
    """Everything that the site keeps."""
    return b"\n".join(data for _name, data in of_folder(folder))


def sign_in_again(desk: Desk, client: FlaskClient) -> None:
    """The same person, by any of the ways."""
    with desk.session() as session:
        person = session.scalars(select(Person)).one()
        TableStore().start_session(person.person_id, token_hash("again"), desk.now, desk.now.replace(hour=23))
    with client.session_transaction(base_url=ORIGIN) as cookie:
        cookie["token"], cookie["seen"] = "again", int(desk.now.timestamp())


def test_every_field_that_holds_a_secret_is_left_out() -> None:
    listed = (
        (Path(__file__).parents[3] / "docs" / "confidentiality.md").read_text().partition("#### In forms")[2]
    )
    kinds = re.findall(
        r"^- (a code that was drawn for it, or a PIN|a password):(.+?)(?=^- )", listed, re.M | re.S
    )
    names = [name for _kind, fields in kinds for name in re.findall(r"Form\.(\w+)`", fields)]
    assert {"code", "pin", "again", "current", "password"} <= set(names)
    assert [name for name in names if not is_secret(name)] == []
