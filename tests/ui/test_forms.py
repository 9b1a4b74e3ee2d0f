"""Forms keep what was typed, say how to mend it, and turn parts into dates and moments."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time

import html5lib
import phonenumbers
import pytest
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Optional

from tests.support.styleguide import NOW, create_styleguide
from ui.dateparts import month_number, read_time
from ui.forms import DatePartsField, DateTimePartsField, EmailField, Form, PhoneField, error_list, phone_words


class Sample(Form):
    class Meta(Form.Meta):
        csrf = False

    word = StringField("Word", filters=[lambda typed: typed and typed.replace("?", "")])
    secret = PasswordField("Secret")
    phone = PhoneField("Phone")
    email = EmailField("Email")
    on = DatePartsField("On", [Optional()])
    held = DateTimePartsField("Held", [Optional()])
    must = DatePartsField("Must", [InputRequired("Enter the day they asked")])


class SampleWithFile(Sample):
    paper = FileField("Paper")


@pytest.fixture(autouse=True)
def in_request():
    with create_styleguide().test_request_context():
        yield


def filled(**typed):
    given = {"must-day": "1", "must-month": "2", "must-year": "2026", **typed}
    form = Sample(MultiDict({name.replace("_", "-"): value for name, value in given.items()}))
    form.validate()
    return form


def parts(name, *values):
    return {
        f"{name}-{part}": value for part, value in zip(("day", "month", "year", "time"), values, strict=False)
    }


def test_white_space_around_what_was_typed_goes_but_not_in_a_password():
    for _again in range(2):
        form = filled(word=" hello? ", secret=" a b ")
        assert (form.word.data, form.secret.data) == ("hello", " a b ")


CONTROLS = ("\0", "\ufffd", "\x01", "\x08", "\x0b", "\x1b", "\x1f", "\x7f", "\x80", "\x85", "\x9f")


@pytest.mark.parametrize("sign", CONTROLS)
def test_a_control_character_goes_and_somebody_looks_again_at_what_is_left(sign: str) -> None:
    form = filled(word=f"Wr{sign}en", email=f"wr{sign}en@example.ca", phone=f"250 555 {sign}0142")
    assert set(form.errors) == {"word", "email", "phone"}
    for field in (form.word, form.email, form.phone):
        assert field.errors == [
            "Look at this again, then send it: signs that cannot be seen came with it and were taken out"
        ]
    assert form.word._value() == "Wren"
    assert (form.email._value(), form.phone._value()) == ("wren@example.ca", "250 555 0142")
    assert not filled(word="Wren", email="wren@example.ca", phone="250 555 0142").errors


def test_of_control_characters_alone_nothing_was_typed() -> None:
    class Named(Sample):
        name = StringField("Name", [InputRequired("Enter a name")])

    form = Named(MultiDict({"name": " \x01\x02 "}))
    form.validate()
    assert form.name.errors == ["Enter a name"]


def test_a_password_is_not_changed_and_one_that_cannot_be_read_is_refused() -> None:
    assert filled(secret="a\x01b").secret.data == "a\x01b"
    form = filled(secret="a\ufffdb")
    assert form.secret.data == "a\ufffdb"
    assert form.errors == {"secret": ["Type it by hand: it holds a sign that cannot be read"]}


def test_tabs_and_line_ends_are_for_each_field_to_judge() -> None:
    assert filled(word="a\tb\r\nc").word.data == "a\tb\r\nc"


def test_what_the_program_itself_puts_into_a_field_is_left_as_it_is() -> None:
    assert Sample(MultiDict(), word="a\x01b").word.data == "a\x01b"


@pytest.mark.parametrize("typed", ["", " ", "\u00a0", "\u2028"])
def test_white_space_alone_is_nothing(typed: str) -> None:
    class Named(Sample):
        word = StringField("Word", [InputRequired("Enter a word")])

    form = Named(MultiDict({"word": typed}))
    assert not form.validate()
    assert form.word.errors == ["Enter a word"]


def test_a_file_or_json_under_the_name_of_a_field_is_not_taken_for_text():
    fields = ("word", "secret", "phone", "email", "on", "on-day", "must", "must-day", "paper")
    files = {name: (io.BytesIO(b"x"), "x.txt") for name in fields}
    for sent in ({"data": files}, {"json": dict.fromkeys(fields, 1)}, {"json": [1]}):
        with create_styleguide().test_request_context(method="POST", **sent):
            form = SampleWithFile()
            assert not form.validate()
            assert (form.word.data, form.email.data, form.on.data) == (None, None, None)
            assert (form.paper.data is not None) == ("data" in sent)


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("250 555 0123", "+12505550123", "(250) 555-0123"),
        ("(250) 555-0123 ext. 12", "+12505550123;ext=12", "(250) 555-0123 ext. 12"),
        ("+44 20 7946 0000", "+442079460000", "+44 20 7946 0000"),
    ],
)
def test_a_phone_number_is_kept_in_one_form_and_shown_in_ours(typed, kept, shown):
    form = filled(phone=typed)
    assert form.phone.data == kept
    assert phone_words(kept) == shown
    assert filled(phone=kept).phone.data == kept


@pytest.mark.parametrize("typed", ["555 0123", "250 555", "call me", "+1", "99999999999999999999"])
def test_a_number_that_cannot_be_called_is_refused_and_kept_as_typed(typed):
    form = filled(phone=typed)
    assert "area code" in form.phone.errors[0]
    assert form.phone._value() == typed


def test_an_address_is_normalised_and_a_wrong_one_kept_as_typed():
    assert filled(email="Amelie@EXAMPLE.ca ").email.data == "Amelie@example.ca"
    wrong = filled(email="amelie@").email
    assert (wrong.data, wrong.errors) == ("amelie@", ["Enter an email address like name@example.ca"])


def test_empty_fields_are_left_to_their_validators():
    form = filled()
    assert not form.errors
    assert (form.phone.data, form.on.data, form.held.data) == (None, None, None)


def test_a_date_in_parts_becomes_a_date():
    form = filled(**parts("on", " 3", "11", "2025 "))
    assert form.on.data == date(2025, 11, 3)
    assert not form.errors


@pytest.mark.parametrize("typed", ["11", "Nov", "nov.", "November", "novembre", "NOVEMBRE", " november "])
def test_a_month_may_be_written_as_a_word(typed):
    assert filled(**parts("on", "3", typed, "2025")).on.data == date(2025, 11, 3)


@pytest.mark.parametrize(
    ("typed", "meant"), [("août", 8), ("aout", 8), ("déc", 12), ("may", 5), ("mai", 5), ("mar", 3)]
)
def test_french_months_and_accents_are_read_too(typed, meant):
    assert month_number(typed) == meant


@pytest.mark.parametrize("typed", ["ju", "jui", "n", "brumaire", "", "11th", "\u202enov"])
def test_a_month_that_could_be_another_is_refused(typed):
    with pytest.raises(ValueError, match=r"month|int"):
        month_number(typed)
    assert filled(**parts("on", "3", typed or "x", "2025")).on.wrong == ["month"]


@pytest.mark.parametrize(
    ("typed", "wrong", "says"),
    [
        (("31", "2", "2026"), ["day", "month"], "real date"),
        (("x", "2", "2026"), ["day"], "The day needs a number from 1 to 31"),
        (("1", "Jan", "27"), ["year"], "The year needs four digits, like 2026"),
        (("1", "13", "2026"), ["month"], "The month needs a number from 1 to 12 or a name"),
        (("x", "Foo", "2026"), ["day", "month"], "real date, for example 27 Mar 2026"),
        (("-1", "2", "2026"), ["day"], "The day needs"),
        (("²", "2", "2026"), ["day"], "The day needs"),
        (("1", "", ""), ["month", "year"], "missing: Month, Year"),
        (("9" * 5000, "2", "2026"), ["day"], "The day needs"),
        (("1", "9" * 20, "2026"), ["month"], "The month needs"),
    ],
)
def test_a_date_that_is_not_one_keeps_its_parts_and_marks_the_wrong_ones(typed, wrong, says):
    form = filled(**parts("on", *typed))
    assert form.on.data is None
    assert tuple(form.on.parts.values()) == typed
    assert (form.on.wrong, says in form.on.errors[0]) == (wrong, True)
    assert error_list(form) == [{"text": form.on.errors[0], "href": f"#on-{wrong[0]}"}]


def test_a_date_that_has_to_be_given_is_asked_for_in_its_own_words():
    form = Sample(MultiDict({"must-day": " "}))
    form.validate()
    assert form.must.errors == ["Enter the day they asked"]
    assert all(form.must.is_wrong(part) for part in form.must.names)


def test_a_moment_in_parts_is_read_on_the_sites_clock():
    form = filled(**parts("held", "15", "12", "2026", "9:00 am"))
    assert form.held.data == datetime(2026, 12, 15, 16, tzinfo=UTC)


def test_a_moment_is_shown_in_parts_on_the_sites_clock():
    form = Sample(held=NOW, on=date(2026, 7, 1))
    assert form.held.parts == {"day": "20", "month": "11", "year": "2026", "time": "4:10 pm"}
    assert form.on.parts == {"day": "1", "month": "7", "year": "2026"}


def test_a_moment_the_clocks_skipped_is_refused_beside_its_time():
    form = filled(**parts("held", "8", "3", "2026", "2:30 am"))
    assert "02:30 was skipped" in form.held.errors[0]
    assert form.held.wrong == ["time"]
    assert form.held.parts["time"] == "2:30 am"


def test_of_an_hour_that_comes_twice_the_first_is_meant():
    assert filled(**parts("held", "2", "11", "2025", "1:30 am")).held.data == datetime(
        2025, 11, 2, 8, 30, tzinfo=UTC
    )


class Careful(Form):
    held = DateTimePartsField("When was it?", asks_which=True)


@pytest.mark.parametrize(("which", "hour"), [("first", 8), ("second", 9)])
def test_of_an_hour_that_comes_twice_the_reader_says_which_where_that_counts(which, hour):
    typed = parts("held", "2", "11", "2025", "1:30 am")
    unsaid = Careful(MultiDict(typed), meta={"csrf": False})
    assert not unsaid.validate()
    assert "01:30 came twice. Select which one" in unsaid.held.errors[0]
    assert unsaid.held.is_twice
    said = Careful(MultiDict(typed | {"held-which": which}), meta={"csrf": False})
    assert said.validate()
    assert said.held.data == datetime(2025, 11, 2, hour, 30, tzinfo=UTC)


def test_an_hour_that_came_once_is_not_asked_about():
    typed = parts("held", "2", "11", "2025", "2:30 am") | {"held-which": "second"}
    form = Careful(MultiDict(typed), meta={"csrf": False})
    assert form.validate()
    assert not form.held.is_twice


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("4:40 pm", time(16, 40)),
        ("4 pm", time(16)),
        ("4:40PM", time(16, 40)),
        ("4.40 p.m.", time(16, 40)),
        ("12:00 am", time(0)),
        ("12 pm", time(12)),
        ("16:40", time(16, 40)),
        ("16 h 40", time(16, 40)),
        ("1640", time(16, 40)),
        ("0905", time(9, 5)),
        ("1105", time(11, 5)),
        ("16.40", time(16, 40)),
        ("16h40", time(16, 40)),
        ("04:40", time(4, 40)),
        ("0:10", time(0, 10)),
    ],
)
def test_a_time_is_read_as_people_write_it(typed, meant):
    assert read_time(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "25:00",
        "4:60 pm",
        "13 pm",
        "0:30 am",
        "noon",
        "2540",
        "1660",
        "16",
        "164",
        "16405",
        "4:4:4",
        "٤:40 pm x",
    ],
)
def test_a_time_that_is_not_one_is_refused(typed):
    with pytest.raises(ValueError, match="like 4:40 pm or 16:40"):
        read_time(typed)


@pytest.mark.parametrize("typed", ["4:40", "12:30", "11:15"])
def test_a_time_that_could_be_morning_or_afternoon_is_asked_about(typed):
    with pytest.raises(ValueError, match="morning or afternoon"):
        read_time(typed)


@pytest.fixture
def client():
    return create_styleguide(WTF_CSRF_ENABLED=False).test_client()


def controls(html):
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return {element.get("name"): element.attrib for element in tree.iter() if element.tag == "input"}


def test_a_phone_offers_letters_for_a_month_and_a_time(client):
    shown = controls(client.get("/requests/new").text)
    boxes = {part: shown[f"held-{part}"]["inputmode"] for part in ("day", "month", "year", "time")}
    assert boxes == {"day": "numeric", "month": "text", "year": "numeric", "time": "text"}


def test_a_form_with_errors_is_shown_again_with_everything_in_it(client):
    typed = {
        "contact": "<Ana>",
        "phone": "12",
        "email": "x@",
        "sessions": "many",
        "received-day": "40",
        "held-time": "?",
    }
    answer = client.post("/requests/new", data=typed | {"languages": ["fr"], "password": "hunter2"})
    assert answer.status_code == 422
    assert "<title>Error: Record a request – " in answer.text
    shown = controls(answer.text)
    assert {name: shown[name]["value"] for name in typed} == typed
    assert "checked" not in shown["urgency"]
    assert "hunter2" not in answer.text


def test_every_error_is_beside_its_field_and_leads_to_it_from_the_top(client):
    html = client.post("/requests/new", data={}).text
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    ids = {element.get("id") for element in tree.iter()}
    summary = next(element for element in tree.iter() if element.get("class") == "govuk-error-summary")
    links = [element.get("href") for element in summary.iter("a")]
    assert len(links) == 11
    assert {link[1:] for link in links} <= ids
    assert html.count("govuk-error-message") == len(links)


def test_a_form_without_errors_is_answered_with_200_and_no_summary(client):
    answer = client.get("/requests/new")
    assert answer.status_code == 200
    assert "govuk-error-summary" not in answer.text
    assert "Error:" not in answer.text


def test_a_number_of_north_america_reads_as_the_library_writes_it() -> None:
    for area in range(200, 1000):
        kept = f"+1{area}5550{area % 10}42"
        number = phonenumbers.parse(kept, "CA")
        assert phone_words(kept) == phonenumbers.format_number(
            number, phonenumbers.PhoneNumberFormat.NATIONAL
        )
