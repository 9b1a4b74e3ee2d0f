"""Numbers, receipts and idempotency of `POST /v1/messages`."""

from datetime import timedelta

import pytest

from hub import audit, inbox
from hub.models import AuditLine, Inbound, InboxRow, Match, Site
from protocol.envelope import new_id, token_hash
from protocol.errors import BadTokenError, StaleStateError
from protocol.messages import matches
from protocol.messages.offers import Capacity, StageBand
from protocol.messages.transport import Hello, Nack, Numbered, Submit, Void
from protocol.withdrawal import new_secret, withdrawal_hash
from tests.support.hub import steps_taken, stopping_at


def a_request():
    return matches.Request("mid", "phone", withdrawal_hash(new_secret()))


def last_n(hub, site):
    (row,) = hub.rows(Inbound, Inbound.site_id == site.site_id)
    return row.last_n


def test_it_answers_a_message_with_a_receipt_signed_by_the_hub(hub, site):
    response = site.submit(site.token(Hello(1, 1), jti="a" * 22))
    message = site.open(response.get_json()["receipts"][0])
    assert (message.iss, message.type, message.re) == ("hub", "transport.receipt", "a" * 22)
    receipt = message.body
    assert (receipt.n, receipt.outcome, receipt.code, receipt.committed_at) == (1, "accepted", None, hub.now)


def test_receipts_come_in_the_order_of_the_tokens(site):
    tokens = [site.token(Void()) for _ in range(5)]
    receipts = site.receipts(site.submit(*tokens))
    assert [each.n for each in receipts] == [1, 2, 3, 4, 5]
    assert len({each.hash for each in receipts}) == 5


def test_the_receipt_is_handed_out_after_the_commit(hub, site):
    with steps_taken() as names:
        site.say(Hello(1, 1))
    assert names == ["receive.before-commit", "receive.committed"]


def test_nothing_is_taken_when_it_ends_before_the_commit(hub, site):
    token = site.token(a_request(), thid=new_id())
    with stopping_at("receive.before-commit"):
        response = site.submit(token)
    assert response.status_code == 503
    assert response.get_json()["retryable"] is True
    assert (hub.count(Match), last_n(hub, site)) == (0, 0)
    assert site.receipts(site.submit(token))[0].outcome == "accepted"


def test_a_lost_answer_is_given_again_byte_for_byte(hub, site):
    token = site.token(a_request(), thid=new_id())
    with stopping_at("receive.committed"):
        assert site.submit(token).status_code == 503
    first = site.submit(token, first=1).get_json()
    hub.clock.advance(days=3)
    assert site.submit(token, first=1).get_json() == first
    assert (hub.count(Match), hub.count(InboxRow), last_n(hub, site)) == (1, 1, 1)


def test_a_resend_may_go_on_with_new_numbers(site):
    old = [site.token(Void()), site.token(Void())]
    site.submit(*old)
    response = site.submit(*old, site.token(Void()), first=1)
    assert [each.n for each in site.receipts(response)] == [1, 2, 3]


def test_a_number_too_high_refuses_the_whole_post(hub, site):
    site.say(Void())
    response = site.submit(site.token(Void()), first=3)
    problem = response.get_json()
    assert (response.status_code, problem["code"], problem["expected"]) == (409, "number-gap", 2)
    assert problem["retryable"] is True
    assert last_n(hub, site) == 1


def test_a_gap_inside_a_post_takes_nothing_of_it(hub, site):
    post = site.wrap([site.token(Void()), site.token(Void())], 1)
    numbers = [1, 3]
    listed = Submit(1, tuple(map(Numbered, numbers, map(token_hash, post["tokens"]))))
    post["wrapper"] = site.token(listed)
    response = hub.post("messages", json=post)
    assert response.get_json()["code"] == "number-gap"
    assert last_n(hub, site) == 0


def test_another_epoch_is_told_which_one_is_open(hub, site):
    site.epoch = 2
    problem = site.submit(site.token(Void())).get_json()
    assert (problem["code"], problem["epoch"], problem["expected"]) == ("number-gap", 1, 1)


def test_a_rejected_token_uses_its_number_up(hub, site):
    stale = site.token(matches.Accept(), thid=new_id(), re=new_id())
    receipts = site.receipts(site.submit(stale, site.token(Void())))
    assert [(each.n, each.outcome, each.code) for each in receipts] == [
        (1, "rejected", "stale-state"),
        (2, "accepted", None),
    ]
    assert receipts[0].state == "ended"
    assert last_n(hub, site) == 2


def test_one_refused_among_fifty_leaves_the_other_forty_nine(hub, site):
    tokens = [site.token(a_request(), thid=new_id()) for _ in range(50)]
    tokens[20] = tokens[20][:-4] + "AAAA"
    receipts = site.receipts(site.submit(*tokens))
    assert [each.n for each in receipts if each.outcome == "rejected"] == [21]
    assert receipts[20].code == "bad-token"
    assert (hub.count(Match), last_n(hub, site)) == (49, 50)


def test_what_a_refused_token_did_is_undone_and_nothing_else(hub, site, monkeypatch):
    def acts_and_refuses(_message, site_id, session, now):
        audit.of_site(session, "half-done", now, actor=audit.SITE, site_id=site_id)
        raise StaleStateError(state="ended")

    monkeypatch.setitem(inbox.HANDLERS, "transport.hello", acts_and_refuses)
    asking = site.token(a_request(), thid=new_id())
    receipts = site.receipts(site.submit(asking, site.token(Hello(1, 1)), site.token(Void())))
    assert [each.code for each in receipts] == [None, "stale-state", None]
    assert hub.count(AuditLine, AuditLine.action == "half-done") == 0
    assert hub.count(Match) == 1


def test_a_post_that_is_refused_late_takes_nothing(hub, site):
    with stopping_at("receive.before-commit", BadTokenError()):
        assert site.submit(site.token(a_request(), thid=new_id())).get_json()["code"] == "bad-token"
    assert (hub.count(Match), hub.count(InboxRow), last_n(hub, site)) == (0, 0, 0)


def test_the_same_jti_under_another_number_is_a_conflict(hub, site):
    token = site.token(Void(), jti=new_id())
    assert [each.code for each in site.receipts(site.submit(token, token))] == [None, "jti-conflict"]
    assert site.receipts(site.submit(token))[0].code == "jti-conflict"
    assert last_n(hub, site) == 3


def test_the_same_jti_with_other_bytes_is_a_conflict(hub, site):
    jti = new_id()
    site.say(Void(), jti=jti)
    hub.clock.advance(minutes=1)
    assert site.say(a_request(), jti=jti, thid=new_id()).code == "jti-conflict"
    assert hub.count(Match) == 0


def test_two_sites_may_use_the_same_jti(hub, site):
    jti = new_id()
    assert site.say(Void(), jti=jti).outcome == "accepted"
    assert hub.site().say(Void(), jti=jti).outcome == "accepted"


def test_a_number_taken_with_other_bytes_is_a_clone_and_quarantined(hub, site):
    site.say(Void())
    response = site.submit(site.token(Void()), first=1)
    assert (response.status_code, response.get_json()["code"]) == (409, "jti-conflict")
    (row,) = hub.rows(Site, Site.site_id == site.site_id)
    assert row.state == "suspended"
    actions = {line.action for line in hub.rows(AuditLine, AuditLine.site_id == site.site_id)}
    assert {"site-suspended", "refused"} <= actions
    assert site.submit(site.token(Void())).get_json()["code"] == "site-suspended"


def test_a_quarantined_site_loses_what_was_proposed_to_it(hub, site):
    first, second = hub.helper(), hub.helper()
    request = site.ask()
    request.listed()
    request.write(first, second)
    first.submit(first.token(Void()), first=1)
    assert hub.match().helper_site_id == second.site_id


def test_a_week_of_messages_is_taken_in_order_whatever_its_age(hub, site):
    tokens = [site.token(Void()) for _ in range(50)]
    hub.clock.advance(days=13)
    assert {each.outcome for each in site.receipts(site.submit(*tokens))} == {"accepted"}


def test_a_message_past_its_expiry_is_rejected_and_its_number_used_up(hub, site):
    token = site.token(a_request(), thid=new_id(), lifetime=timedelta(days=1))
    hub.clock.advance(days=1)
    assert site.receipts(site.submit(token))[0].code == "expired"
    assert (hub.count(Match), last_n(hub, site)) == (0, 1)


def test_it_keeps_accepted_tokens_but_neither_letters_nor_rejected_ones(hub, site):
    helper = hub.helper()
    request = site.ask()
    request.listed()
    request.write(helper)
    site.say(matches.Accept(), thid=new_id(), re=new_id())
    kept = {(row.type, row.token is not None) for row in hub.rows(InboxRow, InboxRow.site_id == site.site_id)}
    assert kept == {("match.request", True), ("match.letters", False), ("match.accept", False)}


@pytest.mark.parametrize("code", ["wrong-letter", "schema-invalid"])
def test_a_nack_goes_to_staff(hub, site, code):
    site.say(Nack(new_id(), code))
    (line,) = hub.rows(AuditLine, AuditLine.action == "nack")
    assert (line.site_id, line.code) == (site.site_id, code)


def test_a_nack_of_a_proposal_stands_beside_the_match(hub, site):
    helper = hub.helper()
    request = site.ask()
    request.listed()
    request.write(helper)
    held = request.at(helper)
    helper.say(Nack(held.awaits, "wrong-letter"))
    (line,) = hub.rows(AuditLine, AuditLine.action == "nack")
    assert (line.match_id, line.site_id) == (hub.match().match_id, None)
    assert line.site_hash is not None


def test_a_bug_takes_nothing_and_logs_no_word_of_the_message(hub, site, monkeypatch, caplog):
    marker = "Dr Zebulon Marker"

    def breaks(*_):
        raise RuntimeError(marker)

    monkeypatch.setitem(inbox.HANDLERS, "offers.capacity", breaks)
    body = Capacity((StageBand("mid", "1-2"),), ("en",), ("phone",), hub.now + timedelta(days=7))
    response = site.submit(site.token(body))
    assert (response.status_code, response.get_json()["code"]) == (503, "server-fault")
    assert marker not in response.get_data(as_text=True)
    assert "RuntimeError" in caplog.text
    assert marker not in caplog.text
    assert last_n(hub, site) == 0


def test_a_number_taken_long_ago_is_told_where_to_go_on(hub, site):
    site.say(Void())
    hub.clock.advance(days=36)
    hub.run_limits()
    problem = site.submit(site.token(Void()), first=1).get_json()
    assert (problem["code"], problem["expected"]) == ("number-gap", 2)
