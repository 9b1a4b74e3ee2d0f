"""Settings of the program (not of the programme: those are in `services.policy`).

Each comes from an environment variable `ALONGSIDE_AGENT_<NAME>`, else from a TOML file, else from its default.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

PREFIX = "ALONGSIDE_AGENT_"
_BY_CODE = {"argon2"}
SMTP_TLS = ("starttls", "tls", "none")


class ConfigError(ValueError):
    """A setting that cannot be used; the message names it and says how to mend it."""


@dataclass(frozen=True)
class AgentConfig:
    """What the program needs to know before it starts."""

    data_dir: Path
    """Folder of keys and database, for this program's user only."""
    public_url: str = ""
    """Where people reach the pages, `https://peers.example`; the site's own setting wins."""
    secret: str = ""
    """Signs cookies; empty: a random one is kept beside the keys."""
    trusted_hosts: tuple[str, ...] = ()
    """Host names that the pages answer to; empty: any."""
    proxy_hops: int = 0
    """Reverse proxies in front of the program. Without it a proxy's own address stands for every visitor's."""
    forms_from_address: int = 10
    """Requests and notices taken in an hour from one address, at least, and half as many more at most; 0: any number.
    Ours: a clinic shares one address."""
    forms_to_site: int = 60
    """The same for all addresses together in a day. Ours: some weeks' worth at the largest site."""
    smtp_host: str = ""
    """Mail server; empty: mail waits until one is set."""
    smtp_port: int = 587
    """RFC 6409: the submission port."""
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: str = "starttls"
    smtp_sender: str = ""
    """The address that mail comes from: a neutral one, which names neither programme nor health."""
    mail_folder: str = ""
    """For rehearsals: mail is written into this folder and not sent."""

    argon2: tuple[tuple[str, int], ...] = ()
    """Parameters of argon2-cffi for passwords and PINs, given by code only; empty: its own (RFC 9106)."""

    @property
    def database_url(self) -> str:
        """The SQLite file in the data folder."""
        return f"sqlite:///{self.data_dir / 'agent.sqlite'}"

    @classmethod
    def load(cls, path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings. Raises ConfigError for an unknown name or a value that cannot be used."""
        given: dict[str, Any] = _read_file(path) if path else {}
        given |= {
            name[len(PREFIX) :].lower(): value for name, value in environ.items() if name.startswith(PREFIX)
        }
        known = {each.name: each.type for each in fields(cls) if each.name not in _BY_CODE}
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise ConfigError(
                f"Unknown settings: {', '.join(unknown)}. Known are {', '.join(sorted(known))}."
            )
        if not given.get("data_dir"):
            raise ConfigError(f"Say where the data goes: data_dir in the file, or {PREFIX}DATA_DIR.")
        return cls(**{name: _read(name, known[name], value) for name, value in given.items()})

    def __post_init__(self) -> None:
        if min(self.forms_from_address, self.forms_to_site) < 0:
            raise ConfigError("forms_from_address and forms_to_site are 0 or more.")
        if self.smtp_tls not in SMTP_TLS:
            raise ConfigError(f"smtp_tls is one of {', '.join(SMTP_TLS)}.")
        if self.public_url.endswith("/"):
            object.__setattr__(self, "public_url", self.public_url.rstrip("/"))


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error


def _read(name: str, kind: Any, value: Any) -> Any:
    if kind is Path:
        return Path(value).expanduser().resolve()
    if kind is int:
        try:
            return int(value)
        except (TypeError, ValueError):
            raise ConfigError(f"{name} is a whole number, not {value!r}.") from None
    if kind is str:
        return str(value)
    items = value.split(",") if isinstance(value, str) else value
    return tuple(str(item).strip() for item in items if str(item).strip())
