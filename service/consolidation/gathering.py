"""Everything the statement is made of, gathered once: offices, report, contradictions, gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.drafts import last_check
from service.consolidation.agreeing import contradictions_of, standing
from service.consolidation.obstacles import Obstacle, obstacles
from service.consolidation.voices import Voices, voices_of
from service.district import District
from service.models.case import Case
from service.models.check import Check, Report
from service.models.statement import Contradiction
from service.models.supplement import Supplement

INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known when a statement is written; `report` is the internal German one."""

    case: Case
    voices: Voices
    check: Check | None
    report: Mapping[str, Any] | None
    contradictions: Sequence[Contradiction]
    supplements: Sequence[Supplement]
    obstacles: Sequence[Obstacle]

    def proposal(self, language: str) -> str:
        """Return the overall assessment that rules draft from the items."""
        return ""


def gathered(session: Session, case: Case, district: District) -> Gathered:
    """Gather it; of the check only one of the last draft counts."""
    voices = voices_of(session, case)
    check = last_check(session, case, "done")
    if check is not None and (voices.version is None or check.version_id != voices.version.id):
        check = None
    report = None if check is None else report_of(session, check)
    found = contradictions_of(session, case)
    owed = select(Supplement).where(Supplement.case_id == case.id).order_by(Supplement.at)
    supplements = list(session.scalars(owed))
    against = obstacles(voices, report, standing(found, voices), supplements, district.offices)
    return Gathered(case, voices, check, report, found, supplements, against)


def report_of(session: Session, check: Check) -> Mapping[str, Any]:
    """Return the internal report of a check, in German, in which the district writes."""
    row = session.get_one(Report, (check.id, INTERNAL, "de"))
    read: Mapping[str, Any] = orjson.loads(row.body)
    return read
