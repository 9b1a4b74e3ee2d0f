"""The key log: what may stand in it, and that a hub that forks, shortens or reorders it is caught."""

from datetime import timedelta

import pytest

from protocol.envelope import HUB, new_claims, open_envelope, peek, sign, token_hash
from protocol.errors import (
    KeyLogForkError,
    KeyRevokedError,
    UnknownKidError,
    UnsupportedTypeError,
    WrongSenderError,
)
from protocol.key_log import (
    AUDIENCE,
    Head,
    Log,
    anchor,
    check_extends,
    genesis,
    open_head,
    open_seen,
    sign_head,
    sign_seen,
)
from protocol.limits import MAX_LIFETIME
from protocol.messages.keys import Entry as EntryBody
from protocol.messages.matches import Accept
from tests.support import weak_points
from tests.support.forge import NOW, fixed_id, fixed_sealing_key, fixed_signing_key, forge, header_of

HUB_KEY, RECOVERY = fixed_signing_key("hub"), fixed_signing_key("hub recovery")
A, B = fixed_id("a"), fixed_id("b")


def later(days=0, **more):
    return NOW + timedelta(days=days, **more)


def entry(log, subject, action="add", *, key=HUB_KEY, signing=None, sealing=None, days=0, **more):
    return log.next_token(
        key,
        subject=subject,
        action=action,
        now=later(days),
        signing_key=None if signing is None else fixed_signing_key(signing).public(),
        sealing_key=None if sealing is None else fixed_sealing_key(sealing).public(),
        **more,
    )


def grown(log, subject, action="add", **more):
    return log.append(entry(log, subject, action, **more))


@pytest.fixture
def first():
    return Log.load([genesis(HUB_KEY, recovery_hash=RECOVERY.kid(), now=NOW)])


@pytest.fixture
def log(first):
    """The hub and two sites."""
    return grown(grown(first, A, signing="a", sealing="a"), B, signing="b", sealing="b")


def test_a_log_survives_being_stored(log):
    again = Log.load(log.tokens)
    assert again == log
    assert again.head() == log.head() == Head(3, token_hash(log.tokens[-1]))
    assert Log.load(again.tokens) == again


def test_an_entry_says_whose_key_when_and_by_whom(log):
    site = log.entries[1]
    assert (site.seq, site.prev, site.subject, site.kind, site.action) == (
        1,
        log.entries[0].hash,
        A,
        "site",
        "add",
    )
    assert (site.at, site.kid, site.hash) == (NOW, HUB_KEY.kid(), token_hash(log.tokens[1]))
    assert log.entries[0].kind == HUB
    assert log.entries[0].recovery_hash == RECOVERY.kid()


def test_it_knows_the_live_keys_of_each_site(log):
    keys = log.site_keys(A)
    assert keys.signing == fixed_signing_key("a").public()
    assert keys.sealing == fixed_sealing_key("a").public()
    assert log.site_keys(HUB).signing == HUB_KEY.public()
    assert log.site_keys(fixed_id("nobody")) is None
    assert log.live_sites() == (A, B)


class TestKeyring:
    def message(self, iss, key):
        return sign(
            new_claims(Accept(), iss=iss, aud=HUB, now=NOW, lifetime=MAX_LIFETIME), fixed_signing_key(key)
        )

    def test_a_message_opens_with_the_key_that_the_log_holds(self, log):
        assert open_envelope(self.message(A, "a"), log.keyring(), NOW, audience=HUB).iss == A

    def test_a_site_cannot_speak_for_another(self, log):
        with pytest.raises(WrongSenderError):
            open_envelope(self.message(B, "a"), log.keyring(), NOW, audience=HUB)
        with pytest.raises(UnknownKidError):
            open_envelope(self.message(B, "a"), log.keyring(subject=B), NOW, audience=HUB)

    def test_before_the_entry_the_key_is_unknown(self, log):
        with pytest.raises(UnknownKidError):
            log.keyring(length=2).verify_key(fixed_signing_key("b").kid())
        with pytest.raises(UnknownKidError):
            log.keyring().verify_key(fixed_signing_key("b").kid(), NOW - timedelta(seconds=1))
        assert log.keyring(length=3).verify_key(fixed_signing_key("b").kid())
        assert log.keyring().verify_key(fixed_signing_key("b").kid(), NOW)

    def test_a_rotated_key_stays_good_for_what_it_signed_but_is_not_the_live_one(self, log):
        rotated = grown(log, A, "rotate", signing="a2", days=1)
        assert rotated.keyring().verify_key(fixed_signing_key("a").kid())
        assert rotated.site_keys(A).signing == fixed_signing_key("a2").public()
        assert rotated.site_keys(A).sealing == fixed_sealing_key("a").public()

    def test_a_revoked_key_is_good_only_for_what_was_accepted_before(self, log):
        gone = grown(grown(log, A, "rotate", signing="a2", days=1), A, "revoke", days=2)
        for name in ("a", "a2"):
            kid = fixed_signing_key(name).kid()
            with pytest.raises(KeyRevokedError):
                gone.keyring().verify_key(kid)
            with pytest.raises(KeyRevokedError):
                gone.keyring().verify_key(kid, later(2))
            assert gone.keyring().verify_key(kid, later(2, seconds=-1))
            assert gone.keyring(length=4).verify_key(kid)
        assert gone.site_keys(A) is None
        assert gone.live_sites() == (B,)

    def test_a_second_revocation_does_not_move_the_first(self, log):
        back = grown(grown(log, A, "revoke", days=1), A, signing="a3", sealing="a3", days=2)
        twice = grown(back, A, "revoke", days=3)
        with pytest.raises(KeyRevokedError):
            twice.keyring().verify_key(fixed_signing_key("a").kid(), later(2))
        assert twice.keyring().verify_key(fixed_signing_key("a3").kid(), later(2))

    def test_a_site_comes_back_with_new_keys_only(self, log):
        gone = grown(log, A, "revoke", days=1)
        back = grown(gone, A, signing="a3", sealing="a3", days=2)
        assert back.site_keys(A).signing == fixed_signing_key("a3").public()
        with pytest.raises(KeyLogForkError, match="before"):
            grown(gone, A, signing="a", sealing="a3")


class TestTheHubsOwnKey:
    def test_it_rotates_signed_by_the_old_one(self, log):
        rotated = grown(log, HUB, "rotate", signing="hub 2")
        assert rotated.site_keys(HUB).signing == fixed_signing_key("hub 2").public()
        with pytest.raises(KeyLogForkError, match="live key"):
            grown(rotated, A, "revoke")
        assert grown(rotated, A, "revoke", key=fixed_signing_key("hub 2")).site_keys(A) is None

    def test_the_offline_key_takes_over_and_the_old_one_is_revoked(self, log):
        taken = grown(log, HUB, "rotate", key=RECOVERY, signing="hub recovery", days=1)
        assert taken.site_keys(HUB).signing == RECOVERY.public()
        with pytest.raises(KeyRevokedError):
            taken.keyring().verify_key(HUB_KEY.kid())
        assert taken.extends(log)

    def test_after_a_recovery_the_hub_turns_to_a_new_key_and_names_a_new_offline_one(self, log):
        spare = fixed_signing_key("spare")
        taken = grown(log, HUB, "rotate", key=RECOVERY, signing="hub recovery")
        online = grown(taken, HUB, "rotate", key=RECOVERY, signing="hub 2", recovery_hash=spare.kid())
        assert online.site_keys(HUB).signing == fixed_signing_key("hub 2").public()
        again = grown(online, HUB, "rotate", key=spare, signing="spare")
        assert again.site_keys(HUB).signing == spare.public()

    def test_an_offline_key_takes_over_once(self, log):
        taken = grown(log, HUB, "rotate", key=RECOVERY, signing="hub recovery")
        online = grown(taken, HUB, "rotate", key=RECOVERY, signing="hub 2")
        with pytest.raises(KeyLogForkError, match="that it brings"):
            grown(online, HUB, "rotate", key=RECOVERY, signing="hub 3")
        with pytest.raises(KeyLogForkError, match="before"):
            grown(online, HUB, "rotate", key=RECOVERY, signing="hub recovery")

    def test_no_other_key_takes_over(self, log):
        with pytest.raises(KeyLogForkError, match="live key"):
            grown(log, HUB, "rotate", key=fixed_signing_key("thief"), signing="thief")
        with pytest.raises(KeyLogForkError, match="thumbprint"):
            grown(log, HUB, "rotate", key=RECOVERY, signing="thief")
        with pytest.raises(KeyLogForkError):
            grown(log, A, "rotate", key=RECOVERY, signing="hub recovery")

    def test_it_is_never_only_revoked_nor_added_twice_nor_given_a_sealing_key(self, log):
        for action, more in (
            ("revoke", {}), ("add", {"signing": "x"}), ("rotate", {"sealing": "x"}),
        ):  # fmt: skip
            with pytest.raises(KeyLogForkError):
                grown(log, HUB, action, **more)


class TestWhatMayStand:
    @pytest.mark.parametrize(
        ("subject", "action", "more"),
        [
            (A, "add", {"signing": "new", "sealing": "new"}), (fixed_id("c"), "add", {"signing": "new"}),
            (fixed_id("c"), "add", {"sealing": "new"}), (fixed_id("c"), "rotate", {"signing": "new"}),
            (fixed_id("c"), "revoke", {}), (A, "rotate", {}), (A, "revoke", {"signing": "new"}),
            (fixed_id("c"), "add", {"signing": "a", "sealing": "new"}),
            (fixed_id("c"), "add", {"signing": "new", "sealing": "b"}), (A, "rotate", {"signing": "a"}),
            (A, "rotate", {"signing": "new", "recovery_hash": RECOVERY.kid()}),
        ],
    )  # fmt: skip
    def test_an_entry_that_makes_no_sense_is_refused(self, subject, action, more, log):
        with pytest.raises(KeyLogForkError) as caught:
            grown(log, subject, action, **more)
        assert caught.value.members["seq"] == 3

    def test_an_entry_with_another_number_is_refused(self, log):
        body = EntryBody(4, A, "revoke", prev=log.head().hash)
        claims = new_claims(body, iss=HUB, aud=AUDIENCE, now=NOW, lifetime=MAX_LIFETIME)
        with pytest.raises(KeyLogForkError, match="does not follow"):
            log.append(sign(claims, HUB_KEY))

    def test_a_site_cannot_write_an_entry(self, log):
        body = EntryBody(3, A, "revoke", prev=log.head().hash)
        token = sign(
            new_claims(body, iss=A, aud=AUDIENCE, now=NOW, lifetime=MAX_LIFETIME), fixed_signing_key("a")
        )
        with pytest.raises(KeyLogForkError):
            log.append(token)

    @pytest.mark.parametrize("curve", ["Ed25519", "X25519"])
    def test_a_weak_key_is_refused(self, curve, log):
        token = entry(log, fixed_id("c"), signing="c", sealing="c")
        claims = peek(token)[1]
        name = "signing_key" if curve == "Ed25519" else "sealing_key"
        for x in getattr(weak_points, curve.upper()):
            claims["body"][name] = weak_points.jwk(curve, x)
            with pytest.raises(KeyLogForkError) as caught:
                log.append(forge(header_of(HUB_KEY), claims, HUB_KEY))
            assert caught.value.members["cause"] == "weak-key"

    def test_a_log_begins_with_the_hub_and_its_recovery_key(self):
        for token in (
            Log().next_token(HUB_KEY, subject=HUB, action="add", now=NOW, signing_key=HUB_KEY.public()),
            entry(Log(), A, signing="a", sealing="a", recovery_hash=RECOVERY.kid()),
            entry(Log(), HUB, signing="another", recovery_hash=RECOVERY.kid()),
        ):
            with pytest.raises(KeyLogForkError):
                Log.load([token])


class TestFork:
    def test_a_log_that_grew_extends_the_one_known(self, first, log):
        assert check_extends(first, log.tokens) == log
        assert check_extends(first, log.tokens[1:]) == log
        assert check_extends(first.head(), log.tokens) == log
        assert check_extends(log, []) == log
        assert check_extends(log, log.tokens) == log
        assert log.extends(first)
        assert not first.extends(log)

    def fork(self, first):
        """The same beginning, then site A with other keys."""
        return grown(grown(first, A, signing="evil", sealing="evil"), B, signing="b", sealing="b")

    def test_a_swapped_key_is_caught(self, first, log):
        fork = self.fork(first)
        assert not fork.extends(log)
        for known in (log, log.head(), log.up_to(2)):
            with pytest.raises(KeyLogForkError):
                check_extends(known, fork.tokens)

    def test_entries_that_follow_another_log_are_caught(self, first, log):
        fork = grown(self.fork(first), A, "revoke")
        with pytest.raises(KeyLogForkError, match="does not follow"):
            check_extends(log, fork.tokens[3:])

    def test_a_shortened_log_is_caught(self, log):
        for known in (log, log.head()):
            with pytest.raises(KeyLogForkError):
                check_extends(known, log.tokens[:2])
        with pytest.raises(KeyLogForkError):
            check_extends(log.head(), [])

    @pytest.mark.parametrize("order", [(0, 2, 1), (1, 0, 2), (0, 1, 1), (0, 2), (1, 2), (0, 1, 2, 2)])
    def test_a_reordered_doubled_or_thinned_log_is_caught(self, order, log):
        with pytest.raises(KeyLogForkError):
            Log.load([log.tokens[place] for place in order])

    def test_any_flipped_character_is_caught(self, log):
        token = log.tokens[1]
        for place in range(len(token)):
            changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
            with pytest.raises(KeyLogForkError):
                Log.load([log.tokens[0], changed, log.tokens[2]])

    def test_the_same_entry_signed_again_is_another_log(self, first, log):
        again = grown(first, A, signing="a", sealing="a", days=1)
        assert not log.extends(again)

    @pytest.mark.parametrize("tokens", [["rubbish"], [""], ["a.b.c"]])
    def test_rubbish_is_no_log(self, tokens, log):
        with pytest.raises(KeyLogForkError):
            check_extends(log, tokens)

    def test_an_empty_log_has_an_empty_head_and_no_anchor(self):
        assert Log().head() == Head(0, "")
        with pytest.raises(KeyLogForkError):
            Log().anchor()


class TestHeads:
    def test_a_signed_head_of_this_log_or_an_earlier_one_is_held(self, log):
        assert log.check_head(open_head(sign_head(log, HUB_KEY, NOW), log))
        assert log.check_head(open_head(sign_head(log.up_to(2), HUB_KEY, NOW), log))

    def test_a_longer_head_asks_for_entries(self, first, log):
        assert not first.check_head(open_head(sign_head(log, HUB_KEY, NOW), first))

    def test_a_head_of_a_fork_is_caught_by_a_log_as_long(self, first, log):
        fork = grown(first, A, signing="evil", sealing="evil")
        with pytest.raises(KeyLogForkError, match="conflicts"):
            log.check_head(open_head(sign_head(fork, HUB_KEY, NOW), log))

    def test_a_site_countersigns_what_it_saw(self, log):
        token = sign_seen(sign_head(log, HUB_KEY, NOW), A, fixed_signing_key("a"), NOW)
        assert open_seen(token, log) == (A, log.head())

    def test_nobody_countersigns_for_another(self, log):
        token = sign_seen(sign_head(log, HUB_KEY, NOW), B, fixed_signing_key("a"), NOW)
        with pytest.raises(WrongSenderError):
            open_seen(token, log)

    def test_a_head_that_a_site_signed_is_no_head(self, log):
        with pytest.raises(UnknownKidError):
            open_head(sign_head(log, fixed_signing_key("a"), NOW), log)

    def test_another_type_is_no_head(self, log):
        with pytest.raises(UnsupportedTypeError):
            open_head(log.tokens[0], log)

    def test_heads_do_not_expire(self, log):
        old = sign_head(log, HUB_KEY, NOW - timedelta(days=400))
        assert open_head(old, log) == log.head()


def test_the_anchor_is_128_bits_of_the_first_entry(log):
    assert log.anchor() == anchor(log.tokens[0])
    assert len(log.anchor()) == 22
    other = genesis(HUB_KEY, recovery_hash=RECOVERY.kid(), now=later(1))
    assert anchor(other) != log.anchor()
