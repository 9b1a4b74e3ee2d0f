"""Fixtures every test may ask for."""

from tests.support import routes, statements
from tests.support.browser import browser, new_page, page, playwright_driver, serve_app, tabs

__all__ = ["browser", "new_page", "page", "playwright_driver", "serve_app", "tabs"]

routes.share()
statements.share()
