"""The link and the code that the physician gets, shown once: nothing here keeps them."""

from __future__ import annotations

import segno
from flask import render_template, url_for
from markupsafe import Markup

from site_agent.extensions import db
from site_agent.models import Enrolment, Site
from site_agent.services import policy
from site_agent.services.requests import Recorded


def hand_over(recorded: Recorded) -> str:
    """The page to print or to read out, as the answer to the press that recorded the request."""
    site, enrolment = db.session.get(Site, 1), db.session.get(Enrolment, 1)
    base = site.public_url.rstrip("/") if site else ""
    link = (
        f"{base}/r/{recorded.link_token}"
        if base
        else url_for("web.today", _external=True) + (f"r/{recorded.link_token}")
    )
    return render_template(
        "web/hand_over.html",
        recorded=recorded,
        link=link,
        qr=qr_code(link),
        withdraw_url=f"{enrolment.hub_url}/withdraw" if enrolment and enrolment.hub_url else "",
        programme_phone=policy.text(db.session, "programme_phone"),
    )


def qr_code(text: str) -> Markup:
    """A QR code as inline SVG. It repeats what stands beside it in letters, so it is hidden from screen readers."""
    drawn = segno.make(text, error="m").svg_inline(
        scale=4, border=2, svgclass=None, lineclass=None, omitsize=True
    )
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704  (segno's own drawing, no text in it)
