"""The frame and parts of pages: what is in them, escaped, translated, and nothing the content policy refuses."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import html5lib
import pytest
from flask import session
from jinja2 import UndefinedError

from tests.support.styleguide import NOW, PAGES, create_styleguide

SHARED = sorted(Path("ui/templates").rglob("*.html"))


@pytest.fixture
def app():
    return create_styleguide(WTF_CSRF_ENABLED=False)


@pytest.fixture
def draw(app):
    """Render a line of template in a request."""
    with app.test_request_context("/requests/M4TD"):
        yield lambda source, **context: app.jinja_env.from_string(
            "{% import 'ui/parts.html' as parts with context %}" + source
        ).render(**context)


def text_of(html):
    return " ".join("".join(html5lib.parseFragment(html).itertext()).split())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_nothing_inline(app, path):
    html = app.test_client().get(path).text
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    for element in tree.iter():
        if isinstance(element.tag, str):
            assert element.tag != "style"
            assert not [name for name in element.attrib if name == "style" or str(name).startswith("on")]
            assert element.tag != "script" or element.get("src", "").startswith("/static/")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_what_to_do_in_danger(app, path):
    words = text_of(app.test_client().get(path).text)
    assert (
        "In immediate danger, call 9-1-1. For any suicide crisis, call or text 9-8-8, at any hour." in words
    )
    assert "If this website does not answer, call 250-555-0123." in words


def test_a_title_names_the_page_and_the_product(app):
    assert "<title>Today – Alongside Prince George</title>" in app.test_client().get("/").text


def test_the_footer_links_to_the_pages_the_app_has(app):
    html = app.test_client().get("/").text
    assert re.findall(r'href="/(help|privacy|accessibility)"', html) == ["help", "privacy", "accessibility"]
    del app.view_functions["privacy"]
    html = app.test_client().get("/").text
    assert 'href="/privacy"' not in html


def test_navigation_marks_this_page_and_this_section(app):
    client = app.test_client()
    assert re.search(r'href="/"\s+aria-current="page"', client.get("/").text)
    assert re.search(r'href="/requests/M4TD"\s+aria-current="true"', client.get("/requests/new").text)
    assert "aria-current" not in client.get("/live").text.replace('aria-current="page"', "", 1)


def test_the_way_out_is_a_form_with_a_token():
    html = create_styleguide().test_client().get("/").text
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    (way_out,) = [form for form in tree.iter("form") if "Sign out" in "".join(form.itertext())]
    assert way_out.get("method") == "post"
    assert [field.get("name") for field in way_out.iter("input")] == ["csrf_token"]


def test_static_files_change_address_when_they_change(app):
    html = app.test_client().get("/").text
    (version,) = set(re.findall(r"\?v=(\w+)", html))
    with app.test_client().get(f"/static/ui/vendor/css/app.css?v={version}") as answer:
        assert answer.status_code == 200


def test_an_operators_theme_comes_after_ours(tmp_path):
    (tmp_path / "theme.css").write_text(":root{--govuk-brand-colour:#333}")
    client = create_styleguide(THEME_FILE=str(tmp_path / "theme.css")).test_client()
    assert re.findall(r'rel="stylesheet" href="([^"?]+)', client.get("/").text)[-1] == "/theme.css"
    with client.get("/theme.css") as theme:
        assert (theme.mimetype, theme.text) == ("text/css", ":root{--govuk-brand-colour:#333}")


def test_without_a_theme_there_is_no_link_to_one(app):
    client = app.test_client()
    assert "theme.css" not in client.get("/").text
    assert client.get("/theme.css").status_code == 404


def test_a_misspelt_name_in_our_templates_is_an_error(draw):
    with pytest.raises(UndefinedError):
        draw("{{ reqest }}")
    with pytest.raises(UndefinedError):
        draw("{{ match.orign }}", match={"origin": "Terrace"})


def test_what_was_done_is_said_once_and_can_be_undone(app):
    client = app.test_client()
    first = client.get("/?said").text
    assert "Request K7QX was offered to Dr. A. Chen." in first
    assert 'action="/undo/17"' in first
    assert "K7QX" not in client.get("/").text
    with client.session_transaction() as kept:
        assert "_flashes" not in kept


def test_plain_flashed_words_are_said_and_escaped(app):
    with app.test_request_context():
        session["_flashes"] = [("message", "<b>Saved</b>")]
        html = app.jinja_env.get_template("empty.html").render()
    assert "&lt;b&gt;Saved&lt;/b&gt;" in html


def test_parts_escape_what_they_are_given(draw):
    hostile = "<script>alert(1)</script>"
    html = draw(
        "{{ parts.page_header(x, x, x) }}{{ parts.status_tag(x) }}{{ parts.empty_state(x, x, '/', x) }}"
        "{{ parts.side_list([(x, x)]) }}{{ parts.cards([{'number': x, 'text': x}]) }}{{ parts.warning(x) }}"
        "{{ parts.timeline([{'text': x, 'at': at, 'by': x}]) }}{{ parts.cell(x, x) }}"
        "{{ parts.breadcrumbs([{'text': x}]) }}",
        x=hostile,
        at=NOW,
    )
    assert hostile not in html
    assert html.count("&lt;script&gt;") == 17


def test_a_countdown_says_what_is_left_and_gives_the_script_its_words(draw):
    html = draw("{{ parts.countdown(due) }}", due=NOW + timedelta(hours=41, minutes=5))
    assert text_of(html) == "41 h 05 min left"
    assert 'data-due="2026-11-22T16:15:00Z" data-now="2026-11-20T23:10:00Z"' in html
    assert 'data-left-hours="{h} h {m} min left"' in html
    assert "app-clock--late" not in html


def test_a_countdown_that_has_run_out_says_how_late(draw):
    html = draw("{{ parts.countdown(due) }}", due=NOW - timedelta(hours=3, minutes=20))
    assert text_of(html) == "3 h 20 min late"
    assert "app-clock--late" in html


def test_every_cell_of_a_stacking_table_carries_its_columns_name(app):
    tree = html5lib.parse(app.test_client().get("/overview").text, namespaceHTMLElements=False)
    columns = [" ".join("".join(th.itertext()).split()) for th in tree.iter("th") if th.get("scope") == "col"]
    rows = [row for row in tree.iter("tr") if row.find("td") is not None]
    assert len(rows) == 4
    for row in rows:
        assert [cell.get("data-label") for cell in row.iter("td")] == columns[1:]


@pytest.mark.parametrize("path", SHARED, ids=str)
def test_no_shared_template_holds_words_outside_the_catalogue(path):
    """Whatever stands between tags is a template expression, so that French pages hold no English."""
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(), flags=re.DOTALL)
    between = re.sub(r"<[^>]*>", " ", source)
    assert re.findall(r"[A-Za-z]{2,}", between) == []
    assert re.findall(r'(?:aria-label|title|alt|placeholder)="[^"{ ]', source) == []
