"""The key files: made once, kept private, never completed in silence."""

import os
from pathlib import Path

import pytest

from site_agent.keys import KeyFileError, KeyStore

FILES = ("signing.jwk", "sealing.jwk", "data.key", "cookie.key")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_keys_are_made_once_and_private(folder: Path) -> None:
    store = KeyStore(folder)
    assert not store.exists()
    first = store.load_or_create()
    again = store.load_or_create()
    assert first.signing.kid() == again.signing.kid()
    assert first.sealing.kid() == again.sealing.kid()
    assert (first.data, first.cookie) == (again.data, again.cookie)
    assert len(first.data) == 32
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {(folder / name).stat().st_mode & 0o777 for name in FILES} == {0o600}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_others_can_read_is_refused_and_says_how_to_mend_it(name: str, folder: Path) -> None:
    KeyStore(folder).load_or_create()
    (folder / name).chmod(0o640)
    with pytest.raises(KeyFileError, match=f"chmod 600 .*{name}"):
        KeyStore(folder).load()


def test_a_folder_that_others_can_enter_is_refused(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(KeyFileError, match="chmod 700"):
        KeyStore(folder).load_or_create()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", FILES)
def test_a_missing_key_is_not_replaced(name: str, folder: Path) -> None:
    KeyStore(folder).load_or_create()
    os.remove(folder / name)
    with pytest.raises(KeyFileError, match="missing"):
        KeyStore(folder).load_or_create()
    assert not (folder / name).exists()


@pytest.mark.parametrize("name", FILES[:3])
@pytest.mark.parametrize("content", ["", "{}", "nonsense", '{"kty":"OKP"}', "AAAA", "é"])
def test_a_damaged_key_is_refused(name: str, content: str, folder: Path) -> None:
    KeyStore(folder).load_or_create()
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(KeyFileError):
        KeyStore(folder).load()


def test_keys_do_not_show_in_a_trace(folder: Path) -> None:
    keys = KeyStore(folder).load_or_create()
    shown = repr(keys)
    assert keys.cookie not in shown
    assert str(keys.data) not in shown
    assert keys.signing.jwk()["d"] not in shown
