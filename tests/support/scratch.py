"""Where tests leave their files, and folders that serve a whole test process and go when it ends."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Bytes that have to be free there: a container may give 64 MB, and a run leaves some hundred."""


def use_memory() -> None:
    """Keep what tests write in memory where the system offers it: nothing of it has to outlive a power cut, and a
    disk takes a good part of the run for promising that it would."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def scratch(prefix: str) -> Path:
    """A new folder, removed when this process ends; one that was forked from it leaves it alone."""
    folder, owner = Path(tempfile.mkdtemp(prefix=prefix)), os.getpid()

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder
