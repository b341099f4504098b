"""Routes for items of a draft, saved as somebody types, and for changes proposed to them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from service.api.contribution_forms import (
    ItemIn,
    ItemOut,
    SuggestionAnswer,
    SuggestionIn,
    SuggestionOut,
)
from service.api.dependencies import InAsking, InDistrict, InHouse, InLanguage, InSession, Who
from service.api.once import InOnce
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, seen_revisions
from service.api.shown import item_out, suggestion_out
from service.cases.answering import items, suggesting
from service.cases.answering.contributions import contribution_of, may_write
from service.cases.answering.places import place_from
from service.cases.results import RESTRICTED
from service.district import District
from service.models.contribution import Item

router = APIRouter(prefix="/api/v1", tags=["contributions"])


@router.post(
    "/contributions/{contribution_id}/items",
    response_model=ItemOut,
    status_code=201,
    responses=DECLARED,
)
def add(
    contribution_id: UUID,
    given: ItemIn,
    session: InSession,
    who: Who,
    house: InHouse,
    district: InDistrict,
    once: InOnce,
    language: InLanguage,
) -> Response:
    """Add an item to a draft."""
    if earlier := once.earlier(given.model_dump(mode="json")):
        return earlier
    opened = contribution_of(session, who, contribution_id, house, lock=True)
    may_write(who, opened.task, opened.contribution, house)
    values = _values(given, district)
    made = items.add(
        session, who, opened.case, opened.task, opened.contribution, opened.items, values
    )
    body = item_out(made, opened.case, opened.task.office, language)
    headers = {**PRIVATE, "ETag": f'"{made.revision}"', "Location": f"/api/v1/items/{made.id}"}
    answer = Response(body.model_dump_json(), 201, headers, media_type="application/json")
    return once.keep(answer)


@router.put("/items/{item_id}", responses=DECLARED)
def save(
    item_id: UUID,
    given: ItemIn,
    session: InSession,
    who: Who,
    house: InHouse,
    district: InDistrict,
    language: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> ItemOut:
    """Save an item. If somebody else has saved it since, 412 with `theirs`, to merge both."""
    seen = seen_revisions(if_match)
    case, task, _, item = items.item_of(session, who, item_id, house)
    theirs = item_out(item, case, task.office, language).model_dump(mode="json")
    values = _values(given, district)
    if values["position"] is None:
        del values["position"]
    items.save(session, who, case, item, values, seen, theirs)
    session.refresh(item)
    response.headers.update({**PRIVATE, "ETag": f'"{item.revision}"'})
    return item_out(item, case, task.office, language)


@router.delete("/items/{item_id}", status_code=204, responses=DECLARED)
def remove(
    item_id: UUID, session: InSession, who: Who, house: InHouse, if_match: IfMatch = None
) -> None:
    """Remove an item from a draft, or discard a prepared one."""
    seen = seen_revisions(if_match)
    case, task, contribution, item = items.item_of(session, who, item_id, house)
    theirs = item_out(item, case, task.office, "de").model_dump(mode="json")
    items.remove(session, contribution, item, seen, theirs)


@router.post(
    "/items/{item_id}/suggestions",
    response_model=SuggestionOut,
    status_code=201,
    responses=DECLARED,
)
def suggest(
    item_id: UUID,
    given: SuggestionIn,
    desk: InAsking,
    once: InOnce,
) -> Response:
    """Propose other words for an item of a released contribution; its office accepts or refuses."""
    if earlier := once.earlier(given.model_dump(mode="json")):
        return earlier
    opened, made = suggesting.suggest(desk, item_id, given.text, given.fields(), given.reason)
    body = suggestion_out(made, desk.session.get_one(Item, made.item_id), opened.task.office)
    answer = Response(body.model_dump_json(), 201, PRIVATE, media_type="application/json")
    return once.keep(answer)


@router.post("/suggestions/{suggestion_id}/answer", responses=DECLARED)
def answer(suggestion_id: UUID, given: SuggestionAnswer, desk: InAsking) -> SuggestionOut:
    """Accept a proposed change, which makes a new version of the contribution, or refuse it."""
    opened, found = suggesting.answer(desk, suggestion_id, given.accept, given.remark)
    return suggestion_out(found, desk.session.get_one(Item, found.item_id), opened.task.office)


@router.delete("/suggestions/{suggestion_id}", status_code=204, responses=DECLARED)
def take_back(suggestion_id: UUID, desk: InAsking) -> None:
    """Take a proposed change back."""
    suggesting.withdraw(desk, suggestion_id)


def _values(given: ItemIn, district: District) -> dict[str, Any]:
    """Return what is said of an item, as its columns hold it; what speaks of a restricted layer is
    restricted, whatever is said.
    """
    said = given.model_dump(exclude={"place", "document"})
    place = given.place
    said["place"] = None if place is None else place_from(place.geometry, place.crs)
    said["document_id"] = given.document
    said["restricted"] = given.restricted or given.layer in restricted_layers(district)
    return said


def restricted_layers(district: District) -> frozenset[str]:
    """Return the layers nobody but their keeper and the coordinator may learn of."""
    layers = district.catalogue.layers
    return frozenset(layer.code for layer in layers if layer.visibility == RESTRICTED)
