"""From a row to the bytes of a mail: the same at every try."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from service import seal
from service.config import Settings
from service.letters.templates import LANGUAGES, filled
from service.models.account import Account
from service.models.mail import Mail

MOST_SUBJECT = 200


class AddressError(ValueError):
    """An account's address is none that a mail can be sent to."""


def message(mail: Mail, account: Account | None, settings: Settings) -> EmailMessage:
    """Return the mail of a row; date and `Message-ID` are the row's, not of this try.

    `account` is None where it goes to a mailbox.

    Raises
    ------
    AddressError
        If the recipient has no usable address.
    """
    language = LANGUAGES[0] if account is None else account.language
    subject, text = filled(mail.template, language, {**mail.values, **_links(mail, settings)})
    made = EmailMessage(policy=SMTP)
    made["From"] = settings.mail_from
    made["To"] = address(mail.mailbox if account is None else account.mail)
    made["Subject"] = printable(subject)[:MOST_SUBJECT]
    made["Date"] = format_datetime(mail.created)
    made["Message-ID"] = mail.message_id
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    made.set_content(text, cte="quoted-printable")
    return made


def _links(mail: Mail, settings: Settings) -> dict[str, str | None]:
    """Return the addresses a mail names; that to answer without an account is signed here only."""
    found: dict[str, str | None] = {"link": None, "map": None, "answer": None}
    if settings.base_url is None:
        return found
    base = str(settings.base_url).rstrip("/")
    if "case" in mail.values:
        found["link"] = f"{base}/vorgaenge/{mail.values['case']}"
    if (check := mail.values.get("check")) is not None:
        found["map"] = f"{base}/api/v1/checks/{check}/map"
    if (number := mail.values.get("answer_link")) is not None:
        found["answer"] = f"{base}/antwort/{seal.sealed(settings.data, UUID(number))}"
    return found


def address(written: str | None) -> Address:
    """Return a plain address, of which nothing can reach beyond its header.

    Raises
    ------
    AddressError
        For anything but one bare address.
    """
    try:
        if not written or not written.isprintable():
            raise ValueError(written)
        return Address(addr_spec=written)
    except Exception as error:  # the parser of the library raises several kinds
        raise AddressError("the recipient has no usable mail address") from error


def printable(text: str) -> str:
    """Return a text on one line: a header ends where a line does."""
    return "".join(c if c.isprintable() else " " for c in text)
