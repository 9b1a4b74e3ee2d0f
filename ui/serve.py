"""Runs an app on waitress together with the things it does by itself, until it is told to stop."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

from ui.security import DEFAULT_MAX_BODY_BYTES

Background = Callable[[threading.Event], None]

logger = logging.getLogger(__name__)

_STOP_SECONDS = 10  # what is under way, requests and background work, has this long to finish
_LOOK_SECONDS = 0.5  # how soon a signal is noticed while nothing happens
_BODY_MARGIN = 2  # the app refuses bodies over its limit with a page of its own, waitress those far over it


def serve(
    app: Flask,
    host: str,
    port: int,
    threads: int = 8,
    *,
    background: Sequence[Background] = (),
    ready: Callable[[int], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; call it in the main thread, which alone receives signals.

    Each of `background` runs in a thread of its own and returns soon after its event is set. `ready` is told the
    port once connections are accepted; port 0 lets the system choose. Prints nothing.
    """
    channels: dict[int, Any] = {}
    server = _server(app, host, port, threads, channels)
    stop = threading.Event()
    workers = [threading.Thread(target=_run, args=(work, stop), daemon=True) for work in background]
    with _asked_to_stop() as asked:
        try:
            for worker in workers:
                worker.start()
            if ready is not None:
                ready(_port(channels))
            while not asked:
                wasyncore.loop(timeout=_LOOK_SECONDS, map=channels, count=1)
            stop.set()
            _finish_requests(channels)
        finally:
            stop.set()
            server.task_dispatcher.shutdown()
            wasyncore.close_all(channels)
            for worker in workers:
                worker.join(_STOP_SECONDS)


@contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    """The signals to stop that came so far.

    The handler only notes them: one that set an event would wait for ever for itself when a second came inside.
    """
    asked: list[int] = []
    previous = {
        number: signal.signal(number, lambda number, _frame: asked.append(number))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield asked
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _server(app: Flask, host: str, port: int, threads: int, channels: dict[int, Any]) -> Any:
    """Waitress, bound and not yet serving."""
    return create_server(
        app,
        map=channels,
        host=host,
        port=port,
        threads=threads,
        ident=None,
        max_request_body_size=_BODY_MARGIN * (app.config["MAX_CONTENT_LENGTH"] or DEFAULT_MAX_BODY_BYTES),
        # What a trusted proxy says about the client is for ProxyFix to read, which ui.security sets up.
        clear_untrusted_proxy_headers=not app.config.get("PROXY_HOPS"),
    )


def _run(work: Background, stop: threading.Event) -> None:
    try:
        work(stop)
    except Exception:
        logger.exception("Background work ended with an error; the pages go on without it")


def _port(channels: dict[int, Any]) -> int:
    return int(next(each.effective_port for each in channels.values() if isinstance(each, BaseWSGIServer)))


def _finish_requests(channels: dict[int, Any]) -> None:
    """Take no new connection and send the answers under way."""
    for each in channels.values():
        if isinstance(each, BaseWSGIServer):
            each.accepting = False
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline and any(_busy(each) for each in channels.values()):
        wasyncore.loop(timeout=_LOOK_SECONDS, map=channels, count=1)


def _busy(channel: object) -> bool:
    return isinstance(channel, HTTPChannel) and bool(channel.requests or channel.total_outbufs_len)
