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
    assert (
        "Hand this link to Cora Ordin in person or by phone. It works once, within 7 days." in result.stderr
    )


def test_a_known_address_says_how_to_start_over(data: Path) -> None:
    call(data, "init")
    call(data, "create-person", "--email", "a@example.ca", "--name", "A", "--role", "lead")
    refused = call(data, "create-person", "--email", "a@example.ca", "--name", "A B")
    assert refused.exit_code == 1
    assert "Add --again to give a fresh link" in refused.output
    again = call(data, "create-person", "--email", "a@example.ca", "--name", "A B", "--again")
    assert again.stdout.startswith("https://peers.example/sign-in/welcome/")
    assert [tuple(row) for row in rows(data, "SELECT name, roles FROM person")] == [("A B", "lead")]
    assert len(rows(data, "SELECT * FROM invitation")) == 1


def test_a_deputy_is_made_with_a_last_day(data: Path) -> None:
    call(data, "init")
    deputy = ("create-person", "--email", "d@example.ca", "--name", "D", "--role", "deputy")
    refused = call(data, *deputy)
    assert refused.exit_code == 1
    assert "A deputy stands in until a day" in refused.output
    assert call(data, *deputy, "--until", "2999-12-24").exit_code == 0
    ((until,),) = rows(data, "SELECT deputy_until FROM person")
    assert until == "2999-12-24"


def test_an_account_is_closed_but_never_the_last_coordinators(data: Path) -> None:
    call(data, "init")
    for name in ("a", "b"):
        call(data, "create-person", "--email", f"{name}@example.ca", "--name", name.upper())
    refused = call(data, "close-person", "--email", "a@example.ca")
    assert refused.exit_code == 1
    assert "Nobody else who can sign in is a coordinator" in refused.output
    assert call(data, "close-person", "--email", "c@example.ca").exit_code == 1
    engine = make_engine(f"sqlite:///{data}/agent.sqlite")
    with engine.begin() as connection:
        connection.execute(text("UPDATE person SET password_hash = 'x' WHERE email = 'b@example.ca'"))
    engine.dispose()
    closed = call(data, "close-person", "--email", "A@example.ca")
    assert (closed.exit_code, closed.stdout) == (0, "The account of A is closed.\n")
    assert rows(data, "SELECT left_at FROM person WHERE email = 'a@example.ca'")[0].left_at is not None


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
    assert result.stdout == "Serving on http://127.0.0.1:4321\n"
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


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("https://hub example.ca", "without spaces"),
        ("https:// hub.example.ca", "without spaces"),
        ("hub.example.ca/ x", "without spaces"),
        ("ftp://hub.example.ca", "without spaces"),
        ("http://hub.example.ca", "https://"),
    ],
)
def test_an_address_of_the_hub_that_is_none_is_refused(data: Path, typed: str, said: str) -> None:
    call(data, "init")
    result = call(data, "set-site", "--name", "Cedar", "--hub-url", typed)
    assert result.exit_code == 1
    assert said in result.output
    assert rows(data, "SELECT name FROM site") == []


@pytest.mark.parametrize("connected", [False, True])
def test_a_site_that_cannot_send_mail_says_so_once_when_it_starts(
    data: Path, connected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(data, "init")
    monkeypatch.setattr(cli, "serve", lambda *_, **__: None)
    if connected:
        monkeypatch.setattr(cli, "is_configured", lambda config: True)
    assert call(data, "run").stderr.count("No mail leaves this site") == (not connected)
