"""Every code of a talk and of the safety route has words for people."""

import pytest

from site_agent import talk_words
from site_agent.models import interaction, safety

TABLES = [
    (talk_words.LENGTH, interaction.LENGTHS),
    (talk_words.MODE, interaction.MODES),
    (talk_words.FOUND, interaction.FOUND),
    (talk_words.RESOURCE, interaction.RESOURCES),
    (talk_words.ROUTE, safety.ROUTES),
]


@pytest.mark.parametrize(("table", "vocabulary"), TABLES)
def test_every_code_has_words_and_no_words_are_left_over(table, vocabulary):
    assert set(table) == set(vocabulary)
