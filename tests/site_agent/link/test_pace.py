"""How long the link waits: drawn by a seeded generator, no clock involved."""

from random import Random

from site_agent.link.pace import ACTIVE_FOR_SECONDS, IDLE_SECONDS, LONGEST_SECONDS, Pace


def _pace() -> Pace:
    return Pace(random=Random(7))


def test_sites_that_start_together_do_not_call_together() -> None:
    firsts = [Pace(random=Random(seed)).first() for seed in range(200)]
    assert min(firsts) < 2
    assert max(firsts) > IDLE_SECONDS - 2
    assert len({round(first) for first in firsts}) > 20


def test_an_idle_site_waits_half_a_minute_more_or_less() -> None:
    waits = [_pace().next(now=0.0) for _ in range(50)]
    assert all(IDLE_SECONDS * 0.8 <= wait <= IDLE_SECONDS * 1.2 for wait in waits)


def test_after_a_person_acted_it_is_quick_for_a_minute_and_then_idle_again() -> None:
    pace = _pace()
    pace.woken(now=100.0)
    assert pace.next(now=100.0 + ACTIVE_FOR_SECONDS - 1) < 3
    assert pace.next(now=100.0 + ACTIVE_FOR_SECONDS + 1) > 20


def test_failures_double_the_ceiling_and_never_pass_five_minutes() -> None:
    pace = _pace()
    longest = []
    for _ in range(40):
        pace.failed()
        longest.append(max(pace.next(now=0.0) for _ in range(200)))
    assert longest[0] <= 4.0
    assert longest[0] < longest[2] < longest[4]
    assert max(longest) <= LONGEST_SECONDS


def test_a_failing_link_may_wait_any_time_up_to_its_ceiling() -> None:
    pace = _pace()
    for _ in range(12):
        pace.failed()
    waits = [pace.next(now=0.0) for _ in range(300)]
    assert min(waits) < 20
    assert max(waits) > 280


def test_success_forgives_everything() -> None:
    pace = _pace()
    for _ in range(12):
        pace.failed()
    pace.succeeded()
    assert pace.next(now=0.0) <= IDLE_SECONDS * 1.2


def test_a_wait_that_the_hub_asks_for_is_kept_but_never_above_five_minutes() -> None:
    pace = _pace()
    pace.failed(wait=40)
    assert all(40 <= pace.next(now=0.0) <= LONGEST_SECONDS for _ in range(50))
    pace.failed(wait=86_400)
    assert pace.next(now=0.0) <= LONGEST_SECONDS


def test_a_site_that_waits_for_approval_asks_slowly() -> None:
    pace = _pace()
    pace.refused()
    assert pace.next(now=0.0) == LONGEST_SECONDS
