"""Who may call what, written by hand: every route of both apps, who is let in, and one call that is let through.

Nothing here is taken from the declarations in the code: this is what they are held against. `@name` in an address or
in a form is an id of the scene (`tests/support/access_scene.py`, `hub_scene.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DAILY = frozenset({"coordinator", "lead", "deputy"})
CHARGE = frozenset({"coordinator", "lead"})
KEEPERS = frozenset({"keeper"})
ACCOUNTS = frozenset({"coordinator", "lead", "deputy", "keeper", "risk-manager", "former-deputy"})
"""Everybody who can sign in, to their own account."""
SUPPORTERS = frozenset({"supporter", "other-supporter"})
OWN_PAGE = SUPPORTERS | {"at-own-page"}
PHYSICIANS = frozenset({"physician", "other-physician", "reader"})
READER = frozenset({"reader"})
"""Has given the code that opens everything held."""
TOLD = frozenset({"told"})
SIGNERS = frozenset({"signer"})
OUTSIDE = SUPPORTERS | PHYSICIANS | TOLD | SIGNERS | {"at-own-page", "nobody", "left", "other-site"}
"""Nobody of them is signed in at this site."""
EVERYBODY = ACCOUNTS | OUTSIDE
NONE: frozenset[str] = frozenset()
"""A page of a link that nobody of the scene holds just now."""

STAFF = frozenset({"staff"})
LOOKERS = frozenset({"staff", "viewer"})
HUB_ACCOUNTS = LOOKERS
HUB_EVERYBODY = LOOKERS | {"nobody", "closed", "other-hub"}


@dataclass(frozen=True)
class Row:
    """Who is let in; what stands in the address; what a form of the allowed call holds."""

    who: frozenset[str]
    at: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] | None = None
    """None: the POST is judged by whether it is let in, not by what becomes of it."""


def row(who: frozenset[str], typed: Mapping[str, str] | None = None, /, **at: str) -> Row:
    """A line of the table."""
    return Row(who, at, typed)


TALK = {"day": "today", "length": "15-30", "mode": "phone", "found": "4", "ticket": "T" * 43}
NO: dict[str, str] = {}
"""An empty form, which is enough."""

OF_REQUEST = {
    "/requests": {
        "GET": row(DAILY),
        "GET POST /new": row(DAILY),
        "GET POST /new/<draft_id>/<step>": row(DAILY, draft_id="@draft", step="about"),
        "GET POST /new/<draft_id>/check": row(DAILY, draft_id="@draft"),
        "POST /new/<draft_id>/drop": row(DAILY, NO, draft_id="@draft"),
        "GET /<request_id>": row(DAILY, request_id="@helped"),
        "GET POST /<request_id>/name": row(DAILY, NO, request_id="@far"),
        "GET POST /<request_id>/wishes": row(DAILY, {"language": "en"}, request_id="@restating"),
        "POST /<request_id>/reopen": row(DAILY, NO, request_id="@closed"),
        "GET POST /<request_id>/<act>": row(DAILY, NO, request_id="@new", act="close"),
        "GET /<request_id>/help/reassign": row(DAILY, request_id="@helped"),
        "GET POST /<request_id>/help/attempt": row(DAILY, request_id="@helped"),
        "GET POST /<request_id>/help/close": row(DAILY, {"paper": "yes"}, request_id="@helped"),
        "GET POST /<request_id>/help/talk": row(DAILY, TALK, request_id="@helped"),
        "GET POST /<request_id>/held": row(DAILY, NO, request_id="@helped"),
        "GET POST /<request_id>/hold": row(CHARGE, NO, request_id="@helped"),
        "GET POST /<request_id>/hold/lift": row(CHARGE, NO, request_id="@asked"),
        "POST /<request_id>/help/<act>": row(DAILY, {"supporter": "@free"}, request_id="@new", act="ask"),
    },
    "/elsewhere": {
        "GET /<thid>": row(DAILY, thid="@thid helped"),
        "GET /<thid>/reassign": row(DAILY, thid="@thid helped"),
        "GET POST /<thid>/attempt": row(DAILY, thid="@thid helped"),
        "GET POST /<thid>/close": row(DAILY, {"paper": "no"}, thid="@thid helped"),
        "GET POST /<thid>/talk": row(DAILY, TALK, thid="@thid helped"),
        "GET POST /<thid>/held": row(DAILY, NO, thid="@thid helped"),
        "GET POST /<thid>/hold": row(CHARGE, NO, thid="@thid helped"),
        "GET POST /<thid>/hold/lift": row(CHARGE, NO, thid="@thid asked"),
        "GET POST /<thid>/<act>": row(DAILY, NO, thid="@thid proposed", act="pass"),
    },
    "/activity": {"GET": row(CHARGE)},
    "/talks": {"POST /<interaction_id>/called": row(DAILY, NO, interaction_id="@talk")},
    "/outreach": {
        "GET": row(DAILY),
        "GET POST /new": row(DAILY),
        "GET /<outreach_id>": row(DAILY, outreach_id="@outreach"),
        "GET POST /<outreach_id>/contact": row(DAILY, outreach_id="@outreach"),
        "GET POST /<outreach_id>/not-now": row(DAILY, {"resources": "no"}, outreach_id="@outreach"),
        "GET POST /<outreach_id>/ask": row(DAILY, outreach_id="@outreach"),
        "GET POST /<outreach_id>/hold": row(CHARGE, NO, outreach_id="@outreach"),
        "GET POST /<outreach_id>/hold/lift": row(CHARGE, NO, outreach_id="@outreach"),
        "GET POST /<outreach_id>/<act>": row(DAILY, NO, outreach_id="@outreach", act="called"),
    },
}
OF_ROSTER = {
    "/supporters": {
        "GET": row(DAILY),
        "GET POST /new": row(DAILY),
        "POST /agreements": row(DAILY, NO),
        "POST /list.csv": row(DAILY, NO),
        "GET POST /import": row(DAILY),
        "GET /import/example.csv": row(DAILY),
        "GET POST /import/<draft_id>": row(DAILY, draft_id="@list"),
        "GET /assessing": row(DAILY),
        "POST /assessing/list.csv": row(DAILY, NO),
        "GET POST /assessing/import": row(DAILY),
        "GET /assessing/import/example.csv": row(DAILY),
        "GET POST /assessing/import/<draft_id>": row(DAILY, draft_id="@assessing"),
        "GET /<supporter_id>": row(DAILY, supporter_id="@free"),
        "GET POST /<supporter_id>/edit": row(DAILY, supporter_id="@free"),
        "GET POST /<supporter_id>/pause": row(DAILY, NO, supporter_id="@free"),
        "POST /<supporter_id>/resume": row(DAILY, NO, supporter_id="@paused"),
        "POST /<supporter_id>/agreement": row(DAILY, NO, supporter_id="@unsigned"),
        "GET POST /<supporter_id>/leave": row(DAILY, {"when": "now"}, supporter_id="@free"),
        "POST /<supporter_id>/stay": row(DAILY, NO, supporter_id="@leaving"),
        "GET POST /<supporter_id>/pin": row(DAILY, NO, supporter_id="@free"),
        "POST /<supporter_id>/page": row(DAILY, NO, supporter_id="@free"),
        "GET POST /<supporter_id>/assesses": row(DAILY, {"name": "Dr. Jo Ek"}, supporter_id="@free"),
        "GET POST /<supporter_id>/assesses/<evaluator_id>": row(
            DAILY, NO, supporter_id="@free", evaluator_id="@line"
        ),
    },
}
OF_SITE = {
    "/": {"GET": row(DAILY), "GET today/list": row(DAILY)},
    "/today": {"POST /mail/<mail_id>/settled": row(DAILY, NO, mail_id="@mail")},
    "/set-up": {
        "GET": row(CHARGE),
        "GET POST /enrol": row(CHARGE),
        "GET /enrol/state": row(CHARGE),
        "POST /enrol/check": row(CHARGE, NO),
    },
    "/settings": {
        "GET POST": row(CHARGE),
        "GET /link": row(CHARGE),
        "POST /link/now": row(CHARGE, NO),
        "POST /link/<int:row_id>/<any(again, dismiss, cancel):act>": row(
            CHARGE, NO, row_id="@message", act="cancel"
        ),
        "GET POST /link/alarm": row(CHARGE),
        "GET /policy": row(DAILY),
        "GET /policy/history": row(DAILY),
        "GET POST /policy/<name>": row(CHARGE, name="talks"),
        "GET /people": row(CHARGE),
        "GET POST /people/new": row(CHARGE),
        "GET /people/<person_id>": row(CHARGE, person_id="@deputy"),
        "GET POST /people/<person_id>/edit": row(CHARGE, person_id="@deputy"),
        "GET POST /people/<person_id>/start-over": row(CHARGE, NO, person_id="@deputy"),
        "GET POST /people/<person_id>/address": row(CHARGE, {"email": "new@example.ca"}, person_id="@deputy"),
        "GET POST /people/<person_id>/end": row(CHARGE, NO, person_id="@deputy"),
    },
    "/safety/reports": {
        "GET": row(KEEPERS),
        "POST": row(KEEPERS, NO),
        "POST /<report_id>/debrief": row(KEEPERS, NO, report_id="@report"),
        "POST /<report_id>/undo": row(KEEPERS, NO, report_id="@debriefed"),
    },
}
BY_LINK = {
    "/o/<token>": {
        "GET": row(EVERYBODY, token="@token o"),
        "POST": row(EVERYBODY, NO, token="@token o"),
        "POST /fresh": row(EVERYBODY, NO, token="@token o"),
    },
    "/a/<token>": {
        "GET": row(EVERYBODY, token="@token a"),
        "POST": row(EVERYBODY, NO, token="@token a"),
    },
    "/m/<token>": {
        "GET": row(EVERYBODY, token="@token m"),
        "POST": row(EVERYBODY, NO, token="@token m"),
        "POST /fresh": row(EVERYBODY, NO, token="@token m"),
    },
    "/r/<token>": {
        "GET": row(EVERYBODY, token="@token r"),
        "POST": row(EVERYBODY, NO, token="@token r"),
    },
    "/reply/<token>": {
        "GET": row(EVERYBODY, token="@token reply"),
        "POST": row(EVERYBODY, NO, token="@token reply"),
    },
    "/offer": {
        "GET": row(SUPPORTERS),
        "GET /sent": row(EVERYBODY),
        "POST /pin": row(SUPPORTERS, {"pin": "402918"}),
        "POST /fresh": row(SUPPORTERS, NO),
        "POST /answer": row(SUPPORTERS, {"answer": "yes"}),
        "POST /name": row(SUPPORTERS, NO),
        "GET POST /attempt/<what>": row(SUPPORTERS, {"when": "now"}, what="reached"),
        "GET POST /check-in": row(SUPPORTERS),
        "GET POST /close": row(SUPPORTERS, {"paper": "yes"}),
        "GET /talk": row(SUPPORTERS),
        "POST /talk": row(SUPPORTERS, TALK),
    },
    "/mine": {
        "GET": row(OWN_PAGE),
        "POST /pin": row(OWN_PAGE, {"pin": "402918"}),
        "GET POST /availability": row(OWN_PAGE),
        "POST /open": row(OWN_PAGE, {"offer": "@taken offer"}),
        "POST /agreement": row(OWN_PAGE, NO),
    },
    "/agreement": {"GET POST": row(SIGNERS)},
    "/request": {
        "GET": row(PHYSICIANS),
        "GET /withdraw": row(PHYSICIANS),
        "POST /withdraw": row(PHYSICIANS, NO),
        "GET POST /another": row(PHYSICIANS, {"language": "en"}),
        "GET POST /stay": row(PHYSICIANS, NO),
        "GET POST /not-agreed": row(PHYSICIANS, NO),
        "GET /held": row(PHYSICIANS),
        "POST /held": row(PHYSICIANS, NO),
        "POST /held/code": row(PHYSICIANS),
        "GET /everything": row(READER),
    },
    "/reply": {"GET": row(TOLD), "POST": row(TOLD, NO)},
    "/ask/reply": {"GET": row(TOLD)},
}
FOR_ALL = {
    "/ask": {
        "GET POST": row(EVERYBODY),
        "GET /send": row(EVERYBODY),
        "GET /check": row(EVERYBODY),
        "POST /check": row(EVERYBODY),
        "POST /send": row(EVERYBODY),
    },
    "/notify": {"GET": row(EVERYBODY), "POST": row(EVERYBODY), "GET /received": row(EVERYBODY)},
    "/hand-over": {"GET": row(EVERYBODY)},
    "/talk-card": {"GET": row(EVERYBODY)},
    "/safety": {
        "GET": row(EVERYBODY),
        "POST": row(OWN_PAGE, {"route": "keeper", "ticket": "T" * 43}),
        "GET /noted": row(EVERYBODY),
    },
    "/help": {"GET": row(EVERYBODY)},
    "/privacy": {"GET": row(EVERYBODY)},
    "/accessibility": {"GET": row(EVERYBODY)},
}


def sign_in_pages(everybody: frozenset[str], accounts: frozenset[str]) -> dict[str, dict[str, Row]]:
    """What both apps have of signing in and of somebody's own account."""
    return {
        "/static/ui/<path:filename>": {"GET": row(everybody, filename="img/icon.svg")},
        "/theme.css": {"GET": row(everybody)},
        "/sign-in": {
            "GET POST": row(everybody),
            "GET POST /code": row(everybody),
            "GET POST /recovery-code": row(everybody),
            "GET POST /set-up-code": row(everybody),
            "POST /passkey/question": row(everybody, NO),
            "POST /passkey": row(everybody, NO),
            "POST /out": row(everybody, NO),
            "GET POST /welcome/<token>": row(everybody, token="@invitation"),
            "POST /welcome/<token>/passkey/question": row(everybody, NO, token="@invitation"),
            "POST /welcome/<token>/passkey": row(everybody, NO, token="@invitation"),
        },
        "/account": {
            "GET": row(accounts),
            "POST /stay": row(everybody, NO),
            "GET POST /password": row(accounts),
            "GET POST /authenticator": row(accounts),
            "GET POST /recovery-codes": row(accounts, NO),
            "POST /passkeys/question": row(accounts, NO),
            "GET POST /passkeys/new": row(accounts, NO),
            "GET POST /passkeys/<passkey_id>/remove": row(accounts, NO, passkey_id="@own passkey"),
            "POST /sessions/end": row(accounts, NO),
            "POST /sessions/end-others": row(accounts, NO),
            "GET POST /again": row(accounts, NO),
        },
    }


OF_HUB = {
    "/": {"GET": row(LOOKERS), "GET overview/matches": row(LOOKERS)},
    "/matches": {
        "GET": row(LOOKERS),
        "GET /<match_id>": row(LOOKERS, match_id="@match"),
        "GET POST /<match_id>/<action>": row(STAFF, {"about": "@helper"}, match_id="@match", action="close"),
    },
    "/sites": {
        "GET": row(STAFF),
        "GET POST /new": row(STAFF),
        "GET POST /<site_id>": row(STAFF, site_id="@newcomer"),
        "GET POST /<site_id>/<action>": row(STAFF, NO, site_id="@site", action="suspend"),
    },
    "/team": {
        "GET": row(STAFF),
        "GET POST /new": row(STAFF),
        "GET /log": row(STAFF),
        "GET /<person_id>": row(STAFF, person_id="@viewer"),
        "GET POST /<person_id>/address": row(STAFF, {"email": "new@example.ca"}, person_id="@viewer"),
        "GET POST /<person_id>/<action>": row(STAFF, NO, person_id="@viewer", action="close"),
    },
    "/help": {"GET": row(HUB_EVERYBODY)},
    "/privacy": {"GET": row(HUB_EVERYBODY)},
    "/accessibility": {"GET": row(HUB_EVERYBODY)},
    "/withdraw": {
        "GET POST": row(HUB_EVERYBODY, {"code": "@code"}),
        "POST /confirm": row(HUB_EVERYBODY, {"code": "@code"}),
    },
    "/v1": {
        "GET /hub": row(HUB_EVERYBODY),
        "GET /problems/<code>": row(HUB_EVERYBODY, code="bad-token"),
        "POST /messages": row(NONE),
        "POST /poll": row(NONE),
        "POST /enrolment": row(NONE),
    },
}
"""The three doors of the wire let in a site by its signature and nobody by a cookie."""


def flat(*parts: dict[str, dict[str, Row]]) -> dict[tuple[str, str], Row]:
    """The table by (address, method)."""
    table: dict[tuple[str, str], Row] = {}
    for part in parts:
        for start, lines in part.items():
            for head, line in lines.items():
                *methods, last = (
                    head.split(" ") if "<any" not in head else ["POST", head.removeprefix("POST ")]
                )
                rest = "" if last in ("GET", "POST") else last
                methods = [*methods, last] if not rest else methods
                table |= {(start + rest, method): line for method in methods}
    return table


SITE = flat(OF_REQUEST, OF_ROSTER, OF_SITE, BY_LINK, FOR_ALL, sign_in_pages(EVERYBODY, ACCOUNTS))
HUB = flat(OF_HUB, sign_in_pages(HUB_EVERYBODY, HUB_ACCOUNTS))
