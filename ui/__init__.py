"""The web that hub and site agent share: looks, access, security, sign-in, errors. It knows neither app.

def create_app(config, clock=None):
    app = Flask(__name__)
    app.config.from_mapping(...)
    init_clock(app, clock)
    init_ui(app, UiOptions(...))
    app.register_blueprint(...)
    finish(app)
    return app
"""

from __future__ import annotations

from flask import Flask

from ui.access import init_access, require_declarations
from ui.clock import init_clock
from ui.errors import init_errors
from ui.looks import init_looks
from ui.options import UiOptions
from ui.security import init_security
from ui.signin.pages import init_signin

__all__ = ["finish", "init_clock", "init_ui"]


def init_ui(app: Flask, options: UiOptions) -> None:
    """Give the app everything of this package; once, after its configuration and before its blueprints."""
    init_clock(app)
    init_access(app)
    init_security(app)
    init_looks(app, options)
    init_errors(app)
    init_signin(app, options.store)


def finish(app: Flask) -> None:
    """Check the finished app; the last line of `create_app`.

    Raises UndeclaredRouteError when a route does not say who may open it.
    """
    require_declarations(app)
