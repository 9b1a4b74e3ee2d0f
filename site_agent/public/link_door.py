"""A secret link, opened in two steps: GET shows one button and changes nothing, since mail scanners follow links; the
POST exchanges the token for a visit, so that from then on no address holds a secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.public.visit import enter, unused_links
from site_agent.services import links
from ui import clock

MOST_UNUSED = 3
"""Ours: while so many unused links are on their way, no more mail is sent, whoever presses."""

Page = Response | str | tuple[str, int]


@dataclass(frozen=True)
class LinkDoor:
    """Links of one kind: the page with the button, where it leads, and what is said of a link that opens nothing."""

    kind: str
    button: str
    inside: str
    """The endpoint of the page behind it."""
    not_good: Callable[[str], Page]
    once: bool = False
    """Used up by opening."""
    told: Callable[[str], dict[str, Any]] = lambda _subject: {}
    """What the page with the button needs to know of the link's subject."""

    def look(self, token: str) -> Page:
        """One button."""
        link = links.find(db.session, token, self.kind, clock.now())
        if link is None:
            return self.not_good(token)
        return render_template(self.button, **self.told(link.subject))

    def come_in(self, token: str) -> Page:
        """Exchange the link for a visit."""
        now = clock.now()
        link = links.find(db.session, token, self.kind, now)
        if link is None or (self.once and not links.spend(db.session, link, now)):
            return self.not_good(token)
        enter(link)
        return redirect(url_for(self.inside), 303)


def may_send_fresh(kind: str, subject: str) -> bool:
    """Whether one more link of this kind may be mailed."""
    return len(unused_links(kind, subject)) < MOST_UNUSED
