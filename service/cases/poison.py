"""Jobs that were given up: shown to the coordinator, who may have them done again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from service import jobs
from service.access.principal import Principal
from service.cases.finishing import held, told_of
from service.db import Json
from service.errors import NotFoundError
from service.letters.asking import SEND
from service.models.mail import Mail

CHECK = "checks.run"
# A letter or a check has its own say on what went wrong; other jobs only have a log.
GIVEN_UP = """
    select j.id, j.task_name, j.queue_name, j.attempts + 1, j.args,
        (select max(e.at) from procrastinate_events e where e.job_id = j.id),
        c.problem, m.problem, v.case_id
    from procrastinate_jobs j
    left join checks c on j.task_name = 'checks.run' and c.id::text = j.args->>'check_id'
    left join plan_versions v on v.id = c.version_id
    left join mails m on j.task_name = 'letters.send' and m.id::text = j.args->>'mail_id'
    where j.status in ('failed', 'aborted')"""
LISTED = text(f"{GIVEN_UP} order by j.id desc limit :most")
ONE = text(f"{GIVEN_UP} and j.id = :number for update of j")
REMOVED = text("delete from procrastinate_jobs where id = :number")


@dataclass(frozen=True, slots=True)
class Poison:
    """A job that was given up; `problem` is what is known of why."""

    number: int
    task: str
    queue: str
    tries: int
    args: Json
    at: datetime | None
    problem: str | Json | None
    case_id: UUID | None


def given_up(session: Session, most: int = 100) -> list[Poison]:
    """Return the jobs that were given up, the latest first."""
    return [_poison(row) for row in session.execute(LISTED, {"most": most})]


def again(session: Session, principal: Principal, number: int) -> int:
    """Have a job done again, counting its tries anew; return its new number.

    Raises
    ------
    NotFoundError
        If no job of that number was given up.
    """
    row = session.execute(ONE, {"number": number}).first()
    if row is None:
        raise NotFoundError
    found = _poison(row)
    session.execute(REMOVED, {"number": number})
    lock = None if found.case_id is None else f"case-{found.case_id}"
    job = jobs.defer(session, found.task, queue=found.queue, lock=lock, **found.args)
    if found.task == CHECK and found.case_id is not None:
        _reopened(session, UUID(found.args["check_id"]), principal)
    elif found.task == SEND:
        mail = session.get(Mail, UUID(found.args["mail_id"]), with_for_update=True)
        if mail is not None:
            mail.tries = 0
    return job


def _reopened(session: Session, check_id: UUID, principal: Principal) -> None:
    """Queue a check that has failed; it has no result yet, so nothing that is kept changes."""
    case, check = held(session, check_id)
    if check.state != "failed":
        return
    check.state, check.tries, check.problem, check.finished = "queued", 0, None, None
    told_of(session, case, "check.queued", {"check": str(check_id)}, principal.pseudonym)


def _poison(row: Any) -> Poison:
    number, task, queue, tries, args, at, of_check, of_mail, case_id = row
    return Poison(number, task, queue, tries, args, at, of_check or of_mail, case_id)
