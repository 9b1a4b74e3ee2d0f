"""Steps 1 to 7 of a match: asking, shortlist, letters, one proposal at a time, release, confirmation, used up."""

from datetime import timedelta

import pytest

from hub.models import AuditLine, Decision, Letter, Match, OutboxRow, Passed
from hub.services import brokerage
from protocol.envelope import new_id
from protocol.match_states import State
from protocol.messages import matches
from protocol.withdrawal import new_secret, withdrawal_hash
from tests.support.fake_site import CARD, IDENTITY, LIFETIME
from tests.support.hub import steps_taken


def test_a_request_brings_a_shortlist_of_capable_sites_and_their_languages(hub, home):
    first, second = hub.helper(languages=("en", "pa")), hub.helper(languages=("fr",))
    hub.helper(stages=("early",))
    asked = home.ask(stage="mid")
    (message,) = home.news()
    assert (message.type, message.thid, message.body.round) == ("match.shortlist", asked.thid, 1)
    listed = {each.site_id: each.languages for each in message.body.sites}
    assert listed == {first.site_id: ("en", "pa"), second.site_id: ("fr",)}
    assert hub.match().state == State.CHOOSING


def test_the_directory_comes_before_the_shortlist_that_names_a_new_site(hub, home):
    home.news()
    hub.helper()
    home.ask()
    assert [message.type for message in home.fetch()] == ["directory.sites", "match.shortlist"]


def test_without_a_capable_site_the_request_waits_for_one(hub, home):
    asked = home.ask()
    assert home.news() == []
    assert hub.match().state == State.LOOKING
    helper = hub.helper()
    assert asked.listed() == [helper.site_id]


def test_waiting_requests_are_served_oldest_first(hub, home):
    thids = []
    for _ in range(3):
        thids.append(home.ask().thid)
        hub.clock.advance(minutes=1)
    hub.helper()
    assert [message.thid for message in home.news()] == thids


def test_the_same_id_twice_is_stale_and_one_match(hub, home):
    asked = home.ask()
    receipt = home.say(matches.Request("mid", "any", withdrawal_hash(new_secret())), thid=asked.thid)
    assert (receipt.code, receipt.state) == ("stale-state", "looking")
    assert hub.count(Match) == 1


def test_the_code_goes_along_when_somebody_is_looked_for_again(hub, home):
    asked = home.ask()
    hub.clock.advance(days=31)
    hub.run_limits()
    assert hub.match().state == State.UNMATCHED
    again = matches.Request("mid", "any", withdrawal_hash(asked.secret))
    assert home.say(again, thid=new_id()).outcome == "accepted"
    with hub.session() as session:
        assert brokerage.withdraw_by_secret(session, asked.secret, hub.now) == State.WITHDRAWN
    assert sorted(match.state for match in hub.rows(Match)) == [State.UNMATCHED, State.WITHDRAWN]
    assert home.say(again, thid=new_id()).code == "schema-invalid"


def test_nobody_takes_over_the_code_of_another_sites_request(hub, home):
    asked = home.ask()
    hub.clock.advance(days=31)
    hub.run_limits()
    again = matches.Request("mid", "any", withdrawal_hash(asked.secret))
    assert hub.site().say(again, thid=new_id()).code == "schema-invalid"


def test_a_withdrawal_secret_belongs_to_one_request(home):
    asked = home.ask()
    receipt = home.say(matches.Request("mid", "any", withdrawal_hash(asked.secret)), thid=new_id())
    assert receipt.code == "schema-invalid"


def test_letters_go_to_the_first_site_as_a_card_only(hub, request_, helpers):
    first, second = helpers
    request_.write(first, second)
    (message,) = first.news()
    assert (message.type, message.thid) == ("match.proposal", request_.thid_at(first))
    assert message.body == matches.Proposal("mid", "phone", CARD, hub.now + timedelta(hours=24))
    assert second.news() == []
    kept = {row.site_id: (row.state, row.card) for row in hub.rows(Letter)}
    assert kept == {first.site_id: ("proposed", None), second.site_id: ("live", CARD)}


def test_no_message_to_a_helping_site_names_home_or_its_id_of_the_match(hub, home, request_, helpers):
    held = request_.confirmed_at(_asked(request_, helpers))
    sent = hub.rows(OutboxRow, OutboxRow.site_id == held.site.site_id, OutboxRow.match_id.is_not(None))
    assert len(sent) == 2
    for message in (held.site.open(row.token) for row in sent if row.token):
        assert home.site_id not in repr(message)
        assert request_.thid not in repr(message)


def _asked(request, helpers):
    request.write(*helpers)
    return helpers[0]


def test_letters_for_an_older_round_are_stale(hub, request_, helpers):
    old = request_.letters_to(helpers[0])
    request_.says(matches.Letters(1, (), hub.now + LIFETIME))
    hub.helper()
    request_.listed()
    receipt = request_.says(old)
    assert (receipt.code, receipt.state) == ("stale-state", "looking")
    assert hub.count(Letter) == 0


@pytest.mark.parametrize("fault", ["home", "stranger", "same-site", "same-thid", "used-thid"])
def test_letters_that_cannot_be_filed_are_refused_and_change_nothing(hub, home, request_, helpers, fault):
    first, second = helpers
    if fault == "used-thid":
        other = home.ask()
        other.listed()
        other.write(first)
        sent = [matches.Letter(first.site_id, other.thid_at(first), CARD, IDENTITY)]
    else:
        thid = new_id()
        sites = {
            "home": [home.site_id],
            "stranger": [new_id()],
            "same-site": [first.site_id, first.site_id],
            "same-thid": [first.site_id, second.site_id],
        }[fault]
        sent = [
            matches.Letter(each, thid if fault == "same-thid" else new_id(), CARD, IDENTITY) for each in sites
        ]
    before = hub.count(Letter)
    receipt = request_.says(matches.Letters(1, tuple(sent), hub.now + LIFETIME))
    assert receipt.code == "schema-invalid"
    assert hub.count(Letter) == before
    assert request_.write(second).outcome == "accepted"


def test_no_letters_mean_wait_until_offers_change(hub, request_):
    request_.says(matches.Letters(1, (), hub.now + LIFETIME))
    assert hub.match().state == State.LOOKING
    hub.run_limits()
    assert request_.home.news() == []
    new = hub.helper()
    assert new.site_id in request_.listed()
    assert isinstance(request_.shortlist, matches.Shortlist)
    assert request_.shortlist.round == 2


def test_an_offer_said_again_is_no_change(hub, request_, helpers):
    request_.says(matches.Letters(1, (), hub.now + LIFETIME))
    helpers[0].offer()
    hub.run_limits()
    assert request_.home.news() == []


def test_a_letter_to_a_site_that_was_suspended_meanwhile_is_dropped(hub, request_, helpers):
    first, second = helpers
    hub.staff("suspend", first)
    request_.write(first, second)
    assert hub.match().helper_site_id == second.site_id
    assert {row.site_id for row in hub.rows(Letter)} == {second.site_id}


def test_a_pass_asks_the_next_site_and_is_not_told_back(hub, request_, helpers):
    first, second = helpers
    request_.write(first, second)
    held = request_.at(first)
    assert held.says(matches.Pass(), re=held.awaits).outcome == "accepted"
    assert first.news() == []
    assert request_.at(second).thid == request_.thid_at(second)
    assert {row.site_id for row in hub.rows(Passed)} == {first.site_id}
    assert {row.site_id for row in hub.rows(Letter)} == {second.site_id}
    assert request_.home.news() == []


def test_silence_is_a_pass_and_the_site_hears_that_it_ended(hub, request_, helpers):
    first, second = helpers
    request_.write(first, second)
    request_.at(first)
    hub.clock.advance(hours=24)
    assert hub.run_limits() == 1
    assert first.hears() == ["match.helper-status ended"]
    assert hub.match().helper_site_id == second.site_id


def test_a_proposal_that_was_never_fetched_is_voided_and_no_more_is_said(hub, request_, helpers):
    first, second = helpers
    first.news()
    request_.write(first, second)
    hub.clock.advance(hours=24)
    hub.run_limits()
    assert first.hears() == ["transport.void"]


def test_a_proposal_that_was_sent_but_not_acknowledged_is_voided_and_ended(hub, request_, helpers):
    first, second = helpers
    first.news()
    request_.write(first, second)
    first.poll()
    hub.clock.advance(hours=24)
    hub.run_limits()
    assert first.hears() == ["transport.void", "match.helper-status ended"]


def test_a_pass_with_too_little_life_left_in_the_letters_asks_home_again(hub, request_, helpers):
    first, second = helpers
    request_.write(first, second, lasts=timedelta(hours=40))
    held = request_.at(first)
    hub.clock.advance(hours=5)
    held.says(matches.Pass(), re=held.awaits)
    assert hub.count(Letter) == 0
    assert request_.listed() == [second.site_id]
    assert isinstance(request_.shortlist, matches.LettersWanted)


def test_no_limit_passes_the_letters_expiry(hub, request_, helpers):
    request_.write(helpers[0], lasts=timedelta(hours=36))
    (message,) = helpers[0].news()
    assert message.body.answer_by == hub.now + timedelta(hours=24)
    hub.clock.advance(hours=24, seconds=-1)
    helpers[0].say(matches.Accept(), thid=message.thid, re=message.jti)
    (message,) = helpers[0].news()
    assert message.body.confirm_by == hub.now + timedelta(hours=12)


def test_when_all_have_passed_home_gets_a_whole_fresh_shortlist_without_them(hub, request_, helpers):
    third = hub.helper()
    request_.write(*helpers)
    for helper in helpers:
        held = request_.at(helper)
        held.says(matches.Pass(), re=held.awaits)
    assert request_.listed() == [third.site_id]
    assert isinstance(request_.shortlist, matches.LettersWanted)
    assert request_.shortlist.round == 2
    assert hub.count(Letter) == 0


def test_letters_wanted_has_the_form_of_a_shortlist():
    assert set(matches.LettersWanted.__dataclass_fields__) == set(matches.Shortlist.__dataclass_fields__)


def test_an_acceptance_releases_the_identity_and_the_hub_keeps_none(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.at(helpers[0])
    with steps_taken() as names:
        held.says(matches.Accept(), re=held.awaits)
    assert [name for name in names if name.startswith("release")] == [
        "release.before-commit",
        "release.committed",
    ]
    (message,) = helpers[0].news()
    assert message.body == matches.Release(IDENTITY, hub.now + timedelta(hours=12), 72)
    assert {row.site_id for row in hub.rows(Letter)} == {helpers[1].site_id}
    tokens = [row.token for row in hub.rows(OutboxRow, OutboxRow.site_id == helpers[0].site_id)]
    assert tokens == [None] * len(tokens)


@pytest.mark.parametrize("re", [None, "another"])
def test_an_acceptance_names_the_open_proposal(hub, request_, helpers, re):
    request_.write(*helpers)
    held = request_.at(helpers[0])
    receipt = held.says(matches.Accept(), re=re and new_id())
    assert (receipt.code, receipt.state) == ("stale-state", "proposed")
    assert hub.match().state == State.PROPOSED


def test_an_acceptance_after_the_pass_opens_nothing(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.at(helpers[0])
    hub.clock.advance(hours=24)
    hub.run_limits()
    receipt = held.says(matches.Accept(), re=held.awaits)
    assert (receipt.code, receipt.state) == ("stale-state", "ended")
    assert helpers[0].hears() == ["match.helper-status ended"]


def test_another_site_cannot_answer_for_the_asked_one(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.at(helpers[0])
    receipt = helpers[1].say(matches.Accept(), thid=held.thid, re=held.awaits)
    assert (receipt.code, receipt.state) == ("stale-state", "ended")
    assert hub.match().state == State.PROPOSED


def test_a_silent_release_goes_to_the_next_site_whose_letters_still_live(hub, request_, helpers):
    first, second = helpers
    request_.write(first, second)
    request_.released_at(first)
    hub.clock.advance(hours=12)
    hub.run_limits()
    assert first.hears() == ["match.helper-status ended"]
    assert request_.at(second).thid == request_.thid_at(second)


def test_closeness_is_a_pass_like_any_other(hub, request_, helpers):
    first, second = helpers
    request_.write(first, second)
    held = request_.released_at(first)
    assert held.says(matches.Pass(), re=held.awaits).outcome == "accepted"
    assert first.news() == []
    assert request_.at(second)


def test_a_confirmation_starts_the_clock_and_destroys_the_other_letters(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.released_at(helpers[0])
    hub.clock.advance(hours=3)
    receipt = held.says(matches.Confirmed(), re=held.awaits)
    assert (receipt.outcome, receipt.committed_at) == ("accepted", hub.now)
    match = hub.match()
    assert (match.state, match.contact_due_at) == (State.IN_HAND, hub.now + timedelta(hours=72))
    assert hub.count(Letter) == 0
    assert request_.home.hears() == ["match.status in-hand"]


def test_a_confirmation_names_the_open_release(request_, helpers):
    request_.write(*helpers)
    held = request_.released_at(helpers[0])
    assert held.says(matches.Confirmed(), re=new_id()).code == "stale-state"


def test_two_sites_one_after_the_other_leave_home_none_the_wiser(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.released_at(helpers[0])
    held.says(matches.Pass(), re=held.awaits)
    request_.confirmed_at(helpers[1])
    assert request_.home.hears() == ["match.status in-hand"]


def test_a_site_that_gives_up_after_confirming_sends_home_back_to_letters(hub, request_, helpers):
    request_.write(helpers[0])
    held = request_.confirmed_at(helpers[0])
    request_.home.news()
    assert held.says(matches.Pass()).outcome == "accepted"
    assert request_.home.hears() == ["match.status looking", "match.letters-wanted"]
    assert hub.match().contact_due_at is None


def test_a_pass_by_a_site_that_has_nothing_is_stale(request_, helpers):
    receipt = helpers[0].say(matches.Pass(), thid=new_id())
    assert (receipt.code, receipt.state) == ("stale-state", "ended")


def test_rematch_ends_the_helpers_access_and_brings_a_fresh_shortlist(hub, request_, helpers):
    first, second = helpers
    request_.write(first, second)
    request_.confirmed_at(first)
    request_.home.news()
    assert request_.says(matches.Rematch()).outcome == "accepted"
    assert first.hears() == ["match.helper-status ended"]
    assert request_.listed() == [second.site_id]
    assert isinstance(request_.shortlist, matches.LettersWanted)


def test_there_is_no_rematch_before_a_confirmation(request_, helpers):
    request_.write(*helpers)
    request_.released_at(helpers[0])
    receipt = request_.says(matches.Rematch())
    assert (receipt.code, receipt.state) == ("stale-state", "looking")


def test_every_decision_keeps_rule_set_input_and_reasons(hub, request_, helpers):
    request_.write(*helpers)
    found = {row.kind: row for row in hub.rows(Decision)}
    assert set(found) == {"shortlist", "proposal"}
    assert found["shortlist"].rule_set_version == 1
    assert found["shortlist"].reason_codes[-2:] == ["fewest-open", "drawn"]
    assert len({row.input_hash for row in found.values()}) == 2


def test_audit_lines_hold_no_letter_and_no_site_in_clear(hub, request_, helpers):
    request_.write(*helpers)
    request_.confirmed_at(helpers[0])
    lines = hub.rows(AuditLine, AuditLine.match_id.is_not(None))
    assert {"request", "shortlist", "letters", "proposal", "accept", "confirm"} == {
        line.action for line in lines
    }
    for line in lines:
        text = repr(vars(line))
        assert CARD not in text
        assert IDENTITY not in text
        assert not any(site.site_id in text for site in (request_.home, *helpers))
