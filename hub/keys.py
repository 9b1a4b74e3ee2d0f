"""The hub's own keys on disk, readable by their owner only: it signs with one and seals its tables with the other."""

import json
import os
import secrets
import stat
from pathlib import Path

from flask import current_app

from hub.sealed_text import KEY_BYTES
from protocol.keys import SigningKey
from protocol.strict import b64url_decode, b64url_encode

SIGNING_FILE = "signing.jwk"
DATA_FILE = "data.key"


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
    add_data_key(data_dir)
    return key


def load_data_key(data_dir: Path) -> bytes:
    """The key that seals secrets in the hub's tables. Raises KeyFileError as `load` does."""
    path = data_dir / DATA_FILE
    if not path.exists():
        raise KeyFileError(
            f"There is no {DATA_FILE} in {data_dir}. Put back the copy of your key backup; if this hub is older than "
            "that file, run `alongside-hub upgrade`."
        )
    _require_private(data_dir, 0o700)
    _require_private(path, 0o600)
    try:
        key = b64url_decode(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"{path} is damaged. Put back the copy of your key backup.")
    return key


def add_data_key(data_dir: Path) -> None:
    """Make the data key. Raises KeyFileError if there is one already: what it sealed would be lost."""
    write_private(data_dir / DATA_FILE, b64url_encode(secrets.token_bytes(KEY_BYTES)))


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


def current_data_key() -> bytes:
    """The current app's data key."""
    key: bytes = current_app.extensions["hub_data_key"]
    return key


def _require_private(path: Path, mode: int) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyFileError(f"Other users may open {path}: run `chmod {mode:o} {path}`, then start again.")
