"""What the demo plays with `--once`, and what it leaves waiting for a newcomer without."""

from __future__ import annotations

from hub.demo.asking import HERE, SECOND, Steps, ask
from hub.demo.elsewhere import leave_elsewhere, play_elsewhere, proposed_to
from hub.demo.here import leave_here, play_here
from hub.demo.people import sign_in
from hub.demo.province import Province, Tell
from hub.demo.visitor import VisitError


def play(province: Province, tell: Tell) -> None:
    """The whole story. Raises VisitError at the step that fails."""
    steps = Steps(tell)
    play_here(province, steps)
    play_elsewhere(province, steps)
    steps.title("At the desk:")
    _keeper(province, steps)


def on_its_way(province: Province, tell: Tell) -> None:
    """What a newcomer finds: matches on their way, and requests that wait for a coordinator's press."""
    # Before anybody of the site is asked from elsewhere, so that no other mail to the same supporter is on its way.
    home = province.sites[HERE.home]
    helper, own = leave_here(province)
    tell(f"Inside {home.place.name}, {helper.name} has left a message for a physician of the site,")
    tell(f"who follows it here: {own.link}")
    tell(f"On Today at {home.place.name}: a request for somebody of the site, and a notice to reach out.")
    site, helper = leave_elsewhere(province)
    tell(f"A request from Kettle Basin is in hand at {site.place.name}, with {helper.name}.")
    asked = ask(province, SECOND)
    waiting, _ = proposed_to(province, SECOND)
    tell(
        f"A request from Cedar Inlet waits at {waiting.place.name}: press “Ask” there, then open the mailbox."
    )
    tell(f"The physician of that request follows it here: {asked.link}")


def _keeper(province: Province, steps: Steps) -> None:
    """A safety keeper signs in afresh, as a newcomer will: the safety page, and nothing else."""
    keeper = next(each for each in province.sites[HERE.home].others if "keeper" in each.who)
    visitor = sign_in(keeper)
    visitor.expect("Safety")
    if visitor.open("/").status != 403:
        raise VisitError(f"a safety keeper opened Today: {visitor.page.summary()}")
    steps.done("A safety keeper signed in by password and code: the safety page opens, Today does not.")
