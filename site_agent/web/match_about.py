"""What a page of help is about: a request from elsewhere, or a request of this site and its match if there is one.

Both are one flow. Only the addresses differ: `/elsewhere/<thid>/…` and `/requests/<request_id>/help/…`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from flask import abort

from site_agent.extensions import db
from site_agent.models import Match, Request
from site_agent.services import local, match_end
from site_agent.services.errors import NoLongerOpenError
from site_agent.web.addresses import address
from site_agent.web.refs import ref_of


@dataclass(frozen=True)
class About:
    """`request` is None for one from elsewhere; `match` is None while nobody of this site was asked yet."""

    match: Match | None
    request: Request | None = None

    @property
    def ref(self) -> str:
        """What people here call it."""
        if self.request is not None:
            return self.request.ref
        assert self.match is not None
        return ref_of(self.match.thid)

    @cached_property
    def page(self) -> str:
        """The address of its page."""
        return address("web.request_page" if self.request else "web.elsewhere", *self._key)

    def url(self, endpoint: str, **more: str) -> str:
        """The address of one of its acts or forms."""
        return address(f"web.{endpoint}", *self._key, **more)

    @property
    def seen(self) -> str:
        """Who is asked or helps, and whether they said yes. A form brings back what its page showed."""
        offer = match_end.present_offer(db.session, self.match) if self.match else None
        return "" if offer is None else f"{offer.offer_id}.{offer.state}"

    def require_seen(self, typed: Mapping[str, str]) -> None:
        """A page that was left open must not end, or speak for, the help of whoever has come since. Raises
        NoLongerOpenError."""
        if typed.get("seen", self.seen) != self.seen:
            raise NoLongerOpenError()

    @property
    def _key(self) -> tuple[str, str]:
        if self.request is not None:
            return "request_id", self.request.request_id
        assert self.match is not None
        return "thid", self.match.thid


def about(thid: str | None, request_id: str | None) -> About:
    """What the address names; 404 if there is none."""
    if request_id is not None:
        request = db.session.get(Request, request_id) or abort(404)
        return About(local.match_of(db.session, request), request)
    match = db.session.get(Match, thid or "") or abort(404)
    return About(match, db.session.get(Request, match.request_id) if match.request_id else None)


def with_match(thid: str | None, request_id: str | None) -> tuple[About, Match]:
    """The same where somebody was asked; 404 if nobody was."""
    found = about(thid, request_id)
    return found, found.match or abort(404)
