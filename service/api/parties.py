"""Routes for the parties of a case."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.api.dependencies import InLanguage, InSession, Who
from service.api.handing_in import Line, Prose
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, etag, fresh
from service.cases.parties import (
    Named,
    addressed,
    parties_of,
    set_parties,
)
from service.cases.visible import full_case_of
from service.models.case import Case

router = APIRouter(prefix="/api/v1", tags=["cases"])
Part = Literal[
    "planning_authority", "commissioned_office", "developer", "leading_authority", "sender"
]


class PartyIn(BaseModel, extra="forbid"):
    """Somebody with a part in the case."""

    part: Part
    name: Annotated[Line, Field(min_length=1)] = Field(examples=["Stadt Borna"])
    contact: Prose | None = Field(None, examples=["Markt 1, 04552 Borna"])
    organisation: UUID | None = Field(None, description="where it has accounts here")


class PartiesIn(BaseModel, extra="forbid"):
    """All parties of the case; they take the place of those before."""

    parties: list[PartyIn] = Field(max_length=50)


class PartyOut(BaseModel):
    """Somebody with a part in the case; name and contact are null once erased."""

    part: str = Field(examples=["planning_authority"])
    name: str | None
    contact: str | None
    organisation: UUID | None


class PartiesOut(BaseModel):
    """The parties of a case, and to whom its statement goes."""

    parties: list[PartyOut]
    addressee: PartyOut | None
    copies: list[PartyOut]
    missing: str | None = Field(description="part that must be named to have an addressee")
    note: str | None


@router.get("/cases/{case_id}/parties", responses=DECLARED)
def read(
    case_id: UUID, session: InSession, who: Who, language: InLanguage, response: Response
) -> PartiesOut:
    """Read who has a part in a case and to whom its statement goes."""
    return _answer(session, full_case_of(session, who, case_id), who, language, response)


@router.put("/cases/{case_id}/parties", responses=DECLARED)
def put(
    case_id: UUID,
    given: PartiesIn,
    session: InSession,
    who: Who,
    language: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> PartiesOut:
    """Name the parties of a case."""
    case = full_case_of(session, who, case_id, lock=True)
    fresh(if_match, case)
    named = [Named(p.part, p.name, p.contact, p.organisation) for p in given.parties]
    set_parties(session, who, case, named)
    return _answer(session, case, who, language, response)


def _answer(
    session: Session, case: Case, who: Principal, language: str, response: Response
) -> PartiesOut:
    parties = parties_of(session, case)
    goes = addressed(session, case)
    response.headers.update({**PRIVATE, "ETag": etag(case, language=language)})
    return PartiesOut(
        parties=[_party(one) for one in parties],
        addressee=None if goes.to is None else _party(goes.to),
        copies=[_party(one) for one in goes.copies],
        missing=goes.missing,
        note=None if goes.note is None else goes.note.in_language(language),
    )


def _party(one: Named) -> PartyOut:
    return PartyOut(
        part=one.part, name=one.name, contact=one.contact, organisation=one.organisation_id
    )
