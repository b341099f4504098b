"""What the coordinator's pages of one case share: the case, its pages, and how they are shown."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from gis.problem import Text
from service.access.principal import Principal
from service.api.rights import may_call
from service.models.case import Case
from service.portal.sheet import here, sheet

ROOT = "/vorgaenge/{case_id}"
TABS = (
    ("", Text("Übersicht", "Overview")),
    ("/beteiligung", Text("Beteiligung", "Offices")),
    ("/zusammenfuehrung", Text("Zusammenführung", "Consolidation")),
    ("/stellungnahme", Text("Stellungnahme", "Statement")),
    ("/fristen", Text("Fristen", "Deadlines")),
    ("/akte", Text("Beteiligte und Unterlagen", "Parties and documents")),
    ("/freigabe", Text("Öffentlichkeit", "Public")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of a case."""

    path: str
    text: Text
    here: bool


def tabs(who: Principal, case_id: UUID, path: str) -> list[Tab]:
    """Return the pages of a case that this principal may open."""
    return [
        Tab(to, text, path == to)
        for end, text in TABS
        if may_call(f"GET {ROOT}{end}", who)
        for to in (f"/vorgaenge/{case_id}{end}",)
    ]


def case_page(
    request: Request, template: str, who: Principal, case: Case, **values: Any
) -> Response:
    """Return one of the pages of a case."""
    pages = tabs(who, case.id, here(request))
    return sheet(request, template, who, case=case, tabs=pages, **values)
