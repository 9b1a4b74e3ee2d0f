"""Sends queued mail over SMTP, tries again with growing pauses, and forgets address and link once it is sent."""

import logging
import smtplib
import ssl
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path

from sqlalchemy import select

from site_agent.config import AgentConfig
from site_agent.mail.text import compose
from site_agent.models import AnySession, Mail, Site
from site_agent.models.conditional import move

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 60
"""With the pauses, some two days: RFC 5321, 4.5.4.1, asks for four to five, but these links live for one."""
TO_SUPPORTERS = frozenset({"offer", "name", "contact", "fresh-link", "nudge", "tracker", "agreement"})
"""Kinds that go to a supporter and ask something of them."""
_TIMEOUT_SECONDS = 30
_AT_A_TIME = 20


def send_due(session: AnySession, config: AgentConfig, now: datetime) -> int:
    """Send what is due; returns how many went out. Commits after each, so that a crash sends none twice but one.

    Without a mail server mail waits. What a server refuses for good, or whose link has expired, becomes `failed`.
    """
    _drop_expired(session, now)
    if not is_configured(config):
        session.commit()
        return 0
    due = select(Mail).where(Mail.state == "waiting", Mail.next_try_at <= now)
    mails = session.scalars(due.order_by(Mail.next_try_at).limit(_AT_A_TIME)).all()
    site = session.get(Site, 1)
    prepared = [(mail, _composed(mail, site, config)) for mail in mails]
    session.commit()  # no lock is held while a mail server thinks
    return sum(_send(session, config, mail, message, now) for mail, message in prepared)


def _composed(mail: Mail, site: Site | None, config: AgentConfig) -> EmailMessage | ValueError:
    """The mail, or why it cannot be written: one address must not hold up everybody's."""
    try:
        return compose(mail, site, config.smtp_sender)
    except ValueError as error:
        return error


def is_configured(config: AgentConfig) -> bool:
    """Whether mail can leave this machine."""
    return bool(config.smtp_sender and (config.smtp_host or config.mail_folder))


def _send(
    session: AnySession, config: AgentConfig, mail: Mail, message: EmailMessage | ValueError, now: datetime
) -> bool:
    try:
        if isinstance(message, ValueError):
            raise message
        deliver(config, message)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        _failed(session, mail, error, now)
        return False
    done = {"state": "sent", "sent_at": now, "to": None, "link": None}
    move(session, mail, Mail.state == "waiting", **done)
    session.commit()
    return True


def deliver(config: AgentConfig, message: EmailMessage) -> None:
    """Hand one mail to the server, or to the folder of a rehearsal. Raises SMTPException or OSError."""
    if config.mail_folder:
        folder = Path(config.mail_folder)
        name = message["Message-ID"].strip("<>").replace("/", "-")
        policy = SMTP if str(message["To"]).isascii() else SMTPUTF8
        (folder / f"{name}.eml").write_bytes(message.as_bytes(policy=policy))
        return
    with _connect(config) as server:
        if config.smtp_user:
            server.login(config.smtp_user, config.smtp_password)
        server.send_message(message)


def _connect(config: AgentConfig) -> "AbstractContextManager[smtplib.SMTP]":
    where = (config.smtp_host, config.smtp_port)
    if config.smtp_tls == "tls":
        return smtplib.SMTP_SSL(*where, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(*where, timeout=_TIMEOUT_SECONDS)
    if config.smtp_tls == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _failed(session: AnySession, mail: Mail, error: Exception, now: datetime) -> None:
    for_good = _refused_for_good(error) or mail.n_tries + 1 >= MOST_TRIES
    # The error's text may hold the address, so only its kind is written down.
    logger.warning("Mail could not be sent: %s", type(error).__name__)
    if for_good:
        values = given_up(mail)
    else:
        pause = min(FIRST_PAUSE * 2 ** min(mail.n_tries, 10), LONGEST_PAUSE)
        values = {"next_try_at": now + pause}
    move(session, mail, Mail.state == "waiting", n_tries=Mail.n_tries + 1, **values)
    session.commit()


def _refused_for_good(error: Exception) -> bool:
    """A 5xx answer about this mail; a refused sign-in is about the settings, and waits for them to be mended."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False
    if isinstance(error, (smtplib.SMTPNotSupportedError, ValueError)):
        # The address is not ASCII and this server takes no other: it will not tomorrow either.
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, (smtplib.SMTPDataError, smtplib.SMTPSenderRefused)) and error.smtp_code >= 500


def given_up(mail: Mail) -> dict[str, str | None]:
    """What stays of a mail that never left. Of one to a supporter the address, by which Today finds whom to phone,
    until somebody did or the row goes; nothing says what it was about."""
    return {"state": "failed", "to": mail.to if mail.kind in TO_SUPPORTERS else None, "link": None}


def _drop_expired(session: AnySession, now: datetime) -> None:
    for mail in session.scalars(select(Mail).where(Mail.state == "waiting", Mail.expires_at <= now)):
        move(session, mail, Mail.state == "waiting", **given_up(mail))
