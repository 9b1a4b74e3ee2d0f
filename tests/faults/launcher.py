"""Starts the hub and agents as processes of their own, kills them at marked points, and moves time for all of them."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

START_SECONDS = 60
STOP_SECONDS = 20
WAIT_SECONDS = 60
LOOK_SECONDS = 0.01
KILLED = -signal.SIGKILL
_orders = count(1)


class LauncherError(Exception):
    """A process did not do what a test needs; the message holds the end of what it printed."""


class Zygote:
    """Has imported everything once; each server is forked from it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lock = threading.Lock()

    def ask(self, order: dict[str, Any]) -> int:
        """Give one order and wait for its answer."""
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            print(json.dumps(order), file=self._process.stdin, flush=True)
            answer = self._process.stdout.readline()
        if not answer:
            raise LauncherError("the zygote ended")
        return int(answer)

    def close(self) -> None:
        """End it, and every child that is left."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(STOP_SECONDS)
        self._process.stdout.close()


@dataclass
class Child:
    """A running process. `code` waits for its end."""

    zygote: Zygote
    pid: int
    _fd: int = -1

    def __post_init__(self) -> None:
        self._fd = os.pidfd_open(self.pid)

    def has_ended(self, seconds: float = 0) -> bool:
        """Whether it is over, at the latest after so many seconds."""
        return bool(select.select([self._fd], [], [], seconds)[0])

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; one that has ended gets none."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._fd, number)

    def code(self, seconds: float = STOP_SECONDS) -> int:
        """Its exit code, negative for a signal. Raises LauncherError if it does not end. Asked once."""
        if not self.has_ended(seconds):
            raise LauncherError(f"process {self.pid} does not end")
        os.close(self._fd)
        return self.zygote.ask({"reap": self.pid})


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One product over a data folder: `kind` is hub or agent. Its port stays the same from start to start.

    `pace`: seconds between the exchanges, and between the rounds of the clock, of an agent.
    """

    zygote: Zygote
    kind: str
    folder: Path
    clock: Path
    settings: dict[str, str]
    pace: float = 0.5
    port: int = field(default_factory=free_port)
    _child: Child | None = None

    @property
    def log(self) -> Path:
        """What it printed, from all its starts."""
        return self.folder.with_name(f"{self.folder.name}.log")

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._child is not None and not self._child.has_ended()

    def run(self, *words: str) -> str:
        """One command of its command line; what it printed. Raises LauncherError if it fails."""
        output = self.folder.with_name(f"{self.folder.name}.{next(_orders)}.out")
        code = self._fork(output, words).code(START_SECONDS)
        printed = output.read_text()
        output.unlink()
        if code != 0:
            raise LauncherError(f"{self.kind} {words} ended with {code}: {printed[-3000:]}")
        return printed

    def start(self) -> None:
        """Serve, and wait until it does. Raises LauncherError."""
        self._child = self._fork(self.log, ["run", "--host", "127.0.0.1", "--port", str(self.port)])
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and not self._child.has_ended(LOOK_SECONDS):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
        raise LauncherError(f"{self.kind} did not start: {self.log.read_text()[-3000:]}")

    def wake(self) -> None:
        """A person pressed something: an agent exchanges at once."""
        if self._child is not None:
            self._child.signal(signal.SIGUSR1)

    def ask_to_stop(self) -> None:
        """`stop` without waiting, so that several end side by side."""
        if self._child is not None:
            self._child.signal(signal.SIGTERM)

    def stop(self) -> None:
        """As the system does at shutdown."""
        self._end(signal.SIGTERM, 0)

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL, KILLED)

    def arm(self, point: str, n: int) -> None:
        """From now on, die at the n-th time that this marked point is reached."""
        fresh = self._crash.with_suffix(".new")
        fresh.write_text(f"{point} {n} {next(_orders)}")
        fresh.replace(self._crash)

    def disarm(self) -> None:
        """No marked point matters any more."""
        self._crash.unlink(missing_ok=True)

    def died(self, seconds: float = 0) -> int | None:
        """The exit code if it has ended by itself, which is then taken note of; None if it runs or was not started."""
        if self._child is None or not self._child.has_ended(seconds):
            return None
        code = self._child.code()
        self._child = None
        return code

    @property
    def _crash(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.crash")

    def _fork(self, log: Path, words: Any) -> Child:
        order = {
            "start": self.kind, "words": list(words), "settings": self.settings, "log": str(log),
            "clock": str(self.clock), "crash": str(self._crash), "pace": self.pace,
        }  # fmt: skip
        return Child(self.zygote, self.zygote.ask(order))

    def _end(self, number: signal.Signals, expected: int) -> None:
        if self._child is None:
            return
        self._child.signal(number)
        code, self._child = self._child.code(), None
        if code != expected:
            raise LauncherError(f"{self.kind} ended with {code}: {self.log.read_text()[-3000:]}")


def until(what: str, check: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
    """Look again until it is so, and return what was found. Raises LauncherError when it never becomes so."""
    end = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > end:
            raise LauncherError(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(LOOK_SECONDS)
    return found
