"""What a coordinator reads for each code of trouble on the link: what it is, and what to do about it.

The protocol's own titles are for whoever writes an agent; these are for whoever runs a site.
"""

from flask_babel import lazy_gettext as _l

from site_agent.hub_link import Trouble

_CALL_HUB = _l("Phone the provincial team.")
_AGAIN = _l("Nothing to do: this site tries again by itself, and nothing is lost.")
_RETRY = _l("Choose “Send again”. If it comes back, phone the provincial team.")
_UPDATE = _l("Ask your IT person to update this program, then choose “Send again”.")
_NEW_CODE = _l("Ask the provincial team for a new code and enter that one.")

_TROUBLES: dict[str, Trouble] = {
    # before any signed word
    "unreachable": Trouble(
        _l("The hub does not answer. This site may be offline."),
        _l("Check that this computer is on the internet. Messages wait here and go by themselves."),
    ),
    "bad-answer": Trouble(
        _l("Something answered in the hub’s place."),
        _l("Check the hub’s address, and that the network asks for no sign-in of its own (as in a hotel)."),
    ),
    "hub-address": Trouble(
        _l("This is not the address of a hub."),
        _l("Enter it as the provincial team wrote it, for example https://hub.example.ca"),
    ),
    "hub-address-insecure": Trouble(
        _l("The address begins with http://, which others on the way can read."),
        _l("Enter the address that begins with https://"),
    ),
    "not-enrolled": Trouble(
        _l("This site has no place at a hub yet."),
        _l("Finish “Connect to the hub” in the set-up list."),
    ),
    # enrolment
    "code-malformed": Trouble(
        _l("This is not an enrolment code."), _l("Copy the whole code, 11 groups of five, and paste it again.")
    ),
    "code-unknown": Trouble(_l("The hub does not know this code."), _NEW_CODE),
    "code-expired": Trouble(_l("This code is more than 24 hours old."), _NEW_CODE),
    "code-used": Trouble(
        _l("This code was used by somebody else."),
        _l("Phone the provincial team at once, and ask for a new code."),
    ),
    "hub-key-mismatch": Trouble(
        _l("The hub at this address is not the one that gave you the code. Nothing was sent to it."),
        _l("Check the address. If it is right, stop and phone the provincial team."),
    ),
    "enrolment-refused": Trouble(_l("The provincial team refused this enrolment."), _CALL_HUB),
    "already-enrolled": Trouble(
        _l("This site is connected already."), _l("Nothing to do. To move to another hub, phone the provincial team.")
    ),
    "weak-key": Trouble(_l("The hub refuses this site’s keys."), _CALL_HUB),
    # the site's standing
    "site-pending": Trouble(
        _l("The provincial team has not approved this site yet."),
        _l("Compare the six words with them by phone. Messages wait here until then."),
    ),
    "site-suspended": Trouble(
        _l("The provincial team has suspended this site. Messages wait here."), _CALL_HUB
    ),
    # what passes by itself
    "clock-skew": Trouble(
        _l("This computer’s clock is wrong."), _l("Set the clock. Messages go all the same, dates may look wrong.")
    ),
    "number-gap": Trouble(_l("The hub misses an earlier message."), _AGAIN),
    "rate-limited": Trouble(_l("The hub asks this site to call less often."), _AGAIN),
    "server-fault": Trouble(_l("The hub has a fault of its own."), _AGAIN),
    "own-fault": Trouble(
        _l("This program could not handle a message. It keeps the message and tries again."),
        _l("If this stays, show it to your IT person: the program’s log names the fault."),
    ),
    # a token that the hub refused
    "bad-token": Trouble(_l("The hub could not read a message."), _RETRY),
    "unknown-kid": Trouble(_l("The hub does not know the key that signed a message."), _CALL_HUB),
    "key-revoked": Trouble(
        _l("The hub says that this site’s key was revoked."), _CALL_HUB
    ),
    "site-withdrawn": Trouble(
        _l(
            "The provincial team has ended this site’s part, and the list of keys shows it. Requests from elsewhere "
            "have ended here."
        ),
        _l(
            "Requests of this site that went elsewhere need another way: they are on Today. To take part again, ask "
            "the provincial team for a new code."
        ),
    ),
    "wrong-audience": Trouble(_l("A message was addressed to somebody else."), _RETRY),
    "wrong-sender": Trouble(_l("The hub does not let this site send that."), _CALL_HUB),
    "expired": Trouble(
        _l("A message waited so long that it expired."),
        _l("If the matter still stands, choose “Send again”; otherwise dismiss it."),
    ),
    "jti-conflict": Trouble(
        _l("The hub has another message under the same number. Is a copy of this site running?"), _CALL_HUB
    ),
    "unsupported-version": Trouble(_l("The hub speaks another version."), _UPDATE),
    "unsupported-type": Trouble(_l("The hub does not know this kind of message."), _UPDATE),
    "schema-invalid": Trouble(_l("A message does not have the form that the hub asks for."), _UPDATE),
    "too-large": Trouble(_l("A message is larger than the hub takes."), _RETRY),
    "stale-state": Trouble(_l("The match had moved on."), _l("Nothing to do: the page shows how it stands.")),
    "wrong-letter": Trouble(_l("A sealed letter belongs to another match."), _CALL_HUB),
    # ending an alarm
    "words-differ": Trouble(
        _l("These are not the six words of the list that this site sees. The alarm stays."),
        _l(
            "Listen to the words once more. If they still differ, somebody is shown another list: tell the provincial "
            "team and another site."
        ),
    ),
    "log-unsettled": Trouble(
        _l("The hub once signed a longer list of keys than it shows now. The alarm stays."),
        _l("Try again in an hour. If this stays, phone another site’s coordinator and then the provincial team."),
    ),
    # alarms
    "key-log-fork": Trouble(
        _l("The hub’s list of keys conflicts with the one that this site holds. No letters are sealed any more."),
        _l("Phone another site’s coordinator and then the provincial team, on numbers that you already had."),
    ),
    "own-key-swapped": Trouble(
        _l("The hub’s list shows keys for this site that are not this site’s. No letters are sealed any more."),
        _l("Phone another site’s coordinator and then the provincial team, on numbers that you already had."),
    ),
}  # fmt: skip

_UNKNOWN = Trouble(_l("The hub refused something, for a reason that this program does not know."), _UPDATE)


def trouble(code: str) -> Trouble:
    """The words for a code: a problem code of the protocol, a LinkError's, or an alarm."""
    return _TROUBLES.get(code, _UNKNOWN)
