"""The server, run as a process of its own: it starts, answers, and stops cleanly when told."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pytest
import requests
from flask import Flask

from ui.serve import serve

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 30

# Speaks on stdout what the test waits for; "slow" answers only after the process was told to stop.
PROGRAM = """
import os, sys, threading
from flask import Flask, Response, request
from ui.serve import serve

app = Flask("served")
app.config["PROXY_HOPS"] = int(os.environ.get("HOPS", "0"))
app.config["MAX_CONTENT_LENGTH"] = 1000
stopping = threading.Event()
say = lambda word: print(word, flush=True)

@app.get("/")
def home():
    return str(request.headers.get("X-Forwarded-For"))

@app.post("/")
def take():
    return str(len(request.get_data()))

@app.get("/slow")
def slow():
    say("slow began")
    stopping.wait()
    return Response(b"x" * 40_000_000)

def work(stop):
    stop.wait()
    stopping.set()
    say("work stopped")

def fail(stop):
    raise ValueError("background trouble")

serve(app, "127.0.0.1", 0, background=[work, fail], ready=say)
say("served")
"""


class Served:
    """The running process; `line` waits for its next word."""

    def __init__(self, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PROGRAM],
            cwd=ROOT,
            env={"PATH": "", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.url = f"http://127.0.0.1:{int(self.line())}"

    def line(self) -> str:
        """The next line of the process's output, without its end."""
        assert self.process.stdout
        return self.process.stdout.readline().rstrip()

    def stop(self, number: signal.Signals) -> None:
        """Tell the process to stop, as a service manager or Ctrl-C does."""
        self.process.send_signal(number)

    def close(self) -> None:
        """End the process whatever it does."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream
            stream.close()

    def errors(self) -> str:
        """All it wrote to stderr; waits for its end."""
        stream: IO[str] | None = self.process.stderr
        assert stream
        return stream.read()


@pytest.fixture
def served() -> Iterator[Served]:
    server = Served()
    yield server
    server.close()


def test_it_answers_on_the_port_it_was_given(served: Served) -> None:
    answer = requests.get(served.url, timeout=WAIT_SECONDS)
    assert answer.status_code == 200
    assert "Server" not in answer.headers


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(served: Served, number: signal.Signals) -> None:
    requests.get(served.url, timeout=WAIT_SECONDS)
    served.stop(number)
    assert served.line() == "work stopped"
    assert served.line() == "served"
    assert served.process.wait(WAIT_SECONDS) == 0


def test_background_work_that_fails_is_logged_and_the_pages_go_on(served: Served) -> None:
    assert requests.get(served.url, timeout=WAIT_SECONDS).status_code == 200
    served.stop(signal.SIGTERM)
    errors = served.errors()
    assert "ValueError: background trouble" in errors
    assert errors.count("Traceback") == 1


def test_a_request_under_way_is_answered_in_full(served: Served) -> None:
    answers: list[bytes] = []
    asking = threading.Thread(
        target=lambda: answers.append(requests.get(served.url + "/slow", timeout=WAIT_SECONDS).content)
    )
    asking.start()
    assert served.line() == "slow began"
    served.stop(signal.SIGTERM)
    asking.join(WAIT_SECONDS)
    assert [len(answer) for answer in answers] == [40_000_000]
    assert served.process.wait(WAIT_SECONDS) == 0


def test_a_body_far_over_the_limit_is_refused_before_the_app(served: Served) -> None:
    assert requests.post(served.url, data=b"x" * 1000, timeout=WAIT_SECONDS).text == "1000"
    refused = requests.post(served.url, data=b"x" * 5000, timeout=WAIT_SECONDS)
    assert refused.status_code == 413
    assert refused.headers["Content-Type"].startswith("text/plain"), "the app would have sent a page"


@pytest.mark.parametrize(("hops", "seen"), [("0", "None"), ("1", "203.0.113.9")])
def test_forwarded_headers_reach_the_app_only_behind_a_proxy(hops: str, seen: str) -> None:
    server = Served(HOPS=hops)
    try:
        headers = {"X-Forwarded-For": "203.0.113.9"}
        assert requests.get(server.url, headers=headers, timeout=WAIT_SECONDS).text == seen
    finally:
        server.close()


def test_a_second_signal_while_the_first_is_heard_does_not_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[bool] = []

    class Heard(threading.Event):
        """The next signal comes while this one is being set, with its lock held."""

        def set(self) -> None:
            assert not inside, "it would wait for itself"
            inside.append(True)
            signal.raise_signal(signal.SIGTERM)
            super().set()
            inside.clear()

    monkeypatch.setattr("ui.serve.threading", SimpleNamespace(Event=Heard, Thread=threading.Thread))
    serve(Flask("twice"), "127.0.0.1", 0, ready=lambda _port: signal.raise_signal(signal.SIGTERM))
