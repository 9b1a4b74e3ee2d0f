"""Two cards to read or print: handing over to longer help, and a talk from its first words to its end.

They hold nothing of anybody, so they are open to all, and a supporter may keep them on paper.
"""

from __future__ import annotations

from flask import render_template

from site_agent import talk_words
from site_agent.models.interaction import RESOURCES
from site_agent.public import bp
from ui.access import public

KINDS = tuple(code for code in RESOURCES if code != "programme-line")
"""The five kinds of help beyond a peer (H10)."""


@bp.get("/hand-over")
@public
def hand_over() -> str:
    """To longer help: the physician makes the call, or both do it together (H09)."""
    return render_template("public/hand_over.html", kinds=[talk_words.RESOURCE[code] for code in KINDS])


@bp.get("/talk-card")
@public
def talk_card() -> str:
    """A talk in nine parts (H07), and what is outside the role (H05)."""
    return render_template("public/hand_over_talk.html")
