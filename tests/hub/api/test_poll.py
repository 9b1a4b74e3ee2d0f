"""At least once, in order, nothing dropped until acknowledged."""

import pytest

from hub import keys, outbox
from hub.models import AuditLine, HeadSeen, Inbound, OutboxRow
from hub.steps import ALL
from protocol.key_log import Log, check_extends, open_head, open_seen, sign_head, sign_seen
from protocol.keys import SigningKey
from protocol.messages.matches import HomeStatus
from tests.support.hub import steps_taken, stopping_at


def queue(hub, site, *words):
    with hub.session() as session:
        return [
            outbox.queue(session, site.site_id, HomeStatus(word, hub.now), now=hub.now, thid="t" * 22).n
            for word in words
        ]


def states(messages):
    return [message.body.state for message in messages]


def test_the_first_poll_brings_the_directory_and_the_whole_key_log(hub, site):
    answer = site.poll().get_json()
    log = Log.load(answer["entries"])
    assert log.site_keys(site.site_id).signing.kid() == site.signing.kid()
    (message,) = site.fetch()
    assert [each.site_id for each in message.body.sites] == [site.site_id]
    assert (message.body.edition, message.body.page, message.body.n_pages) == (1, 1, 1)


def test_what_is_not_acknowledged_comes_again_byte_for_byte(hub, site):
    site.news()
    queue(hub, site, "in-hand", "in-touch")
    first = site.poll().get_json()["messages"]
    hub.clock.advance(minutes=10)
    assert site.poll().get_json()["messages"] == first
    assert len(first) == 2


def test_the_cursor_acknowledges_and_the_bytes_are_deleted(hub, site):
    site.news()
    (n,) = queue(hub, site, "in-hand")
    site.fetch()
    (row,) = hub.rows(OutboxRow, OutboxRow.site_id == site.site_id, OutboxRow.n == n)
    assert (row.token is not None, row.acknowledged_at) == (True, None)
    assert row.sent_at == hub.now
    assert site.fetch() == []
    (row,) = hub.rows(OutboxRow, OutboxRow.site_id == site.site_id, OutboxRow.n == n)
    assert (row.token, row.acknowledged_at) == (None, hub.now)


def test_when_a_message_was_acknowledged_stays_as_it_was(hub, site):
    site.news()
    first = hub.now
    hub.clock.advance(hours=1)
    queue(hub, site, "in-hand")
    site.news()
    at = [row.acknowledged_at for row in sorted(hub.rows(OutboxRow), key=lambda row: row.n)]
    assert at == [first, hub.now]


def test_messages_come_in_order_and_no_more_than_asked_for(hub, site):
    site.news()
    queue(hub, site, "looking", "in-hand", "in-touch")
    answer = site.poll(2).get_json()
    assert site.open(answer["batch"]).body.more == 1
    assert states(site.fetch(2)) == ["looking", "in-hand"]
    assert states(site.fetch(2)) == ["in-touch"]
    assert site.fetch(2) == []


def test_asking_for_none_only_acknowledges(hub, site):
    site.news()
    queue(hub, site, "in-hand")
    answer = site.poll(0).get_json()
    assert answer["messages"] == []
    assert site.open(answer["batch"]).body.more == 1


def test_one_answer_stays_below_a_mebibyte(hub, site, monkeypatch):
    site.news()
    queue(hub, site, "looking", "in-hand", "in-touch")
    monkeypatch.setattr("hub.api.poll.MAX_POST_BYTES", 600)
    assert states(site.fetch()) == ["looking"]
    assert states(site.fetch()) == ["in-hand"]


def test_a_poll_that_finds_nothing_writes_nothing(hub, site):
    site.news()
    before = hub.rows(Inbound, Inbound.site_id == site.site_id)[0]
    hub.clock.advance(minutes=4)
    site.fetch()
    assert hub.rows(Inbound, Inbound.site_id == site.site_id)[0].called_at == before.called_at
    hub.clock.advance(minutes=2)
    site.fetch()
    assert hub.rows(Inbound, Inbound.site_id == site.site_id)[0].called_at == hub.now


def test_a_cursor_behind_or_past_all_reason_is_told_where_to_go_on(hub, site):
    site.news()
    last = site.cursor
    for wrong in (last - 1, 2**31):
        site.cursor = wrong
        problem = site.poll().get_json()
        assert (problem["code"], problem["expected"]) == ("number-gap", last)


@pytest.mark.parametrize("n_lost", [1, 2, 3, 7])
def test_a_hub_restored_from_an_older_copy_says_everything_that_it_says_since(hub, site, n_lost):
    site.news()
    site.cursor += n_lost  # what it committed before the hub lost its last hours
    queue(hub, site, "looking", "in-hand", "in-touch")
    assert states(site.fetch(2)) == ["looking", "in-hand"]
    queue(hub, site, "closed")
    assert states(site.news()) == ["in-touch", "closed"]
    assert site.fetch() == []
    assert [line.action for line in hub.rows(AuditLine, AuditLine.site_id == site.site_id)][-1:] == [
        "numbers-ahead"
    ]


def test_a_site_is_believed_about_its_cursor_before_anything_new_was_said(hub, site):
    site.news()
    site.cursor += 3
    assert site.fetch() == []
    queue(hub, site, "looking")
    assert states(site.fetch()) == ["looking"]


def test_what_was_sent_before_the_copy_keeps_its_number(hub, site):
    site.news()
    queue(hub, site, "looking", "in-hand")
    assert states(site.fetch(1)) == ["looking"]
    site.cursor += 1  # it fetched "in-hand" too, from the hub that is lost
    queue(hub, site, "in-touch")
    assert states(site.news()) == ["in-hand", "in-touch"]


def test_another_epoch_may_not_poll(hub, site):
    site.epoch = 2
    assert site.poll().get_json()["code"] == "number-gap"


def test_entries_come_from_where_the_site_stands(hub, site):
    log = Log.load(site.poll().get_json()["entries"])
    site.fetch()
    hub.site()
    answer = site.poll().get_json()
    assert len(answer["entries"]) == 1
    grown = check_extends(log, answer["entries"])
    assert grown.check_head(open_head(answer["head"], grown))
    assert site.open(answer["batch"]).body.log_length == len(grown.entries)


def test_the_same_log_has_one_signed_head(hub, site):
    other = hub.site()
    heads = {
        site.poll().get_json()["head"],
        other.poll().get_json()["head"],
        hub.get("hub").get_json()["head"],
    }
    assert len(heads) == 1


def test_a_new_site_changes_everybodys_directory(hub, site):
    site.news()
    other = hub.site()
    (message,) = site.fetch()
    assert {each.site_id for each in message.body.sites} == {site.site_id, other.site_id}
    assert message.body.edition == 2


def test_many_changes_while_away_are_one_edition(hub, site):
    site.news()
    for _ in range(3):
        hub.site()
    (message,) = site.fetch()
    assert (message.body.edition, len(message.body.sites)) == (4, 4)


def test_other_sites_countersigned_heads_come_once(hub, site):
    other = hub.site()
    other.fetch()
    other.fetch()
    answer = site.poll().get_json()
    (head,) = answer["heads"]
    log = hub.log()
    assert open_seen(head, log) == (other.site_id, log.head())
    site.fetch()
    assert site.poll().get_json()["heads"] == []
    other.fetch()
    other.fetch()
    assert site.poll().get_json()["heads"] == [], "the same head signed again is no news"
    hub.site()
    other.fetch()
    other.fetch()
    assert len(site.poll().get_json()["heads"]) == 1


def test_a_countersignature_under_a_head_that_is_not_ours_is_a_fork(hub, site):
    site.fetch()
    with hub.app.app_context():
        hub_key = keys.current()
    log = hub.log()
    other_log = log.up_to(1)
    token = other_log.next_token(
        hub_key, subject="x" * 22, action="add", now=hub.now,
        signing_key=SigningKey.generate().public(), sealing_key=site.sealing.public(),
    )  # fmt: skip
    forked = other_log.append(token)
    site.seen = sign_seen(sign_head(forked, hub_key, hub.now), site.site_id, site.signing, hub.now)
    problem = site.poll().get_json()
    assert problem["code"] == "key-log-fork"
    assert hub.rows(AuditLine, AuditLine.action == "refused")[-1].code == "key-log-fork"
    assert hub.count(HeadSeen) == 0


def test_a_site_countersigns_for_itself_only(hub, site):
    other = hub.site()
    other.fetch()
    site.fetch()
    site.seen = other.seen
    assert site.poll().get_json()["code"] == "wrong-sender"


def test_an_end_before_the_commit_leaves_the_cursor_where_it_was(hub, site):
    site.fetch()
    with stopping_at("poll.acknowledged-before-commit"):
        assert site.poll().status_code == 503
    row = hub.rows(Inbound, Inbound.site_id == site.site_id)[0]
    assert row.cursor == 0
    assert site.poll().status_code == 200


def test_the_points_of_a_poll_come_in_order(site):
    site.fetch()
    with steps_taken() as names:
        site.fetch()
    assert names == ["poll.acknowledged-before-commit", "poll.answered", "poll.acknowledged"]
    assert set(names) < set(ALL)


@pytest.mark.parametrize("post", [{}, {"wrapper": 3}, {"wrapper": "a.b.c", "more": 1}])
def test_a_poll_has_its_form(hub, post):
    assert hub.post("poll", json=post).get_json()["code"] == "bad-token"
