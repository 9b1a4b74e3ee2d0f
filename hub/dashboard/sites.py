"""Every site: who waits for approval first, then who is quiet."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from hub.dashboard import bp, rows
from hub.extensions import db
from hub.services import key_directory
from ui.access import allow
from ui.clock import now


@bp.get("/sites")
@allow("staff")
def sites() -> str:
    """The list, and the six words that a site's alarm about the key log asks for."""
    words = [
        {"number": word, "text": _("word %(n)d", n=n)}
        for n, word in enumerate(key_directory.words(db.session()), 1)
    ]
    return render_template("dashboard/sites.html", sites=rows.all_sites(now()), log_words=words)
