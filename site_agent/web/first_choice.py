"""Whom the button of a line asks: the first on the list of that request; with nobody left, the next way (F14).

Only the most urgent lines are worked out, so that Today costs the same however much waits; the others lead to their
list.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _

from site_agent.models import AnySession, Supporter
from site_agent.services import local, own_candidates
from site_agent.services.matching import Candidate, Pool
from site_agent.web.match_about import About
from site_agent.web.match_acts import may_ask
from site_agent.web.open_help import OpenHelp
from site_agent.web.waiting_line import Step, Waiting

N_NAMED = 4
"""Ours: of own requests, and half of it of those from elsewhere. Each costs a look through the roster."""


def with_first_choices(
    session: AnySession,
    open_help: OpenHelp,
    lines: list[Waiting],
    pool: Pool,
    now: datetime,
    *,
    not_named: Set[str] = frozenset(),
) -> list[Waiting]:
    """The same lines; those for which a supporter is to be asked have a next step.

    `not_named`: supporter_ids of whom no button asks, since something of their own waits first; the list has them.
    """
    if not may_ask():
        return [_to_the_list(line) if line.chooses else line for line in lines]
    ours = {row.request_id: row for row in open_help.requests}
    theirs = {match.thid: match for match in open_help.matches if not match.is_local}
    wanted = [line.chooses for line in lines if line.chooses]
    own = [ours[each] for each in wanted if each in ours][:N_NAMED]
    foreign = [theirs[each] for each in wanted if each in theirs][: N_NAMED // 2]
    matches = {row.request_id: match for row in own if (match := open_help.match_of(row))}
    steps = local.steps_of(session, own, matches, now, pool)
    abouts = {row.request_id: About(matches.get(row.request_id), row) for row in own}
    firsts = own_candidates.firsts_elsewhere(session, foreign, pool) if foreign else {}

    def chosen(line: Waiting) -> Waiting:
        match = theirs.get(line.chooses)
        if line.chooses in abouts:
            named = _of_own(line, abouts[line.chooses], steps.get(line.chooses))
        elif match is not None and match in foreign:
            named = _from_elsewhere(line, open_help.about(match), firsts.get(match.thid))
        else:
            return _to_the_list(line) if line.chooses else line
        return _to_the_list(line) if _asked_by(named) in not_named else named

    return [chosen(line) for line in lines]


def _asked_by(line: Waiting) -> str:
    """The supporter whom the line's button asks, or ""."""
    return line.step.value if line.step is not None and line.step.field == "supporter" else ""


def _of_own(line: Waiting, shown: About, step: local.Step | None) -> Waiting:
    if step is None:
        return line
    if step.first is not None:
        return replace(line, step=_ask(shown, step.first.supporter))
    hints = {
        "waive-stage": _("Nobody of a fitting stage is left. Ask the physician about an earlier one."),
        "elsewhere": _("Nobody here can be asked. Ask the physician about somebody from elsewhere."),
        "programme-line": _("Nobody here can be asked. Give the physician the program’s phone line."),
    }
    texts = {"waive-stage": _("They agree to an earlier stage"), "elsewhere": _("Look elsewhere")}
    line = replace(line, hint=f"{line.hint} {hints[step.code]}")
    if step.code not in texts:
        return line
    return replace(line, step=Step(texts[step.code], shown.url("request_act", act=step.code), press=False))


def _from_elsewhere(line: Waiting, shown: About, first: Candidate | None) -> Waiting:
    if first is not None:
        return replace(line, step=_ask(shown, first.supporter))
    step = Step(_("Pass it on"), shown.url("match_act", act="pass"), press=False)
    return replace(line, hint=_("Nobody here can be asked. The hub asks another site."), step=step)


def _ask(shown: About, who: Supporter) -> Step:
    text = _("Ask %(name)s", name=who.name)
    return Step(text, shown.url("match_act", act="ask"), True, "supporter", who.supporter_id)


def _to_the_list(line: Waiting) -> Waiting:
    return replace(line, step=Step(_("Choose a supporter"), line.href, press=False))
