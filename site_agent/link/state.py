"""What the link of one running program holds in memory: who may exchange, how soon, over which transport."""

import threading
from dataclasses import dataclass, field

from flask import Flask

from site_agent.link.pace import Pace
from site_agent.link.transport import HttpTransport, Transport, TransportFactory

EXTENSION = "link"


@dataclass
class Link:
    """One for each app. Only one thread at a time sends, and only one receives."""

    make_transport: TransportFactory = HttpTransport
    pace: Pace = field(default_factory=Pace)
    sending: threading.Lock = field(default_factory=threading.Lock)
    receiving: threading.Lock = field(default_factory=threading.Lock)
    acknowledges: bool = False
    """Whether the next poll's cursor is news to the hub."""
    next_at: float | None = None
    """When the next exchange begins by itself, on the monotonic clock; None while none is planned."""
    woken: threading.Event = field(default_factory=threading.Event)

    def transport(self, hub_url: str) -> Transport:
        """A transport to the hub at this address."""
        return self.make_transport(hub_url)


def link_of(app: Flask) -> Link:
    """The link of an app."""
    link: Link = app.extensions[EXTENSION]
    return link
