"""What the public sees without a log-in: published plans on a map and in a list, and each of them.

Nothing else than what was released (`service.cases.publishing`).
"""

import gzip
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response
from markupsafe import Markup

from gis.problem import Text
from maps.block import data_block
from maps.style import THEMES, theme_style
from service.api.dependencies import InDistrict, InSession, InSettings, Unhurried, Who
from service.cases.publishing import Published
from service.district import District
from service.errors import NotFoundError
from service.portal import embedding
from service.portal import public_ground as ground
from service.portal import published_plans as publications
from service.portal.board import watched
from service.portal.files import FOREVER
from service.portal.layer_states import LayerState
from service.portal.public_places import found as places_found
from service.portal.public_tiles import Tiled, tiled
from service.portal.rendering import base_map_of, page
from service.portal.visions import of as visions_of
from service.statements.document import document
from service.statements.page import fragment
from service.upkeep import DRAWN

router = APIRouter(include_in_schema=False)
Key = Annotated[str, Query(pattern=r"^(\d{8})?$", max_length=8)]
Words = Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Codes = Annotated[str, Query(max_length=2_000, pattern=r"^[\w,]*$")]


@dataclass(frozen=True, slots=True)
class Group:
    """The public layers of one theme."""

    theme: str
    title: Text
    hatch: str
    layers: list[LayerState]

    def on(self, codes: Collection[str]) -> bool:
        """Tell whether one of them is among `codes`."""
        return any(one.layer.code in codes for one in self.layers)


@router.get("/karte", dependencies=[Unhurried])
def public_map(
    request: Request,
    session: InSession,
    who: Who,
    district: InDistrict,
    gemeinde: Key = "",
    q: Words = "",
    schichten: Codes = "",
) -> Response:
    """Show published plans and public layers on a map, and the same as a list.

    `schichten` names the layers that are drawn at first, with commas.
    """
    today, words = date.today(), q.strip()
    plans = publications.plans(request, session)
    found = plans(today, municipality=gemeinde or None, text=words or None)
    found = publications.running_first(found, today)
    everywhere = found if not gemeinde and not words else plans(today)
    states, tiles = _layers(request, district)
    return page(
        request, "public_map.html", who, plans=[publications.shown(one, today) for one in found],
        towns=publications.towns(everywhere), chosen=gemeinde, sought=q,
        places=places_found(request, district, words), **_listed(district, states, tiles),
        on=frozenset(schichten.split(",")), frame=embedding.code(request, "karte"),
        visions=bool(visions_of(district)), data=_data(request, district, found),
    )  # fmt: skip


@router.get("/karte/{digest}/{name}.json")
def drawing(
    digest: Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")],
    name: Annotated[str, Path(pattern=r"^[\w-]{1,60}$")],
    request: Request,
    who: Who,
    district: InDistrict,
    settings: InSettings,
    accept_encoding: Annotated[str, Header(max_length=1_000)] = "",
) -> Response:
    """Return the ground of the map, or a public layer, as its script draws it."""
    mark = ground.digest(district, watched(request).versions(district))
    body = ground.drawn(settings.data / DRAWN, district, name, mark)
    if body is None:
        raise NotFoundError
    kept = FOREVER if digest == mark else "no-store"  # an address of before shows what is now
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
    if "gzip" not in accept_encoding:
        return Response(gzip.decompress(body), 200, headers, media_type="application/json")
    headers["Content-Encoding"] = "gzip"
    return Response(body, 200, headers, media_type="application/json")


@router.get("/plan/{case_id}")
def plan(
    case_id: UUID, request: Request, session: InSession, who: Who, district: InDistrict
) -> Response:
    """Show one published plan: what it is, where, until when one can comment, and where."""
    today = date.today()
    one = publications.plan(request, session, case_id, today)
    return page(
        request, "public_plan.html", who, **publications.shown(one, today),
        data=_data(request, district, [one]), kind_title=district.vocabulary.title(one.case.kind),
        frame=embedding.code(request, f"plan/{one.case.id}"),
    )  # fmt: skip


@router.get("/plan/{case_id}/stellungnahme")
def statement(
    case_id: UUID, request: Request, session: InSession, who: Who, district: InDistrict
) -> Response:
    """Show the district's statement on a published plan, where it was released, too."""
    found = publications.statement(request, session, district, case_id, date.today())
    letter = Markup(fragment(document(found.content, ()), {}))  # noqa: S704 - our template's
    return page(
        request, "public_statement.html", who, plan=found.plan, sent=found.sent, letter=letter
    )


@router.get("/einbetten/karte", dependencies=[Unhurried])
def framed_map(
    request: Request,
    session: InSession,
    who: Who,
    district: InDistrict,
    gemeinde: Key = "",
    schichten: Codes = "",
) -> Response:
    """Show the map for the page of somebody else, where the district lets them."""
    today = date.today()
    found = publications.plans(request, session)(today, municipality=gemeinde or None)
    states, tiles = _layers(request, district)
    on = frozenset(schichten.split(","))
    made = page(
        request, "framed_map.html", who, plans=[publications.shown(one, today) for one in found],
        on=on, **_listed(district, [one for one in states if one.layer.code in on], tiles),
        data=_data(request, district, found, framed=True), gemeinde=gemeinde,
        schichten=schichten,
    )  # fmt: skip
    return embedding.framed(request, made)


@router.get("/einbetten/plan/{case_id}")
def framed_plan(
    case_id: UUID, request: Request, session: InSession, who: Who, district: InDistrict
) -> Response:
    """Show one plan for the page of somebody else, where the district lets them."""
    today = date.today()
    one = publications.plan(request, session, case_id, today)
    made = page(
        request, "framed_plan.html", who, **publications.shown(one, today),
        data=_data(request, district, [one], framed=True),
    )  # fmt: skip
    return embedding.framed(request, made)


def _layers(request: Request, district: District) -> tuple[list[LayerState], dict[str, Tiled]]:
    """Return the public layers as they are, and which of them have tiles."""
    every = watched(request).states(district)
    states = [one for one in every if one.layer.visibility == "public"]
    return states, tiled(district, states)


def _listed(
    district: District, states: list[LayerState], tiles: dict[str, Tiled]
) -> dict[str, Any]:
    """Return layers as templates list them: by theme, in the order of the themes."""
    order = [*THEMES, *sorted({one.layer.theme for one in states} - THEMES.keys())]
    groups = []
    for theme in order:
        look = theme_style(theme)
        layers = [one for one in states if one.layer.theme == theme]
        if layers:
            name = theme if theme in THEMES else "other"
            groups.append(Group(name, look.label, look.hatch, layers))
    offices = {office.code: office.name for office in district.catalogue.offices}
    signs = [{"name": one.theme, "hatch": one.hatch} for one in groups if one.theme in THEMES]
    return {"groups": groups, "tiles": tiles, "signs": signs, "offices": offices,
            "count": len(states), "kinds": ("point", "line", "area")}  # fmt: skip


def _data(
    request: Request, district: District, found: list[Published], *, framed: bool = False
) -> Markup:
    """Return what the map's script draws: plans by number, in the order of the list."""
    mark = ground.digest(district, watched(request).versions(district))
    drawn = [one for one in found if one.shape is not None]
    shapes = ground.outline(district, [one.shape for one in drawn if one.shape is not None])
    root = request.scope.get("root_path", "")
    said = {
        "view": ground.view(district),
        "ground": f"{root}/karte/{mark}/{ground.GROUND}.json",
        "drawings": f"{root}/karte/{mark}/",
        "pieces": f"{root}/kartengrund",
        "tiles": f"{root}/kacheln/",
        "base": base_map_of(request),
        "framed": framed,
        "plans": [
            {"title": one.release.title, "shape": shape, "href": f"{root}/plan/{one.case.id}"}
            for one, shape in zip(drawn, shapes, strict=True)
        ],
    }
    return Markup(data_block(said))  # noqa: S704 - escaped by it
