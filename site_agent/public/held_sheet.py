"""Everything held about a request, in plain words for the physician, as titled lists of facts."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from site_agent import talk_words, words_doors
from site_agent.extensions import db
from site_agent.forms import ask_words as words
from site_agent.models import Interaction, Match, Request
from site_agent.public.standing import EVENTS, opened_by
from site_agent.services import directory, policy
from site_agent.services import held_for_physician as held
from ui.forms import phone_words
from ui.timewords import day, to_local, when

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Section:
    """A heading and its facts."""

    title: str
    facts: Facts


def sections(request: Request) -> list[Section]:
    """The whole sheet. What was erased is said to be, and what nobody can show here is named too."""
    kept = held.everything(db.session, request)
    found = [
        Section(_("Who you are"), _who(kept)),
        Section(_("What you asked for"), _asked(kept)),
        Section(_("What happened"), _happened(kept)),
        Section(_("Help from this site"), _help(kept.match, kept.talks)) if kept.match else None,
        Section(_("What else there is"), _else(request)),
    ]
    return [section for section in found if section is not None]


def _who(kept: held.Held) -> Facts:
    who = kept.identity
    if who is None:
        return [(_("Name and contact"), _("Erased"))]
    return [
        (_("Name"), who.name),
        (_("Phone"), phone_words(who.phone or "") or _("None")),
        (_("Email"), who.email or _("None")),
        (_("Safe ways"), words.listed(words.CONTACT_WAY, who.ways)),
        (_("Safe times"), words.listed(words.CONTACT_TIME, who.times)),
        (_("News by email"), _("Yes") if kept.request.mail_ok else _("No")),
    ]


def _asked(kept: held.Held) -> Facts:
    row, said = kept.request, kept.details
    facts = [
        (_("Reference"), row.ref),
        (_("Received"), when(row.received_at)),
        (_("Came by"), str(words_doors.DOOR_OF_MINE.get(row.door or "", _("Not known")))),
        (_("Suggested by"), str(words.ORIGIN.get(row.origin or "", _("Not known")))),
        (_("Career stage"), str(words.STAGE[row.stage])),
        (_("How to talk"), str(words.MODALITY[row.modality])),
        (_("From"), str(words.PLACE["elsewhere" if row.elsewhere else "here"])),
    ]
    if said is None:
        return [*facts, (_("Topic, language, wishes"), _("Erased"))]
    erased = _("None, or erased when a supporter said yes")
    facts += [
        (_("Topic"), str(words.REASON[said.reason])),
        (_("What brings you"), str(words.HINT[said.hint]) if said.hint else _("Not said")),
        (_("Language"), words.language(said.language)),
        (_("Wishes"), words.listed(words.WISH, said.wishes) or erased),
        (_("Posts over you"), words.listed(words.POST, said.posts) or _("None named")),
    ]
    if row.elsewhere:
        names = [directory.name_of(db.session, site_id) for site_id in said.avoid]
        facts.append((_("Places that should not be asked"), ", ".join(names) or erased))
        facts.append((_("If few places are left"), str(words.FEW[row.few])))
    return facts


def _happened(kept: held.Held) -> Facts:
    facts = [(when(event.at), str(EVENTS[event.code])) for event in kept.events if event.code in EVENTS]
    facts += [(when(opening.at), opened_by(opening)) for opening in kept.openings]
    return facts


def _help(match: Match | None, talks: tuple[Interaction, ...]) -> Facts:
    if match is None:
        return []
    facts = [
        (_("Supporter"), _("Who helps you is kept while it lasts; they say so when they contact you")),
        (_("Said yes"), when(match.confirmed_at) if match.confirmed_at else _("Not yet")),
        (_("First tried to reach you"), when(match.attempted_at) if match.attempted_at else _("Not yet")),
        (_("You have spoken"), when(match.reached_at) if match.reached_at else _("Not noted")),
    ]
    if match.check_in_on:
        facts.append((_("You talk again on"), day(match.check_in_on)))
    if match.jottings_destroyed is not None:
        destroyed = _("Destroyed, or there were none") if match.jottings_destroyed else _("Not destroyed yet")
        facts.append((_("Jottings on paper"), destroyed))
    facts += [(_("Talk on %(day)s", day=day(to_local(talk.at).date())), _talk(talk)) for talk in talks]
    if talks:
        facts.append(
            (_("And of each talk"), _("How the supporter found it, from 1 to 5: it is about their work"))
        )
    return facts


def _talk(talk: Interaction) -> str:
    said = [str(talk_words.LENGTH[talk.length]), str(talk_words.MODE[talk.mode])]
    if talk.resources:
        said.append(_("passed on: %(kinds)s", kinds=words.listed(talk_words.RESOURCE, talk.resources)))
    if talk.more_needed:
        said.append(_("more help may be needed"))
    return ", ".join(said[:1] + [each[:1].lower() + each[1:] for each in said[1:]])


def _else(request: Request) -> Facts:
    days = policy.number(db.session, "identity_days")
    facts = [
        (_("What you said in a talk"), _("Nothing: nobody writes it down")),
        (_("Your link"), _("Only a fingerprint of it, from which it cannot be found again")),
        (
            _("How long"),
            _(
                "Who you are: %(days)s days after this has ended. The words ticked: longer, without you.",
                days=days,
            ),
        ),
    ]
    if request.elsewhere:
        facts.insert(
            2,
            (
                _("At the provincial hub"),
                _(
                    "A number drawn at random, your career stage and how you would like to talk. "
                    "Sealed letters, which it cannot open, for up to 14 days."
                ),
            ),
        )
    return facts
