"""Writes the vectors: `python -m tests.vectors.generate`. The same code always writes the same bytes.

A frozen vector is a promise to other implementations. A change to one that stood in a release is a change of
the protocol; new ones are added beside the old.
"""

import json
from pathlib import Path
from typing import Any

from protocol.messages import REGISTRY
from tests.vectors import refused_envelope, refused_jose, refused_schema, sequences, valid

FOLDER = Path(__file__).parent
TYPES_FILE = FOLDER.parent / "interop" / "types.json"


def build() -> dict[str, list[dict[str, Any]]]:
    """All vectors, by the name of their file without its ending."""
    return {
        **valid.build(),
        "jose": refused_jose.build(),
        "envelope": refused_envelope.build(),
        "schema": refused_schema.build(),
        "sealed": refused_envelope.build_sealed(),
        "state": sequences.build(),
    }


def texts() -> dict[Path, str]:
    """What belongs into each file, the table of who sends which type included."""
    files = {FOLDER / f"{name}.json": _text(cases) for name, cases in build().items()}
    return {**files, TYPES_FILE: _text({name: body.FROM for name, body in sorted(REGISTRY.items())})}


def _text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text, encoding="ascii")
