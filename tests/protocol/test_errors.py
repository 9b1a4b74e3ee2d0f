"""Problem codes: one class each, and the same refusal on both sides of the wire."""

import pytest

from protocol.errors import PROBLEMS, ClockSkewError, ProtocolError, from_code, from_problem

STATUSES = {
    "bad-token": 400, "unknown-kid": 401, "key-revoked": 401, "wrong-audience": 400, "wrong-sender": 403,
    "expired": 400, "clock-skew": 400, "jti-conflict": 409, "number-gap": 409, "unsupported-version": 400,
    "unsupported-type": 400, "schema-invalid": 422, "too-large": 413, "rate-limited": 429,
    "site-suspended": 403, "site-pending": 403, "stale-state": 409, "key-log-fork": 409, "code-unknown": 404,
    "code-expired": 410, "code-used": 409, "hub-key-mismatch": 409, "weak-key": 422, "wrong-letter": 422,
    "server-fault": 503,
}  # fmt: skip
RETRYABLE = {"clock-skew", "number-gap", "rate-limited", "site-pending", "server-fault"}


def test_every_code_has_its_status_and_says_whether_to_retry():
    assert {code: problem.status for code, problem in PROBLEMS.items()} == STATUSES
    assert {code for code, problem in PROBLEMS.items() if problem.retryable} == RETRYABLE


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS.keys())
def test_every_problem_has_a_title_and_says_how_to_mend_it(problem):
    assert problem.title.endswith(".")
    assert problem.mend.endswith(".")
    assert problem.title != ProtocolError.title
    assert problem.mend != ProtocolError.mend


def test_a_problem_survives_the_wire():
    sent = ClockSkewError(difference=-86400, leeway=300)
    received = from_problem({"type": "about:blank", **sent.as_dict()})
    assert type(received) is ClockSkewError
    assert received.members == {"difference": -86400, "leeway": 300}
    assert received.as_dict() == sent.as_dict()


def test_a_code_of_a_newer_peer_is_a_refusal_that_is_not_retried():
    error = from_code("made-up-later", "No.")
    assert type(error) is ProtocolError
    assert not error.retryable


@pytest.mark.parametrize("problem", [{}, {"code": 7}, {"code": "bad-token", "self": "x", "not a name": 1}])
def test_a_malformed_problem_is_still_a_protocol_error(problem):
    assert isinstance(from_problem(problem), ProtocolError)
