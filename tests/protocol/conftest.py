"""A site with keys, the hub that it writes to, and one good message."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from protocol.envelope import Claims, new_claims
from protocol.keys import DictKeyring, SigningKey
from protocol.messages.matches import Accept
from tests.support.forge import NOW, fixed_id, fixed_signing_key


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def site_key() -> SigningKey:
    return fixed_signing_key("site")


@pytest.fixture
def keyring(site_key: SigningKey) -> DictKeyring:
    return DictKeyring([site_key.public()])


@pytest.fixture
def claims(now: datetime) -> Claims:
    return new_claims(
        Accept(), iss=fixed_id("site"), aud="hub", now=now, lifetime=timedelta(days=1), thid=fixed_id("match")
    )


@pytest.fixture
def payload(claims: Claims) -> dict[str, Any]:
    return claims.dump()
