"""The process that every hub and agent of these tests is forked from: it has imported both once.

Started as `python -m tests.faults.zygote`; one order a line of JSON on its input, one answer a line on its output. A
child runs the shipped command line as it is, but gives the app that it makes the clock, the pace and the crash point
of the test. Nothing of this is in the shipped programs.
"""

from __future__ import annotations

import ctypes
import functools
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hub.cli
import hub.dashboard
import hub.public
import hub.steps
import site_agent.cli
import site_agent.clock.loop
import site_agent.link.steps
import site_agent.services.pins
import site_agent.web
import ui.signin.passwords
from hub.inbox import HANDLERS as _HUB_HANDLERS
from site_agent.link.inbox import HANDLERS as _AGENT_HANDLERS
from site_agent.link.pace import Pace
from site_agent.link.state import link_of
from ui.clock import Clock

PRELOADED = (_HUB_HANDLERS, _AGENT_HANDLERS)
"""Read here so that no child spends its start on imports."""
PROGRAMS: dict[str, Any] = {"hub": hub.cli, "agent": site_agent.cli}
_PR_SET_PDEATHSIG = 1
_CHEAP = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


class FileClock(Clock):
    """Stands at the moment that a file holds, so that a test moves time for all processes at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.fromisoformat(self._path.read_text())

    def move_to(self, moment: datetime) -> None:
        """What time it is from now on, everywhere."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(moment.astimezone(UTC).isoformat())
        fresh.replace(self._path)


class EvenPace(Pace):
    """An exchange every so many seconds, whatever happened; SIGUSR1 brings one at once, as a press on a page does."""

    def first(self) -> float:
        return 0.0

    def next(self, now: float) -> float:
        return self.idle


class CrashPoint:
    """Ends the process as a power cut would, the n-th time that a marked point is reached.

    The order `point n id` stands in a file; with another order counting begins anew, with none nothing happens.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._order, self._count = path, "", 0
        self._lock = threading.Lock()

    def __call__(self, point: str) -> None:
        with self._lock:
            try:
                order = self._path.read_text()
            except FileNotFoundError:
                return
            if order != self._order:
                self._order, self._count = order, 0
            wanted, count, _ = order.split(" ")
            if point != wanted:
                return
            self._count += 1
            if self._count == int(count):
                os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Take orders until the input ends; then no child is left."""
    children: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        answer = start(order, children) if "start" in order else reap(order["reap"], children)
        print(json.dumps(answer), flush=True)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def start(order: dict[str, Any], children: set[int]) -> int:
    """Fork a child for this order; its process id."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(order, parent)
    children.add(pid)
    return pid


def reap(pid: int, children: set[int]) -> int:
    """The exit code of a child that has ended, as `subprocess` gives it: -9 for SIGKILL."""
    _, status = os.waitpid(pid, 0)
    children.discard(pid)
    return os.waitstatus_to_exitcode(status)


def _become(order: dict[str, Any], parent: int) -> None:
    """Never returns."""
    code = 70
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(code)
        _redirect(Path(order["log"]))
        for name in [name for name in os.environ if name.startswith("ALONGSIDE_")]:
            del os.environ[name]
        os.environ.update(order["settings"])
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        _inject(order)
        PROGRAMS[order["start"]].main(order["words"], standalone_mode=True)
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        logging.exception("The program ended")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _redirect(log: Path) -> None:
    for number, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        path = "/dev/null" if number == 0 else str(log)
        opened = os.open(path, flags | (os.O_CREAT | os.O_APPEND if number else 0), 0o600)
        os.dup2(opened, number)
        os.close(opened)


def _inject(order: dict[str, Any]) -> None:
    clock, pace = FileClock(Path(order["clock"])), float(order["pace"])
    cheap = functools.partial(ui.signin.passwords.PasswordHasher, **_CHEAP)
    for module in (ui.signin.passwords, site_agent.services.pins):
        module.PasswordHasher = cheap  # type: ignore[attr-defined]
    site_agent.clock.loop.EVERY_SECONDS = pace
    for program in PROGRAMS.values():
        program.create_app = _with(program.create_app, clock, pace)
    crash = CrashPoint(Path(order["crash"]))
    hub.steps.step.connect(crash, weak=False)
    site_agent.link.steps.step.connect(crash, weak=False)


def _with(create_app: Callable[..., Any], clock: Clock, pace: float) -> Callable[..., Any]:
    @functools.wraps(create_app)
    def create(config: Any) -> Any:
        app = create_app(config, clock)
        if "link" in app.extensions:
            link_of(app).pace = EvenPace(idle=pace)
            threading.Thread(target=_wake, args=(link_of(app).woken,), daemon=True).start()
        return app

    return create


def _wake(woken: threading.Event) -> None:
    while True:
        signal.sigwait({signal.SIGUSR1})
        woken.set()


if __name__ == "__main__":
    main()
