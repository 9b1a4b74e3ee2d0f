"""The hub: brokers matches between sites without learning who asks."""

from zoneinfo import ZoneInfo

from flask import Flask, request, url_for
from flask_babel import gettext as _

from hub import api, dashboard, database, keys, public
from hub.api.door import init_buckets
from hub.auth import TableStore
from hub.config import HubConfig
from hub.dashboard.navigation import navigation
from hub.extensions import db
from ui import finish, init_ui
from ui.clock import Clock, init_clock
from ui.options import UiOptions
from ui.security import csrf

__all__ = ["create_app"]


def create_app(config: HubConfig, clock: Clock | None = None) -> Flask:
    """The hub's web app. Raises KeyFileError when a key of it is missing or open to other users."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=config.require_secret(),
        SQLALCHEMY_DATABASE_URI=config.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(),
        PROXY_HOPS=config.proxy_hops,
        TRUSTED_HOSTS=list(config.trusted_hosts) or None,
        ARGON2=dict(config.argon2),
        OIDC_ISSUER=config.oidc_issuer,
        OIDC_CLIENT_ID=config.oidc_client_id,
        OIDC_CLIENT_SECRET=config.oidc_client_secret,
        OIDC_NAME=config.oidc_name or "OpenID Connect",
    )
    app.extensions["hub_config"] = config
    app.extensions["hub_key"] = keys.load(config.data_dir)
    app.extensions["hub_data_key"] = keys.load_data_key(config.data_dir)
    init_clock(app, clock)
    init_buckets(app, config.calls_per_second, config.calls_at_once)
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
    init_ui(app, _options(config))
    csrf.exempt(api.bp)
    app.register_blueprint(api.bp)
    app.register_blueprint(dashboard.bp)
    app.register_blueprint(public.bp)
    finish(app)
    return app


_STAFF = frozenset({"dashboard", "signin", "account"})
"""The pages of the hub's own team: the programme's line is for physicians, and could not help the team."""


def _options(config: HubConfig) -> UiOptions:
    return UiOptions(
        product=lambda: _("Alongside hub"),
        navigation=navigation,
        home=lambda: url_for("dashboard.overview"),
        store=TableStore(db.session),
        zone=lambda: ZoneInfo(config.zone),
        phone=lambda: config.programme_phone,
        footer_phone=lambda: request.blueprint not in _STAFF,
    )
