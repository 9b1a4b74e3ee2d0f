"""Every code that a page may show has words for people, in the reader's language."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import Babel

from protocol import codes
from site_agent import words, words_doors
from site_agent.models import enrolment, event, match, outreach, request, supporter
from site_agent.services import matching

TABLES = [
    (words.STAGE, codes.STAGES),
    (words.MODALITY, codes.MODALITIES),
    (words.REASON, codes.REASONS),
    (words.ORIGIN, codes.ORIGINS),
    (words.WISH, codes.WISHES),
    (words.POST, codes.POSTS),
    (words.CONTACT_WAY, codes.CONTACT_WAYS),
    (words.CONTACT_TIME, codes.CONTACT_TIMES),
    (words.DOOR, request.DOORS),
    (words.DOOR_BY, request.DOORS),
    (words.FEW, request.FEW),
    (words.REQUEST_STATUS, request.STATES),
    (words.REQUEST_MEANING, request.STATES),
    (words.MATCH_STATUS, match.STATES),
    (words.MATCH_MEANING, match.STATES),
    (words.SUPPORTER_STATUS, supporter.STATUSES),
    (words.SUPPORTER_MEANING, supporter.STATUSES),
    (words.SUPPORTER_STAGE, supporter.STAGES),
    (words.GENDER, supporter.GENDERS),
    (words.EVENT, event.CODES),
    (words.MATCH_REASON, matching.REASONS),
    (words_doors.HINT, request.HINTS),
    (words_doors.NOTIFIER, outreach.NOTIFIERS),
    (words_doors.CONSENT, outreach.CONSENTS),
    (words_doors.OUTREACH_STATUS, outreach.STATES),
    (words_doors.OUTREACH_MEANING, outreach.STATES),
    (words_doors.DOOR_OF_MINE, request.DOORS),
    (words.ENROLMENT_STATUS, enrolment.STATES),
]


@pytest.mark.parametrize(("table", "vocabulary"), TABLES)
def test_every_code_has_words_and_no_words_are_left_over(
    table: dict[str, object], vocabulary: tuple[str, ...]
) -> None:
    assert set(table) == set(vocabulary)


def test_home_hears_no_state_without_words() -> None:
    assert set(codes.HOME_STATES) <= set(words.REQUEST_STATUS)


@pytest.mark.parametrize(
    ("locale", "mandarin", "punjabi"), [("en_CA", "Mandarin", "Punjabi"), ("fr_CA", "Mandarin", "Pendjabi")]
)
def test_languages_are_named_in_the_readers_language(locale: str, mandarin: str, punjabi: str) -> None:
    app = Flask(__name__)
    Babel(app, default_locale=locale)
    with app.test_request_context():
        assert (words.language("cmn"), words.language("pa")) == ("Mandarin", punjabi)
        names = dict(words.language_choices())
    assert set(names) == set(codes.LANGUAGES)
    assert all(name and name not in codes.LANGUAGES for name in names.values())
    assert list(names)[:2] == ["en", "fr"]


def test_several_codes_read_as_one_line() -> None:
    assert words.listed(words.CONTACT_WAY, ("call", "text")) == "Phone call, text message"
    assert words.listed(words.WISH, ()) == ""
