"""Settings from the environment and a file."""

from pathlib import Path

import pytest

from site_agent.config import AgentConfig, ConfigError


def load(path: Path | None = None, **environ: str) -> AgentConfig:
    return AgentConfig.load(path, {f"ALONGSIDE_AGENT_{name}": value for name, value in environ.items()})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(f'data_dir = "{tmp_path}"\nsmtp_port = 25\nsmtp_host = "a"\ntrusted_hosts = ["x", "y"]\n')
    config = load(file, SMTP_PORT="2525", PUBLIC_URL="https://peers.example/")
    assert (config.data_dir, config.smtp_port, config.smtp_host) == (tmp_path, 2525, "a")
    assert config.trusted_hosts == ("x", "y")
    assert config.public_url == "https://peers.example"
    assert config.database_url == f"sqlite:///{tmp_path}/agent.sqlite"


def test_a_list_may_be_given_with_commas(tmp_path: Path) -> None:
    assert load(DATA_DIR=str(tmp_path), TRUSTED_HOSTS="a.example, b.example,").trusted_hosts == (
        "a.example",
        "b.example",
    )


def test_other_variables_are_none_of_ours(tmp_path: Path) -> None:
    assert AgentConfig.load(None, {"ALONGSIDE_AGENT_DATA_DIR": str(tmp_path), "PATH": "/bin"})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "data_dir"),
        ({"DATA_DIR": ""}, "data_dir"),
        ({"DATA_DIR": "/tmp/x", "SMPT_HOST": "a"}, "smpt_host"),
        ({"DATA_DIR": "/tmp/x", "SMTP_PORT": "many"}, "smtp_port is a whole number"),
        ({"DATA_DIR": "/tmp/x", "SMTP_TLS": "maybe"}, "starttls"),
        ({"DATA_DIR": "/tmp/x", "FORMS_FROM_ADDRESS": "-1"}, "0 or more"),
        ({"DATA_DIR": "/tmp/x", "FORMS_TO_SITE": "-1"}, "0 or more"),
        ({"DATA_DIR": "/tmp/x", "ARGON2": "time_cost"}, "argon2"),
    ],
)
def test_what_cannot_be_used_is_named(given: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load(**given)


@pytest.mark.parametrize(("text", "words"), [("data_dir = [", "TOML"), (None, "cannot be read")])
def test_a_file_that_cannot_be_used_is_named(text: str | None, words: str, tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigError, match=words):
        load(file)
