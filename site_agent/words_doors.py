"""What people read for the codes of the doors: who prompted a request, what brings somebody, and reach-out."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from site_agent.words import Status, Words

HINT: Words = {
    "view": _l("I am worried, and would like somebody’s view"),
    "coping": _l("I am afraid of not coping"),
    "way-back": _l("I am looking for a way back, or a way out"),
}
"""What brings the physician, in their own words (D06)."""

NOTIFIER: Words = {
    "colleague": _l("A colleague"),
    "leader": _l("A medical leader"),
    "risk": _l("Risk management"),
    "eap": _l("An employee assistance program"),
    "safety-report": _l("A safety report with the box for support ticked"),
    "self-prompt": _l("A known hard moment: new here, a patient’s death, back from leave"),
}
"""Who told the programme of somebody (E03, E07, E09)."""

I_AM: Words = {
    "colleague": _l("A colleague"),
    "leader": _l("A medical leader, such as a department head or chief of staff"),
    "risk": _l("Risk management"),
    "eap": _l("An employee assistance program"),
    "safety-report": _l("Somebody handling a safety report, with the box for support ticked"),
}
"""The same as the notifier says it of themselves."""

CONSENT: Words = {
    "agreed": _l("They agreed to be contacted"),
    "routine": _l("Not asked yet: the first message asks for it"),
}

OUTREACH_STATUS: dict[str, Status] = {
    "new": Status(_l("To be contacted"), "red"),
    "contacted": Status(_l("Contacted"), "blue"),
    "followed-up": Status(_l("Followed up"), "blue"),
    "asked": Status(_l("Support offered"), "green"),
    "offered": Status(_l("Support offered"), "green"),
}
"""What an outreach became reads the same for every end (E13, J12): nobody looks up who said no, and whether somebody
asked for a supporter stands in no list but that of the requests."""

OUTREACH_MEANING: Words = {
    "new": _l("Somebody told the program of them. Nobody has been in contact yet."),
    "contacted": _l("The first contact was made or tried. They answer if and when they like."),
    "followed-up": _l("The one follow-up was made. From here on only they act; silence is an answer."),
    "asked": _l("The offer was made, and that is help in itself. Nothing more is to be done here."),
    "offered": _l("The offer was made, and that is help in itself. Nothing more is to be done here."),
}

DOOR_OF_MINE: Words = {
    "form": _l("The web form"),
    "phone": _l("A call with your coordinator"),
    "inbox": _l("Email to the program"),
    "paper": _l("The paper sheet"),
    "outreach": _l("The web form, after we asked you"),
}
"""How a request came, as the physician reads it."""

OPENER: Words = {
    "coordinator": _l("The coordinator of your site"),
    "lead": _l("The physician lead of your site"),
    "deputy": _l("A deputy of your site’s coordinator"),
}
"""Who opened a page about somebody, by role; the first that fits."""
