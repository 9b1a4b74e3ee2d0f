"""The hub's settings: one frozen value, from a TOML file and from environment variables `ALONGSIDE_HUB_…`.

The environment wins over the file. Every figure of the programme is a setting whose default names its source.
Durations are written as a number and a unit: `90s`, `30m`, `24h`, `14d`.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from protocol.match_states import LIMITS, State

PREFIX = "ALONGSIDE_HUB_"
COOKIE_KEY_FILE = "cookie-key.txt"
_BY_CODE = {"limits", "argon2"}
"""Fields that are not settings of their own name."""
_DURATION = re.compile(r"(\d{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class ConfigError(ValueError):
    """A setting that cannot be used; the message says which, and how to mend it."""


def default_limits() -> Mapping[State, timedelta]:
    """How long each state of a match may last, from `protocol.match_states.LIMITS` (each with its source)."""
    return MappingProxyType({state: limit.default for state, limit in LIMITS.items()})


@dataclass(frozen=True)
class HubConfig:
    """The settings of one hub. `secret` signs cookies; `limits` is set by the names in `LIMITS`."""

    data_dir: Path
    secret: str = field(default="", repr=False)
    database_url: str = field(default="", repr=False)
    """SQLite in the data folder by default; PostgreSQL as `postgresql+psycopg://…`. May hold a password."""
    public_url: str = "http://127.0.0.1:8000"
    proxy_hops: int = 0
    """Reverse proxies in front."""
    trusted_hosts: tuple[str, ...] = ()
    """Host names this hub answers to; empty for any."""
    zone: str = "America/Vancouver"
    """In which staff read times."""
    programme_phone: str = "1-800-663-6729"
    """The Physician Health Program's 24-hour line."""
    leave_to: str = "https://weather.gc.ca/"
    """Where "Leave this page" of the nameless page leads: the public weather page of Canada (ours)."""
    limits: Mapping[State, timedelta] = field(default_factory=default_limits)
    extend_by: timedelta = timedelta(hours=24)
    """What the one extension adds (ours: as much as the helping site has after the limit)."""
    letters_live: timedelta = timedelta(days=14)
    """How long sealed letters may be held (confidentiality page: up to 14 days)."""
    closed_batch_days: int = 7
    """Home hears of closings in batches of so many days (protocol page, step 9: weekly)."""
    code_lifetime: timedelta = timedelta(hours=24)
    """Of an enrolment code (protocol page: 24 h)."""
    keep_tokens: timedelta = timedelta(days=35)
    """Of received tokens without letters and of seen ids (protocol page: 35 days, longer than any `exp`)."""
    forget_sites_after: timedelta = timedelta(days=30)
    """A closed match then loses its site ids (confidentiality page: 30 days after closing)."""
    dark_after: timedelta = timedelta(hours=24)
    """A site that has not called for so long is shown to staff, to be phoned (ours)."""
    limits_every: timedelta = timedelta(seconds=5)
    """How often passed limits are looked for (ours)."""
    calls_per_second: int = 20
    """That one site may make in the long run (ours: a fast poll is one in 2 s, a backlog is drained at once)."""
    calls_at_once: int = 200
    """Saved-up calls of one site (ours: 10,000 messages in batches of 50)."""
    argon2: Mapping[str, int] = field(default_factory=dict)
    """argon2-cffi's parameters for staff's passwords; none for its own, which follow RFC 9106."""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_name: str = "OpenID Connect"
    """What people call the provider."""

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError) as error:
            raise ConfigError(
                f"ZONE {self.zone!r} is no time zone; write one like America/Vancouver."
            ) from error
        if not self.leave_to.startswith("https://"):
            raise ConfigError(
                f"LEAVE_TO {self.leave_to!r} is no address; write one like https://weather.gc.ca/."
            )

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address as SQLAlchemy takes it."""
        return self.database_url or f"sqlite:///{self.data_dir / 'hub.sqlite'}"

    def require_secret(self) -> str:
        """The secret that signs cookies. Raises ConfigError if there is none."""
        if not self.secret:
            raise ConfigError(f"SECRET is missing: run `alongside-hub init`, or set {PREFIX}SECRET.")
        return self.secret

    def limit(self, state: State) -> timedelta | None:
        """How long a match may stay in this state; None for a final one."""
        return self.limits.get(state)


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> HubConfig:
    """Settings from a TOML file (its names in any case) and the environment.

    `DATA_DIR` is required; the cookie secret is read from `secret.txt` there unless it is set. Raises ConfigError.
    """
    settings = {name.upper(): value for name, value in _read_toml(path).items()}
    environ = os.environ if environ is None else environ
    settings |= {
        name.removeprefix(PREFIX): value for name, value in environ.items() if name.startswith(PREFIX)
    }
    if "DATA_DIR" not in settings:
        raise ConfigError(f"DATA_DIR is missing: set {PREFIX}DATA_DIR to the hub's data folder.")
    secret_file = Path(settings["DATA_DIR"]) / COOKIE_KEY_FILE
    if "SECRET" not in settings and secret_file.exists():
        settings["SECRET"] = secret_file.read_text().strip()
    return _build(settings)


def current() -> HubConfig:
    """The current app's settings."""
    config: HubConfig = current_app.extensions["hub_config"]
    return config


def _build(settings: dict[str, Any]) -> HubConfig:
    states = {limit.setting: state for state, limit in LIMITS.items()}
    limits = dict(default_limits())
    values: dict[str, Any] = {}
    kinds = {each.name.upper(): each for each in fields(HubConfig) if each.name not in _BY_CODE}
    for name, value in settings.items():
        if name in states:
            limits[states[name]] = _duration(name, value)
        elif name in kinds:
            values[kinds[name].name] = _convert(name, kinds[name].type, value)
        else:
            raise ConfigError(f"There is no setting {name}.")
    return HubConfig(**values, limits=MappingProxyType(limits))


def _convert(name: str, kind: Any, value: Any) -> Any:
    if kind is timedelta:
        return _duration(name, value)
    if kind is Path:
        return Path(value)
    if kind is int:
        if not str(value).isdecimal():
            raise ConfigError(f"{name} must be a whole number; it is {value!r}.")
        return int(value)
    if kind is str:
        return str(value)
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(part.strip() for part in parts if part.strip())


def _duration(name: str, value: Any) -> timedelta:
    match = _DURATION.fullmatch(str(value))
    if match is None:
        raise ConfigError(f"{name} must be a duration such as 90s, 30m, 24h or 14d; it is {value!r}.")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _read_toml(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"The settings file {path} cannot be read: {error}") from error
