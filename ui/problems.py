"""Errors for programs: `application/problem+json` (RFC 9457), on the signed door and wherever an app asks."""

from __future__ import annotations

import json

from flask import request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ui.clock import now

API_PREFIX = "/v1/"

# Errors of the web itself: (code, may the same bytes succeed later). Where docs/protocol.md has a code, that one.
_HTTP_PROBLEMS = {
    400: ("bad-request", False),
    404: ("not-found", False),
    405: ("method-not-allowed", False),
    413: ("too-large", False),
    415: ("unsupported-media-type", False),
    429: ("rate-limited", True),
    500: ("server-fault", True),
    503: ("server-fault", True),
}


def problem(
    code: str,
    status: int,
    detail: str,
    title: str,
    retryable: bool,
    *,
    server_time: int | None = None,
    type_uri: str | None = None,
    **members: object,
) -> Response:
    """An error as a program reads it.

    `retryable` tells the sender whether the same bytes may succeed later; `server_time` (Unix seconds, now by
    default) how far its clock is off; `members` hold what it needs to mend the matter and never replace the
    standard ones. `type` is the page that explains the code, `GET /v1/problems/<code>`.
    """
    body = members | {
        "type": type_uri or f"{API_PREFIX}problems/{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "retryable": retryable,
        "server_time": int(now().timestamp()) if server_time is None else server_time,
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, content_type="application/problem+json")


def problem_of(error: HTTPException) -> Response:
    """The problem for an error of the web itself, such as an unknown path; it means no more than its status."""
    status = error.code or 500
    code, retryable = _HTTP_PROBLEMS.get(status, (f"http-{status}", False))
    return problem(
        code, status, error.description or error.name, error.name, retryable, type_uri="about:blank"
    )


def speaks_problems() -> bool:
    """Whether this request came by the programs' door, where every error is a problem."""
    return request.path.startswith(API_PREFIX)
