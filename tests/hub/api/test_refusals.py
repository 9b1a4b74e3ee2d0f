"""Every way the door says no: problem+json with its code, nothing changed, one audit line."""

import json
from datetime import timedelta

import pytest

from hub.models import AuditLine, InboxRow, Match
from protocol import jose, strict
from protocol.envelope import new_id, token_hash
from protocol.keys import SigningKey
from protocol.messages import matches
from protocol.messages.transport import Hello, Numbered, Poll, Submit, Void
from protocol.withdrawal import new_secret, withdrawal_hash
from tests.support.fake_site import FakeSite
from tests.support.forge import b64


def problem_of(response):
    assert response.content_type == "application/problem+json"
    problem = response.get_json()
    assert problem["status"] == response.status_code
    assert {"type", "title", "detail", "code", "retryable", "server_time", "mend"} <= set(problem)
    return problem


def refused_lines(hub):
    return [line.code for line in hub.rows(AuditLine, AuditLine.action == "refused")]


def claims_of(token):
    return strict.load_object(strict.b64url_decode(token.split(".")[1]))


def resigned(site, token, **changes):
    """The token with other claims, signed anew without looking at them."""
    payload = json.dumps({**claims_of(token), **changes}, separators=(",", ":")).encode()
    return jose.sign({"kid": site.signing.kid(), "typ": "alongside+jws"}, payload, site.signing)


def submit_of(site, *tokens):
    return Submit(1, tuple(Numbered(n, token_hash(token)) for n, token in enumerate(tokens, 1)))


# -- the POST


NO_POSTS = [
    b"",
    b"not json",
    b"[]",
    b"{}",
    b'{"wrapper":1,"tokens":[]}',
    b'{"wrapper":"a","tokens":"b"}',
    b'{"wrapper":"a","tokens":[1]}',
    b'{"wrapper":"a","tokens":[],"more":1}',
    b'{"wrapper":"a","wrapper":"b","tokens":[]}',
    b'{"wrapper":"a.b.c","tokens":["\xff"]}',
    b'{"wrapper":"..","tokens":[]}',
    b"[" * 100_000,
    b'{"wrapper":"a","tokens":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
]


@pytest.mark.parametrize("path", ["messages", "poll"])
def test_what_is_no_post_is_a_bad_token(hub, path):
    for body in NO_POSTS:
        problem = problem_of(hub.post(path, data=body))
        assert (problem["code"], problem["status"], problem["retryable"]) == ("bad-token", 400, False), body[
            :40
        ]
    assert refused_lines(hub) == ["bad-token"] * len(NO_POSTS)


@pytest.mark.parametrize("path", ["messages", "poll", "enrolment"])
def test_a_post_past_a_mebibyte_is_too_large(hub, path):
    problem = problem_of(hub.post(path, data=b'"' + b"x" * 1024 * 1024))
    assert (problem["code"], problem["status"]) == ("too-large", 413)


def test_more_than_fifty_tokens_are_too_large(site, hub):
    post = site.wrap([site.token(Void())], 1)
    post["tokens"] = post["tokens"] * 51
    assert problem_of(hub.post("messages", json=post))["code"] == "too-large"


def test_a_token_past_the_limit_is_rejected_alone(site):
    huge = "a" * 64_001
    receipts = site.receipts(site.submit(huge, site.token(Void())))
    assert [each.code for each in receipts] == ["too-large", None]


def test_an_unknown_path_and_method_are_problems_too(hub):
    assert problem_of_web(hub.post("nothing"))["code"] == "not-found"
    assert problem_of_web(hub.get("messages"))["code"] == "method-not-allowed"


def problem_of_web(response):
    assert response.content_type == "application/problem+json"
    return response.get_json()


# -- the wrapper


def test_every_bit_of_the_wrapper_counts(hub, site):
    post = site.wrap([site.token(Void())], 1)
    wrapper = post["wrapper"]
    places = range(0, len(wrapper), max(1, len(wrapper) // 12))
    for place in places:
        flipped = chr(ord(wrapper[place]) ^ 1)
        response = hub.post(
            "messages", json=post | {"wrapper": wrapper[:place] + flipped + wrapper[place + 1 :]}
        )
        assert 400 <= response.status_code < 500
    assert len(refused_lines(hub)) == len(places)
    assert hub.count(InboxRow) == 0


def test_every_bit_of_a_token_counts(hub, site):
    post = site.wrap([site.token(Void())], 1)
    (token,) = post["tokens"]
    for place in range(0, len(token), len(token) // 12):
        flipped = token[:place] + chr(ord(token[place]) ^ 1) + token[place + 1 :]
        problem = problem_of(hub.post("messages", json=post | {"tokens": [flipped]}))
        assert problem["code"] == "bad-token"
    assert hub.count(InboxRow) == 0


def test_a_wrapper_that_lists_other_tokens_is_refused(hub, site):
    post = site.wrap([site.token(Void()), site.token(Void())], 1)
    assert problem_of(hub.post("messages", json=post | {"tokens": post["tokens"][:1]}))["code"] == "bad-token"
    assert (
        problem_of(hub.post("messages", json=post | {"tokens": post["tokens"][::-1]}))["code"] == "bad-token"
    )


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_a_wrapper_of_another_time_learns_the_difference(hub, site, seconds):
    post = site.wrap([site.token(Void())], 1, now=hub.now + timedelta(seconds=seconds))
    problem = problem_of(hub.post("messages", json=post))
    assert (problem["code"], problem["difference"], problem["retryable"]) == ("clock-skew", seconds, True)
    assert problem["server_time"] == int(hub.now.timestamp())


def test_a_replayed_wrapper_changes_nothing(hub, site):
    post = site.wrap(
        [site.token(matches.Request("mid", "phone", withdrawal_hash(new_secret())), thid=new_id())], 1
    )
    first = hub.post("messages", json=post).get_json()
    assert hub.post("messages", json=post).get_json() == first
    assert hub.count(Match) == 1
    hub.clock.advance(minutes=6)
    assert problem_of(hub.post("messages", json=post))["code"] == "clock-skew"


def test_a_stranger_is_an_unknown_key(hub, site):
    post = site.wrap([site.token(Void())], 1)
    site.signing = SigningKey.generate()
    post["wrapper"] = site.token(submit_of(site, *post["tokens"]))
    problem = problem_of(hub.post("messages", json=post))
    assert (problem["code"], problem["status"]) == ("unknown-kid", 401)


def test_a_wrapper_for_somebody_else_is_refused(hub, site):
    token = site.token(Void())
    post = {"wrapper": site.token(submit_of(site, token), aud=site.site_id), "tokens": [token]}
    assert problem_of(hub.post("messages", json=post))["code"] == "wrong-audience"


def test_a_wrapper_in_another_sites_name_is_refused(hub, site):
    token = site.token(Void())
    post = {"wrapper": site.token(submit_of(site, token), iss=hub.site().site_id), "tokens": [token]}
    problem = problem_of(hub.post("messages", json=post))
    assert (problem["code"], problem["status"]) == ("wrong-sender", 403)


def test_the_wrong_kind_of_wrapper_is_refused(hub, site):
    token = site.token(Void())
    for wrapper in (site.token(Hello(1, 1)), site.token(Poll(1, 0, 50, 0, 0))):
        problem = problem_of(hub.post("messages", json={"wrapper": wrapper, "tokens": [token]}))
        assert problem["code"] == "unsupported-type"


def test_an_empty_list_does_not_fit_the_schema(hub, site):
    wrapper = resigned(site, site.token(submit_of(site, "x")), body={"epoch": 1, "tokens": []})
    problem = problem_of(hub.post("messages", json={"wrapper": wrapper, "tokens": []}))
    assert (problem["code"], problem["where"]) == ("schema-invalid", ["/body/tokens"])


def test_another_version_names_the_ones_that_are_spoken(hub, site):
    wrapper = resigned(site, site.token(submit_of(site, "x")), v=2)
    problem = problem_of(hub.post("messages", json={"wrapper": wrapper, "tokens": ["x"]}))
    assert (problem["code"], problem["supported"]) == ("unsupported-version", [1])


def test_a_wrapper_past_its_expiry_is_refused(hub, site):
    post = site.wrap([site.token(Void())], 1, lifetime=timedelta(seconds=60))
    hub.clock.advance(seconds=61)
    assert problem_of(hub.post("messages", json=post))["code"] == "expired"


# -- the site


def test_a_site_that_is_not_approved_is_told_so(hub):
    site = FakeSite(hub, *hub.invite())
    site.begin()
    assert problem_of(site.poll())["code"] == "site-pending"
    site.prove()
    problem = problem_of(site.submit(site.token(Void())))
    assert (problem["code"], problem["status"], problem["retryable"]) == ("site-pending", 403, True)


def test_a_suspended_site_may_neither_speak_nor_listen_until_it_is_resumed(hub, site):
    hub.staff("suspend", site)
    assert problem_of(site.submit(site.token(Void())))["code"] == "site-suspended"
    assert problem_of(site.poll())["code"] == "site-suspended"
    hub.staff("resume", site)
    assert site.say(Void()).outcome == "accepted"


def test_a_withdrawn_sites_keys_are_revoked(hub, site):
    hub.staff("withdraw", site)
    problem = problem_of(site.submit(site.token(Void())))
    assert (problem["code"], problem["status"]) == ("key-revoked", 401)


def test_too_many_calls_wait_and_other_sites_do_not(make_hub):
    hub = make_hub(calls_per_second=1, calls_at_once=3)
    site, other = hub.site(), hub.site()
    for _ in range(3):
        assert site.poll().status_code == 200
    response = site.poll()
    problem = problem_of(response)
    assert (problem["code"], problem["status"], problem["retryable"]) == ("rate-limited", 429, True)
    assert response.headers["Retry-After"] == str(problem["retry_after"]) == "1"
    assert other.poll().status_code == 200


def test_a_key_that_was_replaced_does_not_use_up_the_calls_of_the_live_one(make_hub):
    hub = make_hub(calls_per_second=1, calls_at_once=3)
    site = hub.site()
    moved = site.anew()
    for _ in range(4):
        code = problem_of(site.poll())["code"]
    assert code == "rate-limited"
    assert moved.poll().status_code == 200


# -- single tokens


def test_each_token_is_judged_by_itself(hub, site):
    other = hub.site()
    good = site.token(Void())
    odd = {
        "bad-token": good[:-4] + "AAAA",
        "wrong-audience": site.token(Void(), aud=other.site_id),
        "wrong-sender": other.token(Void()),
        "unsupported-version": resigned(site, good, v=3, jti=new_id()),
        "unsupported-type": resigned(site, good, type="match.gossip", jti=new_id()),
        "schema-invalid": resigned(site, good, body={"note": "he said"}, jti=new_id()),
        "expired": site.token(Void(), now=hub.now - timedelta(days=2), lifetime=timedelta(days=1)),
    }
    stranger = SigningKey.generate()
    site.signing, kept = stranger, site.signing
    odd["unknown-kid"] = site.token(Void())
    site.signing = kept
    receipts = site.receipts(site.submit(*odd.values(), good))
    assert [each.code for each in receipts] == [*odd, None]


@pytest.mark.parametrize("body", [Submit(1, (Numbered(1, "h" * 43),)), Poll(1, 0, 1, 0, 0)])
def test_wrappers_do_not_travel_among_the_tokens(site, body):
    assert site.say(body).code == "unsupported-type"


def test_messages_of_the_hub_are_not_taken_from_a_site(site):
    receipt = site.say(matches.HomeStatus("in-hand", site.hub.now), thid=new_id())
    assert receipt.code == "wrong-sender"


def test_a_message_about_a_match_names_it(site):
    for body in (matches.Withdraw(), matches.Accept(), matches.Request("mid", "any", b64(b"0" * 32))):
        assert site.say(body).code == "schema-invalid"


def test_a_flood_of_refusals_does_not_fill_the_audit(hub):
    for _ in range(80):
        hub.post("messages", data=b"x")
    assert 60 <= len(refused_lines(hub)) < 80
