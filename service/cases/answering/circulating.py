"""Circulation (Umlauf): signatures one after the other; the last one releases the contribution."""

from datetime import UTC, datetime

from gis.problem import Text
from service import figures, letters
from service.cases.answering.chain import chain
from service.cases.answering.contributions import Opened, may_write
from service.cases.answering.releasing import complete, release
from service.cases.answering.signatures import current, rounds, signatures_of, signs
from service.cases.asking.desk import Desk
from service.cases.asking.letters import mailbox_of, of_task
from service.cases.tasks.happening import step
from service.errors import ConflictError, ForbiddenError
from service.models.contribution import Contribution
from service.models.journal import Entry
from service.models.signature import Signature


def circulate(desk: Desk, opened: Opened) -> Contribution:
    """Send a draft round for signatures; where nobody has to sign it is released at once.

    Raises
    ------
    ForbiddenError, ConflictError
        If it is not theirs to send, or no draft.
    UnusableError
        If it is not complete.
    """
    case, task, found = opened.case, opened.task, opened.contribution
    may_write(desk.who, task, found, desk.house)
    complete(opened.items)
    links = () if entered(found) else chain(
        desk.house.office(task.office), task.office, case.procedure
    )  # fmt: skip
    if not links:
        release(desk.session, desk.who, opened)
        return found
    round_ = 1 + (desk.session.scalar(rounds(found)) or 0)
    desk.session.add_all(
        Signature(
            contribution_id=found.id, round=round_, position=at, code=link.code,
            function=link.function._asdict(), mailbox=link.mailbox, office=link.office,
            state="waiting", until=task.due,
        )
        for at, link in enumerate(links, 1)
    )  # fmt: skip
    found.state, found.circulated = "circulating", datetime.now(UTC)
    found.revision += 1
    desk.session.flush()
    facts = {"contribution": str(found.id), "number": found.number, "round": round_,
             "steps": [link.code for link in links]}  # fmt: skip
    actor = desk.who.pseudonym
    entry = step(desk.session, case, task, "task.circulated", actor=actor, facts=facts)
    _ask_next(desk, opened, entry)
    return found


def sign(desk: Desk, opened: Opened, remark: str | None) -> Contribution:
    """Sign the step that is on; after the last one the contribution is released.

    Raises
    ------
    ConflictError, ForbiddenError
        If nothing is to be signed, or not by this principal.
    """
    now, deputy = _mine(desk, opened)
    now.state, now.by, now.at = "signed", desk.who.pseudonym, datetime.now(UTC)
    now.remark, now.deputy = remark, deputy
    opened.contribution.revision += 1
    desk.session.flush()
    entry = _told(desk, opened, now, "contribution.signed", remark)
    if current(signatures_of(desk.session, opened.contribution)) is None:
        release(desk.session, desk.who, opened)
    else:
        _ask_next(desk, opened, entry)
    return opened.contribution


def give_back(desk: Desk, opened: Opened, remark: str) -> Contribution:
    """Return the contribution to its office with a remark; a new circulation begins from the start.

    Who signs may, and the office itself, which takes it back.

    Raises
    ------
    ConflictError, ForbiddenError
        As `sign`.
    """
    case, task, found = opened.case, opened.task, opened.contribution
    now = current(signatures_of(desk.session, found))
    if found.state != "circulating" or now is None:
        raise ConflictError("nothing-to-sign", NOTHING, state=found.state)
    function = signs(desk.who, now)
    if function is None and desk.who.office not in (task.office, task.stand_in):
        raise ForbiddenError("signature-not-yours", NOT_YOURS, step=now.code)
    now.state, now.by, now.at = "returned", desk.who.pseudonym, datetime.now(UTC)
    now.remark, now.deputy = remark, function if function not in (None, now.code) else None
    for other in signatures_of(desk.session, found):
        other.state = "void" if other.state == "waiting" else other.state
    found.state, found.circulated = "draft", None
    found.revision += 1
    desk.session.flush()
    facts = {"contribution": str(found.id), "step": now.code}
    entry = step(desk.session, case, task, "task.returned", actor=desk.who.pseudonym,
                 facts=facts, detail={"remark": remark})  # fmt: skip
    values = {**_values(desk, opened), "function": now.function, "remark": remark}
    to = mailbox_of(desk.house, task)
    letters.ask(desk.session, entry, to, "contribution_returned", values)
    return found


def entered(contribution: Contribution) -> bool:
    """Tell whether a contribution was entered from a document, which is signed already."""
    return contribution.source != "own"


def _mine(desk: Desk, opened: Opened) -> tuple[Signature, str | None]:
    """Return the step that is on and, where a deputy signs, in which function."""
    found = opened.contribution
    now = current(signatures_of(desk.session, found))
    if found.state != "circulating" or now is None:
        raise ConflictError("nothing-to-sign", NOTHING, state=found.state)
    function = signs(desk.who, now)
    if function is None:
        raise ForbiddenError("signature-not-yours", NOT_YOURS, step=now.code)
    return now, None if function == now.code else function


def _ask_next(desk: Desk, opened: Opened, entry: Entry) -> None:
    now = current(signatures_of(desk.session, opened.contribution))
    if now is None:
        return
    now.state, now.asked = "asked", datetime.now(UTC)
    if now.mailbox is not None:
        values = {**_values(desk, opened), "function": now.function}
        letters.ask(desk.session, entry, now.mailbox, "signature_asked", values)


def _told(desk: Desk, opened: Opened, now: Signature, action: str, remark: str | None) -> Entry:
    facts = {"contribution": str(opened.contribution.id), "step": now.code,
             "position": now.position, "deputy": now.deputy}  # fmt: skip
    detail = None if remark is None else {"remark": remark}
    actor = desk.who.pseudonym
    return step(
        desk.session, opened.case, opened.task, action, actor=actor, facts=facts, detail=detail
    )


def _values(desk: Desk, opened: Opened) -> dict[str, object]:
    task = opened.task
    values = of_task(opened.case, task, desk.names.get(task.office, task.office))
    return {**values, "due": figures.day(task.due.isoformat())._asdict()}


NOTHING = Text(
    "Der Beitrag ist nicht in Mitzeichnung (`state`).",
    "The contribution is not being signed (`state`).",
)
NOT_YOURS = Text(
    "Diesen Schritt (`step`) zeichnet eine andere Funktion; wer sie hat, legt die "
    "Benutzerverwaltung fest.",
    "This step (`step`) is for another function to sign; who has it is set with the accounts.",
)
