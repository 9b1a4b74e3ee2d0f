"""What the coordinator sends a supporter: a link to a new PIN, which is logged, and one to their own page."""

from site_agent.models import Activity, Mail, Supporter
from tests.support.desk import text_of


def test_a_new_pin_is_asked_about_first_then_mailed_and_logged(desk, coordinator):
    supporter = desk.supporter()
    with desk.session() as session:
        row = session.get_one(Supporter, supporter)
        row.pin_hash, row.pin_failures, row.pin_lockouts = "x", 5, 3
    page = coordinator.get(f"/supporters/{supporter}/pin")
    assert "Speak with them first" in text_of(page)
    assert desk.row(Supporter, supporter).pin_hash == "x"
    coordinator.post(f"/supporters/{supporter}/pin")
    row = desk.row(Supporter, supporter)
    assert (row.pin_hash, row.pin_failures, row.pin_lockouts) == (None, 0, 0)
    with desk.session() as session:
        assert [mail.kind for mail in session.query(Mail)] == ["agreement"]
        assert [(line.code, line.subject) for line in session.query(Activity)] == [("pin-reset", supporter)]


def test_until_a_new_pin_is_chosen_the_link_can_be_emailed_again(desk, coordinator):
    supporter = desk.supporter()
    with desk.session() as session:
        session.get_one(Supporter, supporter).pin_hash = "x"
    assert "Email the link again" not in text_of(coordinator.get(f"/supporters/{supporter}"))
    page = coordinator.post(f"/supporters/{supporter}/pin", follow_redirects=True)
    assert "No PIN is chosen yet" in text_of(page)
    assert "Email the link again" in text_of(page)
    answer = coordinator.post(f"/supporters/{supporter}/agreement", follow_redirects=True)
    assert "The link is on its way to Dr. Ada Okafor." in text_of(answer)


def test_the_link_to_the_own_page_goes_to_the_supporters_address(desk, coordinator):
    supporter = desk.supporter()
    answer = coordinator.post(f"/supporters/{supporter}/page", follow_redirects=True)
    assert "The link is on its way to Dr. Ada Okafor." in text_of(answer)
    with desk.session() as session:
        (mail,) = session.query(Mail)
        assert (mail.to, "/m/" in mail.link) == ("okafor@example.ca", True)


def test_nothing_is_sent_to_who_is_unknown_or_has_left(desk, coordinator):
    supporter = desk.supporter()
    with desk.session() as session:
        session.get_one(Supporter, supporter).left_at = desk.now
    for who in (supporter, "nobody"):
        for path in ("pin", "page"):
            assert coordinator.post(f"/supporters/{who}/{path}").status_code == 404
