"""The route for what decisions and answers teach about the rules."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from service.api.dependencies import InSession, Who
from service.api.problems import DECLARED
from service.api.revision import PRIVATE
from service.cases.asking.learning import learned, missed

router = APIRouter(prefix="/api/v1", tags=["asking"])


class LearnedOut(BaseModel):
    """A rule and an office."""

    rule: str = Field(examples=["N04"])
    office: str = Field(examples=["UNB"])
    asked: int
    dropped: int = Field(description="by the coordinator, with a reason")
    not_affected: int = Field(description="after all, as the office says")
    codes: dict[str, int] = Field(description="why not", examples=[{"data_outdated": 3}])


class MissedOut(BaseModel):
    """An office that no rule had named."""

    office: str = Field(examples=["BRK"])
    times: int


class LearningOut(BaseModel):
    """What there is to learn about the rules, the most in vain first."""

    rules: list[LearnedOut]
    missed: list[MissedOut]


@router.get("/statistics/rules", responses=DECLARED)
def rules(session: InSession, who: Who, response: Response) -> LearningOut:
    """Read how often rules named an office in vain, and which offices no rule had named."""
    response.headers.update(PRIVATE)
    return LearningOut(
        rules=[
            LearnedOut.model_validate(one, from_attributes=True) for one in learned(session, who)
        ],
        missed=[
            MissedOut.model_validate(one, from_attributes=True) for one in missed(session, who)
        ],
    )
