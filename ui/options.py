"""What an app tells the shared web about itself, once, when it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from ui.signin.store import SignInStore


@dataclass(frozen=True)
class NavItem:
    """One link of the service navigation.

    `endpoint` is a Flask endpoint without parameters, `text` is what the reader sees (already
    translated), and the link is marked as the current section on every path that begins with
    `active_prefix`, or one of several ("" marks it on its own page only).
    """

    endpoint: str
    text: str
    active_prefix: str | tuple[str, ...] = ""


@dataclass(frozen=True)
class UiOptions:
    """What differs between the apps; callables are asked on each request, so they may read the database.

    `product` is the name in the header and in every page title, `home` the URL behind it, and
    `navigation` the links the person who asks may follow. `store` keeps sign-ins; None means nobody
    signs in here. `zone` is the zone times are written in. `phone` is a number to call when the site's
    machine does not answer ("" for none), and `footer_phone` says whether the footer of this page shows it.
    `crisis` is the suicide crisis line there. `asset_version` is put on the address of every style sheet, script
    and picture, so that browsers drop old ones; "" takes it from what is shipped.
    """

    product: Callable[[], str]
    navigation: Callable[[], list[NavItem]]
    home: Callable[[], str]
    store: SignInStore | None
    zone: Callable[[], ZoneInfo]
    phone: Callable[[], str] = str
    footer_phone: Callable[[], bool] = lambda: True
    crisis: Callable[[], str] = lambda: "9-8-8"
    asset_version: str = ""
