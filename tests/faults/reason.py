"""A reason for asking that exists only here, so that wherever it turns up it came from the test's own request."""

from __future__ import annotations

import protocol.codes

REASON = "zq7-made-up-topic"
WORDS = "A topic zq7 that nobody else has"


def teach() -> None:
    """Let both products know it. Before anything else of them is imported: they read their codes once."""
    protocol.codes.REASONS = (*protocol.codes.REASONS, REASON)
    import site_agent.words

    site_agent.words.REASON[REASON] = WORDS  # type: ignore[assignment]
