"""An app that shows every part and field there is, for the tests of the shared web."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, make_response, redirect, render_template, request
from wtforms import (
    BooleanField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from tests.support.clock import StoppedClock
from ui import finish, init_clock, init_ui
from ui.access import public
from ui.clock import Clock
from ui.forms import DatePartsField, DateTimePartsField, EmailField, Form, PhoneField, choices, render_form
from ui.looks import done
from ui.options import NavItem, UiOptions

NOW = datetime(2026, 11, 20, 23, 10, tzinfo=UTC)
PAGES = ("/", "/requests/new", "/requests/M4TD", "/offer", "/overview", "/empty", "/nowhere")


class EveryField(Form):
    """One of each."""

    contact = StringField(
        "How can the supporter reach them?",
        [InputRequired("Enter a name or a number"), Length(max=120)],
        description="Only the supporter who says yes will see it.",
    )
    phone = PhoneField("Phone", [InputRequired("Enter a phone number")])
    email = EmailField("Email", [InputRequired("Enter an email address")])
    sessions = IntegerField("How many sessions?", [InputRequired("Enter a number")])
    urgency = RadioField(
        "How soon?",
        [InputRequired("Select how soon")],
        choices=choices([("72", "Within 72 hours"), ("week", "Within a week")]),
    )
    languages = SelectMultipleField(
        "Languages",
        [InputRequired("Select at least one language")],
        choices=choices([("en", "English"), ("fr", "French"), ("pa", "Punjabi")]),
    )
    agreed = BooleanField("They agreed to be matched", [InputRequired("Confirm that they agreed")])
    site = SelectField("Site", choices=choices([("pg", "Prince George"), ("k", "Kelowna")]))
    received = DatePartsField("When did the physician ask?", [InputRequired("Enter the day they asked")])
    held = DateTimePartsField("When is the session?", [InputRequired("Enter the day and time")])
    password = PasswordField("Password", [InputRequired("Enter your password")])
    logo = FileField("Poster logo", [Optional()], description="An SVG or PNG file.")


def create_styleguide(clock: Clock | None = None, **config: Any) -> Flask:
    """The app, with a person signed in so that the header is whole."""
    app = Flask(__name__, template_folder=str(Path(__file__).parents[1] / "ui" / "styleguide"))
    app.config.update(SECRET_KEY="for-tests-only", TESTING=True, **config)
    init_clock(app, clock or StoppedClock(NOW))
    words = ("Today", "Requests", "Supporters", "Sessions", "Reports", "Settings")
    ends = ("today", "one_request", "offer", "overview", "empty", "live_page")
    prefixes = ("", "/requests", "/offer", "", "", "")
    init_ui(
        app,
        UiOptions(
            product=lambda: "Alongside Prince George",
            navigation=lambda: [NavItem(*item) for item in zip(ends, words, prefixes, strict=True)],
            home=lambda: "/",
            store=None,
            zone=lambda: ZoneInfo("America/Vancouver"),
            phone=lambda: "250-555-0123",
        ),
    )
    app.jinja_env.globals["current_person"] = lambda: SimpleNamespace(name="Dr. Amélie Tsosie-Chen")
    add_pages(app)
    finish(app)
    return app


def add_pages(app: Flask) -> None:
    """One page for each layout of the product."""

    @app.get("/")
    @public
    def today() -> str:
        if "said" in request.args:
            done("Request K7QX was offered to Dr. A. Chen.", undo="/undo/17")
        return render_template("today.html")

    @app.route("/requests/new", methods=["GET", "POST"])
    @public
    def new_request() -> Any:
        form = EveryField()
        if form.validate_on_submit():
            done("The request was recorded.")
            return redirect("/")
        return render_form("form.html", form)

    @app.get("/requests/M4TD")
    @public
    def one_request() -> str:
        return render_template(
            "request.html", asked=NOW - timedelta(hours=4), due=NOW + timedelta(hours=41, minutes=5)
        )

    @app.get("/offer")
    @public
    def offer() -> str:
        return render_template("offer.html", until=NOW + timedelta(hours=20))

    @app.get("/overview")
    @public
    def overview() -> str:
        return render_template("overview.html", matches=matches())

    @app.get("/empty")
    @public
    def empty() -> str:
        return render_template("empty.html")

    app.extensions["styleguide_note"] = "9 h to answer"

    @app.get("/live")
    @public
    def live_page() -> str:
        return render_template("live.html", note=app.extensions["styleguide_note"])

    @app.get("/live/part")
    @public
    def live_part() -> Any:
        answer = make_response(render_template("live_part.html", note=app.extensions["styleguide_note"]))
        answer.add_etag()
        return answer.make_conditional(request)

    for name in ("help", "privacy", "accessibility"):
        app.add_url_rule(f"/{name}", name, public(lambda: render_template("empty.html")))


def matches() -> list[dict[str, Any]]:
    """A late match, an urgent one, one in hand, one without a second site."""
    return [
        {
            "id": "8FWC",
            "origin": "Prince George",
            "target": "Kelowna",
            "status": ("Overdue", "red"),
            "due": NOW - timedelta(hours=3, minutes=20),
        },
        {
            "id": "T3QJ",
            "origin": "Terrace",
            "target": "Victoria",
            "status": ("Asked", "yellow"),
            "due": NOW + timedelta(hours=9),
        },
        {
            "id": "N6XB",
            "origin": "Surrey",
            "target": "Nelson",
            "status": ("In hand", "green"),
            "due": NOW + timedelta(hours=41, minutes=5),
        },
        {
            "id": "D9KR",
            "origin": "Fort St. John",
            "target": "—",
            "status": ("Looking", "blue"),
            "due": NOW + timedelta(minutes=12),
        },
    ]
