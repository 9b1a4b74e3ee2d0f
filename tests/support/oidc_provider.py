"""Starts the real OpenID Connect provider of tests/ui/oidc_provider and clicks through its login page."""

from __future__ import annotations

import fcntl
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import requests

FOLDER = Path(__file__).resolve().parents[1] / "ui" / "oidc_provider"
CLIENT_ID, CLIENT_SECRET = "alongside", "client-secret"
CALLBACK = "https://localhost/sign-in/provider/callback"
WAIT_SECONDS = 30
MOST_STEPS = 20


def install() -> None:
    """Install the provider's packages from its lock file, unless they are there; one test process at a time."""
    lock, installed = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".package-lock.json"
    with (FOLDER / "package.json").open() as only_one:
        fcntl.flock(only_one, fcntl.LOCK_EX)
        if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
            command = ["npm", "ci", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=FOLDER, check=True, capture_output=True)


@contextmanager
def running_provider() -> Iterator[str]:
    """Run the provider; gives its issuer, an address on this machine."""
    install()
    process = subprocess.Popen(
        ["node", "provider.mjs"],
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(WAIT_SECONDS)
        process.stdout.close()


def log_in(authorize_url: str, subject: str) -> str:
    """Log in at the provider and agree, as somebody in a browser would; returns the callback's path and query."""
    return _walk(authorize_url, subject)


def give_up(authorize_url: str) -> str:
    """Cancel on the provider's login page; returns the callback's path and query."""
    return _walk(authorize_url, None)


def _walk(url: str, subject: str | None) -> str:
    with requests.Session() as browser:
        answer = browser.get(url, allow_redirects=False, timeout=WAIT_SECONDS)
        for _ in range(MOST_STEPS):
            if answer.is_redirect:
                url = urljoin(answer.url, answer.headers["Location"])
                if url.startswith(CALLBACK):
                    return url.removeprefix("https://localhost")
                answer = browser.get(url, allow_redirects=False, timeout=WAIT_SECONDS)
                continue
            answer.raise_for_status()
            if subject is None:
                url = urljoin(answer.url, _found(r'href="([^"]+/abort)"', answer.text))
                answer = browser.get(url, allow_redirects=False, timeout=WAIT_SECONDS)
                continue
            fields = {"prompt": _found(r'name="prompt" value="(\w+)"', answer.text)}
            if fields["prompt"] == "login":
                fields |= {"login": subject, "password": "any"}
            action = urljoin(answer.url, _found(r'action="([^"]+)"', answer.text))
            answer = browser.post(action, data=fields, allow_redirects=False, timeout=WAIT_SECONDS)
    raise AssertionError(f"the provider did not lead back in {MOST_STEPS} steps")


def _found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match, f"the provider's page has no {pattern}"
    return match[1]
