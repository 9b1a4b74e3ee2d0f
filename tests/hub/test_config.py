"""Settings from a file and the environment."""

from datetime import timedelta

import pytest

from hub import config
from protocol.match_states import LIMITS, State


def load(tmp_path, toml="", **environ):
    path = tmp_path / "hub.toml"
    path.write_text(toml)
    names = {f"ALONGSIDE_HUB_{name}": value for name, value in environ.items()}
    return config.load(path, {"ALONGSIDE_HUB_DATA_DIR": str(tmp_path), "HOME": "/", **names})


def test_defaults_are_those_of_the_protocol_page(tmp_path):
    settings = load(tmp_path)
    assert settings.limits == {state: limit.default for state, limit in LIMITS.items()}
    assert settings.sqlalchemy_url == f"sqlite:///{tmp_path}/hub.sqlite"
    assert (settings.code_lifetime, settings.closed_batch_days) == (timedelta(hours=24), 7)


def test_the_environment_wins_over_the_file(tmp_path):
    toml = 'public_url = "https://hub.example.org"\nanswer_within = "12h"\nproxy_hops = 1\n'
    settings = load(tmp_path, toml, ANSWER_WITHIN="6h", TRUSTED_HOSTS="a.example.org, b.example.org")
    assert settings.public_url == "https://hub.example.org"
    assert settings.limits[State.PROPOSED] == timedelta(hours=6)
    assert settings.limits[State.RELEASED] == timedelta(hours=12)
    assert settings.trusted_hosts == ("a.example.org", "b.example.org")
    assert settings.proxy_hops == 1


def test_every_limit_of_a_state_can_be_set(tmp_path):
    for state, limit in LIMITS.items():
        assert load(tmp_path, **{limit.setting: "90m"}).limits[state] == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ANSWER_WITHIN", "soon", "duration"),
        ("ANSWER_WITHIN", "24", "duration"),
        ("PROXY_HOPS", "two", "whole number"),
        ("ZONE", "Mars/Olympus", "America/Vancouver"),
        ("ANSWER_WITHEN", "24h", "no setting ANSWER_WITHEN"),
        ("LIMITS", "x", "no setting LIMITS"),
        ("LEAVE_TO", "javascript:alert(1)", "https://weather.gc.ca/"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path, name, value, says):
    with pytest.raises(config.ConfigError, match=says):
        load(tmp_path, **{name: value})


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(config.ConfigError, match=r"hub\.toml"):
        load(tmp_path, "= = =")
    with pytest.raises(config.ConfigError, match="missing"):
        config.load(None, {})


def test_the_cookie_secret_comes_from_the_data_folder_and_is_required(tmp_path):
    with pytest.raises(config.ConfigError, match="alongside-hub init"):
        load(tmp_path).require_secret()
    (tmp_path / config.COOKIE_KEY_FILE).write_text("drawn at random\n")
    assert load(tmp_path).require_secret() == "drawn at random"


def test_no_secret_is_shown_when_settings_are_printed(tmp_path):
    shown = repr(
        load(
            tmp_path, SECRET="hush", DATABASE_URL="postgresql+psycopg://u:hush@h/d", OIDC_CLIENT_SECRET="hush"
        )
    )
    assert "hush" not in shown
