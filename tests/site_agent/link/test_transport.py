"""HTTP to the hub, against a real server on this machine."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from protocol.errors import NumberGapError, RateLimitedError, TooLargeError
from site_agent.link import transport
from site_agent.link.errors import HubAnswerError, HubUnreachableError, InsecureAddressError
from site_agent.link.transport import HttpTransport


class Hub:
    """A server that answers whatever the test tells it to, and keeps what it was sent."""

    def __init__(self) -> None:
        self.status, self.headers, self.answer = 200, {"Content-Type": "application/json"}, b"{}"
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hub.reply(self)

            def do_GET(self) -> None:
                hub.reply(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    def reply(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        self.seen.append((request.command, request.path, dict(request.headers), body))
        request.send_response(self.status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(self.answer)))
        request.end_headers()
        request.wfile.write(self.answer)

    def problem(self, status: int, **members: Any) -> None:
        self.status, self.answer = status, json.dumps(members).encode()
        self.headers = {"Content-Type": "application/problem+json"}

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    yield hub
    hub.close()


@pytest.fixture
def wire(hub: Hub) -> HttpTransport:
    return HttpTransport(f"http://127.0.0.1:{hub.port}")


def test_the_four_doors(hub: Hub, wire: HttpTransport) -> None:
    hub.answer = b'{"a": 1}'
    assert wire.hub() == {"a": 1}
    assert wire.messages({"wrapper": "w", "tokens": ["t"]}) == {"a": 1}
    assert wire.poll({"wrapper": "w"}) == {"a": 1}
    hub.answer = b"a.b.c\n"
    assert wire.enrol("x.y.z") == "a.b.c"
    assert [(command, path) for command, path, _, _ in hub.seen] == [
        ("GET", "/v1/hub"), ("POST", "/v1/messages"), ("POST", "/v1/poll"), ("POST", "/v1/enrolment"),
    ]  # fmt: skip
    assert json.loads(hub.seen[1][3]) == {"wrapper": "w", "tokens": ["t"]}
    assert hub.seen[3][3] == b"x.y.z"
    assert hub.seen[3][2]["Content-Type"] == "application/jose"


def test_a_name_below_localhost_means_this_machine_whatever_the_resolver_says(hub: Hub) -> None:
    assert HttpTransport(f"http://hub.localhost:{hub.port}").hub() == {}
    assert hub.seen[0][2]["Host"] == f"hub.localhost:{hub.port}"


def test_plain_http_to_another_machine_is_never_tried() -> None:
    with pytest.raises(InsecureAddressError):
        HttpTransport("http://hub.example.ca")


def test_a_path_before_the_doors_is_kept(hub: Hub) -> None:
    HttpTransport(f"http://127.0.0.1:{hub.port}/psi/").hub()
    assert hub.seen[0][1] == "/psi/v1/hub"


def test_a_refusal_keeps_its_code_and_what_is_needed_to_mend_it(hub: Hub, wire: HttpTransport) -> None:
    hub.problem(409, code="number-gap", detail="Number 7 is missing.", expected=7)
    with pytest.raises(NumberGapError) as caught:
        wire.messages({})
    assert caught.value.members["expected"] == 7
    assert caught.value.retryable


def test_a_hub_that_asks_to_wait_says_how_long(hub: Hub, wire: HttpTransport) -> None:
    hub.problem(429, code="rate-limited")
    hub.headers["Retry-After"] = "17"
    with pytest.raises(RateLimitedError) as caught:
        wire.poll({})
    assert caught.value.members["retry_after"] == 17


def test_a_wait_that_is_no_wait_is_passed_over(hub: Hub, wire: HttpTransport) -> None:
    hub.problem(429, code="rate-limited")
    hub.headers["Retry-After"] = "9" * 5000
    with pytest.raises(RateLimitedError) as caught:
        wire.poll({})
    assert "retry_after" not in caught.value.members


def test_a_proxy_that_takes_less_than_the_hub_is_sent_less(hub: Hub, wire: HttpTransport) -> None:
    hub.status, hub.headers, hub.answer = 413, {"Content-Type": "text/html"}, b"<h1>Too large</h1>"
    with pytest.raises(TooLargeError):
        wire.messages({})


@pytest.mark.parametrize(
    ("status", "headers", "answer"),
    [
        (200, {"Content-Type": "text/html"}, b"<h1>Welcome to the hotel</h1>"),
        (200, {"Content-Type": "application/json"}, b"[1, 2]"),
        (200, {"Content-Type": "application/json"}, b"[" * 200_000),
        (200, {"Content-Type": "application/json"}, b"\xff\xfe"),
        (302, {"Location": "https://elsewhere.example.ca/"}, b""),
        (502, {"Content-Type": "text/html"}, b"<h1>Bad gateway</h1>"),
        (400, {"Content-Type": "application/problem+json"}, b'{"code": 5}'),
        (400, {"Content-Type": "application/problem+json"}, b"{"),
    ],
)
def test_what_is_no_hubs_answer_is_named_so(
    hub: Hub, wire: HttpTransport, status: int, headers: dict[str, str], answer: bytes
) -> None:
    hub.status, hub.headers, hub.answer = status, headers, answer
    with pytest.raises(HubAnswerError):
        wire.poll({})
    assert len(hub.seen) == 1, "a redirect was followed"


def test_an_endless_answer_is_cut_off(hub: Hub, wire: HttpTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 1000)
    hub.answer = b'"' + b"x" * 5000 + b'"'
    with pytest.raises(HubAnswerError):
        wire.hub()


def test_a_slow_drip_is_cut_off(hub: Hub, wire: HttpTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "WHOLE_SECONDS", -1.0)
    with pytest.raises(HubUnreachableError):
        wire.hub()


def test_no_hub_there(hub: Hub) -> None:
    wire = HttpTransport(f"http://127.0.0.1:{hub.port}")
    hub.server.socket.close()
    with pytest.raises(HubUnreachableError):
        wire.hub()


def test_an_enrolment_answer_that_is_no_token(hub: Hub, wire: HttpTransport) -> None:
    hub.answer = "é".encode()
    with pytest.raises(HubAnswerError):
        wire.enrol("x.y.z")
