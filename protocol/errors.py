"""Every way the protocol says no, one class per problem code.

A refusal travels as RFC 9457 problem+json: `code` names it, `status` is the HTTP status,
`retryable` says whether the same bytes may be accepted later, `mend` tells the sender what to do.
`detail` and `members` never repeat what the message carried: a refused token may hold anything.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class ProtocolError(Exception):
    """A refusal with a code that the other side can act on.

    `members` are the extra facts the sender needs to mend it, for example the number the
    hub expected or by how many seconds a clock differs. Values are JSON: str, int, list, dict.
    """

    code: ClassVar[str] = "server-fault"
    status: ClassVar[int] = 503
    retryable: ClassVar[bool] = False
    title: ClassVar[str] = "The message was refused."
    mend: ClassVar[str] = "Ask the team that runs the hub."

    def __init__(self, detail: str = "", **members: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.members: dict[str, Any] = members

    def as_dict(self) -> dict[str, Any]:
        """The problem as JSON members; the extra members stand beside `code`, as RFC 9457 has it."""
        return {
            **self.members,
            "code": self.code,
            "status": self.status,
            "title": self.title,
            "detail": self.detail,
            "retryable": self.retryable,
        }


class BadTokenError(ProtocolError):
    code = "bad-token"
    status = 400
    title = "These bytes are not a signed message."
    mend = "Check the token's three parts, its header, its signature and its JSON against the protocol page."


class UnknownKidError(ProtocolError):
    code = "unknown-kid"
    status = 401
    title = "No key of the sender has this thumbprint."
    mend = "Fetch the key log and look again; if the key is new, it must be in the log before it signs."


class KeyRevokedError(ProtocolError):
    code = "key-revoked"
    status = 401
    title = "The key that signed this is revoked."
    mend = "Sign with the live key. If that is not possible, ask the hub's team for a new enrolment code."


class WrongAudienceError(ProtocolError):
    code = "wrong-audience"
    status = 400
    title = "This message is addressed to somebody else."
    mend = "Set `aud` to the receiver: `hub`, or the id of the site."


class WrongSenderError(ProtocolError):
    code = "wrong-sender"
    status = 403
    title = "The sender may not say this."
    mend = "Set `iss` to the owner of the signing key, and send only the types that this side sends."


class ExpiredError(ProtocolError):
    code = "expired"
    status = 400
    title = "The message is past its expiry."
    mend = "Write a new message with a new jti if the matter still stands."


class ClockSkewError(ProtocolError):
    """`difference`: the sender's clock minus the receiver's, whole seconds."""

    code = "clock-skew"
    status = 400
    retryable = True
    title = "The two clocks differ by too much."
    mend = "Add the negative of `difference` (seconds) to the time you sign with, and sign a new wrapper."


class JtiConflictError(ProtocolError):
    code = "jti-conflict"
    status = 409
    title = "This jti was seen before with other bytes."
    mend = "Send the stored bytes again, or use a new jti for a new message."


class NumberGapError(ProtocolError):
    """`expected`: the outbox number the hub takes next."""

    code = "number-gap"
    status = 409
    retryable = True
    title = "An outbox number is missing before this one."
    mend = "Send from the number in `expected` onwards, in order."


class UnsupportedVersionError(ProtocolError):
    code = "unsupported-version"
    status = 400
    title = "This version of the protocol is not spoken here."
    mend = "Use one of the versions that `GET /v1/hub` lists."


class UnsupportedTypeError(ProtocolError):
    code = "unsupported-type"
    status = 400
    title = "This type of message is not known here."
    mend = "Use a type from the protocol page, or update the receiver."


class SchemaInvalidError(ProtocolError):
    """`where`: JSON Pointers (RFC 6901) into the claims: names and indexes, never values."""

    code = "schema-invalid"
    status = 422
    title = "The message does not have the form its type asks for."
    mend = "Mend the members named in `where`; the JSON Schema of the type shows the form."


class TooLargeError(ProtocolError):
    code = "too-large"
    status = 413
    title = "The message or the batch is larger than the limit."
    mend = "Send fewer tokens at a time; `GET /v1/hub` lists the limits."


class RateLimitedError(ProtocolError):
    """`retry_after`: seconds to wait."""

    code = "rate-limited"
    status = 429
    retryable = True
    title = "Too many calls in a short time."
    mend = "Wait the seconds in `retry_after`, then go on."


class SiteSuspendedError(ProtocolError):
    code = "site-suspended"
    status = 403
    title = "This site is suspended."
    mend = "Phone the hub's team."


class SitePendingError(ProtocolError):
    code = "site-pending"
    status = 403
    retryable = True
    title = "This site is not approved yet."
    mend = "Compare the six words with the hub's team by phone; they approve the site."


class StaleStateError(ProtocolError):
    """`state`: the state the hub holds, which the sender applies."""

    code = "stale-state"
    status = 409
    title = "The match has moved on since this was written."
    mend = "Apply the state given in `state`; do not send this again."


class KeyLogForkError(ProtocolError):
    code = "key-log-fork"
    status = 409
    title = "The key log does not extend the one that was known."
    mend = "Stop hand-overs, keep both logs, and phone the hub's team and another site."


class CodeUnknownError(ProtocolError):
    code = "code-unknown"
    status = 404
    title = "This enrolment code is not known."
    mend = "Check the code for typing errors, or ask the hub's team for a new one."


class CodeExpiredError(ProtocolError):
    code = "code-expired"
    status = 410
    title = "This enrolment code has expired."
    mend = "Ask the hub's team for a new one; a code lives 24 hours."


class CodeUsedError(ProtocolError):
    code = "code-used"
    status = 409
    title = "This enrolment code was used with other keys."
    mend = "If that was not you, tell the hub's team at once; ask them for a new code."


class HubKeyMismatchError(ProtocolError):
    code = "hub-key-mismatch"
    status = 409
    title = "This hub is not the one the enrolment code names."
    mend = "Check the hub's address. If it is right, stop and phone the hub's team."


class WeakKeyError(ProtocolError):
    code = "weak-key"
    status = 422
    title = "This public key is not safe to use."
    mend = "Generate a fresh key pair and send that."


class WrongLetterError(ProtocolError):
    code = "wrong-letter"
    status = 422
    title = "The sealed letter belongs to another match, site or purpose."
    mend = "Ask for the letters again (`letters.wanted`), and tell the hub's team."


class ServerFaultError(ProtocolError):
    code = "server-fault"
    status = 503
    retryable = True
    title = "Something broke on this side."
    mend = "Send the same bytes again later."


PROBLEMS: dict[str, type[ProtocolError]] = {cls.code: cls for cls in ProtocolError.__subclasses__()}


def from_code(code: str, detail: str = "", **members: Any) -> ProtocolError:
    """The error for a code that came over the wire. A code not known here counts as a server fault
    that is not retried: a newer peer may know more codes than this one."""
    problem = PROBLEMS.get(code)
    if problem is None:
        return ProtocolError(detail or f"The other side refused with the code {code!r}.", **members)
    return problem(detail, **members)


def from_problem(problem: Mapping[str, Any]) -> ProtocolError:
    """The error for a whole problem+json object; the standard members are not repeated in `members`."""
    standard = {"code", "status", "title", "detail", "retryable", "type", "instance"}
    members = {name: value for name, value in problem.items() if name not in standard and name.isidentifier()}
    members.pop("self", None)
    return from_code(str(problem.get("code", "")), str(problem.get("detail", "")), **members)
