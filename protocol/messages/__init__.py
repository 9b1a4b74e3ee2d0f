"""Every message there is: `REGISTRY` maps its type name to its body class. One module per conversation."""

from typing import Any

import marshmallow as ma

from protocol.errors import SchemaInvalidError, UnsupportedTypeError
from protocol.messages import directory, enrolment, handover, keys, matches, offers, transport
from protocol.messages.body import Body

CONVERSATIONS = (enrolment, directory, keys, offers, matches, handover, transport)

REGISTRY: dict[str, type[Body]] = {body.TYPE: body for module in CONVERSATIONS for body in module.BODIES}


def load_body(type_name: str, data: Any) -> Body:
    """The body that `data` describes. Raises UnsupportedTypeError, or SchemaInvalidError naming each wrong field."""
    body = REGISTRY.get(type_name)
    if body is None:
        raise UnsupportedTypeError(f"No message is called {type_name!r}.")
    try:
        return body.load(data)
    except ma.ValidationError as error:
        raise SchemaInvalidError(
            f"The body of {type_name} does not fit its schema.", where=error.messages
        ) from error


def dump_body(body: Body) -> dict[str, Any]:
    """The JSON object of a body."""
    return body.dump()
