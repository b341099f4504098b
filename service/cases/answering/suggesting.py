"""A change to an office's words is proposed, seen, and made by the office alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.problem import Text
from service import letters
from service.access.principal import Principal
from service.cases.answering.contributions import Opened, contribution_of
from service.cases.answering.copying import copied
from service.cases.answering.labels import numbered
from service.cases.answering.releasing import release
from service.cases.asking.desk import Desk
from service.cases.asking.letters import mailbox_of, of_task
from service.cases.events import happened
from service.cases.tasks.access import may_act
from service.cases.tasks.doing import coordinates
from service.errors import ConflictError, NotFoundError, UnusableError
from service.models.contribution import Contribution, Item, Suggestion
from service.models.journal import Entry

CHANGEABLE = ("kind", "basis", "binding", "exception", "exception_by", "exception_step",
              "edition", "planned_for")  # fmt: skip


def suggest(
    desk: Desk, item_id: UUID, text: str, fields: Mapping[str, Any], reason: str
) -> tuple[Opened, Suggestion]:
    """Propose other words for an item of a released contribution; the office is told by mail.

    Raises
    ------
    ForbiddenError
        If it is not the coordinator who asks.
    ConflictError
        If the contribution is not released, or a proposal is open already.
    """
    session, who = desk.session, desk.who
    coordinates(who)
    opened, item = _opened(desk, item_id)
    if opened.contribution.state != "released":
        raise ConflictError("contribution-not-released", UNRELEASED)
    if open_of(session, item.id) is not None:
        raise ConflictError("suggestion-open", THERE)
    if text == item.text and all(getattr(item, n) == v for n, v in fields.items()):
        raise UnusableError("suggestion-empty", SAME)
    made = Suggestion(
        item_id=item.id, text=text, fields=dict(fields), reason=reason, state="open",
        by=who.pseudonym,
    )  # fmt: skip
    session.add(made)
    session.flush()
    detail = {"before": item.text, "after": text, "fields": dict(fields), "reason": reason}
    entry = _told(session, who, opened, item, made, "suggestion.made", detail)
    task = opened.task
    values = of_task(opened.case, task, desk.names.get(task.office, task.office))
    label = numbered(task.office, item.number)
    letters.ask(session, entry, mailbox_of(desk.house, task), "suggestion_made",
                {**values, "label": label})  # fmt: skip
    return opened, made


def answer(
    desk: Desk, suggestion_id: UUID, accept: bool, remark: str | None
) -> tuple[Opened, Suggestion]:
    """Accept or refuse what is proposed; accepted it becomes a new version of the contribution.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError
        If it is not there, not this office's to answer, or no longer open.
    """
    session, who = desk.session, desk.who
    found = session.get(Suggestion, suggestion_id)
    if found is None:
        raise NotFoundError
    opened, item = _opened(desk, found.item_id)
    may_act(who, opened.task, desk.house)
    found = session.get_one(Suggestion, suggestion_id, populate_existing=True)
    if found.state != "open" or opened.contribution.state != "released":
        raise ConflictError("suggestion-over", OVER, state=found.state)
    found.state = "accepted" if accept else "refused"
    found.answer, found.answered_by = remark, who.pseudonym
    found.answered = datetime.now(UTC)
    session.flush()
    detail = {"remark": remark} if remark else {}
    _told(session, who, opened, item, found, f"suggestion.{found.state}", detail)
    return (_replaced(session, who, opened, item, found) if accept else opened), found


def withdraw(desk: Desk, suggestion_id: UUID) -> Suggestion:
    """Take a proposal back; errors as `answer`."""
    session, who = desk.session, desk.who
    coordinates(who)
    found = session.get(Suggestion, suggestion_id)
    if found is None:
        raise NotFoundError
    opened, item = _opened(desk, found.item_id)
    found = session.get_one(Suggestion, suggestion_id, populate_existing=True)
    if found.state != "open":
        raise ConflictError("suggestion-over", OVER, state=found.state)
    found.state, found.answered_by, found.answered = "withdrawn", who.pseudonym, datetime.now(UTC)
    session.flush()
    _told(session, who, opened, item, found, "suggestion.withdrawn", {})
    return found


def open_of(session: Session, item_id: UUID) -> Suggestion | None:
    """Return the proposal on an item that waits for its office."""
    rows = select(Suggestion).where(Suggestion.item_id == item_id, Suggestion.state == "open")
    return session.scalars(rows).first()


def _replaced(
    session: Session, who: Principal, opened: Opened, item: Item, found: Suggestion
) -> Opened:
    """Return a released version of the contribution in which the item says what was proposed."""
    old = opened.contribution
    last = session.scalar(
        select(func.max(Contribution.number)).where(Contribution.task_id == old.task_id)
    )
    state = select(Contribution.id).where(
        Contribution.task_id == old.task_id, Contribution.state.in_(("draft", "circulating"))
    )
    if session.scalars(state).first() is not None:
        raise ConflictError("contribution-under-way", UNDER_WAY)
    made = Contribution(
        task_id=old.task_id, number=1 + (last or 0), state="draft", source=old.source,
        document_id=old.document_id, received=old.received, reused_from=old.id,
        office_reference=old.office_reference, contact=old.contact, late=old.late,
        by=who.pseudonym, revision=1,
    )  # fmt: skip
    session.add(made)
    session.flush()
    items = copied(opened.items, made.id, who.pseudonym)
    for one in items:
        if one.number == item.number:
            one.text = found.text
            for name, value in found.fields.items():
                setattr(one, name, value)
    session.add_all(items)
    session.flush()
    after = Opened(opened.case, opened.task, made, items)
    release(session, who, after)
    return after


def _opened(desk: Desk, item_id: UUID) -> tuple[Opened, Item]:
    session = desk.session
    number = session.scalars(select(Item.contribution_id).where(Item.id == item_id)).first()
    if number is None:
        raise NotFoundError
    opened = contribution_of(session, desk.who, number, desk.house, lock=True)
    return opened, next(one for one in opened.items if one.id == item_id)


def _told(
    session: Session, who: Principal, opened: Opened, item: Item, made: Suggestion, action: str,
    detail: Mapping[str, Any],
) -> Entry:  # fmt: skip
    facts = {"suggestion": str(made.id), "office": opened.task.office, "item": item.number,
             "contribution": str(opened.contribution.id)}  # fmt: skip
    return happened(session, opened.case, action, actor=who.pseudonym, facts=facts,
                    detail=detail or None)  # fmt: skip


UNRELEASED = Text(
    "Der Beitrag ist noch nicht freigegeben; bis dahin schreibt das Fachamt selbst daran.",
    "The contribution is not released yet; until then the office itself is writing it.",
)
THERE = Text(
    "Zu diesem Punkt ist schon eine Änderung vorgeschlagen; bitte erst zurücknehmen.",
    "A change to this item is proposed already; please take that back first.",
)
SAME = Text("Der Vorschlag ändert nichts.", "The proposal changes nothing.")
OVER = Text(
    "Über diesen Vorschlag ist schon entschieden (`state`), oder es gibt eine neuere Fassung.",
    "This proposal is decided already (`state`), or there is a newer version.",
)
UNDER_WAY = Text(
    "Ihr Fachamt schreibt schon an einer neuen Fassung; bitte die Änderung dort übernehmen und den "
    "Vorschlag ablehnen, oder die Fassung zuerst freigeben.",
    "Your office is writing a new version already; please make the change there and refuse the "
    "proposal, or release that version first.",
)
