"""A check made again from what was frozen: the same bytes, or it would not be evidence."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gis.problem import Text
from layers.store import Store
from service.blobs import Blobs
from service.cases.checking import gathering
from service.cases.freezing import thaw
from service.cases.opening import Read
from service.cases.results import tell
from service.db import transaction
from service.district import District
from service.errors import ConflictError
from service.models.check import Check, Report
from service.models.version import PlanVersion
from service.plans.intake import read_plan
from service.review import Gathered


@dataclass(frozen=True)
class Repeated:
    """What making a check again has found, in the district as it was then."""

    district: District
    gathered: Gathered


@dataclass(frozen=True, slots=True)
class Comparison:
    """One report then and now; `kept` and `again` are SHA-256 in hex, None where there is none."""

    audience: str
    language: str
    kept: str | None
    again: str | None

    @property
    def same(self) -> bool:
        """Whether both are the same bytes."""
        return self.kept == self.again


def repeat(check: Check, blob: str, blobs: Blobs, store: Store, read: Read = read_plan) -> Repeated:
    """Make a done check again, with everything as it was; `store` is today's.

    Raises
    ------
    ConflictError
        If the check is not done, or what it rested on is gone.
    """
    if check.frozen is None:
        raise ConflictError("check-not-done", NOT_DONE, state=check.state)
    try:
        thawed = thaw(blobs, store, check.frozen)
    except (OSError, ValueError) as error:
        raise ConflictError("check-not-repeatable", GONE) from error
    then = thawed.district
    gathered = gathering(then, then, blobs.path(blob), thawed.said, thawed.day, read)
    return Repeated(then, gathered)


def compared(
    engine: Engine, check_id: UUID, blobs: Blobs, store: Store, read: Read = read_plan
) -> Iterator[Comparison]:
    """Yield, for every report of a check, its hash as kept and as made again.

    The bytes kept are hashed anew; that a report was exchanged together with its hash shows in
    the journal, which has the hash of the internal one.

    Raises
    ------
    ConflictError
        As `repeat`.
    """
    with transaction(engine) as session:
        check = session.get_one(Check, check_id)
        blob = blob_of(session, check)
        rows = select(Report.audience, Report.language, Report.body)
        kept = {
            (audience, language): hashlib.sha256(body).hexdigest()
            for audience, language, body in session.execute(rows.where(Report.check_id == check_id))
        }
    repeated = repeat(check, blob, blobs, store, read)
    again = {(told.audience, told.language): told.sha256 for told in tell(repeated.gathered)}
    for audience, language in sorted(kept.keys() | again.keys()):
        key = (audience, language)
        yield Comparison(audience, language, kept.get(key), again.get(key))


def blob_of(session: Session, check: Check) -> str:
    """Return the hash of the plan file that was checked."""
    return session.scalars(select(PlanVersion.blob).where(PlanVersion.id == check.version_id)).one()


NOT_DONE = Text(
    "Die Prüfung ist nicht abgeschlossen; ein Ergebnis gibt es erst danach.",
    "The check is not done; there is a result only afterwards.",
)
GONE = Text(
    "Was der Prüfung zugrunde lag, ist nicht mehr vollständig vorhanden; bitte eine Sicherung des "
    "Datenordners zurückspielen oder neu prüfen lassen.",
    "What the check rested on is no longer complete; restore a backup of the data folder, or have "
    "the plan checked again.",
)
