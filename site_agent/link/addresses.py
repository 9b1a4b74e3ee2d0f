"""Which addresses a hub may have: HTTPS anywhere, plain HTTP on this machine only."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from site_agent.link.errors import HubAddressError, InsecureAddressError

LOCALHOST = "localhost"


def hub_address(typed: str) -> str:
    """The hub's address as it is stored: scheme, host, port and path, without a slash at the end.

    A missing scheme is taken as https. Raises HubAddressError for what is no address, InsecureAddressError for
    plain HTTP to another machine.
    """
    text = typed.strip()
    parts = _split(text if "://" in text else f"https://{text}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise HubAddressError("An address begins with https:// and a name.")
    if parts.username or parts.query or parts.fragment or any(each.isspace() for each in text):
        raise HubAddressError("An address holds only a name, a port and a path.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise InsecureAddressError("Plain HTTP is for this machine only.")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Whether this name can only mean this machine (RFC 6761: localhost and every name below it)."""
    if is_local_name(host):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_local_name(host: str) -> bool:
    """Whether it is localhost or a name below it, which not every resolver knows."""
    return host == LOCALHOST or host.endswith(f".{LOCALHOST}")


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  reading it checks it
    except ValueError as error:
        raise HubAddressError("An address begins with https:// and a name.") from error
    return parts
