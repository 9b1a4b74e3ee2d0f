"""Somebody at a browser without script: opens pages, fills in forms, presses buttons, keeps cookies.

The demo and the tests with real processes use the product through its own pages, as people do. A visitor talks to
one server on loopback under that server's own host name, which the machine's resolver need not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

TIMEOUT_SECONDS = 30
MAX_REDIRECTS = 8


class VisitError(Exception):
    """The page is not what the visitor expected; the message shows the headings and errors that it had."""


@dataclass
class Form:
    """One form of a page: where it goes, its buttons, and the values it holds."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, set[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """(words, name, value)"""
    elsewhere: dict[str, str] = field(default_factory=dict)
    """Words of buttons that send the form to an address of their own, and the address."""
    files: set[str] = field(default_factory=set)
    name: str = ""
    """Its `id`: a button elsewhere on the page may belong to it."""


class _Reader(HTMLParser):
    """Collects forms, links, headings and error lines; nothing of the looks."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.title = ""
        self._form: Form | None = None
        self._select: tuple[str, list[str], list[str]] | None = None
        self._catch: list[tuple[str, dict[str, str], list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(a.get("action", ""), a.get("method", "get").lower(), name=a.get("id", ""))
            self.forms.append(self._form)
        elif tag == "input" and self._form is not None:
            self._input(self._form, a)
        elif tag == "select" and self._form is not None:
            self._select = (a.get("name", ""), [], [])
        elif tag == "option" and self._select is not None:
            self._select[1].append(a.get("value", ""))
            if "selected" in a:
                self._select[2].append(a.get("value", ""))
        elif tag in {"a", "button", "title", "textarea"}:
            self._catch.append((tag, a, []))

    def _input(self, form: Form, a: dict[str, str]) -> None:
        kind, name = a.get("type", "text"), a.get("name", "")
        if kind == "submit":
            form.buttons.append((a.get("value", ""), name, a.get("value", "")))
        elif kind == "file":
            form.files.add(name)
        elif kind in {"radio", "checkbox"}:
            value = a.get("value", "on")
            form.choices.setdefault(name, set()).add(value)
            if "checked" in a:
                form.values.setdefault(name, []).append(value)
        elif name:
            form.values.setdefault(name, []).append(a.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select is not None and self._form is not None:
            name, options, chosen = self._select
            self._form.choices[name] = set(options)
            self._form.values[name] = chosen or options[:1]
            self._select = None
        elif self._catch and self._catch[-1][0] == tag:
            self._caught(*self._catch.pop())

    def _caught(self, tag: str, a: dict[str, str], pieces: list[str]) -> None:
        words = " ".join("".join(pieces).split())
        if tag == "a":
            self.links.append((words, a.get("href", "")))
        elif tag == "title":
            self.title = words
        elif tag == "textarea" and self._form is not None:
            self._form.values.setdefault(a.get("name", ""), []).append("".join(pieces))
        elif tag == "button":
            owner = next(
                (each for each in self.forms if each.name and each.name == a.get("form")), self._form
            )
            if owner is not None:
                owner.buttons.append((words, a.get("name", ""), a.get("value", "")))
                if a.get("formaction"):
                    owner.elsewhere[words] = a["formaction"]

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        for _, _, pieces in self._catch:
            pieces.append(data)


@dataclass
class Page:
    """What came back."""

    status: int
    path: str
    html: str
    title: str
    text: str
    forms: list[Form]
    links: list[tuple[str, str]]

    def link(self, words: str) -> str:
        """The target of the first link whose words hold `words`. Raises VisitError."""
        for each, href in self.links:
            if words.lower() in each.lower():
                return href
        raise VisitError(f"no link {words!r} on {self.summary()}")

    def form_with(self, button: str) -> tuple[Form, tuple[str, str, str]]:
        """The first form that has a button with these words. Raises VisitError."""
        for form in self.forms:
            for each in form.buttons:
                if button.lower() in each[0].lower():
                    return form, each
        raise VisitError(f"no button {button!r} on {self.summary()}")

    def summary(self) -> str:
        """Enough of the page to see what went wrong."""
        buttons = [words for form in self.forms for words, _, _ in form.buttons]
        return f"{self.path} ({self.status}, {self.title!r}, buttons {buttons}): {self.text[:2500]}"


class Visitor:
    """One person at one server. `base` is the server's public URL, for example http://cedar.localhost:8123."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self.base = base.rstrip("/")
        self._host = parts.netloc
        self._door = f"http://127.0.0.1:{parts.port}"
        self._session = requests.Session()
        self._session.trust_env = False
        self.page = Page(0, "", "", "", "", [], [])

    def open(self, target: str) -> Page:
        """GET a path, or a whole URL of this server."""
        return self._go("get", target)

    def follow(self, words: str) -> Page:
        """Press the link with these words."""
        return self.open(urljoin(self.page.path, self.page.link(words)))

    def press(
        self, button: str, files: dict[str, tuple[str, bytes]] | None = None, **fields: str | list[str]
    ) -> Page:
        """Fill in the form that has this button, and press it. A field that the form lacks is an error."""
        form, (words, name, value) = self.page.form_with(button)
        data = {each: list(values) for each, values in form.values.items()}
        for raw, given in fields.items():
            each = raw if raw in data or raw in form.choices else raw.replace("__", "-")
            if each not in data and each not in form.choices:
                raise VisitError(f"no field {each!r} beside {button!r} on {self.page.summary()}")
            data[each] = [given] if isinstance(given, str) else list(given)
            strange = set(data[each]) - form.choices.get(each, set(data[each]))
            if strange:
                raise VisitError(f"{each} has no choice {strange}; it has {sorted(form.choices[each])}")
        if name:
            data[name] = [value]
        action = form.elsewhere.get(words, form.action)
        target = urljoin(self.page.path, action) if action else self.page.path
        if form.method == "get":
            return self._go("get", target, params=data)
        return self._go("post", target, data=data, files=files)

    def expect(self, words: str) -> Page:
        """The page holds these words. Raises VisitError."""
        if words.lower() not in self.page.text.lower():
            raise VisitError(f"expected {words!r} on {self.page.summary()}")
        return self.page

    def _go(
        self,
        method: str,
        target: str,
        data: dict[str, list[str]] | None = None,
        files: dict[str, tuple[str, bytes]] | None = None,
        params: dict[str, list[str]] | None = None,
    ) -> Page:
        for _ in range(MAX_REDIRECTS):
            parts = urlsplit(target)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            answer = self._session.request(
                method,
                self._door + (path or "/"),
                data=data,
                files=files,
                params=params,
                headers={"Host": self._host, **self._cookies()},
                allow_redirects=False,
                timeout=TIMEOUT_SECONDS,
            )
            if not answer.is_redirect:
                return self._read(path, answer)
            target = urljoin(target, answer.headers["Location"])
            method, data, files, params = "get", None, None, None
        raise VisitError(f"too many redirects, the last to {target}")

    def _cookies(self) -> dict[str, str]:
        """Browsers send secure cookies to *.localhost without TLS; requests would keep them back."""
        pairs = [f"{cookie.name}={cookie.value}" for cookie in self._session.cookies]
        return {"Cookie": "; ".join(pairs)} if pairs else {}

    def _read(self, path: str, answer: requests.Response) -> Page:
        reader = _Reader()
        reader.feed(answer.text)
        text = " ".join("".join(reader.text).split())
        self.page = Page(
            answer.status_code, path, answer.text, reader.title, text, reader.forms, reader.links
        )
        return self.page
