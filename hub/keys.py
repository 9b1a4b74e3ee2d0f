"""The hub's own signing key on disk, readable by its owner only."""

import json
import os
import stat
from pathlib import Path

from flask import current_app

from protocol.keys import SigningKey

SIGNING_FILE = "signing.jwk"


class KeyFileError(RuntimeError):
    """The key cannot be used as it lies there; the message says how to mend it."""


def load(data_dir: Path) -> SigningKey:
    """The hub's signing key. Raises KeyFileError if it is missing, unreadable or open to other users."""
    path = data_dir / SIGNING_FILE
    if not path.exists():
        raise KeyFileError(f"There is no key in {data_dir}: run `alongside-hub init` first.")
    _require_private(data_dir, 0o700)
    _require_private(path, 0o600)
    return SigningKey.from_jwk(json.loads(path.read_text()))


def create(data_dir: Path) -> SigningKey:
    """Make the data folder and a new signing key in it. Raises KeyFileError if there is one already."""
    make_private_dir(data_dir)
    key = SigningKey.generate()
    write_private(data_dir / SIGNING_FILE, json.dumps(key.jwk()))
    return key


def make_private_dir(path: Path) -> None:
    """A folder that only its owner may enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner may read, durable when this returns. Never replaces one: KeyFileError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFileError(f"{path} exists already and is not replaced.") from error
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def current() -> SigningKey:
    """The current app's signing key."""
    key: SigningKey = current_app.extensions["hub_key"]
    return key


def _require_private(path: Path, mode: int) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyFileError(f"Other users may open {path}: run `chmod {mode:o} {path}`, then start again.")
