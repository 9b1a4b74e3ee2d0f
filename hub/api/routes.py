"""The addresses of the signed door. Each view reads bytes, calls one function, commits, and hands out the answer."""

import logging
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint, current_app, g, jsonify, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from hub import audit, keys
from hub.api import about
from hub.api.buckets import Buckets
from hub.api.enrol import enrol
from hub.api.poll import poll
from hub.api.receive import ClonedSiteError, receive
from hub.extensions import db
from hub.models import Site
from hub.services import enrolment
from hub.steps import POLL_ACKNOWLEDGED, RECEIVE_COMMITTED, RELEASE_COMMITTED, step
from protocol.errors import BadTokenError, ProtocolError, ServerFaultError, TooLargeError
from protocol.limits import MAX_POST_BYTES
from protocol.strict import load_object
from ui import clock
from ui.access import public
from ui.problems import problem

bp = Blueprint("api", __name__, url_prefix="/v1")
_log = logging.getLogger(__name__)
_TRIES = 3
_DEADLOCKED = {"40001", "40P01"}
"""PostgreSQL's codes for two transactions that waited for each other: the one that gave way begins again."""
Result = TypeVar("Result")


@bp.post("/messages")
@public
def messages() -> Response:
    """A batch of signed tokens; answers one signed receipt a token."""
    post = _json()
    received = _in_one_commit(lambda session, now: receive(session, post, now))
    step.send(RECEIVE_COMMITTED)
    if received.released:
        step.send(RELEASE_COMMITTED)
    return jsonify(receipts=received.receipts)


@bp.post("/poll")
@public
def poll_messages() -> Response:
    """Acknowledges, and answers what waits."""
    post = _json()
    answer = _in_one_commit(lambda session, now: poll(session, post, now))
    if answer.acknowledged:
        step.send(POLL_ACKNOWLEDGED)
    return jsonify(answer.json)


@bp.post("/enrolment")
@public
def enrolments() -> Response:
    """One token of a site that is not known yet; answers one token."""
    body = _body()
    token = _in_one_commit(lambda session, now: enrol(session, body, now))
    return Response(token, content_type="application/jose")


@bp.get("/hub")
@public
def hub() -> Response:
    """Versions, limits, the hub's key and the whole key log."""
    return jsonify(about.hub(db.session(), keys.current(), _now()))


@bp.get("/problems/<code>")
@public
def problems(code: str) -> Response | tuple[Response, int]:
    """What a problem code means, and how to mend it."""
    meaning = about.meaning(code)
    if meaning is None:
        return jsonify(code="not-found", detail="There is no such problem.", known=about.codes()), 404
    return jsonify(meaning)


@bp.errorhandler(ProtocolError)
def refused(error: ProtocolError) -> Response:
    """Undo what was begun, note the refusal, and say it as problem+json."""
    session = db.session()
    session.rollback()
    if isinstance(error, ClonedSiteError):
        site = session.get_one(Site, error.site_id)
        enrolment.suspend(session, site, audit.DOOR, _now(), code=error.code)
    if request.method == "POST" and not error.retryable and _may_be_noted():
        site_id = g.get("calling_site_id")
        audit.of_site(session, "refused", _now(), actor=audit.DOOR, site_id=site_id, code=error.code)
    session.commit()
    response = problem(
        error.code, error.status, error.detail, error.title, error.retryable, mend=error.mend, **error.members
    )
    if "retry_after" in error.members:
        response.headers["Retry-After"] = str(error.members["retry_after"])
    return response


@bp.errorhandler(413)
def too_large(_error: HTTPException) -> Response:
    """The server stopped reading at the limit."""
    return refused(TooLargeError(limit=MAX_POST_BYTES))


@bp.errorhandler(Exception)
def broken(error: Exception) -> Response | HTTPException:
    """A fault of ours: nothing was taken. Logged without its text, which may hold what a message held."""
    if isinstance(error, HTTPException):
        return error
    db.session.rollback()
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s at %s\n%s", type(error).__name__, request.path, where)
    return refused(ServerFaultError())


def _in_one_commit(act: Callable[[Session, datetime], Result]) -> Result:
    session = db.session()
    for attempt in range(_TRIES):
        try:
            result = act(session, _now())
            session.commit()
        except OperationalError as error:
            session.rollback()
            if getattr(error.orig, "sqlstate", None) not in _DEADLOCKED or attempt == _TRIES - 1:
                raise
        else:
            return result
    raise AssertionError("unreachable")


def _now() -> datetime:
    # Whole seconds, as on the wire: a limit computed here and at a site is the same moment.
    return clock.now().replace(microsecond=0)


def _body() -> bytes:
    body = request.get_data(cache=False)
    if len(body) > MAX_POST_BYTES:
        raise TooLargeError(limit=MAX_POST_BYTES)
    return body


def _json() -> dict[str, Any]:
    try:
        return load_object(_body())
    except ValueError:
        raise BadTokenError(
            "The body of this POST is not the JSON object that the protocol page shows."
        ) from None


def _may_be_noted() -> bool:
    # A flood of refused calls must not fill the disk; the first of each minute tell as much.
    buckets: Buckets = current_app.extensions["hub_refusals"]
    return buckets.take("all") == 0
