"""A bad line between a site and its hub: calls arrive several times, or their answers never come back."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

_DROPPED = ("connection", "transfer-encoding", "content-length", "date", "server")


@dataclass
class FlakyLink:
    """Stands on a loopback port of its own before the hub's. Use it in a `with`.

    `repeats`: how many times more each call arrives than it was made; only the last answer goes back. The next
    `lose_answers` answers to a POST of messages do not. `posts`: how many such POSTs arrived at the hub.
    """

    hub_port: int
    repeats: int = 0
    lose_answers: int = 0
    posts: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where the site believes its hub to be."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def carry(
        self, method: str, path: str, body: bytes, kind: str
    ) -> tuple[int, list[tuple[str, str]], bytes] | None:
        """The hub's last answer to the call, or None if that is lost."""
        answer = self._once(method, path, body, kind)
        for _ in range(self.repeats):
            answer = self._once(method, path, body, kind)
        with self._lock:
            if not path.endswith("/messages"):
                return answer
            self.posts += 1 + self.repeats
            lost, self.lose_answers = self.lose_answers > 0, max(0, self.lose_answers - 1)
        return None if lost else answer

    def _once(
        self, method: str, path: str, body: bytes, kind: str
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        hub = http.client.HTTPConnection("127.0.0.1", self.hub_port, timeout=30)
        try:
            hub.request(method, path, body or None, {"Content-Type": kind} if body else {})
            answer = hub.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            hub.close()


def _handler(link: FlakyLink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._carry(b"")

        def do_POST(self) -> None:
            self._carry(self.rfile.read(int(self.headers["Content-Length"])))

        def _carry(self, body: bytes) -> None:
            answer = link.carry(self.command, self.path, body, self.headers.get("Content-Type", ""))
            self.close_connection = True
            if answer is None:
                return
            status, headers, data = answer
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in _DROPPED:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Nobody reads it."""

    return Handler
