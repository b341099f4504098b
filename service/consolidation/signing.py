"""Signing the statement (Mitzeichnung): in the order of the house, then approval.

What is signed is fixed before the first signature: the content, byte for byte.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from gis.problem import Text
from service import letters
from service.access.principal import Principal
from service.cases.answering.chain import following, may_sign
from service.cases.events import happened
from service.cases.state import State
from service.errors import ConflictError, ForbiddenError
from service.house import House
from service.models.case import Case
from service.models.journal import Entry
from service.models.statement import CoSignature, Statement


@dataclass(frozen=True, slots=True)
class Folder:
    """What lies before whoever signs: the case and its statement."""

    session: Session
    who: Principal
    house: House
    case: Case
    statement: Statement


def circulate(folder: Folder, content: bytes) -> None:
    """Fix the content and send it round; where nobody has to sign it is approved at once.

    Raises
    ------
    ConflictError
        If it is no draft.
    """
    statement = folder.statement
    if statement.state != "draft":
        raise ConflictError("statement-fixed", NO_DRAFT, state=statement.state)
    statement.content, statement.sha256 = content, hashlib.sha256(content).hexdigest()
    statement.state = "cosigning"
    statement.revision += 1
    signers = folder.house.signers(folder.case.procedure)
    round_ = 1 + (folder.session.scalar(_rounds(statement)) or 0)
    folder.session.add_all(
        CoSignature(
            statement_id=statement.id, round=round_, position=at, code=one.code,
            function=one.function._asdict(), mailbox=one.mailbox, state="waiting",
        )
        for at, one in enumerate(signers, 1)
    )  # fmt: skip
    folder.session.flush()
    facts = {"round": round_, "steps": [one.code for one in signers], "sha256": statement.sha256}
    entry = _told(folder, _action(folder, "cosigning.begun", "statement.circulated"), facts)
    if signers:
        _ask_next(folder, entry)
    else:
        _approved(folder)


def sign(folder: Folder, remark: str | None) -> None:
    """Sign the step that is on; the last one approves the statement.

    Raises
    ------
    ConflictError, ForbiddenError
        If nothing is to be signed, or not by this principal.
    """
    now, function = _mine(folder)
    now.state, now.by, now.at = "signed", folder.who.pseudonym, datetime.now(UTC)
    now.remark, now.deputy = remark, None if function == now.code else function
    folder.statement.revision += 1
    folder.session.flush()
    facts = {"step": now.code, "position": now.position, "deputy": now.deputy}
    entry = _told(folder, "statement.signed", facts, remark)
    if current(signatures_of(folder.session, folder.statement)) is None:
        _approved(folder)
    else:
        _ask_next(folder, entry)


def give_back(folder: Folder, remark: str) -> None:
    """Return the statement to the coordinator with a remark; it is a draft again.

    Who signs may, and the coordinator, who takes it back, as long as it was not sent.

    Raises
    ------
    ConflictError, ForbiddenError
        As `sign`.
    """
    statement = folder.statement
    if statement.state not in ("cosigning", "approved"):
        raise ConflictError("nothing-to-sign", NOTHING, state=statement.state)
    signatures = signatures_of(folder.session, statement)
    now = current(signatures)
    function = None if now is None else may_sign(folder.who.functions, None, now.code, None)
    if function is None and folder.who.role != "coordinator":
        raise ForbiddenError("signature-not-yours", NOT_YOURS)
    if now is not None and function is not None:
        now.state, now.by, now.at = "returned", folder.who.pseudonym, datetime.now(UTC)
        now.remark, now.deputy = remark, None if function == now.code else function
    for other in signatures:
        other.state = "void" if other.state in ("waiting", "asked") else other.state
    statement.state, statement.content, statement.sha256 = "draft", None, None
    statement.approved = statement.approved_by = None
    statement.revision += 1
    folder.session.flush()
    facts = {"step": now.code if now is not None and function is not None else None}
    _told(folder, _action(folder, "consolidation.begun", "statement.returned"), facts, remark)


def signatures_of(session: Session, statement: Statement) -> list[CoSignature]:
    """Return the signatures of the round that is on, or was the last, in order."""
    last = _rounds(statement).scalar_subquery()
    rows = select(CoSignature).where(
        CoSignature.statement_id == statement.id, CoSignature.round == last
    )
    return list(session.scalars(rows.order_by(CoSignature.position)))


def current(steps: Sequence[CoSignature]) -> CoSignature | None:
    """Return the step that is on; None where all have signed."""
    at = following([one.state for one in steps])
    return None if at is None else steps[at]


def reads_all(session: Session, who: Principal, statement: Statement) -> bool:
    """Tell whether somebody may read the inner edition: the coordinator, and who signs it.

    It holds what offices say of restricted layers, which is for nobody else but its keeper.
    """
    if who.role == "coordinator":
        return True
    steps = signatures_of(session, statement)
    return any(may_sign(who.functions, None, one.code, None) is not None for one in steps)


def _mine(folder: Folder) -> tuple[CoSignature, str]:
    now = current(signatures_of(folder.session, folder.statement))
    if folder.statement.state != "cosigning" or now is None:
        raise ConflictError("nothing-to-sign", NOTHING, state=folder.statement.state)
    function = may_sign(folder.who.functions, None, now.code, None)
    if function is None:
        raise ForbiddenError("signature-not-yours", NOT_YOURS, step=now.code)
    return now, function


def _approved(folder: Folder) -> None:
    statement = folder.statement
    statement.state, statement.approved = "approved", datetime.now(UTC)
    statement.approved_by = folder.who.pseudonym
    folder.session.flush()
    _told(folder, "statement.approved", {"sha256": statement.sha256})


def _ask_next(folder: Folder, entry: Entry) -> None:
    now = current(signatures_of(folder.session, folder.statement))
    if now is None:
        return
    now.state, now.asked = "asked", datetime.now(UTC)
    if now.mailbox is not None:
        values = {
            "case": str(folder.case.id), "reference": folder.case.reference,
            "title": folder.case.title, "function": now.function,
        }  # fmt: skip
        letters.ask(folder.session, entry, now.mailbox, "statement_signature_asked", values)


def _action(folder: Folder, first: str, later: str) -> str:
    """Return the action: the state of a case that was sent already does not go back."""
    return later if folder.case.state in (State.SENT, State.RESULT_RECEIVED) else first


def _told(
    folder: Folder, action: str, facts: Mapping[str, object], remark: str | None = None
) -> Entry:
    told = {"statement": str(folder.statement.id), "number": folder.statement.number, **facts}
    detail = None if remark is None else {"remark": remark}
    return happened(
        folder.session, folder.case, action, actor=folder.who.pseudonym, facts=told, detail=detail
    )


def _rounds(statement: Statement) -> Select[int]:
    return select(func.max(CoSignature.round)).where(CoSignature.statement_id == statement.id)


NO_DRAFT = Text(
    "Diese Fassung ist schon in Mitzeichnung oder versandt (`state`).",
    "This version is being signed already, or was sent (`state`).",
)
NOTHING = Text(
    "Die Stellungnahme ist nicht in Mitzeichnung (`state`).",
    "The statement is not being signed (`state`).",
)
NOT_YOURS = Text(
    "Diesen Schritt zeichnet eine andere Funktion; wer sie hat, legt die Benutzerverwaltung fest.",
    "This step is for another function to sign; who has it is set with the accounts.",
)
