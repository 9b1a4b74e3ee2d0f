"""The process that every hub and agent of these tests is forked from: it has imported both, and run them once.

Started as `python -m tests.faults.zygote`; one order a line of JSON on its input, one answer a line on its output.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.reason import teach
from tests.support import routes, statements, templates


def main() -> None:
    """Take orders until the input ends; then no child is left."""
    teach()
    routes.share()
    statements.share()
    templates.share()
    from tests.faults.programs import become

    warm_up()
    children: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        answer = start(order, children, become) if "start" in order else reap(order["reap"], children)
        print(json.dumps(answer), flush=True)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def warm_up() -> None:
    """One match from end to end, so that no child has to work out anew what is the same for each of them."""
    from tests.support.federation import Federation

    with tempfile.TemporaryDirectory(prefix="alongside-zygote-") as folder:
        federation = Federation(Path(folder))
        home = federation.site("Kettle")
        federation.site("Selkirk", "Dr Supporter")
        federation.settle()
        home.asks()
        federation.settle()
        federation.confirm()
        federation.close_down()
    gc.collect()
    gc.freeze()  # else each child's collector would touch, and so copy, all of the zygote's memory


def start(order: dict[str, Any], children: set[int], become: Callable[[dict[str, Any], int], None]) -> int:
    """Fork a child for this order; its process id."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        become(order, parent)
    children.add(pid)
    return pid


def reap(pid: int, children: set[int]) -> int:
    """The exit code of a child that has ended, as `subprocess` gives it: -9 for SIGKILL."""
    _, status = os.waitpid(pid, 0)
    children.discard(pid)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
