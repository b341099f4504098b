"""The words a plan may be described with, and the offices of the district."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from gis.problem import Text
from service.api.dependencies import InDistrict, InLanguage, Who
from service.api.problems import DECLARED

router = APIRouter(prefix="/api/v1", tags=["checks"])


class Word(BaseModel):
    """A code and what it means."""

    code: str = Field(examples=["bebauungsplan"])
    title: str = Field(examples=["Bebauungsplan"])


class Vocabulary(BaseModel):
    """Everything that may be said about a plan in words of the district."""

    kinds: list[Word]
    uses: list[Word]
    procedures: list[Word]
    offices: list[Word]
    crs: str = Field(description="the working CRS", examples=["EPSG:25833"])


@router.get("/vocabulary", responses=DECLARED)
def vocabulary(district: InDistrict, who: Who, language: InLanguage) -> Vocabulary:
    """List kinds, uses and procedures of plans, and the offices."""

    def words(titles: dict[str, Text]) -> list[Word]:
        return [Word(code=c, title=t.in_language(language)) for c, t in titles.items()]

    known = district.vocabulary
    return Vocabulary(
        kinds=words({code: kind.title for code, kind in known.kinds.items()}),
        uses=words(dict(known.uses)),
        procedures=words(dict(known.procedures)),
        offices=words({office.code: office.name for office in district.catalogue.offices}),
        crs=district.catalogue.crs.to_string(),
    )
