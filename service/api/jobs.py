"""Routes for jobs that were given up."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from service.api.dependencies import InLanguage, InSession, Who
from service.api.problems import DECLARED
from service.cases.poison import again, given_up
from service.cases.understanding import in_language

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])
Number = Annotated[int, Path(ge=1, le=2**53, description="number of the job")]


class PoisonOut(BaseModel):
    """A job that was given up."""

    id: int
    task: str = Field(examples=["letters.send"])
    queue: str
    tries: int
    at: datetime | None = Field(description="when it was tried last")
    problem: str | None = Field(description="what is known of why")
    case: str | None = Field(description="where its case is")


class PoisonsOut(BaseModel):
    """Jobs that were given up, the latest first; at most a hundred."""

    jobs: list[PoisonOut]


class AgainOut(BaseModel):
    """The job that does it again."""

    id: int


@router.get("/poison", responses=DECLARED)
def poison(session: InSession, who: Who, language: InLanguage) -> PoisonsOut:
    """List jobs that were given up after several tries."""
    rows = []
    for one in given_up(session):
        said = in_language(one.problem, language)
        rows.append(
            PoisonOut(
                id=one.number,
                task=one.task,
                queue=one.queue,
                tries=one.tries,
                at=one.at,
                problem=said["text"] if isinstance(said, dict) else said,
                case=None if one.case_id is None else f"/api/v1/cases/{one.case_id}",
            )
        )
    return PoisonsOut(jobs=rows)


@router.post("/{job_id}/retry", status_code=202, responses=DECLARED)
def retry(job_id: Number, session: InSession, who: Who) -> AgainOut:
    """Have a job that was given up done again."""
    return AgainOut(id=again(session, who, job_id))
