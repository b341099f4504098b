"""What the page of a task shows: the plan, the reasons, the findings, what lies around."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from gis.problem import Text
from maps.style import OUTCOMES
from service import figures
from service.api.asking import why_asked
from service.api.asking_forms import ReasonOut
from service.api.document_forms import DocumentOut, described
from service.cases import documents
from service.cases.neighbours import Neighbour, neighbours_of
from service.cases.supplements import supplements_of
from service.cases.tasks.access import acts_for
from service.cases.tasks.inbox import Row
from service.cases.tasks.reading import (
    Reusable,
    Said,
    decision_of,
    findings_for,
    reusable_of,
    said_before,
)
from service.cases.tasks.state import AWAITED
from service.models.account import Account
from service.models.supplement import Supplement
from service.models.version import PlanVersion
from service.portal.inbox import light
from service.portal.task_acts import Table
from service.portal.urgency import Due
from service.report.rows import extent
from service.report.words import EFFECTS, RELATIONS

Json = Mapping[str, Any]
MOST_NEIGHBOURS = 20
MOST_SAID = 6  # cases in which the office has answered before
MOST_OBJECTS = 12  # of one finding on the page; all of them stand in the report


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as the page tells it."""

    layer: str
    title: str
    outcome: Text
    figures: str
    date: str | None
    reason: str | None
    objects: tuple[tuple[str, str, Text, float | None], ...]
    more: int


@dataclass(frozen=True, slots=True)
class View:
    """All that the page shows beside the answer."""

    office: str
    due: Due
    writes: bool  # whether the reader writes the answer
    awaited: bool
    version: PlanVersion
    reasons: Sequence[ReasonOut]
    effects: Mapping[str, Text]
    check: UUID | None
    findings: Sequence[Found]
    documents: Sequence[DocumentOut]
    neighbours: Sequence[Neighbour]
    earlier: Sequence[Reusable]
    said: Sequence[Said]
    questions: Sequence[Supplement]
    colleagues: Sequence[Account]


def looked_at(table: Table, language: str) -> View:
    """Return what the page of a task shows."""
    desk, case, task = table.desk, table.case, table.task
    session, who = desk.session, desk.who
    decision = decision_of(session, task)
    check, findings = findings_for(session, who, case, task, language)
    writes, awaited = acts_for(who, task, desk.house), task.state in AWAITED
    version = session.get_one(PlanVersion, task.version_id)
    around = neighbours_of(session, who, case, table.settings.near_m)
    questions = [one for one in supplements_of(session, who, case) if one.task_id == task.id]
    return View(
        office=desk.names.get(task.office, task.office),
        due=light(Row(task, case, version.number, {}), desk.today),
        writes=writes,
        awaited=awaited,
        version=version,
        reasons=why_asked(session, decision, who, language),
        effects=EFFECTS,
        check=check,
        findings=[_found(one, language) for one in findings],
        documents=[described(o, who, case, language) for o in documents.listed(session, who, case)],
        neighbours=around[:MOST_NEIGHBOURS],
        earlier=reusable_of(session, task),
        said=said_before(session, task, [case.id, *(n.case.id for n in around)])[:MOST_SAID],
        questions=questions,
        colleagues=_colleagues(table) if writes and awaited else (),
    )


def _found(finding: Json, language: str) -> Found:
    objects, day = finding["objects"], finding["data_date"]
    return Found(
        layer=finding["layer"],
        title=finding["title"],
        outcome=OUTCOMES[finding["outcome"]],
        figures=extent(finding, lambda text: text.in_language(language)),
        date=None if day is None else figures.day(day).in_language(language),
        reason=finding["reason"],
        objects=tuple(
            (o["id"], o["name"] or o["id"], RELATIONS[o["relation"]], o["overlap_m2"])
            for o in objects[:MOST_OBJECTS]
        ),
        more=max(0, len(objects) - MOST_OBJECTS),
    )


def _colleagues(table: Table) -> Sequence[Account]:
    own = [o for o in (table.task.office, table.task.stand_in) if o is not None]
    rows = select(Account).where(Account.office.in_(own), Account.active)
    return list(table.desk.session.scalars(rows.order_by(Account.name)))
