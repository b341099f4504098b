"""The job of a check: from a plan that was handed in to results that are kept and never change.

It may be begun again at any moment, by another worker or by two at once: until the one
transaction that makes it done nothing of it counts, and a check that is done is left alone.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from gis.problem import Problem, Text
from layers.layer import Layer
from layers.references import References
from service.blobs import Blobs
from service.cases.finishing import Outcome, Task, differing, failed, finished
from service.cases.freezing import record
from service.cases.opening import Read, known
from service.cases.progress import Progress, StoppedError
from service.cases.results import tell
from service.db import Json, transaction
from service.district import District
from service.jobs import MOST_TRIES
from service.models.check import Check
from service.models.version import PlanVersion
from service.plans.intake import read_plan
from service.review import Gathered, gather

TRIES = 2  # a check that fails as a whole is tried once more
OVER = frozenset({"done", "failed", "cancelled"})


class GivenUpError(Exception):
    """A check failed as a whole for the last time; that is written down."""


def carry_out(
    engine: Engine,
    district: District,
    blobs: Blobs,
    check_id: UUID,
    *,
    read: Read = read_plan,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Carry out a check. A layer that cannot be checked is a finding, no failure.

    `stop` is asked at every layer whether to give the check back: then `StoppedError`.

    Raises
    ------
    OperationalError
        If the database cannot be reached: to be tried again.
    StoppedError
        If told to stop; the check is begun anew by whoever gets it next.
    GivenUpError
        If the check has failed for the last time; before that whatever went wrong is raised.
    """
    task = _begun(engine, check_id, len(district.catalogue.layers))
    if task is None:
        return
    try:
        if task.tries > MOST_TRIES:  # it has taken a worker with it every time
            raise CrashedError
        progress = Progress(engine, check_id, len(district.catalogue.layers), stop)
        finished(engine, _checked(engine, district, blobs, task, read, progress))
    except Problem as problem:  # of the plan itself: no use in trying again
        failed(engine, check_id, problem.code, problem.text)
    except StoppedError as stopped:
        if not stopped.cancelled:
            raise
    except OperationalError:
        raise
    except Exception as error:
        if task.tries < TRIES:
            raise
        failed(engine, check_id, "check-failed", _bug(error))
        raise GivenUpError from error


class CrashedError(Exception):
    """The check was begun again and again and never came to an end."""


class MissingError(Problem):
    """The plan of a check is no longer there as it was handed in."""


def _begun(engine: Engine, check_id: UUID, layers: int) -> Task | None:
    """Mark a check as running; None where there is nothing left to do."""
    with transaction(engine) as session:
        check = session.get(Check, check_id, with_for_update=True)
        if check is None or check.state in OVER:
            return None
        check.state = "running"
        check.tries += 1
        check.started = datetime.now(UTC)
        check.progress = {"done": 0, "total": layers, "layer": None, "title": None}
        version = session.get_one(PlanVersion, check.version_id)
        return Task(
            check_id,
            version.case_id,
            version.id,
            version.blob,
            version.said,
            check.day,
            check.tries,
        )


def _checked(
    engine: Engine,
    district: District,
    blobs: Blobs,
    task: Task,
    read: Read,
    progress: Callable[[Layer], None],
) -> Outcome:
    """Check a plan and put everything where it will be kept, but for the rows."""
    then = District(district.catalogue, district.store.pinned())
    gathered = gathering(then, district, blobs.path(task.blob), task.said, task.day, read, progress)
    reports = tell(gathered)
    provenance = reports[0].document["provenance"]
    recorded = record(blobs, then.catalogue, then.store.frozen(), task.said, task.day, provenance)
    # Before the commit: a reference too many is swept, one too few would cost the data.
    References(then.store.root / "refs").put(str(task.check_id), recorded.versions)
    with transaction(engine) as session:
        differs = differing(session, task, reports)
    return Outcome(task, reports, recorded, differs)


def gathering(
    then: District,
    district: District,
    path: Path,
    said: Json,
    day: date,
    read: Read,
    progress: Callable[[Layer], None] = lambda _: None,
) -> Gathered:
    """Read the plan at `path` and check it, in the district as it is `then`; rules and words are
    those of `district`, which has read them already.

    Raises
    ------
    Problem
        If the plan is gone, or can no longer be used as it was said to be.
    """
    if not path.is_file():
        raise MissingError("plan-missing", MISSING)
    plan = read(path, known(then, said))
    if plan.sha256.removeprefix("sha256:") != path.name:
        raise MissingError("plan-damaged", DAMAGED)
    rules, words = district.rules, district.vocabulary
    return gather(plan, then.catalogue, then.store, rules, words, on=day, progress=progress)


def _bug(error: Exception) -> Text:
    kind = "" if isinstance(error, CrashedError) else f" ({type(error).__name__})"
    return Text(BUG.de.format(kind), BUG.en.format(kind))


BUG = Text(
    "Die Prüfung ist zweimal gescheitert{0}; es liegt kein Ergebnis vor. Das ist ein Fehler in "
    "Belang oder seiner Umgebung; bitte melden und danach erneut prüfen lassen.",
    "The check failed twice{0}; there is no result. This is a bug in Belang or in what it runs "
    "on; please report it, and have the plan checked again afterwards.",
)
MISSING = Text(
    "Die Datei der Planung ist im Datenordner nicht mehr vorhanden; bitte die Sicherung "
    "zurückspielen oder die Planung neu einreichen.",
    "The file of the plan is no longer in the data folder; restore the backup, or hand the plan "
    "in again.",
)
DAMAGED = Text(
    "Die Datei der Planung ist nicht mehr die eingereichte; bitte die Sicherung zurückspielen.",
    "The file of the plan is no longer the one handed in; restore the backup.",
)
