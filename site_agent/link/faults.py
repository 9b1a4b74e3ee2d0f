"""How a fault of this program is logged: which error, at which line, and nothing of what it was about."""

import traceback


def where(error: BaseException) -> str:
    """The error's type and the line that raised it. Its text may repeat a message's content, so it is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    place = f" at {last.filename}:{last.lineno}" if last else ""
    return f"{type(error).__name__}{place}"
