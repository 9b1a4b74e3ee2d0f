"""The site's own secrets, as files beside the database: made once, readable by this program's user only.

`signing.jwk` speaks for the site, `sealing.jwk` opens the letters sealed to it, `data.key` wraps the key of every
case, `cookie.key` signs the pages' cookies.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from flask import current_app

from protocol.errors import WeakKeyError
from protocol.keys import SealingKey, SigningKey
from protocol.strict import b64url_decode, b64url_encode

_FILES = ("signing.jwk", "sealing.jwk", "data.key", "cookie.key")
_DATA_KEY_BYTES = 32


class KeyFileError(Exception):
    """The key files cannot be used; the message says how to mend it."""


@dataclass(frozen=True)
class AgentKeys:
    """What the files hold."""

    signing: SigningKey = field(repr=False)
    sealing: SealingKey = field(repr=False)
    data: bytes = field(repr=False)
    cookie: str = field(repr=False)


class KeyStore:
    """The key files of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir

    def exists(self) -> bool:
        """Whether any key file is there."""
        return any((self._folder / name).exists() for name in _FILES)

    def load_or_create(self) -> AgentKeys:
        """The keys; made at the first start. Raises KeyFileError.

        Never completes a broken set: a new key beside old data would make that data unreadable without a word.
        """
        if not self.exists():
            self._create()
        return self.load()

    def load(self) -> AgentKeys:
        """The keys. Raises KeyFileError for a missing or malformed file, or one that others can read."""
        self._check_mode(self._folder, 0o700)
        texts = {name: self._read(name) for name in _FILES}
        try:
            data = b64url_decode(texts["data.key"])
            if len(data) != _DATA_KEY_BYTES:
                raise ValueError("not 32 bytes")
            return AgentKeys(
                SigningKey.from_jwk(json.loads(texts["signing.jwk"])),
                SealingKey.from_jwk(json.loads(texts["sealing.jwk"])),
                data,
                texts["cookie.key"],
            )
        except (ValueError, WeakKeyError):
            raise KeyFileError(
                f"A key file in {self._folder} is damaged. Put back the copy of your key backup."
            ) from None

    def texts(self) -> dict[str, str]:
        """What each file holds, for a backup of the keys. Raises KeyFileError as `load`."""
        self.load()
        return {name: self._read(name) for name in _FILES}

    def put_back(self, texts: Mapping[str, str]) -> None:
        """Write the files of a backup, and check them. Files that hold the same are left alone.

        Raises KeyFileError if others are there, or if the backup is damaged.
        """
        if set(texts) != set(_FILES):
            raise KeyFileError("The backup does not hold the keys of a site.")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in texts.items():
            if not (self._folder / name).exists():
                _write_once(self._folder / name, text)
            elif self._read(name) != text:
                raise KeyFileError(f"Another {name} lies in {self._folder}. Restore into a fresh folder.")
        self.load()

    def _create(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._check_mode(self._folder, 0o700)
        contents = {
            "signing.jwk": json.dumps(SigningKey.generate().jwk()),
            "sealing.jwk": json.dumps(SealingKey.generate().jwk()),
            "data.key": b64url_encode(secrets.token_bytes(_DATA_KEY_BYTES)),
            "cookie.key": secrets.token_urlsafe(32),
        }
        for name, text in contents.items():
            _write_once(self._folder / name, text)

    def _read(self, name: str) -> str:
        path = self._folder / name
        try:
            self._check_mode(path, 0o600)
            return path.read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            raise KeyFileError(
                f"{path} is missing or damaged. Put back the copy of your key backup; without it, what was sealed "
                "cannot be read."
            ) from None

    @staticmethod
    def _check_mode(path: Path, mode: int) -> None:
        if os.name == "posix" and path.stat().st_mode & 0o777 & ~mode:
            raise KeyFileError(f"Others on this machine can read {path}. Run: chmod {mode:o} {path}")


def current_keys() -> AgentKeys:
    """The keys of the current app."""
    return cast(AgentKeys, current_app.extensions["agent_keys"])


def _write_once(path: Path, text: str) -> None:
    # O_EXCL: of two first starts at once, one fails instead of taking the other's keys away.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
