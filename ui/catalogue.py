"""The translations of a page, found once a request: a page has hundreds of texts, and Flask-Babel looks for them anew
for each.
"""

from __future__ import annotations

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import Domain, get_babel


class OnceDomain(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """What holds for a request in one language is kept with it; `force_locale` is followed, since the language is
    compared each time."""

    def get_translations(self) -> NullTranslations:
        """The translations of the present language."""
        context = g.get("_flask_babel")  # where Flask-Babel itself keeps what it knows of a request
        locale = getattr(context, "babel_locale", None)
        kept = getattr(context, "alongside_catalogue", None)
        if kept is not None and kept[0] is locale:
            translations: NullTranslations = kept[1]
        else:
            translations = super().get_translations()
            if locale is not None:
                context.alongside_catalogue = locale, translations
        return translations


def find_once(app: Flask) -> None:
    """Give the app's Babel this domain; once, after Babel was given to the app."""
    get_babel(app).instance.domain_instance = OnceDomain()
