"""Sending one mail. The job may run twice; the mail is seen once.

The row stays locked while the mail server is spoken to, so that two workers never send it both,
and is marked in the same transaction. A crash between the server's acceptance and that commit is
the one way to send it again: with the same `Message-ID`, date and text, by which mail systems
recognise the copy and show one.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine

from service.config import Settings
from service.db import transaction
from service.jobs import MOST_TRIES
from service.letters.message import AddressError, message
from service.models.account import Account
from service.models.mail import Mail

TIMEOUT_S = 30.0
NO_SERVER = "no mail server is set (BELANG_SMTP_HOST)"


class UnsentError(Exception):
    """A mail could not be sent; to be tried again."""


class UndeliverableError(UnsentError):
    """A mail cannot be sent at all, or was tried often enough."""


def send(engine: Engine, settings: Settings, mail_id: UUID) -> None:
    """Send a mail unless it was sent; without a mail server its row says that there is none.

    Raises
    ------
    UnsentError
        With the reason, which the row keeps, too.
    """
    with transaction(engine) as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None or mail.sent is not None:
            return
        if settings.smtp_host is None:
            mail.problem = NO_SERVER
            return
        mail.tries += 1
        account = None if mail.account_id is None else session.get_one(Account, mail.account_id)
        failure = _tried(mail, account, settings)
        mail.problem = None if failure is None else str(failure)
        if failure is None:
            mail.sent = datetime.now(UTC)
        elif mail.tries >= MOST_TRIES:
            failure = UndeliverableError(str(failure))
    if failure is not None:
        raise failure


def _tried(mail: Mail, account: Account | None, settings: Settings) -> UnsentError | None:
    """Send a mail; return what went wrong, without what might name a person."""
    try:
        made = message(mail, account, settings)
        with connected(settings) as server:
            server.send_message(made)
    except AddressError as error:
        return UndeliverableError(str(error))
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        return _refused(code, "the recipient")
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        return _refused(error.smtp_code, "the mail")
    except smtplib.SMTPResponseException as error:
        return UnsentError(f"the mail server answered {error.smtp_code}")
    except (smtplib.SMTPException, OSError) as error:
        return UnsentError(f"the mail server cannot be used: {type(error).__name__}")
    return None


def _refused(code: int, what: str) -> UnsentError:
    kind = UndeliverableError if code >= 500 else UnsentError
    return kind(f"the mail server refuses {what} ({code})")


@contextmanager
def connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    """Yield a mail server, logged in where that is set; its certificate is checked.

    Raises
    ------
    SMTPException, OSError
        If it cannot be had.
    """
    host, port = str(settings.smtp_host), settings.smtp_port
    if settings.smtp_tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=TIMEOUT_S, context=_trust(settings)
        )
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    try:
        if settings.smtp_tls == "starttls":
            server.starttls(context=_trust(settings))
        if settings.smtp_user is not None:
            password = settings.smtp_password
            server.login(settings.smtp_user, password.get_secret_value() if password else "")
        yield server
    finally:
        _left(server)


def _left(server: smtplib.SMTP) -> None:
    """Take leave; a mail that was accepted stays so, however the goodbye goes."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


def _trust(settings: Settings) -> ssl.SSLContext:
    bundle = settings.ca_bundle
    return ssl.create_default_context(cafile=None if bundle is None else str(bundle))
