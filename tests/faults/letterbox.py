"""The folder into which an agent of these tests puts its mail, as bytes that would have gone to a mail server."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.launcher import until

_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Mail:
    """One mail: the bytes, to whom, and what a reader sees."""

    raw: bytes
    to: str
    subject: str
    body: str

    @property
    def link(self) -> str:
        """The link it holds, or nothing."""
        found = _LINK.search(self.body)
        return found.group(0) if found else ""


class Letterbox:
    """In the order of arrival."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._folder = folder
        self._names: list[str] = []

    def all(self) -> list[Mail]:
        """Every mail so far."""
        fresh = [path for path in self._folder.glob("*.eml") if path.name not in self._names]
        self._names += [path.name for path in sorted(fresh, key=lambda path: path.stat().st_mtime_ns)]
        return [_read((self._folder / name).read_bytes()) for name in self._names]

    def count(self) -> int:
        """How many there are."""
        return len(self.all())

    def wait_for(self, after: int, when: Callable[[Mail], bool]) -> Mail:
        """The first such mail after the first `after`."""
        found: Mail = until(
            f"mail in {self._folder}",
            lambda: next((mail for mail in self.all()[after:] if mail.link and when(mail)), None),
        )
        return found


def _read(raw: bytes) -> Mail:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    text = message.get_body(("plain",))
    body = text.get_content() if text is not None else ""
    return Mail(raw, str(message["to"]), str(message["subject"]), body)
