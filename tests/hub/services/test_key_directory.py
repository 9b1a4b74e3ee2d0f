"""The key log at the hub: append-only, the same bytes for everybody, whatever a transaction does."""

from hub.extensions import db
from hub.models import KeyEntry
from hub.services import key_directory
from protocol.key_log import open_head
from protocol.keys import SealingKey, SigningKey
from protocol.words import six_words


def add(session, hub, subject="x" * 22):
    key_directory.add(
        session, subject, SigningKey.generate().public(), SealingKey.generate().public(), hub.now
    )


def test_the_log_begins_with_the_hub_and_begins_once(hub):
    with hub.session() as session:
        key_directory.start(session, SigningKey.generate().kid(), hub.now)
    log = hub.log()
    assert [entry.subject for entry in log.entries] == ["hub"]


def test_an_entry_that_is_rolled_back_is_forgotten(hub):
    with hub.app.app_context():
        session = db.session()
        add(session, hub)
        assert len(key_directory.log(session).entries) == 2
        session.rollback()
        assert len(key_directory.log(session).entries) == 1
        add(session, hub, "y" * 22)
        session.commit()
        assert key_directory.log(session).live_sites() == ("y" * 22,)
    assert len(hub.log().entries) == 2


def test_another_processs_entries_are_read_before_use(hub):
    with hub.session() as session:
        key_directory.log(session)
        add(session, hub)
    hub.app.extensions["hub_key_log"] = key_directory.LogCache()
    with hub.session() as session:
        add(session, hub, "y" * 22)
        assert len(key_directory.log(session).entries) == 3


def test_each_entry_has_its_signed_head(hub):
    hub.site()
    hub.site()
    log = hub.log()
    heads = [open_head(row.head, log) for row in sorted(hub.rows(KeyEntry), key=lambda row: row.seq)]
    assert heads == [log.up_to(length).head() for length in (1, 2, 3)]


def test_a_withdrawn_site_has_no_keys_and_its_entries_stay(hub, site):
    hub.staff("withdraw", site)
    log = hub.log()
    assert log.site_keys(site.site_id) is None
    assert [entry.action for entry in log.entries] == ["add", "add", "revoke"]


def test_the_six_words_of_the_log_change_with_it(hub):
    with hub.session() as session:
        before = key_directory.words(session)
        add(session, hub)
        assert len(before) == 6
        assert key_directory.words(session) != before
        log = key_directory.log(session)
        assert key_directory.words(session) == six_words(log.anchor(), log.head().hash)
