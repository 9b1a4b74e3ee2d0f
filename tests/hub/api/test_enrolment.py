"""`POST /v1/enrolment`: code, proof of both keys, six words, approval. Same code and keys, same answer."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.models import AuditLine, Enrolment, KeyEntry, Site
from hub.services import enrolment
from protocol.enrolment_code import EnrolmentCode
from protocol.envelope import new_id
from protocol.keys import SealingKey, SigningKey
from protocol.messages.enrolment import PublicKey
from protocol.messages.transport import Hello, Void
from protocol.words import six_words
from tests.support.fake_site import FakeSite
from tests.support.hub import STAFF
from tests.support.weak_points import IDENTITY


@pytest.fixture
def newcomer(hub):
    """A site with a code that has not spoken yet."""
    return FakeSite(hub, *hub.invite())


def refusal(response):
    assert response.content_type == "application/problem+json"
    problem = response.get_json()
    assert problem["status"] == response.status_code
    return problem["code"]


def state_of(hub, site):
    (row,) = hub.rows(Site, Site.site_id == site.site_id)
    return row.state


def words_at_the_hub(hub, site):
    with hub.session() as session:
        return enrolment.words(session.get_one(Site, site.site_id))


def test_a_site_comes_in_through_the_doors(hub, newcomer):
    assert words_at_the_hub(hub, newcomer) == ()
    newcomer.begin()
    assert newcomer.prove().state == "pending"
    assert state_of(hub, newcomer) == "pending"
    assert words_at_the_hub(hub, newcomer) == six_words(newcomer.signing.kid(), newcomer.sealing.kid())
    hub.staff("approve", newcomer)
    assert newcomer.prove().state == "approved"
    assert newcomer.say(Hello(1, 1)).outcome == "accepted"


def test_the_keys_enter_the_log_with_the_approval_and_not_before(hub, newcomer):
    newcomer.begin()
    newcomer.prove()
    assert hub.log().site_keys(newcomer.site_id) is None
    hub.staff("approve", newcomer)
    keys = hub.log().site_keys(newcomer.site_id)
    assert (keys.signing.kid(), keys.sealing.kid()) == (newcomer.signing.kid(), newcomer.sealing.kid())


def test_the_same_code_and_keys_get_the_same_bytes(hub, newcomer):
    first = newcomer.enrol(newcomer.begin_token()).get_data()
    hub.clock.advance(hours=1)
    assert newcomer.enrol(newcomer.begin_token()).get_data() == first


def test_a_replayed_begin_changes_nothing(hub, newcomer):
    token = newcomer.begin_token()
    assert newcomer.enrol(token).get_data() == newcomer.enrol(token).get_data()
    assert hub.count(Enrolment) == 1


def test_asking_again_after_the_proof_is_no_second_proof(hub, newcomer):
    newcomer.begin()
    assert [newcomer.prove().state for _ in range(3)] == ["pending"] * 3
    assert hub.count(AuditLine, AuditLine.action == "enrolment-proved") == 1


def test_the_same_code_with_other_keys_is_refused(hub, newcomer):
    newcomer.begin()
    thief = FakeSite(hub, newcomer.site_id, newcomer.code)
    response = thief.enrol(thief.begin_token())
    assert (refusal(response), response.status_code) == ("code-used", 409)
    assert newcomer.prove().state == "pending"


def test_one_other_key_is_enough_to_be_refused(hub, newcomer):
    newcomer.begin()
    newcomer.sealing = SealingKey.generate()
    assert refusal(newcomer.enrol(newcomer.begin_token())) == "code-used"


def test_a_wrong_code_is_unknown(hub, newcomer):
    _, newcomer.code = hub.invite()
    with hub.session() as session:
        session.execute(sa.delete(Enrolment))
    response = newcomer.enrol(newcomer.begin_token())
    assert (refusal(response), response.status_code) == ("code-unknown", 404)


def test_a_code_lives_24_hours(hub, newcomer):
    hub.clock.advance(hours=24)
    response = newcomer.enrol(newcomer.begin_token())
    assert (refusal(response), response.status_code) == ("code-expired", 410)


def test_the_proof_must_come_within_the_codes_time(hub, newcomer):
    newcomer.begin()
    hub.clock.advance(hours=24)
    assert refusal(newcomer.enrol(newcomer.prove_token())) == "code-expired"
    assert refusal(newcomer.enrol(newcomer.begin_token())) == "code-expired"


def test_approval_may_take_longer_than_the_code_lives(hub, newcomer):
    newcomer.begin()
    newcomer.prove()
    hub.clock.advance(days=5)
    assert newcomer.prove().state == "pending"
    hub.staff("approve", newcomer)
    assert newcomer.prove().state == "approved"


def test_a_fresh_code_kills_the_old_one_and_takes_the_same_keys(hub, newcomer):
    newcomer.begin()
    old = newcomer.code
    with hub.session() as session:
        newcomer.code = enrolment.renew_code(session, session.get_one(Site, newcomer.site_id), hub.now)
    assert newcomer.code != old
    newcomer.begin()
    assert newcomer.prove().state == "pending"
    newcomer.code = old
    assert refusal(newcomer.enrol(newcomer.begin_token())) == "code-unknown"


def test_the_challenge_proves_the_sealing_key(hub, newcomer):
    newcomer.begin()
    for wrong in ({"opened": new_id()}, {"nonce": new_id()}, {"site_id": hub.invite()[0]}):
        assert refusal(newcomer.enrol(newcomer.prove_token(**wrong))) == "bad-token"
    assert state_of(hub, newcomer) == "invited"


def test_the_proof_is_signed_with_the_key_that_began(hub, newcomer):
    newcomer.begin()
    newcomer.signing = SigningKey.generate()
    assert refusal(newcomer.enrol(newcomer.prove_token())) == "bad-token"


def test_a_key_in_the_body_that_did_not_sign_is_unknown(hub, newcomer):
    newcomer.begin()
    other = PublicKey(**SigningKey.generate().public().jwk())
    assert refusal(newcomer.enrol(newcomer.prove_token(signing_key=other))) == "unknown-kid"


def test_weak_keys_are_refused(hub, newcomer):
    weak = {"kty": "OKP", "crv": "Ed25519", "x": IDENTITY}
    newcomer.begin()
    response = newcomer.enrol(newcomer.prove_token(signing_key=PublicKey(**weak)))
    assert (refusal(response), response.status_code) == ("weak-key", 422)


def test_keys_of_another_site_are_refused(hub, newcomer):
    site = hub.site()
    newcomer.signing = site.signing
    assert refusal(newcomer.enrol(newcomer.begin_token())) == "weak-key"
    newcomer.signing, newcomer.sealing = SigningKey.generate(), site.sealing
    assert refusal(newcomer.enrol(newcomer.begin_token())) == "weak-key"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_enrolment_is_fresh(hub, newcomer, seconds):
    response = newcomer.enrol(newcomer.begin_token(now=hub.now + timedelta(seconds=seconds)))
    assert refusal(response) == "clock-skew"
    assert response.get_json()["difference"] == seconds


def test_it_is_addressed_to_the_hub_by_somebody_new(hub, newcomer):
    assert refusal(newcomer.enrol(newcomer.begin_token(aud="somebody"))) == "wrong-audience"
    assert refusal(newcomer.enrol(newcomer.begin_token(iss=newcomer.site_id))) == "wrong-sender"


@pytest.mark.parametrize("body", [b"", b"x", b"\xff\xfe", b"a.b.c", b"." * 60_000])
def test_other_bytes_are_bad_tokens(hub, body):
    assert refusal(hub.post("enrolment", data=body)) == "bad-token"


def test_other_messages_do_not_enter_here(site):
    assert refusal(site.enrol(site.token(Void()))) == "unsupported-type"


def test_a_refused_site_hears_it_and_stays_out(hub, newcomer):
    newcomer.begin()
    newcomer.prove()
    hub.staff("refuse", newcomer)
    assert newcomer.prove().state == "refused"
    assert state_of(hub, newcomer) == "refused"
    assert hub.staff("approve", newcomer) is False
    assert newcomer.submit(newcomer.token(Void())).get_json()["code"] == "unknown-kid"
    assert hub.log().site_keys(newcomer.site_id) is None


def test_nothing_is_approved_before_the_proof(hub, newcomer):
    assert hub.staff("approve", newcomer) is False
    newcomer.begin()
    assert hub.staff("approve", newcomer) is False
    assert hub.count(KeyEntry) == 1


def test_a_site_withdrawn_before_it_began_finds_its_code_dead(hub, newcomer):
    hub.staff("withdraw", newcomer)
    assert refusal(newcomer.enrol(newcomer.begin_token())) == "code-unknown"


def test_a_moved_site_gets_a_new_key_and_a_new_epoch(hub):
    site = hub.site()
    site.say(Void())
    with hub.session() as session:
        code = enrolment.renew_code(session, session.get_one(Site, site.site_id), hub.now)
    assert site.say(Void()).outcome == "accepted"
    moved = FakeSite(hub, site.site_id, code, epoch=2)
    moved.begin()
    assert moved.submit(moved.token(Void())).get_json()["code"] == "site-pending"
    moved.prove()
    hub.staff("approve", moved)
    assert moved.say(Void()).outcome == "accepted"
    assert site.submit(site.token(Void())).get_json()["code"] == "key-revoked"
    assert len(hub.log().entries) == 3


def test_a_token_of_the_replaced_key_is_good_inside_a_wrapper_of_the_live_one(hub):
    site = hub.site()
    old = site.token(Void())
    moved = site.anew()
    assert moved.receipts(moved.submit(old))[0].outcome == "accepted"


def test_staffs_acts_are_audited_with_their_name(hub, newcomer):
    newcomer.begin()
    newcomer.prove()
    for act in ("approve", "suspend", "resume", "withdraw"):
        assert hub.staff(act, newcomer)
    lines = hub.rows(AuditLine, AuditLine.actor == STAFF)
    assert {(line.action, line.site_id) for line in lines} == {
        ("site-approved", newcomer.site_id),
        ("site-suspended", newcomer.site_id),
        ("site-resumed", newcomer.site_id),
        ("site-withdrawn", newcomer.site_id),
    }


def test_acts_that_do_not_fit_the_state_do_nothing(hub, newcomer):
    assert not hub.staff("suspend", newcomer)
    assert not hub.staff("resume", newcomer)
    assert not hub.staff("refuse", newcomer)
    assert hub.staff("withdraw", newcomer)
    assert not hub.staff("withdraw", newcomer)


def test_the_code_is_kept_by_its_hash_only(hub, newcomer):
    secret = EnrolmentCode.parse(newcomer.code).secret_text
    (row,) = hub.rows(Enrolment)
    assert secret not in repr(vars(row))
