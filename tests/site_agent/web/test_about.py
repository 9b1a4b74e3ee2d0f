"""The privacy page claims no more than the program keeps."""

from __future__ import annotations

from tests.support.desk import Desk, text_of


def test_the_privacy_page_says_what_the_pages_cannot_do(desk: Desk) -> None:
    _, _, cannot = text_of(desk.client(None).get("/privacy")).partition("What these pages cannot do")
    assert (
        "whoever runs this site’s computer at the moment of sending which three places got a letter" in cannot
    )
    assert "Hide from the provincial hub which places passed on a request. It never sees who." in cannot


def test_who_declined_is_not_said_to_be_unknown_to_all(desk: Desk) -> None:
    shown = text_of(desk.client(None).get("/privacy"))
    _, _, who = shown.partition("Who declined, did not answer or knew the physician")
    assert "Nobody" not in who.partition("What is kept")[0]
    assert "The provincial hub sees which places passed on a request, never who." in who
