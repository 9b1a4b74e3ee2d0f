"""Measures the signed door and a site's desk against baselines in the same run, and prints the ratios. `make bench`.

Figures are of this machine; take the ratios. Nothing here fails: limits on time do not belong in a test that others
wait for. `make bench ARGS=desk` measures the pages of the desk alone.
"""

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console
from rich.table import Table

from hub import database
from protocol.envelope import open_envelope
from protocol.messages.transport import Hello
from tests.bench import site_desk
from tests.support.hub import HubUnderTest, hub_config

SECONDS = 1.5
"""Processor time a measurement gets."""


def rate(work: Callable[[], int]) -> float:
    """How many units `work` does in a second of processor time; it returns how many each call did."""
    work()
    done, began = 0, time.process_time()
    while (spent := time.process_time() - began) < SECONDS:
        done += work()
    return done / spent


def bare_verify() -> Callable[[], int]:
    """The signature check alone, on a message of the usual size."""
    key, message = Ed25519PrivateKey.generate(), b"x" * 400
    public, signature = key.public_key(), key.sign(message)

    def work() -> int:
        public.verify(signature, message)
        return 1

    return work


def bare_insert(folder: Path, at_once: int) -> Callable[[], int]:
    """Rows of the same size kept durably by SQLite alone, `at_once` a commit."""
    base = sqlite3.connect(folder / f"bare-{at_once}.sqlite", isolation_level=None)
    base.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (n INTEGER, a TEXT, b TEXT)"
    )
    row = ("t" * 600, "r" * 700)

    def work() -> int:
        base.execute("BEGIN IMMEDIATE")
        base.executemany("INSERT INTO t VALUES (1, ?, ?)", [row] * at_once)
        base.execute("COMMIT")
        return at_once

    return work


def accepting(hub: HubUnderTest, at_once: int) -> Callable[[], int]:
    """Tokens that the hub's door takes: posted, verified, acted on, committed, receipts signed."""
    site = hub.site()
    body = Hello(epoch=1, version=1)

    def work() -> int:
        tokens = [site.token(body) for _ in range(at_once)]
        answer = site.submit(*tokens)
        assert answer.status_code == 200, answer.text
        return at_once

    return work


def opening(hub: HubUnderTest) -> Callable[[], int]:
    """One message opened by every rule of the envelope."""
    site = hub.site()
    token, keyring, now = site.token(Hello(epoch=1, version=1)), hub.log().keyring(), hub.now

    def work() -> int:
        open_envelope(token, keyring, now, audience="hub")
        return 1

    return work


def main() -> int:
    """Measure and print."""
    if "desk" not in sys.argv[1:]:
        signed_door()
    desk_pages()
    return 0


def signed_door() -> None:
    """What the hub's door does in a second of processor time."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = hub_config(
            folder / "hub", f"sqlite:///{folder / 'hub.sqlite'}", calls_per_second=10**6, calls_at_once=10**6
        )
        database.upgrade(config.sqlalchemy_url)
        hub = HubUnderTest.start(config)
        try:
            rows = [
                ("signature check", rate(bare_verify()), "opening a message", rate(opening(hub))),
                (
                    "SQLite, 1 a commit",
                    rate(bare_insert(folder, 1)),
                    "door, 1 a POST",
                    rate(accepting(hub, 1)),
                ),
                (
                    "SQLite, 50 a commit",
                    rate(bare_insert(folder, 50)),
                    "door, 50 a POST",
                    rate(accepting(hub, 50)),
                ),
            ]
        finally:
            hub.stop()
    table = Table("baseline", "per s", "ours", "per s", "ratio", title="Per second of processor time")
    for baseline, theirs, ours, mine in rows:
        table.add_row(baseline, f"{theirs:,.0f}", ours, f"{mine:,.0f}", f"1 : {theirs / mine:.1f}")
    Console().print(table)
    print(json.dumps({ours: round(mine) for _, _, ours, mine in rows}))


def desk_pages() -> None:
    """Today and the lists of a site with five years of requests, beside a page of plain words and a small site."""
    with tempfile.TemporaryDirectory() as name:
        measured = site_desk.measure(Path(name))
    title = f"Milliseconds a page, 95 of 100 times (at most {site_desk.LIMIT_MS:.0f} are wanted)"
    requests = f"{site_desk.N_REQUESTS:,} requests"
    columns = (
        "page",
        "plain words",
        "what is open",
        requests,
        "half of times",
        "processor",
        "queries",
        "ratio",
    )
    table = Table(*columns, title=title)
    for page, plain, small, large in measured:
        figures = (plain.p95, small.p95, large.p95, large.p50, large.cpu95)
        ratio = f"1 : {large.p95 / plain.p95:.1f}"
        table.add_row(page, *(f"{each:.1f}" for each in figures), str(large.n_queries), ratio)
    Console(width=120).print(table)
    print(json.dumps({page: round(large.p95, 1) for page, _, _, large in measured}))


if __name__ == "__main__":
    sys.exit(main())
