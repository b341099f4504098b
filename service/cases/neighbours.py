"""Other plans nearby: how far, how much they overlap, what they add up to, whom to dig with.

PostGIS only chooses candidates; figures are GEOS', as everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.cases.drafts import last_check, last_version
from service.cases.outlines import close, outlines, shape_of, standing
from service.cases.reading import report_of
from service.cases.state import OPEN, State
from service.cases.trenching import Gap, Proposal, Work, proposals
from service.cases.visible import concerning, visible
from service.models.case import Case
from service.models.version import PlanVersion

GAP_LAYERS = frozenset({"breitband_luecken"})  # code of layers with broadband gaps
AFFECTED = ("affected", "borders")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A case nearby; `full`: whether more than its outline may be shown."""

    case: Case
    full: bool
    distance_m: float
    overlap_m2: float
    share_of_plan: float
    shape: BaseGeometry
    width_m: float | None


@dataclass(frozen=True, slots=True)
class Sum:
    """Plans of one kind together; `area_m2` after union (two plans of one place count once)."""

    kind: str | None
    count: int
    area_m2: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies around a case: neighbours by distance, sums by kind, shared trenching."""

    neighbours: tuple[Neighbour, ...]
    sums: tuple[Sum, ...]
    trenching: tuple[Proposal, ...]


def surroundings(
    session: Session, principal: Principal, case: Case, within_m: float
) -> Surroundings:
    """Return what lies within a distance (m, inclusive) of a case; nothing where it has no outline.

    Withdrawn plans are shown but not summed. Planners see their own organisations' cases only.
    """
    shape = outlines(session, [case.id]).get(case.id)
    if shape is None:
        return Surroundings((), (), ())
    found = _neighbours(session, principal, case, shape, within_m)
    gaps = broadband_gaps(_report(session, principal, case))
    version = last_version(session, case)
    own = _work(case, shape, _width(version.understood if version else None))
    others = [_work(n.case, n.shape, n.width_m) for n in found if n.full and n.case.state in OPEN]
    return Surroundings(found, sums(found), proposals(own, others, gaps))


def neighbours_of(
    session: Session, principal: Principal, case: Case, within_m: float
) -> tuple[Neighbour, ...]:
    """Return the neighbours alone, by distance."""
    shape = outlines(session, [case.id]).get(case.id)
    return () if shape is None else _neighbours(session, principal, case, shape, within_m)


def sums(neighbours: Sequence[Neighbour]) -> tuple[Sum, ...]:
    """Return counts and areas by kind; those shown as outlines only count without a kind."""
    shapes: dict[str, list[BaseGeometry]] = {}
    for one in neighbours:
        if one.case.state != State.WITHDRAWN:
            shapes.setdefault(one.case.kind if one.full else "", []).append(one.shape)
    return tuple(
        Sum(kind or None, len(parts), float(shapely.union_all(parts).area))
        for kind, parts in sorted(shapes.items())
    )


def broadband_gaps(report: Mapping[str, Any] | None) -> tuple[Gap, ...]:
    """Return the broadband gaps that a report names as touched."""
    found = [f for f in (report or {}).get("findings", ()) if f["layer"] in GAP_LAYERS]
    return tuple(
        Gap(finding["layer"], one.get("name") or one["id"])
        for finding in found
        if finding["outcome"] in AFFECTED
        for one in finding.get("objects", ())
    )


def _neighbours(
    session: Session, principal: Principal, case: Case, shape: BaseGeometry, within_m: float
) -> tuple[Neighbour, ...]:
    rows = (
        select(Case, PlanVersion.geometry, PlanVersion.understood)
        .join(PlanVersion, PlanVersion.case_id == Case.id)
        .where(visible(principal), Case.id != case.id, standing(), close(shape, within_m))
    )
    candidates = [(c, shape_of(g), u) for c, g, u in session.execute(rows) if g is not None]
    concerned = concerning(session, principal, [c.id for c, _, _ in candidates])
    found = [
        _neighbour(c, c.id in concerned, shape, other, _width(u)) for c, other, u in candidates
    ]
    inside = [one for one in found if one.distance_m <= within_m]
    return tuple(sorted(inside, key=lambda n: (n.distance_m, -n.overlap_m2, str(n.case.id))))


def _neighbour(
    case: Case, full: bool, shape: BaseGeometry, other: BaseGeometry, width_m: float | None
) -> Neighbour:
    overlap = float(shape.intersection(other).area)
    share = overlap / shape.area if shape.area else 0.0
    distance = float(shape.distance(other))
    return Neighbour(case, full, distance, overlap, share, other, width_m)


def _work(case: Case, shape: BaseGeometry, width_m: float | None) -> Work:
    begin, end = (_day(case.dates.get(name)) for name in ("works_from", "works_to"))
    return Work(case.reference, case.title, case.kind, shape, width_m, begin, end)


def _day(iso: str | None) -> date | None:
    return None if iso is None else date.fromisoformat(iso)


def _width(understood: Mapping[str, Any] | None) -> float | None:
    width = (understood or {}).get("width_m")
    return None if width is None else float(width)


def _report(session: Session, principal: Principal, case: Case) -> Mapping[str, Any] | None:
    """Return the newest report of a case that is for this principal."""
    check = last_check(session, case, "done")
    if check is None:
        return None
    return dict(orjson.loads(report_of(session, principal, check, "de").body))
