"""The demo's visitor presses buttons as a browser does, and enters nothing that the page does not offer."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, request
from werkzeug.serving import make_server

from hub.demo.visitor import VisitError, Visitor

PAGE = """<title>Today</title><form method="post" id="press"><input type="hidden" name="token" value="t"></form>
<button form="press" formaction="/ask?of=1" name="who" value="wen">Ask Wen</button>
<form method="post" action="/send"><input type="radio" name="go" value="yes"><button>Send</button></form>"""


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: PAGE, endpoint="page")
    app.add_url_rule(
        "/<path:path>",
        view_func=lambda path: f"{request.full_path} {sorted(request.form.items())}",
        endpoint="echo",
        methods=["POST"],
    )
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield Visitor(f"http://cedar.localhost:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_button_beside_its_form_goes_to_an_address_of_its_own(visitor: Visitor) -> None:
    visitor.open("/")
    assert visitor.press("Ask").text == "/ask?of=1 [('token', 't'), ('who', 'wen')]"


def test_a_button_without_one_goes_where_its_form_goes(visitor: Visitor) -> None:
    visitor.open("/")
    assert visitor.press("Send", go="yes").text == "/send? [('go', 'yes')]"


@pytest.mark.parametrize("fields", [{"reason": "x"}, {"go": "no"}])
def test_what_the_page_does_not_offer_cannot_be_entered(visitor: Visitor, fields: dict[str, str]) -> None:
    visitor.open("/")
    with pytest.raises(VisitError):
        visitor.press("Send", None, **fields)
