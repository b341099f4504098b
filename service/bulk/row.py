"""What a run says of one plan: its outcome, what was found, whom it concerns, the reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from service.bulk.job import Job, Told
from service.cases.results import Told as Report
from service.plans.plan import Plan

CHECKED, REFUSED, ASKS, FAILED, SKIPPED = "checked", "refused", "question", "failed", "skipped"
QUESTION = "question:"
FINDING = (
    "layer", "version", "outcome", "overlap_m2", "share_of_plan", "length_m", "nearest_m",
    "objects_affected", "uncovered_share", "reason",
)  # fmt: skip
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One plan of a run. `state` is ``checked``, ``refused``, ``question``, ``failed`` or
    ``skipped``; all but the first come with a code and a sentence. `geometry` is WKB in the
    working CRS.
    """

    number: int
    name: str
    sha256: str
    state: str
    code: str | None = None
    text_de: str | None = None
    text_en: str | None = None
    title: str | None = None
    kind: str | None = None
    findings: Sequence[Json] = ()
    offices: Sequence[Json] = ()
    unresolved: int | None = None
    reports: Sequence[Json] = ()
    geometry: bytes | None = None

    @classmethod
    def of(cls, job: Job, plan: Plan, reports: Sequence[Report]) -> "Row":
        """Return the row of a checked plan; its figures are those of the first report."""
        document = reports[0].document
        return cls(
            number=job.number,
            name=job.name,
            sha256=job.sha256,
            state=CHECKED,
            title=document["plan"]["title"],
            kind=document["plan"]["kind"],
            findings=[{name: row[name] for name in FINDING} for row in document["findings"]],
            offices=[_office(row) for row in document["offices"]],
            unresolved=len(document["unresolved"]),
            reports=[
                {"audience": r.audience, "language": r.language, "body": r.body} for r in reports
            ],
            geometry=shapely.to_wkb(plan.geometry.footprint, byte_order=1),
        )


def told_row(job: Job, told: Told, *, failed: bool = False) -> Row:
    """Return the row of a plan that has no result."""
    code = told.code.removeprefix(QUESTION)
    state = REFUSED if code == told.code else ASKS
    if job.skipped is not None:
        state = SKIPPED
    return Row(
        number=job.number,
        name=job.name,
        sha256=job.sha256,
        state=FAILED if failed else state,
        code=code,
        text_de=told.text.de,
        text_en=told.text.en,
    )


def _office(row: Json) -> Json:
    reasons = row["reasons"]
    return {
        "office": row["office"],
        "effect": row["effect"],
        "certainty": row["certainty"],
        "rules": [reason["rule"] for reason in reasons],
        "layers": sorted({reason["layer"] for reason in reasons if reason["layer"]}),
    }
