"""The translations of a page are found once, and still follow the language."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel, Domain, force_locale, gettext, lazy_gettext, ngettext

from ui.catalogue import find_once


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    for locale, word in (("fr", "Bonjour"), ("en_CA", "Good day")):
        catalogue = Catalog(locale=locale)
        catalogue.add("Hello", word)
        catalogue.add(("%(num)d day", "%(num)d days"), (f"%(num)d {word}", f"%(num)d {word}s"))
        folder = tmp_path / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with (folder / "messages.mo").open("wb") as file:
            write_mo(file, catalogue)
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    Babel(app, default_locale="en_CA")
    find_once(app)
    return app


def test_the_language_is_followed_to_and_fro(app: Flask) -> None:
    later = lazy_gettext("Hello")
    with app.test_request_context():
        assert gettext("Hello") == "Good day"
        with force_locale("fr"):
            assert (gettext("Hello"), str(later)) == ("Bonjour", "Bonjour")
            assert ngettext("%(num)d day", "%(num)d days", 2) == "2 Bonjours"
            with force_locale("en_CA"):
                assert gettext("Hello") == "Good day"
        assert (gettext("Hello"), str(later)) == ("Good day", "Good day")
        rendered = app.jinja_env.from_string("{{ _('Hello') }}").render()
        assert rendered == "Good day"


def test_what_has_no_translation_stays_as_it_is(app: Flask) -> None:
    with app.test_request_context():
        assert gettext("Not there %(n)s", n=1) == "Not there 1"
    assert gettext("Hello") == "Hello", "outside an app"


def test_a_page_looks_once_however_many_texts_it_has(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    find = Domain.get_translations

    def count(domain: Domain) -> object:
        looked.append(domain)
        return find(domain)

    monkeypatch.setattr(Domain, "get_translations", count)
    for _request in range(2):
        looked.clear()
        with app.test_request_context():
            assert {gettext("Hello") for _text in range(50)} == {"Good day"}
        assert 1 <= len(looked) <= 2
