"""The guiding visions of a development concept, with the plans that touch them.

The public sees published plans and the measures of a public layer; whoever works inside sees all
open cases as well. A plan touches a measure where one of the vision's rules would look for it, and
serves a vision wherever it lies by its kind (`service.blocks`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from fastapi import APIRouter, Request, Response
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.store import LayerUnavailableError
from layers.version import Found
from service.access.principal import Principal
from service.api.dependencies import InDistrict, InSession, Who
from service.api.rights import INSIDE
from service.blocks import Vision
from service.cases.outlines import outlines
from service.cases.state import OPEN
from service.district import District
from service.errors import NotFoundError
from service.models.case import Case
from service.offices.rule import Rule
from service.portal import published_plans as publications
from service.portal.rendering import page

router = APIRouter(include_in_schema=False)
MOST = 500  # open cases that are looked at


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan that may touch a vision: where it leads, what it is called, whether it is public."""

    path: str
    title: str
    note: str
    words: frozenset[str]  # its kind and uses
    shape: BaseGeometry | None
    public: bool


@dataclass(frozen=True, slots=True)
class Touching:
    """A plan with the measures of a vision it touches; `serves` by its kind."""

    plan: Candidate
    measures: tuple[str, ...]
    serves: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A vision with its measures and the plans that touch it; `found` False without data."""

    vision: Vision
    measures: tuple[str, ...]
    plans: tuple[Touching, ...]
    found: bool


@router.get("/leitbilder")
def visions(request: Request, session: InSession, who: Who, district: InDistrict) -> Response:
    """Show each guiding vision with its measures and the plans that touch it."""
    inner = who.role in INSIDE
    every = of(district, inner=inner)
    if not every:
        raise NotFoundError
    plans = _candidates(request, session, who, inner=inner)
    shown = [_shown(district, vision, plans) for vision in every]
    return page(request, "visions.html", who, concept=every[0].concept, shown=shown, inner=inner)


def of(district: District, *, inner: bool = False) -> list[Vision]:
    """Return the visions whose measures everybody may see; inside also those of offices' layers."""
    seen = {"public", "offices"} if inner else {"public"}
    visible = {layer.code for layer in district.catalogue.layers if layer.visibility in seen}
    return [vision for vision in district.blocks.visions if vision.layer in visible]


def _candidates(
    request: Request, session: Session, who: Principal, *, inner: bool
) -> list[Candidate]:
    released = publications.plans(request, session)(date.today())
    found = [
        Candidate(f"/plan/{one.case.id}", one.release.title, one.case.municipality_names,
                  frozenset({one.case.kind, *(one.case.uses or ())}), one.shape, public=True)
        for one in released
    ]  # fmt: skip
    if not inner:
        return found
    rows = select(Case).where(Case.state.in_(sorted(OPEN))).order_by(Case.due, Case.id).limit(MOST)
    cases = list(session.scalars(rows))
    shapes = outlines(session, [case.id for case in cases])
    return found + [_open(case, shapes.get(case.id)) for case in cases]


def _open(case: Case, shape: BaseGeometry | None) -> Candidate:
    note = f"{case.reference} · {case.municipality_names}"
    words = frozenset({case.kind, *case.uses})
    return Candidate(f"/vorgaenge/{case.id}", case.title, note, words, shape, public=False)


def _shown(district: District, vision: Vision, plans: Sequence[Candidate]) -> Shown:
    rules = [r for r in _rules(district, vision) if r.in_force(date.today())]
    try:
        version = district.store.version(district.catalogue.layer(vision.layer))
        measures = version.everything()
    except (LayerUnavailableError, ValueError):
        return Shown(vision, (), tuple(_serving(vision, plans)), found=False)
    name = district.catalogue.layer(vision.layer).name
    of_vision = [n for n in range(len(measures.ids)) if _belongs(measures, n, rules)]
    titles = {n: str(measures.attributes[n].get(name or "") or measures.ids[n]) for n in of_vision}
    reach = max((rule.when.distance_m for rule in rules), default=0.0)
    found = []
    for plan in plans:
        met = _met(plan.shape, measures, of_vision, reach)
        serves = bool(plan.words & vision.kinds)
        if met or serves:
            found.append(Touching(plan, tuple(titles[n] for n in met), serves))
    return Shown(vision, tuple(titles.values()), tuple(found), found=True)


def _serving(vision: Vision, plans: Iterable[Candidate]) -> Iterable[Touching]:
    return (Touching(plan, (), True) for plan in plans if plan.words & vision.kinds)


def _rules(district: District, vision: Vision) -> list[Rule]:
    """Return the rules of a vision that look at its measures."""
    named = vision.supports | vision.conflicts | vision.beside
    return [r for r in district.rules if r.code in named and r.layer == vision.layer]


def _belongs(measures: Found, number: int, rules: Sequence[Rule]) -> bool:
    """Tell whether an object is a measure of the vision; without a filter every one is."""
    row: Any = measures.attributes[number]
    return any(rule.where is None or rule.where.matches(row) for rule in rules)


def _met(
    shape: BaseGeometry | None, measures: Found, of_vision: Sequence[int], reach_m: float
) -> list[int]:
    if shape is None:
        return []
    shapely.prepare(shape)
    return [n for n in of_vision if shapely.dwithin(shape, measures.geometries[n], reach_m)]
