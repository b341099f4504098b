"""What the code of a problem means; the header `Link` of every problem leads here."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from service.api.dependencies import InLanguage
from service.api.problems import DECLARED
from service.errors import NotFoundError
from service.explained import explained

router = APIRouter(prefix="/api/v1", tags=["checks"])


class Meaning(BaseModel):
    """A code in words."""

    code: str = Field(examples=["crs-missing"])
    kind: str = Field(description="refusal, question or notice; otherwise the HTTP status")
    what: str = Field(description="what it means")
    do: str = Field(description="what whoever meets it can do")


@router.get("/problems/{code}", responses=DECLARED)
def meaning(code: str, language: InLanguage) -> Meaning:
    """Say what the code of a problem means, and what to do."""
    known = explained().get(code)
    if known is None:
        raise NotFoundError
    what, do = (text.in_language(language) for text in (known.what, known.do))
    return Meaning(code=code, kind=known.kind, what=what, do=do)
