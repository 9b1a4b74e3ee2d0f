"""The site agent: one site's own program. Names and contact details of its physicians live here and nowhere else."""

from flask import Flask

from site_agent.auth import TableStore
from site_agent.config import AgentConfig
from site_agent.extensions import ENGINE_OPTIONS, db, prepare
from site_agent.keys import KeyStore
from site_agent.link import init_link
from site_agent.looks import crisis_phone, site_name, site_phone, site_zone
from ui import finish, init_clock, init_ui
from ui.clock import Clock
from ui.options import NavItem, UiOptions

SECRET_PATH_PREFIXES = ("/r/", "/o/", "/a/", "/reply/", "/m/", "/sign-in/welcome/")
"""What follows is a secret token: stripped from every log."""


def create_app(config: AgentConfig, clock: Clock | None = None) -> Flask:
    """The app over its data folder; keys are made at the first start. Raises KeyFileError.

    The database must have been made by `site_agent.database.upgrade`.
    """
    app = Flask(__name__, static_folder=None)
    keys = KeyStore(config.data_dir).load_or_create()
    app.extensions["agent_config"] = config
    app.extensions["agent_keys"] = keys
    app.config.update(
        SECRET_KEY=config.secret or keys.cookie,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=dict(ENGINE_OPTIONS),
        SECRET_PATH_PREFIXES=SECRET_PATH_PREFIXES,
        TRUSTED_HOSTS=list(config.trusted_hosts) or None,
        PROXY_HOPS=config.proxy_hops,
        ARGON2=dict(config.argon2),
    )
    init_clock(app, clock)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    init_link(app)
    init_ui(app, options())
    register_pages(app)
    finish(app)
    return app


def options() -> UiOptions:
    """What the shared web asks of this app."""
    return UiOptions(
        product=site_name,
        navigation=navigation,
        home=home,
        store=TableStore(),
        zone=site_zone,
        phone=site_phone,
        crisis=crisis_phone,
    )


def home() -> str:
    """Where the name at the top leads."""
    from site_agent.web.navigation import home as first_page

    return first_page()


def navigation() -> list[NavItem]:
    """The links at the top; asked of the pages when one is drawn."""
    from site_agent.web.navigation import navigation as links

    return links()


def register_pages(app: Flask) -> None:
    """Pages, one line for each part. Imported here, since pages import much and tools that make no app need none."""
    from site_agent import public, web

    app.register_blueprint(web.bp)
    app.register_blueprint(public.bp)
