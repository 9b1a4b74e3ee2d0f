"""Fixtures every test may ask for, and what makes a thousand apps cheaper than each alone."""

import gc

from tests.support import routes, scratch, statements, templates
from tests.support.browser import browser, new_page, page, playwright_driver, serve_app, tabs

__all__ = ["browser", "new_page", "page", "playwright_driver", "serve_app", "tabs"]

scratch.use_memory()
routes.share()
statements.share()
templates.share()


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the garbage collector need not go through it again and again. Nor need it
    look every few hundred objects, when a page makes some ten thousand: that was a fifth of many a test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
