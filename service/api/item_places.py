"""The route that gives an item the place of what a check has found."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.api.checks_of_cases import Drawing
from service.api.contribution_forms import ItemOut
from service.api.dependencies import InBlobs, InDistrict, InHouse, InLanguage, InSession, Who
from service.api.handing_in import Line
from service.api.items import restricted_layers
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, seen_revisions
from service.api.shown import item_out
from service.cases.answering import items
from service.cases.answering.contributions import contribution_of
from service.cases.answering.places import NO_FINDING, place_found
from service.cases.tasks.reading import decision_of
from service.errors import NotFoundError, UnusableError
from service.house import House
from service.models.contribution import Item

router = APIRouter(prefix="/api/v1", tags=["contributions"])
FORM = "geojson-working"
Named = Annotated[Line, Field(min_length=1)]


class FoundIn(BaseModel, extra="forbid"):
    """An object of a finding."""

    layer: Named = Field(examples=["nsg"])
    object: Named = Field(description="its id in the report", examples=["nsg-3"])


@router.put("/items/{item_id}/place", responses=DECLARED)
def take(
    item_id: UUID,
    given: FoundIn,
    request: Request,
    session: InSession,
    who: Who,
    house: InHouse,
    district: InDistrict,
    blobs: InBlobs,
    language: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> ItemOut:
    """Take the place of an item from a finding of the check its office was asked by."""
    seen = seen_revisions(if_match)
    check_id = _check(session, who, item_id, house)
    # Drawn before anything is locked: that may take a moment.
    body = Drawing(request, session, who, district, blobs, "de").of(check_id, FORM)
    place = place_found(body, given.layer, given.object)
    case, task, _, item = items.item_of(session, who, item_id, house)
    restricted = item.restricted or given.layer in restricted_layers(district)
    values = {"place": place, "layer": given.layer, "object": given.object,
              "restricted": restricted}  # fmt: skip
    theirs = item_out(item, case, task.office, language).model_dump(mode="json")
    items.save(session, who, case, item, values, seen, theirs)
    session.refresh(item)
    response.headers.update({**PRIVATE, "ETag": f'"{item.revision}"'})
    return item_out(item, case, task.office, language)


def _check(session: Session, who: Principal, item_id: UUID, house: House) -> UUID:
    number = session.scalars(select(Item.contribution_id).where(Item.id == item_id)).first()
    if number is None:
        raise NotFoundError
    opened = contribution_of(session, who, number, house)
    decision = decision_of(session, opened.task)
    if decision is None or decision.check_id is None:
        raise UnusableError("place-unknown", NO_FINDING)
    return decision.check_id
