"""The hub's key on disk is its owner's alone."""

import stat

import pytest

from hub import create_app, keys
from tests.support.hub import hub_config


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_key_lies_in_a_folder_that_only_its_owner_enters(tmp_path):
    folder = tmp_path / "a" / "data"
    key = keys.create(folder)
    assert (mode(folder), mode(folder / keys.SIGNING_FILE)) == (0o700, 0o600)
    assert keys.load(folder).kid() == key.kid()


@pytest.mark.parametrize(
    ("which", "open_mode"), [("", 0o750), (keys.SIGNING_FILE, 0o640), (keys.SIGNING_FILE, 0o604)]
)
def test_a_key_that_others_may_open_is_refused_with_the_command_that_mends_it(tmp_path, which, open_mode):
    folder = tmp_path / "data"
    keys.create(folder)
    (folder / which).chmod(open_mode)
    with pytest.raises(keys.KeyFileError, match="chmod"):
        keys.load(folder)


def test_a_key_is_never_replaced(tmp_path):
    key = keys.create(tmp_path / "data")
    with pytest.raises(keys.KeyFileError, match="not replaced"):
        keys.create(tmp_path / "data")
    assert keys.load(tmp_path / "data").kid() == key.kid()


def test_without_a_key_the_hub_does_not_start(tmp_path):
    with pytest.raises(keys.KeyFileError, match="alongside-hub init"):
        create_app(hub_config(tmp_path, ""))


def test_the_data_key_is_made_beside_the_signing_key_and_never_replaced(tmp_path):
    folder = tmp_path / "data"
    keys.create(folder)
    key = keys.load_data_key(folder)
    assert (mode(folder / keys.DATA_FILE), len(key)) == (0o600, 32)
    with pytest.raises(keys.KeyFileError, match="not replaced"):
        keys.add_data_key(folder)
    assert keys.load_data_key(folder) == key


@pytest.mark.parametrize(
    ("which", "open_mode"), [("", 0o750), (keys.DATA_FILE, 0o640), (keys.DATA_FILE, 0o604)]
)
def test_a_data_key_that_others_may_open_is_refused(tmp_path, which, open_mode):
    folder = tmp_path / "data"
    keys.create(folder)
    (folder / which).chmod(open_mode)
    with pytest.raises(keys.KeyFileError, match="chmod"):
        keys.load_data_key(folder)


@pytest.mark.parametrize("text", ["", "AAAA", "not base64 !", "A" * 44])
def test_a_damaged_data_key_is_refused(tmp_path, text):
    folder = tmp_path / "data"
    keys.create(folder)
    (folder / keys.DATA_FILE).write_text(text)
    with pytest.raises(keys.KeyFileError, match="damaged"):
        keys.load_data_key(folder)


def test_without_its_data_key_the_hub_does_not_start(tmp_path):
    folder = tmp_path / "data"
    keys.create(folder)
    (folder / keys.DATA_FILE).unlink()
    with pytest.raises(keys.KeyFileError, match="Put back the copy of your key backup"):
        create_app(hub_config(folder, ""))
