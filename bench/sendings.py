"""Sending, to be struck: a mail, and a statement that becomes documents."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from bench.deeds import WHO, Deed
from bench.promises import mails_broken, torn
from service import journal, letters
from service.cases.events import happened
from service.consolidation.sending import Made, send
from service.db import engine_for, transaction
from service.letters.sending import send as send_mail
from service.models import (
    Account,
    Case,
    Entry,
    Mail,
    Membership,
    Organisation,
    PlanVersion,
    Statement,
    StatementFile,
)

SENT = "statement.sent"
DOCUMENTS = {"pdf": b"%PDF-" + 90_000 * b"x", "docx": b"PK" + 90_000 * b"y"}


@dataclass
class Mailed(Deed):
    """The job of a mail."""

    whole = "sent"

    def prepare(self) -> None:
        """Ask for a mail to a new person."""
        with transaction(self.place.engine) as session:
            person = Account(login=f"k{uuid4()}", name="K", role="coordinator", mail="k@localhost")
            session.add(person)
            session.flush()
            entry = journal.append(session, "check.done", actor="system")
            values = {"case": "c", "reference": "KE-1", "title": "Am See", "deadline": None}
            letters.ask(session, entry, person, "check_done", values)
            self.mail = session.scalars(select(Mail.id).where(Mail.account_id == person.id)).one()

    def do(self) -> str:
        """Send it."""
        send_mail(engine_for(self.place.url), self.place.settings, self.mail)
        return "sent"

    def wrong(self, told: str | None) -> list[str]:
        """Look into the mailbox."""
        with transaction(self.place.engine) as session:
            wrong = mails_broken(session, list(self.place.box.arrived))
            if told is not None and session.get_one(Mail, self.mail).sent is None:
                wrong.append("told to be sent, and is not")
            return wrong


@dataclass
class StatementSent(Deed):
    """A statement that was signed becomes documents and is sent."""

    whole = "sent"

    def prepare(self) -> None:
        """Have a statement signed, and somebody who is told of it."""
        case_id, check_id = self.place.handed_in()
        with transaction(self.place.engine) as session:
            case = session.get_one(Case, case_id)
            for action in ("check.done", "consolidation.begun"):
                happened(session, case, action, actor="c-1", facts={"check": str(check_id)})
            case.organisation_id = _planner(session.add, session.flush)
            version = select(PlanVersion.id).where(PlanVersion.case_id == case_id)
            made = Statement(case_id=case_id, version_id=session.scalars(version).one(), number=1,
                             state="approved", content=b"{}", by="c-1", gaps=[])  # fmt: skip
            session.add(made)
            session.flush()
            self.case, self.statement = case_id, made.id

    def do(self) -> str:
        """Send it, unless it is sent."""
        with transaction(engine_for(self.place.url)) as session:
            case = session.get_one(Case, self.case, with_for_update=True)
            statement = session.get_one(Statement, self.statement)
            if statement.state != "sent":
                send(session, WHO, self.place.blobs, case, statement, self._made)
        return "sent"

    def _made(self, content: bytes) -> list[Made]:
        return [Made("outward", form, f"s.{form}", str(self.statement).encode() + body)
                for form, body in DOCUMENTS.items()]  # fmt: skip

    def wrong(self, told: str | None) -> list[str]:
        """Look whether it is sent, once, with all its documents, and somebody is told."""
        with transaction(self.place.engine) as session:
            state = session.get_one(Statement, self.statement).state
            files = session.scalars(select(StatementFile.blob).where(
                StatementFile.statement_id == self.statement)).all()  # fmt: skip
            sent = select(Entry.seq).where(Entry.case_id == self.case, Entry.action == SENT)
            events = session.scalars(sent).all()
            mails = session.scalars(select(Mail.id).where(Mail.event.in_(events))).all()
        found = (state, len(files), len(events), len(mails))
        whole = [("sent", len(DOCUMENTS), 1, 1)]
        if told is None:
            whole.append(("approved", 0, 0, 0))
        wrong = [] if found in whole else [f"neither sent nor unsent: {found}, told {told}"]
        hashes = {hashlib.sha256(one.content).hexdigest() for one in self._made(b"")}
        if files and set(files) != hashes:
            wrong.append("other documents than were made")
        return wrong + [f"{blob} is torn" for blob in files if torn(self.place.data, blob)]


def _planner(add: Callable[[object], None], flush: Callable[[], None]) -> UUID:
    """Make an organisation with a planner who gets mails; return its number."""
    organisation = Organisation(name=f"o{uuid4()}", kind="municipality")
    person = Account(login=f"p{uuid4()}", name="P", role="planner", mail="p@localhost")
    add(organisation)
    add(person)
    flush()
    add(Membership(account_id=person.id, organisation_id=organisation.id))
    return organisation.id
