"""Addresses of many things of one kind: Flask works the shape of an address out once a request, not once a line."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import g, url_for

_PLACE = "~"
"""Stands for the id in the shape: no id of ours holds it, and it is never quoted."""


def address(endpoint: str, part: str, value: str, **more: str) -> str:
    """What `url_for(endpoint, part=value, **more)` says; `value` is an id or a reference, of any letters."""
    shapes: dict[tuple[str, ...], tuple[str, str]] = g.setdefault("addresses", {})
    key = (endpoint, part, *more, *more.values())
    if key not in shapes:
        values: dict[str, Any] = {part: _PLACE, **more}
        head, _place, tail = url_for(endpoint, **values).partition(_PLACE)
        shapes[key] = head, tail
    head, tail = shapes[key]
    return f"{head}{quote(value, safe='')}{tail}"
