"""Items: saved as somebody types, without one person's words replacing another's unseen."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.answering.contributions import contribution_of, may_write, open_to
from service.cases.visible import visible
from service.db import Json
from service.errors import GoneStaleError, NotFoundError, UnusableError
from service.house import House
from service.models.case import Case, Counter
from service.models.contribution import Contribution, Item
from service.models.document import Document
from service.models.task import Task

# What of an item its writer says; all else follows from where it stands.
FIELDS = (
    "kind", "text", "basis", "binding", "exception", "exception_by", "exception_step",
    "own_rights", "planned_for", "topic", "stance", "priority", "place", "layer", "object", "rule",
    "document_id", "edition", "restricted", "outward", "block", "position",
)  # fmt: skip
MOST = 500  # items in a contribution


def add(
    session: Session,
    who: Principal,
    case: Case,
    task: Task,
    contribution: Contribution,
    there: Sequence[Item],
    values: Mapping[str, Any],
) -> Item:
    """Add an item at the end, or at the position that is given.

    Raises
    ------
    UnusableError
        If there are too many, or it refers to what is not there.
    """
    if len(there) >= MOST:
        raise UnusableError("items-too-many", MANY, most=MOST)
    said = sound(session, case, values)
    position = said.pop("position", None) or 1 + max((i.position for i in there), default=0)
    item = Item(
        contribution_id=contribution.id,
        number=next_number(session, case, task.office),
        position=position,
        by=who.pseudonym,
        revision=1,
        **said,
    )
    session.add(item)
    contribution.revision += 1
    session.flush()
    return item


def item_of(
    session: Session, who: Principal, item_id: UUID, house: House
) -> tuple[Case, Task, Contribution, Item]:
    """Return an item for a change by its writers; locked, its contribution against a release.

    Only the item and its contribution are locked, not the case: saving while typing holds nobody
    up.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError
        If it is not there or not this principal's to change now.
    """
    known = session.execute(
        select(Item.contribution_id, Task, Case)
        .join(Contribution, Contribution.id == Item.contribution_id)
        .join(Task, Task.id == Contribution.task_id)
        .join(Case, Case.id == Task.case_id)
        .where(Item.id == item_id, visible(who))
    ).first()
    if known is None:
        raise NotFoundError
    contribution = session.get_one(
        Contribution, known[0], with_for_update={"read": True}, populate_existing=True
    )
    if contribution.state == "draft":
        may_write(who, known[1], contribution, house)
    else:
        contribution_of(session, who, contribution.id, house)  # does it exist for them?
        may_write(who, known[1], contribution, house)
    item = session.get(Item, item_id, with_for_update=True, populate_existing=True)
    if item is None or not open_to(who, known[1].office, [item]):  # deleted while we waited
        raise NotFoundError
    return known[2], known[1], contribution, item


def save(
    session: Session,
    who: Principal,
    case: Case,
    item: Item,
    values: Mapping[str, Any],
    seen: Collection[int] | None,
    theirs: Json,
) -> bool:
    """Save an item that was last seen in one of the revisions `seen` (None: whatever it is now).

    The same again changes nothing. Whoever saves a prepared item has taken it.

    Raises
    ------
    GoneStaleError
        If somebody else has saved it meanwhile; `theirs` goes along, so that both can be merged.
    """
    said = sound(session, case, values)
    changed = {n: v for n, v in said.items() if not _same(getattr(item, n), v)}
    if changed or item.prepared:
        _current(item, seen, theirs)
    if not changed and not item.prepared:
        return False
    for name, value in changed.items():
        setattr(item, name, value)
    item.prepared = False
    item.by = who.pseudonym
    item.revision += 1
    session.flush()
    return True


def remove(
    session: Session, contribution: Contribution, item: Item, seen: Collection[int] | None,
    theirs: Json,
) -> None:  # fmt: skip
    """Remove an item; its number is not given to another one.

    Raises
    ------
    GoneStaleError
        As `save`: nobody's words go unseen.
    """
    _current(item, seen, theirs)
    session.delete(item)
    contribution.revision += 1
    session.flush()


def _current(item: Item, seen: Collection[int] | None, theirs: Json) -> None:
    if seen is not None and item.revision not in seen:
        raise GoneStaleError("item-changed", CHANGED, revision=item.revision, theirs=theirs)


def sound(session: Session, case: Case, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of an item, if it fits together.

    Raises
    ------
    UnusableError
        If not.
    """
    said = completed(values)
    number = said.get("document_id")
    if number is not None:
        document = session.get(Document, number)
        if document is None or document.case_id != case.id:
            raise UnusableError("document-unknown", DOCUMENT)
    if said.get("kind") == "eigene_planung" and said.get("planned_for") is None:
        raise UnusableError("planned-for-missing", PLANNED)
    return said


def completed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of an item with what goes without saying: an Einwendung is binding law,
    and whether an exception is held out of that is open until somebody says.
    """
    said = dict(values)
    if said.get("kind") == "einwendung" and said.get("binding") is None:
        said["binding"] = "law"
    if said.get("binding") == "law" and said.get("exception") is None:
        said["exception"] = "open"
    return said


def next_number(session: Session, case: Case, office: str) -> int:
    """Return the next number of an office's items in a case; none is given twice."""
    row = insert(Counter).values(name=f"items/{case.id}/{office}", last=1)
    row = row.on_conflict_do_update(index_elements=["name"], set_={"last": Counter.last + 1})
    return session.scalars(row.returning(Counter.last)).one()


def _same(before: Any, after: Any) -> bool:
    if hasattr(before, "desc") and hasattr(after, "desc"):  # geometries
        return bool(before.desc == after.desc)
    return bool(before == after)


CHANGED = Text(
    "Jemand anderes hat diesen Punkt inzwischen gespeichert (`theirs`); bitte beide Fassungen "
    "zusammenführen und mit der neuen Revision speichern.",
    "Somebody else has saved this item meanwhile (`theirs`); please merge both and save with the "
    "new revision.",
)
MANY = Text(
    "Ein Beitrag hat höchstens `most` Punkte; bitte zusammenfassen.",
    "A contribution has at most `most` items; please summarise.",
)
DOCUMENT = Text(
    "Die Anlage gehört nicht zu diesem Vorgang; bitte zuerst dort hinzufügen.",
    "The attachment is not of this case; please add it there first.",
)
PLANNED = Text(
    "Eine eigene Planung braucht ihre zeitliche Abwicklung (`planned_for`), § 4 (2) S. 5 BauGB.",
    "An own plan needs its timing (`planned_for`), § 4 (2) sentence 5 BauGB.",
)
