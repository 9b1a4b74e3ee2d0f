"""How often somebody may call."""

from hub.api.buckets import Buckets


class Ticks:
    """Seconds that pass when the test says so."""

    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


def test_saved_up_calls_are_spent_and_come_back_with_time():
    ticks = Ticks()
    buckets = Buckets(per_second=2, at_once=3, elapsed=ticks)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    ticks.at = 0.5
    assert [buckets.take("a"), buckets.take("a")] == [0, 0.5]


def test_no_more_is_saved_than_the_bucket_holds():
    ticks = Ticks()
    buckets = Buckets(per_second=2, at_once=1, elapsed=ticks)
    buckets.take("a")
    ticks.at = 1_000.0
    assert [buckets.take("a"), buckets.take("a")] == [0, 0.5]


def test_each_caller_has_a_bucket():
    buckets = Buckets(per_second=1, at_once=1, elapsed=Ticks())
    assert [buckets.take("a"), buckets.take("b")] == [0, 0]


def test_full_buckets_are_forgotten(monkeypatch):
    monkeypatch.setattr("hub.api.buckets._MOST", 10)
    ticks = Ticks()
    buckets = Buckets(per_second=1, at_once=2, elapsed=ticks)
    for number in range(10):
        buckets.take(str(number))
    ticks.at = 5.0
    buckets.take("new")
    assert list(buckets._left) == ["new"]
