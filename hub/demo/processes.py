"""Starts and stops the demo's servers as processes of their own, on free loopback ports."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 30
STOP_SECONDS = 10
# One interpreter for all of them: to start one takes longer than what the commands do.
_ONE_BY_ONE = """
import importlib, json, sys
program = importlib.import_module(sys.argv[1]).main
for line in json.loads(sys.argv[2]):
    program(line, standalone_mode=False)
"""


class ProcessError(Exception):
    """A program of the demo failed; the message holds the end of what it printed."""


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Program:
    """One of the two products in a data folder of its own: its settings, its command line, its server."""

    module: str
    folder: Path
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    _running: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What the server printed."""
        return self.folder / "server.log"

    def environment(self) -> dict[str, str]:
        """The program's settings and nothing of the caller's but what finds Python."""
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ
        }
        return {**kept, **self.settings}

    def commands(self, *lines: tuple[str, ...]) -> str:
        """Run command lines one after another and return what they printed. Raises ProcessError when one fails."""
        self.folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-c", _ONE_BY_ONE, self.module, json.dumps(lines)],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode != 0:
            raise ProcessError(
                f"{self.module} {[line[0] for line in lines]} failed:\n{done.stdout[-1500:]}\n{done.stderr[-3000:]}"
            )
        return done.stdout

    def start(self) -> None:
        """Start the server and wait until it answers. Raises ProcessError when it does not."""
        with self.log.open("ab") as out:
            self._running = subprocess.Popen(
                [sys.executable, "-m", self.module, "run", "--host", "127.0.0.1", "--port", str(self.port)],
                env=self.environment(),
                stdout=out,
                stderr=out,
            )
        self._wait_until_it_answers(self._running)

    def _wait_until_it_answers(self, running: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if running.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        printed = self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
        raise ProcessError(f"{self.module} did not start on port {self.port}:\n{printed}")

    def stop(self) -> None:
        """Ask the server to stop, and end it if it does not."""
        if self._running is None:
            return
        self._running.terminate()
        try:
            self._running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait(STOP_SECONDS)
        self._running = None

    def kill(self) -> None:
        """As a power cut would."""
        if self._running is not None:
            self._running.kill()
            self._running.wait(STOP_SECONDS)
            self._running = None
