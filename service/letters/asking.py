"""Asking for a mail: a row and its job, committed with the event that it tells of."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service import jobs
from service.letters.templates import known
from service.models.account import Account
from service.models.journal import Entry
from service.models.mail import Mail

SEND = "letters.send"


def ask(
    session: Session, entry: Entry, to: Account | str, template: str, values: Mapping[str, Any]
) -> None:
    """Have a person, or whoever reads a mailbox, told of an event by mail, once however often
    this is asked.

    `values` fill the template; they are kept with the mail, so that it says the same at every try.

    Raises
    ------
    KeyError
        If there is no such template.
    """
    if template not in known():
        raise KeyError(template)
    number = uuid4()
    row = insert(Mail).values(
        id=number,
        event=entry.seq,
        account_id=None if isinstance(to, str) else to.id,
        mailbox=to if isinstance(to, str) else None,
        template=template,
        values=dict(values),
        message_id=f"<{number}@belang>",
    )
    row = row.on_conflict_do_nothing()  # of this event to this recipient there is one already
    if session.scalars(row.returning(Mail.id)).first() is not None:
        jobs.defer(session, SEND, queue=jobs.LETTERS, mail_id=str(number))
