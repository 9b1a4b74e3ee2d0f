"""HTTP to the hub: the only module that imports requests. It moves bytes and judges none of them.

Every call has a time limit and a size limit, follows no redirect, and ends in the hub's JSON, in a
`ProtocolError` that the hub answered, or in a `LinkError`.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import requests

from protocol.errors import ProtocolError, TooLargeError, from_problem
from site_agent.link.addresses import hub_address, is_local_name, is_loopback
from site_agent.link.errors import HubAnswerError, HubUnreachableError

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
"""Between two pieces of an answer."""
WHOLE_SECONDS = 120.0
"""For a whole answer, so that a slow drip does not hold the link for ever."""
MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""The longest answer is `GET /v1/hub` with the key log: 10,000 sites need some 10 MB."""
_PIECE = 64 * 1024
_MOST_DIGITS = 9
"""Of the seconds in a `Retry-After`: thirty years."""
_OK = 200


class Transport(Protocol):
    """The hub's four doors."""

    def hub(self) -> dict[str, Any]:
        """`GET /v1/hub`: keys, versions, limits."""
        ...

    def enrol(self, token: str) -> str:
        """`POST /v1/enrolment`: one token there, one back."""
        ...

    def messages(self, posted: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/messages`."""
        ...

    def poll(self, posted: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/poll`."""
        ...


TransportFactory = Callable[[str], Transport]
"""Makes a transport to the hub at an address."""


class HttpTransport:
    """The real thing. Not shared between threads."""

    def __init__(self, hub_url: str) -> None:
        """`hub_url` as `addresses.hub_address` allows it; raises as that does."""
        parts = urlsplit(hub_address(hub_url))
        host = parts.hostname or ""
        self._session = requests.Session()
        # A .netrc of the machine's user is nothing that the hub should be sent.
        self._session.auth = lambda request: request
        self._headers: dict[str, str] = {}
        if is_loopback(host):
            self._session.trust_env = False
        if is_local_name(host) and parts.scheme == "http":
            # Names below localhost mean this machine (RFC 6761), but not every resolver knows it.
            self._headers["Host"] = parts.netloc
            parts = parts._replace(netloc=f"127.0.0.1:{parts.port or 80}")
        self._base = urlunsplit(parts)

    def hub(self) -> dict[str, Any]:
        return self._json("GET", "/v1/hub")

    def enrol(self, token: str) -> str:
        answer = self._call("POST", "/v1/enrolment", token.encode("ascii"), "application/jose")
        try:
            return answer.decode("ascii").strip()
        except UnicodeDecodeError as error:
            raise HubAnswerError("The hub's answer to an enrolment is one token.") from error

    def messages(self, posted: dict[str, Any]) -> dict[str, Any]:
        return self._json("POST", "/v1/messages", posted)

    def poll(self, posted: dict[str, Any]) -> dict[str, Any]:
        return self._json("POST", "/v1/poll", posted)

    def _json(self, method: str, path: str, posted: dict[str, Any] | None = None) -> dict[str, Any]:
        body = None if posted is None else json.dumps(posted, separators=(",", ":")).encode()
        return read_object(self._call(method, path, body, "application/json"))

    def _call(self, method: str, path: str, body: bytes | None, content_type: str) -> bytes:
        headers = self._headers | ({} if body is None else {"Content-Type": content_type})
        try:
            with self._session.request(
                method,
                self._base + path,
                data=body,
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                return judge(response.status_code, response.headers, _read(response))
        except (requests.RequestException, OSError) as error:
            raise HubUnreachableError(type(error).__name__) from error
        finally:
            # Thousands of idle connections would keep a small hub from answering anybody.
            self._session.close()


def judge(status: int, headers: Mapping[str, str], answer: bytes) -> bytes:
    """The answer if the hub took the call. Raises the ProtocolError of a problem, HubAnswerError otherwise.

    A `Retry-After` in seconds becomes the problem's member `retry_after`.
    """
    if status == _OK:
        return answer
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/problem+json":
        if status == TooLargeError.status:
            # A proxy before the hub takes less than the hub does: fewer messages at a time may pass.
            raise TooLargeError()
        raise HubAnswerError(f"The status was {status}, without a problem that says why.")
    problem = _problem(read_object(answer))
    wait = headers.get("Retry-After", "")
    if wait.isascii() and wait.isdigit() and len(wait) <= _MOST_DIGITS:
        problem.members["retry_after"] = int(wait)
    raise problem


def read_object(answer: bytes) -> dict[str, Any]:
    """The JSON object of an answer. Raises HubAnswerError for anything else."""
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise HubAnswerError("The answer is not JSON.") from error
    if not isinstance(value, dict):
        raise HubAnswerError("The answer is not a JSON object.")
    return value


def _problem(problem: dict[str, Any]) -> ProtocolError:
    if not isinstance(problem.get("code"), str):
        raise HubAnswerError("The problem has no code.")
    return from_problem(problem)


def _read(response: requests.Response) -> bytes:
    deadline = time.monotonic() + WHOLE_SECONDS
    pieces = bytearray()
    for piece in response.iter_content(_PIECE):
        pieces += piece
        if len(pieces) > MAX_ANSWER_BYTES:
            raise HubAnswerError("The answer is too long.")
        if time.monotonic() > deadline:
            raise HubUnreachableError("The answer took too long.")
    return bytes(pieces)
