"""What can go wrong between this site and its hub before any signed word was exchanged."""

from typing import ClassVar


class LinkError(Exception):
    """A failure of the connection. `code` names it beside the protocol's own problem codes (see `wording`)."""

    code: ClassVar[str] = "unreachable"


class HubAddressError(LinkError):
    """What was typed is not an address of a hub."""

    code = "hub-address"


class InsecureAddressError(LinkError):
    """The address would send signed messages over plain HTTP to another machine."""

    code = "hub-address-insecure"


class HubUnreachableError(LinkError):
    """No answer: no network, no such name, a refused connection, a certificate that does not hold, a time-out."""

    code = "unreachable"


class HubAnswerError(LinkError):
    """Something answered, but not as a hub does: a captive portal, a proxy, a redirect, too long an answer."""

    code = "bad-answer"


class NotEnrolledError(LinkError):
    """This site has no place at a hub yet."""

    code = "not-enrolled"


class OwnFaultError(LinkError):
    """This program failed at the effect of a message. The message is not acknowledged, so it comes again."""

    code = "own-fault"


class WordsDifferError(LinkError):
    """The six words that a person typed are not those of the log: somebody sees another one."""

    code = "words-differ"


class UnsettledError(LinkError):
    """The hub once signed a longer key log than it shows now."""

    code = "log-unsettled"


class OwnKeySwappedError(LinkError):
    """The key log shows other keys for this site than its own."""

    code = "own-key-swapped"


class AlreadyEnrolledError(LinkError):
    """This site has its place at a hub."""

    code = "already-enrolled"
