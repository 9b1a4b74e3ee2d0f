"""The link as the pages see it: `site_agent.hub_link.HubLink` over the modules of the wire."""

from flask import Flask

from site_agent.hub_link import Tried
from site_agent.link import alarm, enrol, loop, trying
from site_agent.link import status as statuses
from site_agent.link.wording import trouble


class LinkForPages:
    """One for each app."""

    errors = enrol.ERRORS
    begin = staticmethod(enrol.begin)
    check = staticmethod(enrol.check)
    standing = staticmethod(enrol.standing)
    failure = staticmethod(enrol.failure)
    status = staticmethod(statuses.link_status)
    log_words = staticmethod(statuses.log_words)
    trouble = staticmethod(trouble)
    dead_letters = staticmethod(statuses.dead_letters)
    waiting = staticmethod(statuses.waiting)
    send_again = staticmethod(statuses.send_again)
    dismiss = staticmethod(statuses.dismiss)
    cancel = staticmethod(statuses.cancel)

    clear_alarm = staticmethod(alarm.clear)

    def __init__(self, app: Flask) -> None:
        self._app = app

    def wake(self) -> None:
        """A person acted: exchange at once, and quickly for a minute."""
        loop.wake(self._app)

    def try_now(self) -> Tried:
        """A person asks for an exchange and waits some seconds for what comes of it."""
        return trying.try_now(self._app)
