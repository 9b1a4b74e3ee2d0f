"""Reminders: each once, also over a restart, and silent as soon as nothing is awaited."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from site_agent.clock import reminding
from site_agent.clock.due import run_due
from site_agent.extensions import db
from site_agent.models import ContactClock, Interaction, LinkState, Mail, Match, Supporter
from site_agent.services import inter_site_helper, interactions, reminders
from tests.site_agent.services.conftest import Helped, helped, kettle, uma
from tests.support.local import Here, here, site

__all__ = ["helped", "here", "kettle", "site", "uma"]


def n_nudges(here: Here) -> int:
    return len(here.mails("nudge"))


def a_talk(match: Match, here: Here) -> Interaction:
    return Interaction(
        interaction_id="i" * 22, thid=match.thid, at=here.now, length="15-30", mode="phone", found=4,
        ticket="t" * 43, entered_at=here.now,
    )  # fmt: skip


def test_a_first_contact_is_nudged_at_24_and_48_hours_once_each(here: Here) -> None:
    uma = here.supporter()
    here.in_hand(here.request(), uma)
    counted = []
    for _ in range(71):
        here.clock.advance(hours=1)
        here.run()
        here.run()
        counted.append(n_nudges(here))
    assert counted == [0] * 23 + [1] * 24 + [2] * 24
    assert {mail.to for mail in here.mails("nudge")} == {uma.email}


def restart(here: Here) -> None:
    """Nothing is left of the process but its file."""
    here.session.close()
    db.engine.dispose()


def test_a_nudge_outlives_a_restart_and_does_not_repeat(here: Here) -> None:
    here.in_hand(here.request(), here.supporter())
    here.clock.advance(hours=24)
    here.run()
    restart(here)
    here.run()
    assert n_nudges(here) == 1
    here.clock.advance(hours=24)
    restart(here)
    here.run()
    assert n_nudges(here) == 2


def test_after_days_without_power_there_is_one_nudge_and_after_the_limit_none(here: Here) -> None:
    here.in_hand(here.request(), here.supporter())
    here.clock.advance(hours=60)
    here.run()
    here.run()
    assert n_nudges(here) == 1
    here.in_hand(here.request(), here.supporter("Dr Vic Lund"))
    here.clock.advance(hours=80)
    here.run()
    assert n_nudges(here) == 1


@pytest.mark.parametrize("what", ["attempt", "close", "withdrawal", "pause"])
def test_a_nudge_falls_silent(here: Here, what: str) -> None:
    request = here.request()
    match = here.in_hand(request, here.supporter())
    if what == "attempt":
        interactions.attempted(here.session, match, here.now, here.now)
    elif what == "close":
        here.close(match)
    elif what == "withdrawal":
        here.withdraw(request)
    else:
        match.paused_at = here.now
    here.session.commit()
    here.clock.advance(hours=50)
    here.run()
    assert n_nudges(here) == 0


def test_a_pause_holds_the_limit_back_and_its_end_goes_on(here: Here) -> None:
    match = here.in_hand(here.request(), here.supporter())
    match.paused_at = here.now
    here.session.commit()
    here.clock.advance(hours=80)
    here.run()
    assert (match.state, n_nudges(here)) == ("in-hand", 0)
    match.paused_at = None
    here.session.commit()
    here.run()
    assert (match.state, n_nudges(here)) == ("overdue", 0)


def test_what_was_done_between_looking_and_doing_is_not_reminded_of(here: Here) -> None:
    match = here.in_hand(here.request(), here.supporter())
    here.clock.advance(hours=24)
    (run,) = reminding.to_nudge(here.session, here.now)
    here.reached(match)
    assert not reminding.nudge(here.session, run, here.now)
    here.clock.advance(hours=48)
    (thid,) = reminding.entries_missing(here.session, here.now)
    here.close(match)
    assert not reminding.remind_of_entry(here.session, thid, here.now)


def test_a_missing_entry_is_reminded_of_once(here: Here) -> None:
    uma = here.supporter()
    match = here.in_hand(here.request(), uma)
    here.reached(match)
    here.clock.advance(hours=47)
    here.run()
    assert here.mails("tracker") == []
    for _ in range(3):
        here.clock.advance(hours=48)
        here.run()
    assert [mail.to for mail in here.mails("tracker")] == [uma.email]
    assert here.mails("coordinator") == []


@pytest.mark.parametrize("what", ["entry", "close", "pause", "attempt only"])
def test_no_entry_is_reminded_of_that_is_there_or_not_awaited(here: Here, what: str) -> None:
    match = here.in_hand(here.request(), here.supporter())
    if what == "attempt only":
        interactions.attempted(here.session, match, here.now, here.now)
    else:
        here.reached(match)
    if what == "entry":
        here.session.add(a_talk(match, here))
    elif what == "close":
        here.close(match)
    elif what == "pause":
        match.paused_at = here.now
    here.session.commit()
    here.clock.advance(days=4)
    here.run()
    assert here.mails("tracker") == []


def test_a_request_nobody_was_asked_about_is_told_once_and_again_when_it_waits_again(here: Here) -> None:
    here.person()
    uma, vic = here.supporter(), here.supporter("Dr Vic Lund")
    request = here.request()
    here.clock.advance(hours=25)
    here.run()
    here.run()
    assert len(here.mails("coordinator")) == 1
    offer = here.ask(request, uma)
    here.clock.advance(hours=12)
    here.no(offer)
    assert len(here.mails("coordinator")) == 2  # of the answer itself
    here.clock.advance(hours=24)
    here.run()
    here.run()
    assert len(here.mails("coordinator")) == 3
    here.in_hand(request, vic)
    here.clock.advance(hours=30)
    here.run()
    assert len(here.mails("coordinator")) == 3


def test_the_hours_are_settings_of_the_site(here: Here) -> None:
    here.person()
    for name, hours in (("nudge_first_hours", 2), ("nudge_second_hours", 4), ("find_hours", 6)):
        here.set(name, hours)
    here.in_hand(here.request(), here.supporter())
    here.request()
    here.clock.advance(hours=3)
    here.run()
    here.clock.advance(hours=2)
    here.run()
    assert (n_nudges(here), len(here.mails("coordinator"))) == (2, 0)
    here.clock.advance(hours=1)
    here.run()
    assert len(here.mails("coordinator")) == 1


def test_a_reminder_is_kept_once_and_forgotten_with_its_subject(here: Here) -> None:
    assert reminders.once(here.session, "s" * 22, "tracker", here.now)
    assert not reminders.once(here.session, "s" * 22, "tracker", here.now + timedelta(days=1))
    assert reminders.once(here.session, "s" * 22, "soft-limit", here.now)
    reminders.forget(here.session, "s" * 22)
    assert reminders.once(here.session, "s" * 22, "tracker", here.now)
    with pytest.raises(ValueError, match="no reminder"):
        reminders.once(here.session, "s" * 22, "twice", here.now)


def test_a_mail_that_cannot_be_queued_is_tried_again(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    here.in_hand(here.request(), here.supporter())
    here.clock.advance(hours=24)

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as now:
        now.setattr(reminding.offers, "fresh_link", broken)
        here.run()
    assert n_nudges(here) == 0
    here.run()
    assert n_nudges(here) == 1


def test_a_match_from_elsewhere_is_nudged_and_counted_alike_by_the_hubs_clock(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    session.get_one(LinkState, 1).hub_offset_seconds = -3600
    session.commit()
    counted = []
    for _ in range(3):
        helped.there.clock.advance(hours=24, minutes=59)
        run_due(lambda: session, helped.now)
        counted.append(len(session.scalars(select(Mail).where(Mail.kind == "nudge")).all()))
        helped.there.clock.advance(minutes=-59)
    assert counted == [0, 1, 2]
    helped.there.clock.advance(hours=1)
    run_due(lambda: session, helped.now)
    assert match.state == "overdue"
    assert session.scalars(select(ContactClock.outcome)).all() == ["not-met"]


def test_a_match_from_elsewhere_that_ends_before_the_limit_is_excused(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    inter_site_helper.end(session, match, helped.now)
    assert session.scalars(select(ContactClock.outcome)).all() == ["excused"]
