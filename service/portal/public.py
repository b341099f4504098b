"""What the public sees without a log-in: published plans on a map and in a list, and each of them.

Nothing else than what was released (`service.cases.publishing`).
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from maps.interactive import data_block
from maps.style import theme_style
from service.api.dependencies import InDistrict, InLanguage, InSession, InSettings, Who
from service.cases.dates import known
from service.cases.publishing import Published, last_sent, published, published_plan
from service.consolidation.publicly import public_edition
from service.district import District
from service.errors import NotFoundError
from service.exported import FOLDER, PLANS
from service.portal import public_ground as ground
from service.portal.board import watched
from service.portal.feeds import atom
from service.portal.files import FOREVER
from service.portal.rendering import page
from service.public import released
from service.statements.document import document
from service.statements.page import fragment
from service.upkeep import DRAWN

router = APIRouter(include_in_schema=False)
Key = Annotated[str, Query(pattern=r"^(\d{8})?$", max_length=8)]
Words = Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


@router.get("/karte")
def public_map(
    request: Request,
    session: InSession,
    who: Who,
    district: InDistrict,
    language: InLanguage,
    gemeinde: Key = "",
    q: Words = "",
) -> Response:
    """Show published plans and public layers on a map, and the same as a list."""
    today = date.today()
    plans = _plans(request, session)
    found = plans(today, municipality=gemeinde or None, text=q.strip() or None)
    everywhere = found if not gemeinde and not q.strip() else plans(today)
    states = watched(request).states(district)
    mark = ground.digest(district, {one.layer.code: one.version for one in states})
    return page(
        request, "public_map.html", who, plans=[_shown(one, today) for one in found],
        towns=_towns(everywhere), chosen=gemeinde, sought=q,
        layers=[one for one in states if one.layer.visibility == "public"],
        offices={o.code: o.name for o in district.catalogue.offices}, mark=mark,
        data=Markup(data_block(_data(request, district, found, mark))),  # noqa: S704 - escaped
        theme=theme_style,
    )  # fmt: skip


@router.get("/karte/{digest}/{name}.json")
def drawing(
    digest: Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")],
    name: Annotated[str, Path(pattern=r"^[\w-]{1,60}$")],
    request: Request,
    who: Who,
    district: InDistrict,
    settings: InSettings,
) -> Response:
    """Return the ground of the map, or a public layer, as its script draws it."""
    mark = ground.digest(district, watched(request).versions(district))
    body = ground.drawn(settings.data / DRAWN, district, name, mark)
    if body is None:
        raise NotFoundError
    kept = FOREVER if digest == mark else "no-store"  # an address of before shows what is now
    return Response(body, 200, {"Cache-Control": kept}, media_type="application/json")


@router.get("/plan/{case_id}")
def plan(
    case_id: UUID, request: Request, session: InSession, who: Who, district: InDistrict
) -> Response:
    """Show one published plan: what it is, where, until when one can comment, and where."""
    today = date.today()
    one = _plan(request, session, case_id, today)
    states = watched(request).versions(district)
    mark = ground.digest(district, states)
    return page(
        request, "public_plan.html", who, **_shown(one, today),
        data=Markup(data_block(_data(request, district, [one], mark))),  # noqa: S704 - escaped
        kind_title=district.vocabulary.title(one.case.kind), mark=mark,
    )  # fmt: skip


@router.get("/plan/{case_id}/stellungnahme")
def statement(
    case_id: UUID, request: Request, session: InSession, who: Who, district: InDistrict
) -> Response:
    """Show the district's statement on a published plan, where it was released, too."""
    one = published_plan(session, case_id, date.today())
    found = last_sent(session, one.case) if one.statement else None
    if found is None:
        raise NotFoundError
    content = public_edition(session, district, found)
    letter = Markup(fragment(document(content, ()), {}))  # noqa: S704 - our template's
    return page(request, "public_statement.html", who, plan=one, sent=found.sent, letter=letter)


@router.get("/neu.atom")
def feed(
    request: Request, session: InSession, who: Who, language: InLanguage, gemeinde: Key = ""
) -> Response:
    """Tell of published plans as an Atom feed, of all or of one municipality."""
    found = _plans(request, session)(date.today(), municipality=gemeinde or None)
    body = atom(found, str(request.base_url), str(request.url), language)
    kept = {"Cache-Control": "public, max-age=600"}
    return Response(body, 200, kept, media_type="application/atom+xml")


def _plans(request: Request, session: Session) -> Callable[..., list[Published]]:
    """Return what lists published plans: of the database, or of an export on a public instance."""
    settings = request.app.state.settings
    if settings.public_instance:
        return partial(released.plans, settings.data / FOLDER / PLANS)
    return partial(published, session)


def _plan(request: Request, session: Session, case_id: UUID, today: date) -> Published:
    settings = request.app.state.settings
    if settings.public_instance:
        return released.plan(settings.data / FOLDER / PLANS, case_id, today)
    return published_plan(session, case_id, today)


def _shown(one: Published, today: date) -> dict[str, Any]:
    """Return a plan as templates show it: when it is on public display, and where."""
    days = known(one.case.dates)
    begin, end = days.get("public_from"), days.get("public_to")
    on = begin is not None and end is not None and begin <= today <= end
    return {"plan": one, "begin": begin, "end": end, "on_display": on}


def _towns(found: list[Published]) -> list[tuple[str, str]]:
    """Return the municipalities with published plans, key and name, by name."""
    towns: dict[str, str] = {}
    for one in found:
        names = [name.strip() for name in one.case.municipality_names.split(",")]
        towns.update(dict(zip(one.case.municipalities, names, strict=False)))
    return sorted(towns.items(), key=lambda town: town[1])


def _data(
    request: Request, district: District, found: list[Published], mark: str
) -> dict[str, Any]:
    """Return what the map's script draws: plans by number, in the order of the list."""
    drawn = [one for one in found if one.shape is not None]
    shapes = ground.outline(district, [one.shape for one in drawn if one.shape is not None])
    root = request.scope.get("root_path", "")
    return {
        "view": ground.view(district),
        "drawings": f"{root}/karte/{mark}/",
        "ground": ground.GROUND,
        "plans": [
            {"title": one.release.title, "shape": shape, "href": f"{root}/plan/{one.case.id}"}
            for one, shape in zip(drawn, shapes, strict=True)
        ],
    }
