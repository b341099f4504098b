"""From bare geometries to a footprint: an area, a route with its width, or sites."""

from collections.abc import Callable, Sequence
from math import pi
from typing import Any

import shapely
from pyproj import CRS
from shapely import MultiLineString, MultiPoint, MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.footprint import Area, Footprint, Route, Sites
from gis.parts import polygons, single
from gis.problem import Proposal, Question, Refusal, Text
from gis.repair import Change, repair, without_spikes
from service.plans.axis import axis_of
from service.plans.kinds import Kind
from service.plans.plan import Shapes

MOST_VERTICES = 100_000
LEAST_M2, LEAST_WIDTH_M = 0.01, 0.001
LARGEST_M2 = 20_000_000_000.0  # ten districts: no plan, a mistake


def mended(
    shapes: Shapes, names: Sequence[str], accept: frozenset[str]
) -> tuple[Shapes, tuple[Change, ...]]:
    """Return every geometry valid and free of spikes, and what was changed.

    Raises
    ------
    Refusal, Question
        As `gis.repair.repair`; ``plan-too-large`` beyond 100,000 vertices; ``geometry-collection``
        where one object is areas, lines or points at once.
    """
    if int(shapely.get_num_coordinates(shapes).sum()) > MOST_VERTICES:
        raise _too_large(f"{MOST_VERTICES:,}".replace(",", "."), "Punkte", "vertices")
    changes: list[Change] = []
    result = shapes.copy()
    for index, name in enumerate(names):
        plain, parted = _of_one_kind(shapes[index], name, accept)
        repaired = repair(plain, name=name, accept=accept)
        smooth = without_spikes(repaired.geometry, name=name)
        result[index] = smooth.geometry
        changes += [*parted, *repaired.changes, *smooth.changes]
    return result, tuple(changes)


def _of_one_kind(
    geometry: BaseGeometry, name: str, accept: frozenset[str]
) -> tuple[BaseGeometry, tuple[Change, ...]]:
    """Return a collection as areas, as lines or as points; what else it holds is asked about."""
    if geometry.geom_type != "GeometryCollection":
        return geometry, ()
    pieces = list(single(geometry))
    largest = max((int(shapely.get_dimensions(p)) for p in pieces), default=0)
    kept = [p for p in pieces if shapely.get_dimensions(p) == largest]
    whole = COLLECTED[largest](kept)
    if len(kept) == len(pieces):
        return whole, ()
    if "geometry-collection" not in accept:
        raise Question("geometry-collection", _mixed(name), (ONLY_LARGEST,))
    text = Text(f"{name}: {LESSER_DROPPED.de}", f"{name}: {LESSER_DROPPED.en}")
    return whole, (Change("geometry-collection", text, float(geometry.area), float(whole.area)),)


def footprint(
    shapes: Shapes, crs: CRS, kind: Kind, width_m: float | None, radius_m: float | None
) -> Footprint:
    """Return the one footprint that `shapes` (all of the same dimension) make up.

    Raises
    ------
    Refusal
        ``geometry-type`` where the kind takes no such geometry or kinds are mixed,
        ``geometry-zero-area``, ``plan-too-large``.
    Question
        ``width-missing`` where a route needs a width.
    """
    dimensions = {int(d) for d in shapely.get_dimensions(shapes)}
    if len(dimensions) != 1:
        raise _type(kind, Text("gemischte Geometrien", "mixed geometries"))
    match dimensions.pop():
        case 2:
            return _area(shapes, crs, kind)
        case 1:
            return _route(shapes, crs, kind, width_m)
        case _:
            return _sites(shapes, crs, kind, radius_m)


def _area(shapes: Shapes, crs: CRS, kind: Kind) -> Area:
    if "area" not in kind.geometry:
        raise _type(kind, Text("Flächen", "areas"))
    whole = shapely.union_all(shapes)
    if whole.area < LEAST_M2 or _thin(whole):
        raise Refusal("geometry-zero-area", NO_AREA)
    if whole.area > LARGEST_M2:
        raise _too_large("20.000 km²", "Fläche", "of area")
    return Area(whole, crs)


def _thin(area: BaseGeometry) -> bool:
    """Tell whether an area is nowhere wider than 2 mm.

    Where no disc fits in, an area has no more than the disc's radius times its outline, and a disc
    for each hole. With twice that there is no need to shrink it, which may take seconds.
    """
    rings = len(shapely.get_rings(polygons(area)))
    most = LEAST_WIDTH_M * area.length + rings * pi * LEAST_WIDTH_M**2
    return area.area < 2 * most and bool(shapely.buffer(area, -LEAST_WIDTH_M).is_empty)


def _route(shapes: Shapes, crs: CRS, kind: Kind, width_m: float | None) -> Route:
    if "route" not in kind.geometry:
        raise _type(kind, Text("Linien", "lines"))
    if width_m is None and kind.needs_width:
        raise Question("width-missing", WIDTH_MISSING, WIDTHS)
    if not shapely.length(shapes).sum():
        raise Refusal("geometry-zero-area", NO_AREA)
    return Route(axis_of(shapes), width_m or 0.0, crs)


def _sites(shapes: Shapes, crs: CRS, kind: Kind, radius_m: float | None) -> Sites:
    if "sites" not in kind.geometry or kind.radius_m is None:
        raise _type(kind, Text("Punkte", "points"))
    points = shapely.union_all(shapes)
    return Sites(points, kind.radius_m if radius_m is None else radius_m, crs)


COLLECTED: tuple[Callable[[Any], BaseGeometry], ...] = (MultiPoint, MultiLineString, MultiPolygon)
LESSER_DROPPED = Text("Linien und Punkte übergangen", "lines and points passed over")
ONLY_LARGEST = Proposal(
    Text(
        "nur die Flächen (ohne Flächen: die Linien) nehmen", "take only the areas (else the lines)"
    ),
    "--accept geometry-collection",
)


def _mixed(name: str) -> Text:
    return Text(
        f"{name} ist Fläche, Linie oder Punkt zugleich; bitte getrennt liefern, oder nur die "
        "Flächen nehmen?",
        f"{name} is area, line or point at once; supply them apart, or take only the areas?",
    )


NO_AREA = Text(
    "Die Planung hat keine Ausdehnung; bitte einen Umriss oder eine Linie mit Länge liefern.",
    "The plan has no extent; please supply an outline or a line with a length.",
)
WIDTH_MISSING = Text(
    "Für eine Trasse dieser Art fehlt die Breite; bitte mit --width in Metern angeben.",
    "A route of this kind needs a width; state it in metres with --width.",
)
WIDTHS = tuple(
    Proposal(Text(f"{m} m Breite", f"{m} m wide"), f"--width {m}") for m in (1, 4, 10, 60)
)


def _type(kind: Kind, found: Text) -> Refusal:
    wanted = {
        "area": Text("Flächen", "areas"),
        "route": Text("Linien", "lines"),
        "sites": Text("Punkte", "points"),
    }
    de = ", ".join(wanted[g].de for g in kind.geometry)
    en = ", ".join(wanted[g].en for g in kind.geometry)
    return Refusal(
        "geometry-type",
        Text(
            f"Die Datei enthält {found.de}; „{kind.title.de}“ braucht: {de}. Bitte passend liefern "
            "oder eine andere Art (--kind) wählen.",
            f"The file holds {found.en}; “{kind.title.en}” needs: {en}. Supply those, or choose "
            "another kind (--kind).",
        ),
    )


def _too_large(limit: str, de: str, en: str) -> Refusal:
    return Refusal(
        "plan-too-large",
        Text(
            f"Die Planung ist zu groß (Grenze: {limit} {de}); bitte vereinfachen oder teilen.",
            f"The plan is too large (limit: {limit} {en}); please simplify or split it.",
        ),
    )
