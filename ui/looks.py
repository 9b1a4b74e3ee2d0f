"""How pages are drawn: templates, translations, static files, and what every template may call."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    get_flashed_messages,
    request,
    send_file,
    url_for,
)
from flask_babel import Babel, format_decimal, get_locale
from flask_babel import gettext as _
from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
)

from ui import bridge, clock, timewords
from ui.access import current_person, public
from ui.catalogue import find_once
from ui.forms import error_list
from ui.options import UiOptions
from ui.signin import sessions
from ui.unsent import what_was_sent

HERE = Path(__file__).resolve().parent
ENGLISH = "en_CA"


class GovukLoader(PackageLoader):
    """GOV.UK's macros, which count on a missing parameter being empty; our own templates stay strict."""

    _lenient: Environment | None = None

    def load(self, environment: Environment, name: str, globals: Any = None) -> Template:
        if self._lenient is None:
            self._lenient = environment.overlay(undefined=ChainableUndefined)
        return super().load(self._lenient, name, globals)


def init_looks(app: Flask, options: UiOptions) -> None:
    """Give `app` the shared templates and static files, Babel, and the template globals.

    Settings: THEME_FILE, the path of a style sheet with the operator's own colours (default none);
    LOCALES, the languages offered, the first being the default (default Canadian English).
    """
    app.extensions["ui"] = options
    app.config.setdefault("THEME_FILE", None)
    app.config.setdefault("LOCALES", (ENGLISH,))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.loader = template_loader(app.jinja_env.loader)
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", f"{HERE / 'translations'};translations")
    Babel(
        app,
        default_locale=app.config["LOCALES"][0],
        locale_selector=lambda: choose_locale(app.config["LOCALES"]),
    )
    find_once(app)
    app.register_blueprint(assets())
    app.jinja_env.globals.update(template_globals(app, options))
    app.jinja_env.filters.update(
        when=timewords.when,
        day=timewords.day,
        ago=timewords.ago,
        left=timewords.left,
        utc=timewords.utc_stamp,
        amount=format_decimal,
    )


def template_loader(own: BaseLoader | None) -> ChoiceLoader:
    """The app's own templates first, then the shared ones, then GOV.UK's macros under their package's name."""
    govuk = PrefixLoader({"govuk_frontend_jinja": GovukLoader("govuk_frontend_jinja")})
    return ChoiceLoader([govuk, *([own] if own else []), FileSystemLoader(HERE / "templates")])


def choose_locale(locales: tuple[str, ...]) -> str:
    """The first of the offered languages that the browser asks for, else the first offered."""
    if not request:
        return locales[0]
    by_tag = {locale.replace("_", "-"): locale for locale in locales}
    return by_tag.get(request.accept_languages.best_match(by_tag) or "", locales[0])


def assets() -> Blueprint:
    """The static files, and the operator's theme beside them."""
    blueprint = Blueprint("ui", __name__, static_folder="static", static_url_path="/static/ui")

    @blueprint.get("/theme.css")
    @public
    def theme() -> Response:
        path = current_app.config["THEME_FILE"]
        if not path or not Path(path).is_file():
            abort(404)
        return send_file(Path(path).resolve(), mimetype="text/css")

    return blueprint


def template_globals(app: Flask, options: UiOptions) -> dict[str, Any]:
    """What every template may call, beside what Flask and Babel give."""
    version = options.asset_version or shipped_version()
    return {
        "ui": options,
        "asset": lambda name: url_for("ui.static", filename=name, v=version),
        "font": lambda name: url_for("ui.static", filename=f"vendor/fonts/{name}"),
        "theme_url": lambda: url_for("ui.theme") if app.config["THEME_FILE"] else None,
        "language": lambda: str(get_locale() or ENGLISH).replace("_", "-"),
        "navigation": lambda: navigation(options),
        "footer_links": lambda: footer_links(app),
        "has_endpoint": lambda endpoint: endpoint in app.view_functions,
        "current_person": current_person,
        "idle_seconds": sessions.seconds_left,
        "what_was_sent": what_was_sent,
        "error_list": error_list,
        "field_label": bridge.field_label,
        "field_legend": bridge.field_legend,
        "field_hint": bridge.field_hint,
        "field_error": bridge.field_error,
        "choice_items": bridge.choice_items,
        "part_items": bridge.part_items,
        "banners": banners,
        "time_tag": timewords.time_tag,
        "clock_patterns": timewords.clock_patterns,
        "is_late": timewords.is_late,
        "now": clock.now,
    }


def navigation(options: UiOptions) -> list[dict[str, Any]]:
    """The service navigation as GOV.UK's macro takes it, the reader's own section marked."""
    return [
        {
            "href": url_for(item.endpoint),
            "text": item.text,
            "current": request.endpoint == item.endpoint,
            "active": bool(item.active_prefix) and request.path.startswith(item.active_prefix),
        }
        for item in options.navigation()
    ]


def footer_links(app: Flask) -> list[dict[str, str]]:
    """Help, privacy and accessibility, as far as the app has pages of that name (in any blueprint)."""
    words = {"help": _("Help"), "privacy": _("Privacy"), "accessibility": _("Accessibility")}
    endpoints = {endpoint.rpartition(".")[2]: endpoint for endpoint in app.view_functions}
    return [
        {"href": url_for(endpoints[page]), "text": text} for page, text in words.items() if page in endpoints
    ]


def done(text: str, undo: str | None = None) -> None:
    """Say on the next page that something was done; `undo` is a URL that takes it back by POST."""
    flash({"text": text, "undo": undo}, "done")  # type: ignore[arg-type]  # the session keeps it as JSON


def banners() -> list[dict[str, Any]]:
    """What to say on this page, each once: {text, undo, kind}; kind is "done" or "notice"."""
    said: list[dict[str, Any]] = []
    flashed: Any = get_flashed_messages(with_categories=True)
    for category, message in flashed:
        about = message if isinstance(message, dict) else {"text": message, "undo": None}
        said.append({**about, "kind": "done" if category in {"done", "success"} else "notice"})
    return said


def shipped_version() -> str:
    """A short name for the static files as they are now; changes when any of them does."""
    digest = hashlib.sha256()
    for path in sorted((HERE / "static").rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
