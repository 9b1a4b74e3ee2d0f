"""The wire between this site and its hub. The agent always calls; the hub only answers."""

from flask import Flask

from site_agent.hub_link import EXTENSION
from site_agent.link.pages import LinkForPages
from site_agent.link.state import EXTENSION as STATE
from site_agent.link.state import Link
from site_agent.link.transport import HttpTransport, TransportFactory


def init_link(app: Flask, make_transport: TransportFactory = HttpTransport) -> None:
    """Give the app its link; call it once in `create_app`. `loop.background(app)` then runs it."""
    app.extensions[STATE] = Link(make_transport)
    app.extensions[EXTENSION] = LinkForPages(app)
