"""From contributions to their form in the interface."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.api.contribution_forms import ContributionOut, ItemOut, SignatureOut, SuggestionOut
from service.cases.answering.answers import readable
from service.cases.answering.contributions import Opened, writes
from service.cases.answering.labels import label, numbered
from service.cases.answering.places import place_of
from service.cases.answering.signatures import signatures_of, signs
from service.house import House
from service.models.case import Case
from service.models.contribution import Item, Suggestion
from service.models.signature import Signature

HEAD = (
    "id", "number", "state", "source", "received", "office_reference", "contact", "late",
    "created", "circulated", "released", "revision",
)  # fmt: skip
ITEM = (
    "id", "number", "position", "kind", "text", "basis", "binding", "exception", "exception_by",
    "exception_step", "own_rights", "planned_for", "topic", "stance", "priority", "layer",
    "object", "rule", "edition", "restricted", "outward", "block", "prepared", "revision",
    "changed",
)  # fmt: skip


def shown(
    session: Session, who: Principal, opened: Opened, house: House, language: str
) -> ContributionOut:
    """Return a contribution as the reader may see it."""
    found, task = opened.contribution, opened.task
    steps = signatures_of(session, found)
    listed = readable(session, who, opened)
    changes = suggestions_of(session, listed) if found.state != "draft" else []
    return ContributionOut(
        **{name: getattr(found, name) for name in HEAD},
        task=task.id,
        case=opened.case.id,
        office=task.office,
        document=found.document_id,
        notice=LATE.in_language(language) if found.late else None,
        writable=found.state == "draft" and writes(who, task, found, house),
        items=items_out(listed, opened.case, task.office, language),
        signatures=[_signature(one, who, language) for one in steps],
        suggestions=[suggestion_out(one, item, task.office) for one, item in changes],
    )


def items_out(items: Iterable[Item], case: Case, office: str, language: str) -> list[ItemOut]:
    """Return items with what they are called in this procedure."""
    return [item_out(item, case, office, language) for item in items]


def item_out(item: Item, case: Case, office: str, language: str) -> ItemOut:
    """Return one item."""
    called = label(item.kind, case.procedure, case.kind, own_rights=item.own_rights)
    return ItemOut(
        **{name: getattr(item, name) for name in ITEM},
        name=numbered(office, item.number),
        label=called.in_language(language),
        place=place_of(item.place),
        document=item.document_id,
        reused=item.reused_from is not None,
    )


def suggestions_of(session: Session, items: Iterable[Item]) -> list[tuple[Suggestion, Item]]:
    """Return the changes that were proposed to items, oldest first."""
    by_id = {item.id: item for item in items}
    rows = select(Suggestion).where(Suggestion.item_id.in_(list(by_id)))
    found = session.scalars(rows.order_by(Suggestion.at, Suggestion.id))
    return [(one, by_id[one.item_id]) for one in found]


def suggestion_out(one: Suggestion, item: Item, office: str) -> SuggestionOut:
    """Return a proposed change."""
    names = ("id", "text", "fields", "reason", "state", "at", "answer", "answered")
    said: dict[str, Any] = {name: getattr(one, name) for name in names}
    return SuggestionOut(**said, item=item.id, name=numbered(office, item.number))


def _signature(one: Signature, who: Principal, language: str) -> SignatureOut:
    names = ("position", "office", "state", "until", "asked", "at", "deputy", "remark")
    said: dict[str, Any] = {name: getattr(one, name) for name in names}
    allowed = signs(who, one) is not None
    return SignatureOut(
        **said,
        step=one.code,
        function=one.function[language],
        yours=one.state == "asked" and allowed,
    )


LATE = Text(
    "Die Stellungnahme des Landkreises ist schon versandt. Dieser Beitrag bleibt aufbewahrt und "
    "kann in eine Ergänzung eingehen.",
    "The district's statement has gone out already. This contribution is kept and can become "
    "part of a supplement.",
)
