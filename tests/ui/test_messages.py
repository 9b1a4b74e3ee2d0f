"""Words people see are found for translation, from code and from templates, and catalogues follow them."""

from __future__ import annotations

import shutil

import pytest
from babel.messages.pofile import read_po

from ui.frontend import messages

pytestmark = pytest.mark.xdist_group("messages")  # the code is read once


@pytest.fixture(scope="module")
def collected():
    return messages.collect()


@pytest.fixture
def found(collected):
    return {message.id for message in collected}


@pytest.fixture
def copied(tmp_path, monkeypatch, collected):
    """The catalogues, to be written; the code is read once for all."""
    monkeypatch.setattr(messages, "collect", lambda: collected)
    shutil.copytree(messages.FOLDER, tmp_path / "translations")
    monkeypatch.setattr(messages, "FOLDER", tmp_path / "translations")
    monkeypatch.setattr(messages, "TEMPLATE", tmp_path / "translations" / "messages.pot")
    return tmp_path / "translations"


@pytest.mark.parametrize(
    "words",
    [
        "Skip to main content",  # a shared template
        "Enter a real date, for example 27 Mar 2026",  # shared code
        ("%(num)d hour ago", "%(num)d hours ago"),  # a plural
        "Undo",
    ],
)
def test_words_are_found_wherever_they_are_written(found, words):
    assert words in found


def test_the_tools_own_words_are_not_for_translation(found):
    assert not [words for words in found if "VENDOR.json" in str(words)]


def test_a_language_gets_new_words_and_keeps_what_was_translated(copied):
    french = copied / "fr_CA" / "LC_MESSAGES"
    french.mkdir(parents=True)
    (french / "messages.po").write_text('msgid "Undo"\nmsgstr "Annuler"\n')
    assert messages.update() == ["en_CA", "fr_CA"]
    with (french / "messages.po").open("rb") as file:
        catalog = read_po(file)
    assert catalog["Undo"].string == "Annuler"
    assert catalog["Skip to main content"].string == ""
    assert (french / "messages.mo").stat().st_size > 0


def test_words_missing_from_the_template_are_named(copied):
    messages.update()
    assert messages.missing() == []
    text = messages.TEMPLATE.read_text()
    messages.TEMPLATE.write_text(text.replace('msgid "Undo"', 'msgid "Redo"'))
    assert messages.missing() == ["Undo"]


def test_words_that_are_no_longer_used_leave_the_catalogues(copied):
    catalogue = copied / "en_CA" / "LC_MESSAGES" / "messages.po"
    catalogue.write_text(catalogue.read_text() + '\nmsgid "No page says so"\nmsgstr ""\n')
    messages.update()
    assert "No page says so" not in catalogue.read_text()
