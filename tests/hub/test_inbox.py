"""Every message of a site has a handler, and nothing else has one."""

from hub import inbox
from protocol.messages import REGISTRY


def test_every_type_a_site_sends_is_handled_somewhere():
    sent_by_sites = {name for name, body in REGISTRY.items() if body.FROM in {"site", "both"}}
    assert set(inbox.HANDLERS) | inbox.ELSEWHERE == sent_by_sites
    assert not set(inbox.HANDLERS) & inbox.ELSEWHERE


def test_every_handler_says_what_it_does():
    assert all(handler.__doc__ for handler in inbox.HANDLERS.values())
