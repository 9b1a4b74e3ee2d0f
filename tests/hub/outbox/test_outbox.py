"""Messages for a site: signed once, numbered, voided only while unacknowledged."""

import sqlalchemy as sa

from hub import outbox
from hub.models import Outbound, OutboxRow
from protocol.messages.matches import HomeStatus, Proposal, Release

STATUS = ("looking", "in-hand")


def queue(session, hub, site, body, **more):
    return outbox.queue(session, site.site_id, body, now=hub.now, **more)


def status(hub):
    return HomeStatus("in-hand", hub.now)


def proposal(hub):
    return Proposal("mid", "any", "card.letter", hub.now)


def release(hub):
    return Release("identity.letter", hub.now, 72)


def test_numbers_count_from_one_without_gaps(hub, site):
    with hub.session() as session:
        assert [queue(session, hub, site, status(hub)).n for _ in range(3)] == [1, 2, 3]


def test_a_rolled_back_message_takes_no_number(hub, site):
    with hub.session() as session:
        savepoint = session.begin_nested()
        queue(session, hub, site, status(hub))
        savepoint.rollback()
        assert queue(session, hub, site, status(hub)).n == 1
    assert hub.count(OutboxRow) == 1


def test_it_never_commits(hub, site):
    with hub.session() as session:
        queue(session, hub, site, status(hub))
        session.rollback()
    assert hub.count(OutboxRow) == 0
    assert hub.rows(Outbound, Outbound.site_id == site.site_id)[0].last_n == 0


def test_the_site_gets_what_was_queued_and_not_the_hubs_own_id(hub, site):
    site.news()
    with hub.session() as session:
        queued = queue(session, hub, site, status(hub), thid="t" * 22, re="r" * 22, match_id="m" * 22)
    (message,) = site.news()
    assert (message.jti, message.thid, message.re, message.aud) == (
        queued.jti,
        "t" * 22,
        "r" * 22,
        site.site_id,
    )
    assert "m" * 22 not in repr(message)


def test_a_void_takes_the_place_and_the_number(hub, site):
    site.news()
    with hub.session() as session:
        queued = queue(session, hub, site, proposal(hub), thid="t" * 22)
        assert outbox.void(session, site.site_id, queued.n, hub.now)
    (message,) = site.news()
    assert (message.type, message.thid) == ("transport.void", None)
    assert message.jti != queued.jti


def test_what_is_acknowledged_is_not_voided(hub, site):
    site.news()
    with hub.session() as session:
        queued = queue(session, hub, site, proposal(hub))
    site.news()
    with hub.session() as session:
        assert not outbox.void(session, site.site_id, queued.n, hub.now)


def test_only_this_matchs_handovers_are_voided(hub, site):
    other = hub.site()
    with hub.session() as session:
        kept = [
            queue(session, hub, site, proposal(hub), match_id="n" * 22),
            queue(session, hub, other, proposal(hub), match_id="m" * 22),
            queue(session, hub, site, status(hub), match_id="m" * 22),
        ]
        gone = [
            queue(session, hub, site, proposal(hub), match_id="m" * 22),
            queue(session, hub, site, release(hub), match_id="m" * 22),
        ]
        outbox.void_handovers(session, "m" * 22, site.site_id, hub.now)
    types = {(row.site_id, row.n): row.type for row in hub.rows(OutboxRow)}
    assert {types[each.site_id, each.n] for each in gone} == {"transport.void"}
    assert "transport.void" not in {types[each.site_id, each.n] for each in kept}


def test_whether_the_site_may_have_heard_of_the_match(hub, site):
    site.news()
    with hub.session() as session:
        queue(session, hub, site, proposal(hub), match_id="a" * 22)
        assert not outbox.void_handovers(session, "a" * 22, site.site_id, hub.now)
        queue(session, hub, site, proposal(hub), match_id="b" * 22)
    site.poll()
    with hub.session() as session:
        assert outbox.void_handovers(session, "b" * 22, site.site_id, hub.now)
    site.news()
    with hub.session() as session:
        queue(session, hub, site, release(hub), match_id="c" * 22)
        assert outbox.void_handovers(session, "c" * 22, site.site_id, hub.now)


def test_the_bytes_are_signed_once(hub, site):
    with hub.session() as session:
        queue(session, hub, site, status(hub))
        before = session.execute(sa.select(OutboxRow.token)).scalars().all()
    hub.clock.advance(days=2)
    site.poll()
    assert [row.token for row in hub.rows(OutboxRow, OutboxRow.type == "match.status")] == before
