"""Cases checked again in bulk: which ones, and how a result gets onto its case.

A result becomes a further check of the draft, as if somebody had asked for it: the earlier ones
stay, the difference to the last one is kept with it, and the coordinator is told where there is
one. The id of that check follows from run and draft, so that a run that goes on adds nothing twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid5

import orjson
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gis.problem import Text
from layers.catalogue import Catalogue
from layers.frozen import Frozen
from layers.references import References
from service.blobs import Blobs
from service.bulk.job import Job, Told
from service.bulk.row import CHECKED, SKIPPED
from service.bulk.table import read
from service.cases import difference
from service.cases.drafts import last_check, last_version
from service.cases.events import happened
from service.cases.finishing import Outcome, Task, broken, differing, settled
from service.cases.freezing import record
from service.cases.opening import RECHECK
from service.cases.results import INTERNAL
from service.cases.results import Told as Report
from service.cases.state import OPEN, WORKING
from service.db import Json, transaction
from service.errors import ConflictError, UnusableError
from service.journal import SYSTEM
from service.models.case import Case
from service.models.check import Check
from service.models.check import Report as Kept
from service.models.version import PlanVersion


def jobs_of(session: Session, blobs: Blobs, references: Sequence[str], closed: bool) -> list[Job]:
    """Return a job for each case of these references, of all open ones where none is named.

    With `closed` those that have ended count as well. A case that cannot be checked is a job that
    is skipped and says why.

    Raises
    ------
    UnusableError
        ``case-unknown`` for a reference that no case has.
    """
    asked = select(Case).order_by(Case.reference)
    if references:
        asked = asked.where(Case.reference.in_(references))
    elif not closed:
        asked = asked.where(Case.state.in_(sorted(OPEN)))
    cases = list(session.scalars(asked))
    if unknown := sorted(set(references) - {case.reference for case in cases}):
        names = ", ".join(unknown)
        raise UnusableError(
            "case-unknown", Text(UNKNOWN.de.format(names), UNKNOWN.en.format(names))
        )
    return [_job(session, blobs, number, case) for number, case in enumerate(cases)]


def _job(session: Session, blobs: Blobs, number: int, case: Case) -> Job:
    version = last_version(session, case)
    if version is None:
        return Job(number, case.reference, "", "", {}, skipped=Told("no-draft", NO_DRAFT))
    job = partial(
        Job,
        number,
        case.reference,
        version.blob,
        str(blobs.path(version.blob)),
        version.said,
        key=str(version.id),
    )
    if version.question is not None:
        return job(skipped=Told("question-open", QUESTION))
    if case.state in OPEN and case.state not in WORKING:
        return job(skipped=Told("case-resting", RESTING))
    return job()


@dataclass(frozen=True)
class Keeping:
    """Puts the results of a run onto open cases."""

    engine: Engine
    blobs: Blobs
    references: References
    catalogue: Catalogue
    frozen: Frozen
    run: UUID
    day: date
    jobs: Mapping[int, Job]

    def __call__(self, content: bytes) -> None:
        """Keep the results of a chunk; those that are kept already are passed over."""
        for row in read(content).to_pylist():
            job = self.jobs[row["number"]]
            if job.key is not None and row["state"] != SKIPPED:
                self._keep(row, job, UUID(job.key))

    def counts(self) -> Json:
        """Return how many cases have got a check of this run, and how many were left alone."""
        wanted = [job for job in self.jobs.values() if job.key is not None and job.skipped is None]
        names = [check_named(self.run, UUID(job.key)) for job in wanted]
        asked = select(func.count()).select_from(Check).where(Check.id.in_(names))
        with transaction(self.engine) as session:
            kept = session.scalars(asked).one()
        return {"kept": kept, "left": len(wanted) - kept}

    def _keep(self, row: Json, job: Job, version_id: UUID) -> None:
        check_id = check_named(self.run, version_id)
        reports = [_report(one) for one in row["reports"] or ()]
        recorded = None
        if row["state"] == CHECKED:
            rests_on = reports[0].document["provenance"]
            recorded = record(self.blobs, self.catalogue, self.frozen, job.said, self.day, rests_on)
            # Before the commit: a reference too many is swept, one too few would cost the data.
            self.references.put(str(check_id), recorded.versions)
        with transaction(self.engine) as session:
            begun = _begun(session, check_id, version_id, self.day)
            if begun is None:
                return
            case, check, task = begun
            if recorded is None:
                broken(session, case, check, row["code"], Text(row["text_de"], row["text_en"]))
                return
            differs = differing(session, task, reports)
            outcome = Outcome(task, reports, recorded, differs)
            settled(session, case, check, outcome, quiet=_nothing(differs))


def check_named(run: UUID, version_id: UUID) -> UUID:
    """Return the id of the check that a run adds to a draft."""
    return uuid5(run, str(version_id))


def _report(one: Mapping[str, Any]) -> Report:
    body = one["body"]
    return Report(one["audience"], one["language"], orjson.loads(body), body)


def _begun(
    session: Session, check_id: UUID, version_id: UUID, day: date
) -> tuple[Case, Check, Task] | None:
    """Add a check that is under way; None where the run has added it, or it no longer fits.

    A case that was closed, got a newer draft or is being checked meanwhile is left alone: its row
    in the tables of the run is all that remains.
    """
    version = session.get_one(PlanVersion, version_id)
    case = session.get_one(Case, version.case_id, with_for_update=True)
    if session.get(Check, check_id) is not None or case.state not in WORKING:
        return None
    newest = last_version(session, case)
    if newest is None or newest.id != version_id or _under_way(session, version_id):
        return None
    now = datetime.now(UTC)
    check = Check(
        id=check_id,
        version_id=version_id,
        state="running",
        cause=RECHECK,
        day=day,
        tries=1,
        started=now,
        progress={"done": 0, "total": 0, "layer": None, "title": None},
    )
    session.add(check)
    session.flush()
    facts = {"check": str(check_id), "version": version.number}
    try:
        happened(session, case, "check.queued", actor=SYSTEM, facts=facts)
    except ConflictError:
        session.expunge(check)
        return None
    said = version.said
    return case, check, Task(check_id, case.id, version_id, version.blob, said, day, 1)


def _under_way(session: Session, version_id: UUID) -> bool:
    asked = select(Check.id).where(
        Check.version_id == version_id, Check.state.in_(("queued", "running"))
    )
    return session.scalars(asked.limit(1)).first() is not None


def _nothing(differs: Json | None) -> bool:
    """Tell whether nobody needs a mail: the same as before, for everybody."""
    return differs is not None and all(map(difference.same, differs["audiences"].values()))


def before(engine: Engine, run: UUID, job: Job) -> bytes | None:
    """Return the internal report of the last check of a case before the run; None for none."""
    if job.key is None:
        return None
    with transaction(engine) as session:
        version = session.get_one(PlanVersion, UUID(job.key))
        return _last_report(session, version, check_named(run, version.id))


def _last_report(session: Session, version: PlanVersion, own: UUID) -> bytes | None:
    added = session.get(Check, own)
    if added is not None and added.difference is not None:
        earlier: UUID | None = UUID(added.difference["check"])
    else:
        case = session.get_one(Case, version.case_id)
        last = last_check(session, case, "done")
        earlier = None if last is None or last.id == own else last.id
    if earlier is None:
        return None
    kept = session.get(Kept, (earlier, INTERNAL, "de"))
    return None if kept is None else kept.body


UNKNOWN = Text("Es gibt keinen Vorgang {0}.", "There is no case {0}.")
NO_DRAFT = Text("Zu diesem Vorgang gibt es keinen Planstand.", "There is no draft of this case.")
QUESTION = Text(
    "Zu dem Planstand ist eine Frage offen; bitte zuerst beantworten.",
    "A question about the draft is open; answer it first.",
)
RESTING = Text(
    "Der Vorgang ruht; er wird geprüft, wenn er weitergeht.",
    "The case is resting; it is checked when it goes on.",
)
