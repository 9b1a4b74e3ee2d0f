"""What a child of the zygote becomes: the shipped command line, with the clock, the pace and the crash point of a test.

Nothing of this is in the shipped programs: they are given a clock, and their signals are listened to.
"""

from __future__ import annotations

import ctypes
import functools
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hub.cli
import hub.dashboard
import hub.inbox
import hub.public
import hub.steps
import site_agent.cli
import site_agent.clock.loop
import site_agent.link.inbox
import site_agent.link.steps
import site_agent.public
import site_agent.services.pins
import site_agent.web
import ui.signin.passwords
from site_agent.link.pace import Pace
from site_agent.link.state import link_of
from tests.faults.injected import CHEAP, CrashPoint, FileClock
from ui.clock import Clock

PROGRAMS: dict[str, Any] = {"hub": hub.cli, "agent": site_agent.cli}
_PR_SET_PDEATHSIG = 1


class EvenPace(Pace):
    """An exchange every so many seconds, whatever happened; SIGUSR1 brings one at once, as a press on a page does."""

    def first(self) -> float:
        return 0.0

    def next(self, now: float) -> float:
        return self.idle


def become(order: dict[str, Any], parent: int) -> None:
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
    cheap = functools.partial(ui.signin.passwords.PasswordHasher, **CHEAP)
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
