"""The route for what lies around a case."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from service.api.dependencies import InLanguage, InSession, InSettings, Who
from service.api.problems import DECLARED
from service.api.revision import PRIVATE
from service.cases import neighbours as around
from service.cases.trenching import Proposal
from service.cases.visible import full_case_of

router = APIRouter(prefix="/api/v1", tags=["cases"])
MOST = 500  # in the list; sums are over all
Metres = Annotated[float, Query(ge=0, le=50_000, allow_inf_nan=False, description="metres")]


class NeighbourOut(BaseModel):
    """A case nearby; what only its parties see is null otherwise."""

    view: Literal["full", "outline"]
    id: UUID
    title: str
    municipality_names: str
    deadline: date | None
    reference: str | None
    kind: str | None
    state: str | None
    distance_m: float = Field(examples=[120.5])
    overlap_m2: float = Field(examples=[0.0])
    share_of_plan: float = Field(description="of the plan asked about", examples=[0.0])


class SumOut(BaseModel):
    """Plans of one kind together; withdrawn ones do not count."""

    kind: str | None = Field(description="null: cases shown as outlines only")
    count: int
    area_m2: float = Field(description="after union")


class ProposalOut(BaseModel):
    """A proposal to dig once."""

    reference: str | None = Field(description="of the other case; null: broadband gaps")
    shared_m: float | None = Field(description="length along each other, about")
    certain: bool = Field(description="whether the works are known to meet in time")
    because: str


class NeighboursOut(BaseModel):
    """What lies within a distance of a case."""

    within_m: float
    total: int
    neighbours: list[NeighbourOut]
    sums: list[SumOut]
    trenching: list[ProposalOut]


@router.get("/cases/{case_id}/neighbours", responses=DECLARED)
def neighbours(
    case_id: UUID,
    session: InSession,
    who: Who,
    settings: InSettings,
    language: InLanguage,
    response: Response,
    within_m: Metres | None = None,
) -> NeighboursOut:
    """Read which other plans lie nearby, what they add up to, and with whom to dig once."""
    case = full_case_of(session, who, case_id)
    distance = settings.near_m if within_m is None else within_m
    found = around.surroundings(session, who, case, distance)
    response.headers.update(PRIVATE)
    return NeighboursOut(
        within_m=distance,
        total=len(found.neighbours),
        neighbours=[_neighbour(one) for one in found.neighbours[:MOST]],
        sums=[SumOut(kind=s.kind, count=s.count, area_m2=round(s.area_m2, 1)) for s in found.sums],
        trenching=[_proposal(one, language) for one in found.trenching],
    )


def _neighbour(one: around.Neighbour) -> NeighbourOut:
    case = one.case
    return NeighbourOut(
        view="full" if one.full else "outline",
        id=case.id,
        title=case.title,
        municipality_names=case.municipality_names,
        deadline=case.deadline,
        reference=case.reference if one.full else None,
        kind=case.kind if one.full else None,
        state=case.state if one.full else None,
        distance_m=round(one.distance_m, 2),
        overlap_m2=round(one.overlap_m2, 2),
        share_of_plan=round(one.share_of_plan, 6),
    )


def _proposal(one: Proposal, language: str) -> ProposalOut:
    return ProposalOut(
        reference=one.reference,
        shared_m=None if one.shared_m is None else round(one.shared_m, -1),
        certain=one.certain,
        because=one.because.in_language(language),
    )
