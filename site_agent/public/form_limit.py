"""Holds back whoever sends the open forms again and again: so many from one network, so many to this site.

A form is counted before it is judged, as a try to sign in is, and in the same table. For the site only those count that
come to the desk, or somebody with a few networks could close it to everybody unseen. Four things keep the count from
telling who asked:

- A network is counted under a hash whose key is drawn at each start and never leaves the memory of this process. No
  copy of the database leads back to an address, not even together with the files of keys; the time is kept to the
  minute, and the row goes with the hour.
- Whoever sits at the same clinic could send until held back, and see one less go through. So the bound is drawn anew
  for each network and hour, between the setting and half as much again: one more or less seldom shows.
- Hours and days are those of the clock, so that nobody is let in again in the minute in which another's form no longer
  counts.
- The page says the longest wait there can be, not when the first form came.
"""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from flask import abort, current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from site_agent.auth import TableStore
from site_agent.extensions import db
from site_agent.services import form_tries
from site_agent.services.form_tries import ADDRESS, SITE, WINDOWS

_KEY = "form_limit_key"
_WITH_PORT = re.compile(r"(?:\[(.+)\]|([\d.]+)):\d+")
"""As some proxies write an address: 192.0.2.1:52100, [2001:db8::7]:52100."""
_DIGITS = 40
"""Of the hash, in hex: 160 bits, more than a table of a day can mix up."""


def begin(now: datetime) -> timedelta | None:
    """Count a form, durably, before it is judged. None: it may be looked at; otherwise how long to wait at most."""
    config = current_app.extensions["agent_config"]
    network = _hash(_network(request.remote_addr))[:_DIGITS]
    form_tries.forget(db.session, now)
    wait = None
    if _is_full(config.forms_to_site, now):
        wait = WINDOWS[SITE]
    elif not _count(ADDRESS, network, config.forms_from_address, now):
        wait = WINDOWS[ADDRESS]
    db.session.commit()
    return wait


def taken(now: datetime, *, again: str, change: str = "") -> None:
    """A form comes to the desk: one more of this site's day, in the commit that keeps it.

    If others were faster since `begin`, nothing is kept, and the page of `held_back` is the answer.
    """
    if not _count(SITE, "", current_app.extensions["agent_config"].forms_to_site, now):
        db.session.rollback()
        abort(held_back(WINDOWS[SITE], again=again, change=change))


def held_back(wait: timedelta, *, again: str, change: str = "") -> Response:
    """The page that keeps what was typed, in itself and nowhere else, and says whom to call. `again` is the endpoint
    that the form goes to once more, `change` the one that shows the questions."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    text = render_template(
        "public/form_later.html",
        kept=kept,
        action=url_for(again),
        change=url_for(change) if change else "",
        tomorrow=wait >= timedelta(days=1),
    )
    return Response(
        text, 429, {"Retry-After": str(int(wait.total_seconds()))}, content_type="text/html; charset=utf-8"
    )


def _is_full(most: int, now: datetime) -> bool:
    since = form_tries.begins(SITE, now)
    return bool(most) and TableStore().failures_since(SITE, since) >= _drawn(most, SITE, since, WINDOWS[SITE])


def _count(kind: str, whom: str, most: int, now: datetime) -> bool:
    """Whether there was room for one more."""
    key, since, at = kind + whom, form_tries.begins(kind, now), now.replace(second=0, microsecond=0)
    return (
        not most
        or TableStore().count_try(key, at, since, _drawn(most, key, since, WINDOWS[kind])) is not None
    )


def _network(address: str | None) -> str:
    """Whom a form comes from: one IPv4 address, or the 64 bits of an IPv6 network, since a home has them all."""
    ported = _WITH_PORT.fullmatch(address or "")
    try:
        ip = ip_address(ported[1] or ported[2] if ported else address or "")
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or int(ip) >> 64)
    return str(ip)


def _drawn(most: int, key: str, at: datetime, window: timedelta) -> int:
    """The bound for this key in this stretch: the same for each try, and known to nobody."""
    stretch = int(at.timestamp() // window.total_seconds())
    return most + int(_hash(f"{key}|{stretch}"), 16) % (most // 2 + 1)


def _hash(said: str) -> str:
    key: bytes = current_app.extensions.setdefault(_KEY, secrets.token_bytes(32))
    return hmac.new(key, said.encode(), sha256).hexdigest()
