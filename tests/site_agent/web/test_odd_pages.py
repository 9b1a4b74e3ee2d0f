"""Lists are asked for pages that no link of ours names."""

from __future__ import annotations

import pytest

from tests.support.desk import Desk

ODD = ["0", "-1", str(10**9), str(10**19), "9" * 4000, "9" * 5000, "٣", "1.5", "", "%00"]


@pytest.mark.parametrize("path", ["/requests?show=over&page=", "/supporters?page=", "/activity?start="])
def test_any_page_of_a_list_is_a_page(desk: Desk, path: str) -> None:
    client = desk.client("coordinator")
    assert {page[:20]: client.get(path + page).status_code for page in ODD} == {
        page[:20]: 200 for page in ODD
    }
