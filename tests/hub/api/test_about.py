"""What the hub says of itself, and what every problem code means."""

from protocol.enrolment_code import EnrolmentCode
from protocol.errors import PROBLEMS
from protocol.key_log import Log, open_head, open_seen, sign_seen


def test_it_shows_versions_limits_key_and_log(hub, site):
    about = hub.get("hub").get_json()
    log = Log.load(about["log"])
    assert about["versions"] == [1]
    assert about["limits"]["tokens"] == 50
    assert about["server_time"] == int(hub.now.timestamp())
    assert log.entries[0].signing_key.jwk() == about["key"]
    assert log.check_head(open_head(about["head"], log))
    assert len(log.entries) == 2


def test_it_shows_every_sites_countersigned_head_to_whoever_may_not_poll_any_more(hub, site):
    other = hub.site()
    log = hub.log()
    site.seen = sign_seen(hub.get("hub").get_json()["head"], site.site_id, site.signing, hub.now)
    assert site.poll().status_code == 200
    hub.staff("withdraw", other)
    (seen,) = hub.get("hub").get_json()["heads"]
    assert open_seen(seen, hub.log()) == (site.site_id, log.head())


def test_an_enrolment_code_names_this_hubs_log(hub):
    _, code = hub.invite()
    EnrolmentCode.parse(code).check_hub(hub.get("hub").get_json()["log"][0])


def test_every_problem_code_is_explained(hub):
    for code, kind in PROBLEMS.items():
        response = hub.get(f"problems/{code}")
        meaning = response.get_json()
        assert response.status_code == 200
        assert (meaning["code"], meaning["status"]) == (code, kind.status)
        assert meaning["title"].endswith(".")
        assert meaning["mend"].endswith(".")


def test_an_unknown_code_lists_the_known_ones(hub):
    response = hub.get("problems/no-such-code")
    assert response.status_code == 404
    assert response.get_json()["known"] == sorted(PROBLEMS)
