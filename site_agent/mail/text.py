"""What a mail says: "you have a message", a link, and a phone number. Nothing tells what it is about.

Every kind for a supporter reads alike, so that neither a mailbox nor an assistant learns how a match stands.
"""

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from site_agent.models import Mail, Site


def compose(mail: Mail, site: Site | None, sender: str) -> EmailMessage:
    """The mail, ready to be sent. Raises ValueError for one whose address or link was erased."""
    if mail.to is None or mail.link is None:
        raise ValueError("this mail was sent and forgotten")
    message = EmailMessage()
    message["From"] = sender
    message["To"] = wire_address(mail.to)
    message["Subject"] = _("You have a message")
    message["Date"] = format_datetime(mail.next_try_at)
    # The domain after the @ is the sender's: the machine's own name may say too much.
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_body(mail, site))
    return message


def wire_address(address: str) -> str:
    """The address as servers take it: an international domain in its ASCII form (RFC 5891). A local part that is not
    ASCII stays as it is; only a server with SMTPUTF8 (RFC 6531) takes that."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}{at}{validate_email(f'x@{domain}', check_deliverability=False).ascii_domain}"
    except EmailNotValidError as error:
        raise ValueError("the domain of this address cannot be written in ASCII") from error


SIGN_IN = ("coordinator", "keeper")
"""Kinds for people with an account, who sign in to read."""
WORK_AGAIN = ("agreement", "request", "outreach", "invitation", "address-changed")
"""Kinds whose link opens as often as it is pressed, or has a page of its own to say when it does not."""


def _body(mail: Mail, site: Site | None) -> str:
    if mail.kind in SIGN_IN:
        opening = _("You have a message. Sign in to read it:")
    elif mail.kind == "held":
        opening = _("You asked for a code. It works once, for 15 minutes:")
    elif mail.kind == "address-changed":
        opening = _(
            "The email address of your account was changed, and you were signed out. If you know nothing of it, "
            "call us at once. Otherwise sign in with the new one:"
        )
    else:
        opening = _("You have a message. Open it with this link:")
    lines = [opening, "", str(mail.link), ""]
    if mail.kind not in (*SIGN_IN, *WORK_AGAIN, "held"):
        lines.append(_("The link opens once. The page behind it can send you a fresh one."))
    if site is not None and site.phone:
        lines.append(_("If the page does not open, call %(phone)s.", phone=site.phone))
    return "\n".join(lines) + "\n"
