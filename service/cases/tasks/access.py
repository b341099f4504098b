"""Which tasks are whose: of an office, of one that stands in for it, of the coordinator."""

from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.errors import ForbiddenError, NotFoundError
from service.house import House
from service.models.case import Case
from service.models.task import Task


def mine(principal: Principal) -> ColumnElement[bool]:
    """Return the condition for tasks this principal may open."""
    if principal.role == "coordinator":
        return true()
    if principal.role == "officer":
        return (Task.office == principal.office) | (Task.stand_in == principal.office)
    return false()


def task_of(
    session: Session, principal: Principal, task_id: UUID, *, lock: bool = False
) -> tuple[Case, Task]:
    """Return a task with its case; `lock` both for a change, the case first as everybody does.

    Raises
    ------
    NotFoundError
        If there is none, or it is not for this principal.
    """
    found = session.scalars(select(Task.case_id).where(Task.id == task_id, mine(principal)))
    case_id = found.first()
    if case_id is None:
        raise NotFoundError
    case = session.get_one(Case, case_id, with_for_update=lock, populate_existing=lock)
    task = session.get_one(Task, task_id, with_for_update=lock, populate_existing=lock)
    return case, task


def acts_for(principal: Principal, task: Task, house: House) -> bool:
    """Tell whether this principal writes the office's own words.

    Its officers do, those of an office that stands in for it, and for the staff unit's own
    offices the coordinator.
    """
    if principal.role == "coordinator":
        return task.office in house.staff_unit
    return principal.office is not None and principal.office in (task.office, task.stand_in)


def may_act(principal: Principal, task: Task, house: House) -> None:
    """Let pass who writes the office's own words.

    Raises
    ------
    ForbiddenError
        If that is not this principal's to do.
    """
    if not acts_for(principal, task, house):
        raise ForbiddenError("office-not-yours", NOT_YOURS, office=task.office)


NOT_YOURS = Text(
    "Das schreibt das Fachamt (`office`) selbst. Was per Post oder E-Mail kam, kann die "
    "Koordination mit `source` eintragen, Änderungen kann sie vorschlagen (`suggestions`).",
    "This is for the office (`office`) itself to write. What came by letter or mail the "
    "coordinator may enter with `source`, and changes may be proposed (`suggestions`).",
)
