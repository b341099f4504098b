"""Circulation (Umlauf): signatures one after the other; the last one releases the contribution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from gis.problem import Text
from service import figures, letters
from service.access.principal import Principal
from service.cases.answering.chain import chain, following, may_sign
from service.cases.answering.contributions import Opened, may_write
from service.cases.answering.releasing import complete, release
from service.cases.asking.letters import mailbox_of, of_task
from service.cases.tasks.happening import step
from service.errors import ConflictError, ForbiddenError
from service.house import House
from service.models.contribution import Contribution
from service.models.journal import Entry
from service.models.signature import Signature


@dataclass(frozen=True, slots=True)
class Table:
    """What signing works with; `names` are those of the offices, in German."""

    session: Session
    who: Principal
    house: House
    names: Mapping[str, str]


def circulate(table: Table, opened: Opened) -> Contribution:
    """Send a draft round for signatures; where nobody has to sign it is released at once.

    Raises
    ------
    ForbiddenError, ConflictError
        If it is not theirs to send, or no draft.
    UnusableError
        If it is not complete.
    """
    case, task, found = opened.case, opened.task, opened.contribution
    may_write(table.who, task, found, table.house)
    complete(opened.items)
    links = () if entered(found) else chain(
        table.house.office(task.office), task.office, case.procedure
    )  # fmt: skip
    if not links:
        release(table.session, table.who, opened)
        return found
    round_ = 1 + (table.session.scalar(_rounds(found)) or 0)
    table.session.add_all(
        Signature(
            contribution_id=found.id, round=round_, position=at, code=link.code,
            function=link.function._asdict(), mailbox=link.mailbox, office=link.office,
            state="waiting", until=task.due,
        )
        for at, link in enumerate(links, 1)
    )  # fmt: skip
    found.state, found.circulated = "circulating", datetime.now(UTC)
    found.revision += 1
    table.session.flush()
    facts = {"contribution": str(found.id), "number": found.number, "round": round_,
             "steps": [link.code for link in links]}  # fmt: skip
    actor = table.who.pseudonym
    entry = step(table.session, case, task, "task.circulated", actor=actor, facts=facts)
    _ask_next(table, opened, entry)
    return found


def sign(table: Table, opened: Opened, remark: str | None) -> Contribution:
    """Sign the step that is on; after the last one the contribution is released.

    Raises
    ------
    ConflictError, ForbiddenError
        If nothing is to be signed, or not by this principal.
    """
    now, deputy = _mine(table, opened)
    now.state, now.by, now.at = "signed", table.who.pseudonym, datetime.now(UTC)
    now.remark, now.deputy = remark, deputy
    opened.contribution.revision += 1
    table.session.flush()
    entry = _told(table, opened, now, "contribution.signed", remark)
    if _current(signatures_of(table.session, opened.contribution)) is None:
        release(table.session, table.who, opened)
    else:
        _ask_next(table, opened, entry)
    return opened.contribution


def give_back(table: Table, opened: Opened, remark: str) -> Contribution:
    """Return the contribution to its office with a remark; a new circulation begins from the start.

    Who signs may, and the office itself, which takes it back.

    Raises
    ------
    ConflictError, ForbiddenError
        As `sign`.
    """
    case, task, found = opened.case, opened.task, opened.contribution
    now = _current(signatures_of(table.session, found))
    if found.state != "circulating" or now is None:
        raise ConflictError("nothing-to-sign", NOTHING, state=found.state)
    function = may_sign(table.who.functions, table.who.office, now.code, now.office)
    if function is None and table.who.office not in (task.office, task.stand_in):
        raise ForbiddenError("signature-not-yours", NOT_YOURS, step=now.code)
    now.state, now.by, now.at = "returned", table.who.pseudonym, datetime.now(UTC)
    now.remark, now.deputy = remark, function if function not in (None, now.code) else None
    for other in signatures_of(table.session, found):
        other.state = "void" if other.state == "waiting" else other.state
    found.state, found.circulated = "draft", None
    found.revision += 1
    table.session.flush()
    facts = {"contribution": str(found.id), "step": now.code}
    entry = step(table.session, case, task, "task.returned", actor=table.who.pseudonym,
                 facts=facts, detail={"remark": remark})  # fmt: skip
    values = {**_values(table, opened), "function": now.function, "remark": remark}
    to = mailbox_of(table.house, task)
    letters.ask(table.session, entry, to, "contribution_returned", values)
    return found


def signatures_of(session: Session, contribution: Contribution) -> list[Signature]:
    """Return the signatures of the round that is on, or was the last, in order."""
    last = _rounds(contribution).scalar_subquery()
    rows = select(Signature).where(
        Signature.contribution_id == contribution.id, Signature.round == last
    )
    return list(session.scalars(rows.order_by(Signature.position)))


def entered(contribution: Contribution) -> bool:
    """Tell whether a contribution was entered from a document, which is signed already."""
    return contribution.source != "own"


def _mine(table: Table, opened: Opened) -> tuple[Signature, str | None]:
    """Return the step that is on and, where a deputy signs, in which function."""
    found = opened.contribution
    now = _current(signatures_of(table.session, found))
    if found.state != "circulating" or now is None:
        raise ConflictError("nothing-to-sign", NOTHING, state=found.state)
    function = may_sign(table.who.functions, table.who.office, now.code, now.office)
    if function is None:
        raise ForbiddenError("signature-not-yours", NOT_YOURS, step=now.code)
    return now, None if function == now.code else function


def _current(steps: Sequence[Signature]) -> Signature | None:
    at = following([one.state for one in steps])
    return None if at is None else steps[at]


def _ask_next(table: Table, opened: Opened, entry: Entry) -> None:
    now = _current(signatures_of(table.session, opened.contribution))
    if now is None:
        return
    now.state, now.asked = "asked", datetime.now(UTC)
    if now.mailbox is not None:
        values = {**_values(table, opened), "function": now.function}
        letters.ask(table.session, entry, now.mailbox, "signature_asked", values)


def _told(table: Table, opened: Opened, now: Signature, action: str, remark: str | None) -> Entry:
    facts = {"contribution": str(opened.contribution.id), "step": now.code,
             "position": now.position, "deputy": now.deputy}  # fmt: skip
    detail = None if remark is None else {"remark": remark}
    actor = table.who.pseudonym
    return step(
        table.session, opened.case, opened.task, action, actor=actor, facts=facts, detail=detail
    )


def _values(table: Table, opened: Opened) -> dict[str, object]:
    task = opened.task
    values = of_task(opened.case, task, table.names.get(task.office, task.office))
    return {**values, "due": figures.day(task.due.isoformat())._asdict()}


def _rounds(contribution: Contribution) -> Select[int]:
    return select(func.max(Signature.round)).where(Signature.contribution_id == contribution.id)


NOTHING = Text(
    "Der Beitrag ist nicht in Mitzeichnung (`state`).",
    "The contribution is not being signed (`state`).",
)
NOT_YOURS = Text(
    "Diesen Schritt (`step`) zeichnet eine andere Funktion; wer sie hat, legt die "
    "Benutzerverwaltung fest.",
    "This step (`step`) is for another function to sign; who has it is set with the accounts.",
)
