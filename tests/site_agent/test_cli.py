"""The command line, from nothing to a first sign-in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from site_agent import cli, database
from site_agent.extensions import make_engine


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def call(data: Path, *words: str) -> Result:
    environ = {"ALONGSIDE_AGENT_DATA_DIR": str(data), "ALONGSIDE_AGENT_PUBLIC_URL": "https://peers.example"}
    return CliRunner().invoke(cli.main, list(words), env=environ, catch_exceptions=False)


def rows(data: Path, query: str) -> list[Any]:
    engine = make_engine(f"sqlite:///{data}/agent.sqlite")
    with engine.connect() as connection:
        found = list(connection.execute(text(query)))
    engine.dispose()
    return found


def test_init_makes_everything_and_may_be_repeated(data: Path) -> None:
    for _ in range(2):
        result = call(data, "init")
        assert result.exit_code == 0, result.output
        assert str(data) in result.output
    assert {path.name for path in data.iterdir()} >= {"agent.sqlite", "signing.jwk", "data.key"}
    assert call(data, "upgrade").exit_code == 0


def test_before_init_everything_says_so(data: Path) -> None:
    result = call(data, "create-person", "--email", "a@example.ca", "--name", "A")
    assert result.exit_code == 1
    assert "alongside-agent init" in result.output


def test_set_site_keeps_what_is_not_given(data: Path) -> None:
    call(data, "init")
    assert (
        call(
            data, "set-site", "--name", "Cedar", "--phone", "250-555-0100", "--zone", "America/Edmonton"
        ).exit_code
        == 0
    )
    assert call(data, "set-site", "--name", "Cedar Inlet", "--hub-url", "https://hub.example/").exit_code == 0
    (row,) = rows(data, "SELECT name, phone, zone, public_url, hub_url FROM site")
    assert tuple(row) == (
        "Cedar Inlet", "250-555-0100", "America/Edmonton", "https://peers.example", "https://hub.example",
    )  # fmt: skip


def test_a_zone_that_is_none_is_refused(data: Path) -> None:
    call(data, "init")
    result = call(data, "set-site", "--name", "Cedar", "--zone", "Pacific")
    assert result.exit_code == 1
    assert "America/Vancouver" in result.output


def test_a_person_gets_a_link_that_works_once_for_a_week(data: Path) -> None:
    call(data, "init")
    result = call(data, "create-person", "--email", "Cora@Example.ca", "--name", "Cora Ordin")
    assert result.stdout.startswith("https://peers.example/sign-in/welcome/")
    token = result.stdout.strip().rpartition("/")[2]
    (person,) = rows(data, "SELECT email, roles, password_hash FROM person")
    assert tuple(person) == ("cora@example.ca", "coordinator", None)
    (invitation,) = rows(data, "SELECT token_hash, expires_at FROM invitation")
    assert token not in str(invitation)
    assert datetime.fromisoformat(invitation.expires_at).replace(tzinfo=UTC) > datetime.now(UTC)


def test_asking_again_gives_the_same_person_a_fresh_link(data: Path) -> None:
    call(data, "init")
    call(data, "create-person", "--email", "a@example.ca", "--name", "A")
    call(data, "create-person", "--email", "a@example.ca", "--name", "A B", "--role", "lead")
    assert [tuple(row) for row in rows(data, "SELECT name, roles FROM person")] == [("A B", "lead")]
    assert len(rows(data, "SELECT * FROM invitation")) == 2


def test_an_unknown_role_is_refused(data: Path) -> None:
    call(data, "init")
    result = call(data, "create-person", "--email", "a@example.ca", "--name", "A", "--role", "king")
    assert result.exit_code == 2


def test_a_setting_that_cannot_be_used_is_named(data: Path) -> None:
    result = CliRunner().invoke(
        cli.main, ["init"], env={"ALONGSIDE_AGENT_DATA_DIR": str(data), "ALONGSIDE_AGENT_SMTP_PORT": "x"}
    )
    assert result.exit_code == 1
    assert "smtp_port" in result.output


def test_run_refuses_a_database_of_another_version(data: Path) -> None:
    call(data, "init")
    database.downgrade(f"sqlite:///{data}/agent.sqlite", "base")
    result = call(data, "run", "--port", "0")
    assert result.exit_code == 1
    assert "alongside-agent upgrade" in result.output


def test_run_serves_with_the_link_and_the_clock_beside(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call(data, "init")
    served: dict[str, Any] = {}

    def serve(app: Any, host: str, port: int, threads: int, **more: Any) -> None:
        served.update(app=app, host=host, port=port, threads=threads, **more)
        more["ready"](4321)

    monkeypatch.setattr(cli, "serve", serve)
    result = call(data, "run")
    assert result.output == "Serving on http://127.0.0.1:4321\n"
    assert (served["host"], served["port"], len(served["background"])) == ("127.0.0.1", 8080, 2)
    with served["app"].app_context():
        from site_agent.extensions import db

        db.engine.dispose()


def test_help_needs_no_settings() -> None:
    said = CliRunner().invoke(cli.main, ["set-site", "--help"], env={"ALONGSIDE_AGENT_DATA_DIR": ""})
    assert said.exit_code == 0
    assert "--hub-url" in said.output


def test_a_port_in_use_is_said_in_a_sentence(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*args: object, **more: object) -> None:
        raise OSError(98, "Address already in use")

    call(data, "init")
    monkeypatch.setattr(cli, "serve", taken)
    said = call(data, "run", "--port", "4321")
    assert said.exit_code == 1
    assert "Port 4321 of 127.0.0.1 cannot be used: Address already in use. Choose another" in said.output
