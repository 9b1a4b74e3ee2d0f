"""Looks for words in bytes in every dress that they could wear, and inside every signed token."""

from __future__ import annotations

import base64
import email
import email.policy
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

_TOKEN = re.compile(rb"([A-Za-z0-9_-]{8,})\.([A-Za-z0-9_-]{8,})\.([A-Za-z0-9_-]{8,})")


def dresses(word: str) -> dict[str, list[bytes]]:
    """The ways in which a word may stand in a file. Hex and percent-encoding are looked for in either case."""
    plain = word.encode()
    escaped = json.dumps(word)[1:-1].encode()
    kinds = {
        "raw": [plain, escaped],
        "utf-16-le": [word.encode("utf-16-le")],
        "utf-16-be": [word.encode("utf-16-be")],
    }
    hexed = [form.hex() for form in (plain, word.encode("utf-16-le"), word.encode("utf-16-be"))]
    kinds["hex"] = [form.encode() for each in hexed for form in (each, each.upper())]
    for safe in ("", "@+-. "):
        each = quote(plain, safe=safe)
        kinds.setdefault("percent", []).extend([each.encode(), each.lower().encode()])
    kinds["percent"] += [quote(plain, safe="").replace("%20", "+").encode()]
    kinds["percent"] += ["".join(f"%{byte:02{letter}}" for byte in plain).encode() for letter in "xX"]
    kinds["base64"] = [middle for form in (plain, escaped) for middle in _base64(form)]
    return kinds


def _base64(form: bytes) -> Iterator[bytes]:
    """What is the same at each of the three alignments, whatever stands before and after; both alphabets."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + form)
        first = -(-before * 8 // 6)
        last = (before + len(form)) * 8 // 6
        yield encoded[first:last]
        yield encoded[first:last].translate(bytes.maketrans(b"+/", b"-_"))


def found_in(data: bytes, words: Iterable[str]) -> set[tuple[str, str]]:
    """(word, dress) for each that stands in the bytes, or in what a token among them says."""
    pieces = {"": data} | {"in a token, ": b"\n".join(_said(data))}
    return {
        (word, where + dress)
        for word in words
        for dress, forms in dresses(word).items()
        for where, piece in pieces.items()
        for form in forms
        if form in piece
    }


def _said(data: bytes, depth: int = 4) -> Iterator[bytes]:
    """What the header and the body of each token in the bytes say, tokens inside of tokens included."""
    for match in _TOKEN.finditer(data):
        for part in match.groups()[:2]:
            try:
                plain = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
                said = json.dumps(json.loads(plain), ensure_ascii=False).encode()
            except ValueError:
                continue
            yield plain
            yield said
            if depth:
                yield from _said(said, depth - 1)


def of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below it, and every database once more value by value: a long value is cut up in the file."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()
    for path in sorted(folder.rglob("*.sqlite")):
        yield f"{path.relative_to(folder)}, value by value", b"\n".join(_values(path))


def _values(path: Path) -> Iterator[bytes]:
    for value in every_value(path):
        yield value if isinstance(value, bytes) else str(value).encode()


def every_value(path: Path, *but: str) -> list[Any]:
    """Every value of every table but these."""
    connection = sqlite3.connect(path)
    try:
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        rows = [
            connection.execute(f'select * from "{name}"').fetchall() for (name,) in tables if name not in but
        ]
        return [value for table in rows for row in table for value in row if value is not None]
    finally:
        connection.close()


def of_mail(raw: bytes) -> bytes:
    """A mail as it travels, and what its reader sees."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part.get_payload(decode=True) or b"" for part in message.walk() if not part.is_multipart()]
    headers = [f"{name}: {value}".encode() for name, value in message.items()]
    return b"\n".join([raw, *headers, *parts])
