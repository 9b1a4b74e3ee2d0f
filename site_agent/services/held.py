"""Everything held on a request or a match, in plain words: for the coordinator's print and the physician's own page.

All of it can be demanded (J03): the sheet leaves nothing out, claims no privilege, and says where each thing is kept
and until when. What a reader may not see is named as held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from protocol.messages.handover import Card, Identity
from site_agent import talk_words, words
from site_agent.models import AnySession, Event, Interaction, Match, Request, Supporter
from site_agent.services import (
    cases,
    directory,
    disclosure,
    held_for_physician,
    held_keeping,
    timeline,
    tracker,
)
from site_agent.services.held_for_physician import Opening
from site_agent.words import Words
from ui.forms import phone_words
from ui.timewords import day, to_local, when

Facts = list[tuple[str, str]]
"""Terms and what is said of each."""


@dataclass(frozen=True)
class Section:
    """A heading and its facts."""

    title: str
    facts: Facts


@dataclass(frozen=True)
class Reader:
    """In whose words: the desk speaks of a physician (`mine` False), their own page to them."""

    mine: bool
    reason: Words
    stage: Words
    modality: Words
    origin: Words
    door: Words
    hint: Words
    few: Words
    events: Words
    opened: Callable[[Opening], str]


def everything(session: AnySession, subject: Request | Match, reader: Reader) -> list[Section]:
    """The whole sheet, of a request of this site with the help it has here, or of a match with one from elsewhere."""
    if isinstance(subject, Match):
        return _of_match(session, subject, reader)
    kept = held_for_physician.everything(session, subject)
    match = kept.match
    events = [each for each in kept.events if each.code != "name-opened"]
    if match is not None and not reader.mine:
        events = sorted([*events, *timeline.of(session, match.thid)], key=lambda event: event.at)
    found = [
        Section(_("Who you are") if reader.mine else _("Who asked"), _who(kept)),
        Section(
            _("What you asked for") if reader.mine else _("What was asked for"), _asked(session, kept, reader)
        ),
        Section(_("What happened"), _happened(events, reader)),
        Section(_("Help from this site"), _help(session, match, kept.talks, reader)) if match else None,
        Section(_("Who opened it"), _opened(kept.openings, reader)),
        Section(
            _("What is kept where, and until when"), held_keeping.of_request(session, subject, reader.mine)
        ),
    ]
    return [section for section in found if section is not None]


def _of_match(session: AnySession, match: Match, reader: Reader) -> list[Section]:
    talks = tuple(tracker.of(session, match))
    opened = held_for_physician.openings_of(session, match.thid)
    return [
        Section(_("Who asked"), _name_from_elsewhere(session, match)),
        Section(_("The card"), _card(disclosure.card(session, match), match)),
        Section(_("What happened"), _happened(timeline.of(session, match.thid), reader)),
        Section(_("Help from this site"), _help(session, match, talks, reader)),
        Section(_("Who opened it"), _opened(opened, reader)),
        Section(_("What is kept where, and until when"), held_keeping.of_match(session, match)),
    ]


def _who(kept: held_for_physician.Held) -> Facts:
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


def _name_from_elsewhere(session: AnySession, match: Match) -> Facts:
    sealed = cases.open_(session, match.case_id, "identity", match.identity)
    if sealed is None:
        erased = match.case_id is None
        return [(_("Name and contact"), _("Erased") if erased else _("Not here: their own site has it"))]
    if match.confirmed_at is None:
        return [(_("Name and contact"), _("Held, sealed. Only the supporter may open the name yet"))]
    where = _("Held. Only the supporter’s page shows how to reach them")
    return [(_("Name"), Identity.load(sealed).name), (_("Phone, email, safe ways and times"), where)]


def _asked(session: AnySession, kept: held_for_physician.Held, reader: Reader) -> Facts:
    row, said = kept.request, kept.details
    facts = [
        (_("Reference"), row.ref),
        (_("Received"), when(row.received_at)),
        (_("Came by"), str(reader.door.get(row.door or "", _("Not known")))),
        (_("Suggested by"), str(reader.origin.get(row.origin or "", _("Not known")))),
        (_("Career stage"), str(reader.stage[row.stage])),
        (_("How to talk"), str(reader.modality[row.modality])),
        (_("Supporter"), _("From elsewhere") if row.elsewhere else _("From this site")),
    ]
    if said is None:
        return [*facts, (_("Topic, language, wishes"), _("Erased"))]
    erased = _("None, or erased when a supporter said yes")
    posts = _("Posts over you") if reader.mine else _("Posts never asked")
    facts += [
        (_("Topic"), str(reader.reason[said.reason])),
        (_("What brings you") if reader.mine else _("What brings them"), _hint(said.hint, reader)),
        (_("Language"), words.language(said.language)),
        (_("Wishes"), words.listed(words.WISH, said.wishes) or erased),
        (posts, words.listed(words.POST, said.posts) or _("None named")),
    ]
    if row.elsewhere:
        names = [directory.name_of(session, site_id) for site_id in said.avoid]
        facts.append((_("Places that should not be asked"), ", ".join(names) or erased))
        facts.append((_("If few places are left"), str(reader.few[row.few])))
    return facts


def _hint(hint: str | None, reader: Reader) -> str:
    return str(reader.hint[hint]) if hint else _("Not said")


def _card(card: Card | None, match: Match) -> Facts:
    facts = [
        (_("Career stage"), str(words.STAGE[match.stage])),
        (_("How to talk"), str(words.MODALITY[match.modality])),
    ]
    if card is None:
        return [*facts, (_("Topic, language, wishes"), _("Erased"))]
    return [
        *facts,
        (_("Topic"), str(words.REASON[card.reason])),
        (_("Language"), words.language(card.language)),
        (_("Wishes"), words.listed(words.WISH, card.wishes) or _("None")),
        (_("Posts never asked"), words.listed(words.POST, card.posts) or _("None named")),
    ]


def _happened(events: Iterable[Event], reader: Reader) -> Facts:
    return [(when(each.at), str(reader.events[each.code])) for each in events if each.code in reader.events]


def _opened(openings: tuple[Opening, ...], reader: Reader) -> Facts:
    if not openings:
        return [(_("Opened"), _("By nobody, as far as is logged"))]
    return [(when(each.at), reader.opened(each)) for each in openings]


def _help(session: AnySession, match: Match | None, talks: tuple[Interaction, ...], reader: Reader) -> Facts:
    if match is None:
        return []
    spoken = _("You have spoken") if reader.mine else _("The two have spoken")
    facts = [
        (_("Supporter"), _supporter(session, match, reader)),
        (_("Said yes"), when(match.confirmed_at) if match.confirmed_at else _("Not yet")),
        (_("First attempt"), when(match.attempted_at) if match.attempted_at else _("None noted")),
        (spoken, when(match.reached_at) if match.reached_at else _("Not noted")),
    ]
    if match.check_in_on:
        facts.append((_("Another talk on"), day(match.check_in_on)))
    if match.jottings_destroyed is not None:
        destroyed = _("Destroyed, or there were none") if match.jottings_destroyed else _("Not destroyed yet")
        facts.append((_("Jottings on paper"), destroyed))
    facts += [
        (_("Talk on %(day)s", day=day(to_local(talk.at).date())), _talk(talk, reader)) for talk in talks
    ]
    if talks and reader.mine:
        said = _("How the supporter found it, from 1 to 5: it is about their work")
        facts.append((_("And of each talk"), said))
    return [*facts, *(() if reader.mine else _of_the_desk(match))]


def _of_the_desk(match: Match) -> Facts:
    facts = [(_("First contact was due"), when(match.due_at))] if match.due_at else []
    if match.extended_at:
        facts.append((_("The limit was extended"), when(match.extended_at)))
    if match.paused_at:
        facts.append((_("Paused since"), when(match.paused_at)))
    if match.stage_waived_by:
        facts.append((_("Career stage"), str(words.EVENT["stage-waived"])))
    if match.policy_version is not None:
        version = str(match.policy_version) if match.policy_version else _("0, with all defaults")
        facts.append((_("Chosen under policy version"), version))
    return facts


def _supporter(session: AnySession, match: Match, reader: Reader) -> str:
    if reader.mine:
        return str(_("Who helps you is kept with the days and times; they say so when they contact you"))
    who = session.get(Supporter, match.supporter_id) if match.supporter_id else None
    return who.name if who else str(_("Nobody at the moment"))


def _talk(talk: Interaction, reader: Reader) -> str:
    said = [str(talk_words.LENGTH[talk.length]), str(talk_words.MODE[talk.mode])]
    if talk.resources:
        said.append(_("passed on: %(kinds)s", kinds=words.listed(talk_words.RESOURCE, talk.resources)))
    if talk.more_needed:
        said.append(_("more help may be needed"))
    if not reader.mine:
        said.append(_("for the supporter: %(found)s", found=str(talk_words.FOUND[talk.found]).lower()))
        if talk.call_me:
            said.append(_("the supporter asked to be called"))
    return ", ".join(said[:1] + [each[:1].lower() + each[1:] for each in said[1:]])
