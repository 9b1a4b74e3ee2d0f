"""What the hub forgets, and when."""

import json
from hashlib import sha256

from hub import audit
from hub.models import AuditLine, Decision, InboxRow, Match, OutboxRow, Passed
from protocol.messages import matches
from protocol.strict import b64url_encode


def digest(value):
    return b64url_encode(sha256(json.dumps(value, separators=(",", ":")).encode()).digest())


def ended_match(hub, request, helpers):
    request.write(*helpers)
    held = request.at(helpers[0])
    held.says(matches.Pass(), re=held.awaits)
    request.confirmed_at(helpers[1]).says(matches.Closed())
    request.home.news()


def test_a_match_loses_its_sites_30_days_after_its_end(hub, request_, helpers):
    ended_match(hub, request_, helpers)
    salt = hub.match().salt
    hub.clock.advance(days=30)
    hub.run_limits()
    assert hub.match().home_site_id == request_.home.site_id
    hub.clock.advance(seconds=1)
    hub.run_limits()
    match = hub.match()
    assert (match.home_site_id, match.home_thid, match.helper_site_id, match.helper_thid) == (None,) * 4
    assert (match.stage, match.state, match.contact_met) == ("mid", "closed", None)
    assert hub.count(Passed) == 0
    assert hub.count(OutboxRow, OutboxRow.match_id.is_not(None)) == 0
    assert salt not in {match.salt for match in hub.rows(Match)}


def test_audit_lines_stay_and_say_nothing_once_the_salt_is_gone(hub, request_, helpers):
    ended_match(hub, request_, helpers)
    salt = hub.match().salt
    lines = hub.rows(AuditLine, AuditLine.match_id.is_not(None))
    assert audit.salted(salt, helpers[1].site_id) in {line.site_hash for line in lines}
    hub.clock.advance(days=31)
    hub.run_limits()
    kept = hub.rows(AuditLine, AuditLine.match_id.is_not(None))
    assert {line.audit_id for line in lines} <= {line.audit_id for line in kept}


def test_nothing_that_stays_of_a_match_can_be_tried_out_against_the_sites(hub, request_, helpers):
    ended_match(hub, request_, helpers)
    hub.clock.advance(days=31)
    hub.run_limits()
    match = hub.match()
    assert (match.shortlist_hash, match.waiting_hash) == (None, None)
    kept = {row.input_hash for row in hub.rows(Decision)}
    tried = {
        digest([match.match_id, match.stage, match.modality, round_, [site.site_id, rank]])
        for site in (request_.home, *helpers)
        for round_ in range(5)
        for rank in range(5)
    }
    assert kept
    assert not kept & tried


def test_an_open_match_keeps_its_sites(hub, request_, helpers):
    request_.write(*helpers)
    hub.clock.advance(days=6)
    hub.run_limits()
    assert hub.match().home_site_id is not None


def test_received_tokens_and_seen_ids_go_after_35_days(hub, request_):
    assert hub.count(InboxRow) > 0
    hub.clock.advance(days=35)
    hub.run_limits()
    assert hub.count(InboxRow) > 0
    hub.clock.advance(seconds=1)
    hub.run_limits()
    assert hub.count(InboxRow) == 0


def test_what_a_site_has_not_fetched_waits_as_long_as_it_takes(hub, home, helpers):
    asked = home.ask()
    hub.clock.advance(days=60)
    hub.run_limits()
    waiting = hub.rows(OutboxRow, OutboxRow.site_id == home.site_id)
    assert all(row.token for row in waiting)
    assert asked.thid
