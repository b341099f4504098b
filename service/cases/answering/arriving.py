"""An answer that comes as a document: kept as it came; the coordinator enters what it says."""

from datetime import UTC, date, datetime

from sqlalchemy import func, select

from service import letters
from service.cases.answering.contributions import LATE, takes_answers, under_way
from service.cases.answering.quick import THERE
from service.cases.asking.desk import Desk
from service.cases.asking.letters import of_task
from service.cases.asking.reminding import coordinators
from service.cases.tasks.happening import step
from service.errors import ConflictError
from service.models.case import Case
from service.models.contribution import Contribution
from service.models.document import Document
from service.models.task import AnswerLink, Task


def arrived_by_link(
    desk: Desk, case: Case, task: Task, link: AnswerLink, document: Document, received: date
) -> Contribution:
    """Begin a contribution with the document that came; the link is used up, coordinators told.

    Raises
    ------
    ConflictError
        If an answer is under way or was given, or the case takes none any more.
    """
    session = desk.session
    takes_answers(case, task)
    if under_way(session, task) is not None or task.state == "answered":
        raise ConflictError("answer-there", THERE)
    last = session.scalar(
        select(func.max(Contribution.number)).where(Contribution.task_id == task.id)
    )
    actor = f"link:{link.id}"
    made = Contribution(
        task_id=task.id, number=1 + (last or 0), state="draft", source="docx",
        document_id=document.id, received=received, late=case.state in LATE, by=actor, revision=1,
    )  # fmt: skip
    link.used = datetime.now(UTC)
    session.add(made)
    session.flush()
    facts = {"contribution": str(made.id), "source": made.source, "late": made.late,
             "document": str(document.id)}  # fmt: skip
    entry = step(session, case, task, "task.begun", actor=actor, facts=facts)
    values = of_task(case, task, desk.names.get(task.office, task.office))
    for person in session.scalars(coordinators()):
        letters.ask(session, entry, person, "letter_arrived", values)
    return made
