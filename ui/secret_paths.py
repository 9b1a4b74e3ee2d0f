"""Keeps the secrets of magic links out of every log.

A link's token stands in the path, so it turns up wherever a path is logged: in "Exception on /o/… [GET]", in
a server's access log, in the text of an exception. Records are cleaned where they are made, because a filter
on one logger sees nothing of its children and one on a handler nothing of handlers added later.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable
from typing import Any

_lock = threading.Lock()
_formatter = logging.Formatter()


class SecretPathFilter(logging.Filter):
    """Cuts whatever follows a secret path's prefix out of a record: `/o/<token>/yes` becomes `/o/…`."""

    def __init__(self, prefixes: Iterable[str] = ()) -> None:
        super().__init__()
        self._prefixes: set[str] = set()
        self.add(prefixes)

    def add(self, prefixes: Iterable[str]) -> None:
        """Also cut after these prefixes, written as a path begins, such as `/o/`."""
        self._prefixes |= set(prefixes)
        longest_first = sorted(self._prefixes, key=len, reverse=True)
        alternatives = "|".join(re.escape(prefix) for prefix in longest_first)
        self._pattern = re.compile(rf"({alternatives})[^\s\"'<>]+" if alternatives else r"(?!)()")

    def cut(self, text: str) -> str:
        """The text without what follows the prefixes."""
        return self._pattern.sub(r"\1…", text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the record's message and traceback; every record is kept."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            return True  # arguments do not fit the message: logging reports that itself
        cut = self.cut(message)
        if cut != message:
            record.msg, record.args = cut, None
        if record.exc_info:
            record.exc_text = self.cut(_formatter.formatException(record.exc_info))
        return True


_filter = SecretPathFilter()


def keep_out_of_logs(prefixes: Iterable[str]) -> None:
    """From now on no log record of this process, whoever makes it, holds what follows these prefixes."""
    with _lock:
        _filter.add(prefixes)
        make = logging.getLogRecordFactory()
        if getattr(make, "cleans_secret_paths", False):
            return

        def clean_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
            record = make(*args, **kwargs)
            _filter.filter(record)
            return record

        clean_record.cleans_secret_paths = True  # type: ignore[attr-defined]
        logging.setLogRecordFactory(clean_record)
