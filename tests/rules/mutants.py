"""For each rule, small changes of the source that break it, and the test that has to go red.

`old` stands exactly once in the file; one that does not is a mutant that has grown old, and the meta-test says so.
"""

from __future__ import annotations

from dataclasses import dataclass

A, M, P, S, W = (
    "site_agent/", "site_agent/models/", "site_agent/public/", "site_agent/services/", "site_agent/web/",
)  # fmt: skip
NOTES = "tests/rules/test_j01_no_notes.py::test_j01_"
RECORDS = "tests/rules/test_j02_j03_records.py::test_"
SAFETY = "tests/rules/test_j04_j05_safety.py::test_"
OFFERED = "tests/rules/test_j06_j07_offered.py::test_"
DECLINING = "tests/rules/test_j08_j09_declining.py::test_"
MATCHING = "tests/rules/test_j10_j11_j13_matching.py::test_"
REACH_OUT = "tests/rules/test_j12_j15_reach_out.py::test_"
BETWEEN = "tests/rules/test_j14_j16_j17_between.py::test_"


@dataclass(frozen=True)
class Mutant:
    """`old` becomes `new` in the file; then `test` fails."""

    file: str
    old: str
    new: str
    test: str

    @property
    def rule(self) -> str:
        return self.test.partition("::test_")[2][:3]


MUTANTS = (
    # J01 no notes
    Mutant(
        M + "interaction.py",
        "    call_me: Mapped[bool]",
        "    notes: Mapped[str] = mapped_column(String(500))\n    call_me: Mapped[bool]",
        NOTES + "no_table_has_a_place_for_a_note",
    ),
    Mutant(
        P + "offer_close.py",
        "    paper = RadioField(",
        '    remark = __import__("wtforms").StringField()\n    paper = RadioField(',
        NOTES + "no_form_has_a_box_that_is_not_listed",
    ),
    Mutant(
        "protocol/messages/handover.py",
        'never asked (J10).")\n',
        'never asked (J10).")\n    note: str | None = text("Words.", longest=80, default=None)\n',
        NOTES + "no_message_has_a_place_for_a_note",
    ),
    # J02 jottings
    Mutant(
        P + "offer_close.py",
        "    if not form.validate_on_submit():",
        "    if not form.is_submitted():",
        RECORDS + "j02_closing_asks_whether_the_jottings_are_destroyed",
    ),
    Mutant(
        S + "interactions.py",
        "jottings_destroyed=jottings_destroyed, **closed",
        "**closed",
        RECORDS + "j02_the_answer_is_kept_when_it_comes_by_phone_too",
    ),
    # J03 discoverable
    Mutant(
        S + "held_for_physician.py",
        "talks=tuple(session.scalars(talks)) if talks is not None else ()",
        "talks=()",
        RECORDS + "j03_everything_held_stands_on_one_sheet",
    ),
    Mutant(
        A + "templates/public/held_all.html",
        "This is all that this site holds.",
        "This is privileged.",
        RECORDS + "j03_no_page_claims_a_privilege",
    ),
    # J04 harm comes first
    Mutant(
        P + "safety.py",
        "    return _page(form, _visit())\n\n\n@bp.post",
        '    return ("", 403) if _visit() is None else _page(form, _visit())\n\n\n@bp.post',
        SAFETY + "j04_whom_to_call_comes_first_and_asks_for_nothing",
    ),
    Mutant(
        A + "templates/public/supporter.html",
        "public.need_help_now",
        "public.hand_over",
        SAFETY + "j04_every_page_of_a_supporter_leads_there",
    ),
    # J05 the safety route
    Mutant(
        S + "safety.py",
        "at=now, route=route,",
        "at=now, route=match.thid[:15] if match else route,",
        SAFETY + "j05_a_time_and_a_way_are_kept_and_nothing_else",
    ),
    Mutant(
        A + "roles.py",
        "SAFETY = (KEEPER,)",
        "SAFETY = (KEEPER, COORDINATOR)",
        SAFETY + "j05_nobody_but_the_keepers_opens_it",
    ),
    Mutant(
        A + "roles.py",
        "MOST_KEEPERS = 2",
        "MOST_KEEPERS = 3",
        SAFETY + "j05_there_are_two_keepers_and_no_third",
    ),
    Mutant(
        P + "safety.py",
        "    ticket = HiddenField()",
        "    ticket = HiddenField()\n    story = HiddenField()",
        SAFETY + "j05_there_is_no_box_for_a_story",
    ),
    # J06 no outcome of those supported
    Mutant(
        A + "templates/public/request.html",
        "{% block body %}",
        '{% block body %}<input type="radio" name="helped" value="1">',
        OFFERED + "j06_the_physician_is_never_asked_how_it_went",
    ),
    Mutant(
        S + "policy.py",
        '    "group_module": Choice(',
        '    "recipient_survey": Choice(("no", "yes"), "x"),\n    "group_module": Choice(',
        OFFERED + "j06_no_setting_turns_a_survey_on",
    ),
    # J07 offered, never imposed
    Mutant(
        S + "outreach.py",
        "if not is_routine(session) and not all(told.agreed for told in notice.people):",
        "if False:",
        OFFERED + "j07_nobody_is_contacted_who_has_not_agreed",
    ),
    Mutant(
        S + "outreach.py",
        'Outreach.state == "contacted", Outreach.followed_up_at.is_(None), **values',
        "Outreach.state.in_(REACHED_OUT), **values",
        OFFERED + "j07_one_contact_and_one_follow_up_and_then_silence",
    ),
    # J08 decline, no questions
    Mutant(
        S + "offers.py",
        'state="not-taken", supporter_id=None)\n    if changed',
        'state="not-taken")\n    if changed',
        DECLINING + "j08_no_row_keeps_who_declined",
    ),
    Mutant(
        S + "match_end.py",
        "    session.execute(delete(Offer).where(Offer.thid == match.thid))\n",
        "",
        DECLINING + "j08_after_closing_no_row_joins_who_declined_to_the_request",
    ),
    Mutant(
        A + "templates/public/offer_asked_here.html",
        "{{ csrf() }}{{ about_field(about) }}",
        '{{ csrf() }}{{ about_field(about) }}<input name="why">',
        DECLINING + "j08_the_question_has_three_buttons_and_no_box",
    ),
    # J09 closeness is a decline
    Mutant(
        P + "offer.py",
        '        thanks = _("Thank you for answering.")',
        '        thanks = _("Thank you for answering.") if said == "no" else _("Thank you for saying so.")',
        DECLINING + "j09_closeness_leaves_the_rows_of_a_decline",
    ),
    Mutant(
        S + "offers.py",
        "said_yes=True)\n        return\n",
        'said_yes=True)\n        timeline.note(session, match.thid, "restated", now)\n        return\n',
        DECLINING + "j09_closeness_to_a_name_from_elsewhere_is_passed_on_as_a_decline_is",
    ),
    # J10 never the evaluator
    Mutant(
        S + "own_candidates.py",
        "barred | asked, binds=",
        "asked if waived else barred | asked, binds=",
        MATCHING + "j10_no_waiver_and_no_setting_opens_it",
    ),
    Mutant(
        S + "matching.py",
        "            and not set(self.card.posts) & set(supporter.posts)\n",
        "",
        MATCHING + "j10_a_post_that_the_physician_names_keeps_its_holder_away",
    ),
    Mutant(
        S + "evaluators.py",
        "if name == name_key or email == email_key}",
        "if name == name_key and email == email_key}",
        MATCHING + "j10_whoever_assesses_the_physician_is_never_asked",
    ),
    # J11 never junior for senior
    Mutant(
        S + "matching.py",
        "STAGES.index(supporter_stage) >= STAGES.index(physician_stage)",
        "STAGES.index(supporter_stage) <= STAGES.index(physician_stage)",
        MATCHING + "j11_never_an_earlier_career_stage_for_a_later_one",
    ),
    Mutant(
        S + "local.py",
        '    timeline.note(session, match.thid, "stage-waived", now, by)\n',
        "",
        MATCHING + "j11_only_the_physician_waives_it_and_that_is_coded_and_kept",
    ),
    # J12 the offer is itself help
    Mutant(
        S + "outreach.py",
        'if not _end(session, row, "offered", OPEN,',
        'if not _end(session, row, "refused", OPEN,',
        REACH_OUT + "j12_a_no_and_silence_are_one_thing_and_are_called_support_offered",
    ),
    # J13 signed agreement first
    Mutant(
        S + "matching.py",
        "        and supporter.agreement_version == version\n",
        "",
        MATCHING + "j13_nobody_is_asked_before_they_signed_this_agreement",
    ),
    # J14 help from another site
    Mutant(
        S + "requests.py",
        "    return None if request.elsewhere else disclosure.own_identity",
        "    return disclosure.own_identity",
        BETWEEN + "j14_the_name_is_on_no_page_at_home_until_it_is_opened",
    ),
    Mutant(
        S + "requests.py",
        '    timeline.note(session, request.request_id, "name-opened", now, person_id)\n',
        "",
        BETWEEN + "j14_opening_the_name_is_kept_and_shown_to_the_physician",
    ),
    Mutant(
        S + "inter_site_home.py",
        '"waiting", now)',
        '"waiting", now)\n    request.withdrawal_hash = chosen[0].site_id',
        BETWEEN + "j14_home_keeps_nothing_of_where_its_letters_went",
    ),
    # J15 a receipt and nothing more
    Mutant(
        P + "notify.py",
        'return render_template("public/notify_received.html")',
        "return str([row.state for row in db.session.query(outreach.Outreach)])",
        REACH_OUT + "j15_the_receipt_says_the_same_whatever_becomes_of_it",
    ),
    Mutant(
        S + "outreach.py",
        "    return now.replace(second=0, microsecond=0)",
        "    return now",
        REACH_OUT + "j15_nothing_joins_those_of_one_notice",
    ),
    # J16 no insurer, no risk manager
    Mutant(
        A + "roles.py",
        "DAILY = (COORDINATOR, LEAD, DEPUTY)",
        'DAILY = (COORDINATOR, LEAD, DEPUTY, "risk-manager")',
        BETWEEN + "j16_any_other_role_opens_no_record",
    ),
    # J17 between the two
    Mutant(
        S + "tracker.py",
        "session.add(row)\n",
        "session.add(row)\n    interactions._say(session, match, interactions.Extended(), at=now, now=now, by=by)\n",
        BETWEEN + "j17_no_message_has_a_talk_in_it_and_none_is_sent",
    ),
    Mutant(
        M + "interaction.py",
        "    call_me: Mapped[bool]",
        "    topic: Mapped[str | None] = mapped_column(String(20))\n    call_me: Mapped[bool]",
        BETWEEN + "j17_a_talk_is_kept_in_taps",
    ),
)
