"""Which addresses a hub may have."""

import pytest

from site_agent.link.addresses import hub_address, is_loopback
from site_agent.link.errors import HubAddressError, InsecureAddressError


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://hub.example.ca", "https://hub.example.ca"),
        (" https://Hub.Example.ca/ ", "https://hub.example.ca"),
        ("hub.example.ca", "https://hub.example.ca"),
        ("https://example.ca/psi/", "https://example.ca/psi"),
        ("http://hub.localhost:8400", "http://hub.localhost:8400"),
        ("http://127.4.5.6:80", "http://127.4.5.6:80"),
        ("http://[::1]:8400/", "http://[::1]:8400"),
    ],
)
def test_an_address_is_tidied(typed: str, stored: str) -> None:
    assert hub_address(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "ftp://hub.example.ca", "https://", "https://a@hub.example.ca", "https://hub.example.ca/?a=b",
     "https://hub.example.ca/#x", "https://hub exa.ca", "https://hub.example.ca:port", "https://[::1", "ZZZ code"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(HubAddressError):
        hub_address(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "http://hub.example.ca",
        "http://128.0.0.1",
        "http://localhost.example.ca",
        "http://notlocalhost",
        "http://10.0.0.1",
    ],
)
def test_plain_http_to_another_machine_is_refused(typed: str) -> None:
    with pytest.raises(InsecureAddressError):
        hub_address(typed)


def test_only_this_machine_is_loopback() -> None:
    assert all(map(is_loopback, ("localhost", "cedar.localhost", "127.0.0.1", "127.255.0.9", "::1")))
    assert not any(map(is_loopback, ("example.ca", "localhost.ca", "0.0.0.0", "::2", "192.168.0.1")))
