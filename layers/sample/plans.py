"""The sample plans: every kind, every role of a part, and what each is meant to meet."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
import shapely.affinity
import shapely.ops
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, course, dice, places, tidy
from layers.sample.land import Land

Plan = tuple[str, list[tuple[BaseGeometry, Mapping[str, Any]]]]

NAMES = {  # file names of the plans in the facts, in their order
    0: "wohnen-am-hainer-see", 1: "radweg-borna-kitzscher", 2: "leitung-eula-grimma",
    3: "glasfaser-frohburg-kohren", 4: "pv-a72", 5: "gewerbepark-wachau", 6: "windpark-lossatal",
    7: "fnp-musterstadt", 8: "wohnhaus",
}  # fmt: skip
EXTRA: Mapping[int, Mapping[str, Any]] = {
    0: {"use": "wohnen", "procedure": "par4-2"},
    4: {"use": "pv_freiflaeche"},
    5: {"use": "gewerbe"},
    6: {"hoehe_m": 246, "radius_m": 80},
    7: {"use": "wohnen, gewerbe", "procedure": "par4-1"},
    8: {"use": "wohnen", "hoehe_m": 9, "erdarbeiten": "nein", "abriss": "nein", "gehoelz": "nein",
        "neue_zufahrt": "nein", "feuerstaetten": "nein"},
}  # fmt: skip


ASHORE = {0: "Hainer See"}  # facts are good to a kilometre; nobody plans dwellings in the lake


def plans(land: Land) -> list[Plan]:
    """Return the plans with a name each; shapes in the working CRS, properties as RFC 7946 has."""
    return [
        _from_facts(land, number, facts) for number, facts in enumerate(land.facts["plans"])
    ] + [
        _with_parts(land),
        _solar_plan_in_forest(land),
        *_others(land),
    ]


def _from_facts(land: Land, number: int, facts: Mapping[str, Any]) -> Plan:
    row: dict[str, Any] = {"title": facts["title"], "kind": facts["kind"], **EXTRA.get(number, {})}
    for name in ("width_m", "corridor_m"):
        if name in facts:
            row[name] = facts[name]
    if "via" in facts:
        shape: BaseGeometry = course(places(facts["via"]))
    elif "points" in facts:
        ((x, y),) = places([facts["at"]])
        offsets = [(-720, -120), (-360, 30), (10, -80), (-210, -550), (180, -460)][
            : facts["points"]
        ]
        shape = shapely.multipoints([(x + dx, y + dy) for dx, dy in offsets])
    else:
        ((x, y),) = places([facts["at"]])
        shape = blob(dice(f"plan {number}"), x, y, facts["hectares"], corners=14, rough=0.12)
        if number in ASHORE:
            shape = _ashore(land, land.lakes[ASHORE[number]], shape)
    return NAMES[number], [(shape, row)]


def _ashore(land: Land, lake: BaseGeometry, shape: BaseGeometry) -> BaseGeometry:
    """Return a plan of the same size moved onto the nearest shore, its edge 12 m from the water
    and off the zone in which nothing may be built along a motorway.
    """
    motorways = [line.buffer(60) for facts, line in land.roads if facts["class"] == "A"]
    taken = shapely.union_all([lake.buffer(12), *motorways])
    at = shapely.ops.nearest_points(lake.buffer(90).boundary, shape.centroid)[0]
    moved = affinity.translate(shape, at.x - shape.centroid.x, at.y - shape.centroid.y)
    dry = moved
    for _ in range(8):
        dry = max(shapely.get_parts(moved.difference(taken)), key=lambda part: float(part.area))
        factor = float((shape.area / dry.area) ** 0.5)
        moved = affinity.scale(moved, factor, factor)
    return tidy(dry)


def _with_parts(land: Land) -> Plan:
    """A Bebauungsplan beside the B 176 east of Borna with parts of every role."""
    ((x, y),) = places([(12.585, 51.137)])
    title = {"title": "Bebauungsplan „Gewerbe an der B 176“", "kind": "bebauungsplan", "use": "gewerbe",
             "procedure": "par13a", "hoehe_m": 14, "erdarbeiten": "ja"}  # fmt: skip
    at = shapely.ops.nearest_points(_road(land, "B 176"), shapely.Point(x, y))[0]
    x, y = at.x + 10, at.y + 103

    def block(left: float, bottom: float, right: float, top: float) -> BaseGeometry:
        return shapely.box(x + left, y + bottom, x + right, y + top)

    parts = (
        ("scope", block(-160, -84, 150, 110)), ("building", block(-90, -70, 60, 60)),
        ("traffic", block(-160, -6, -90, 6)), ("green", block(60, -84, 150, 110)),
        ("compensation", block(170, -40, 230, 40)), ("construction_site", block(-90, 60, 60, 90)),
    )  # fmt: skip
    return "bplan-mit-teilflaechen", [(s, {**title, "role": role}) for role, s in parts]


def _road(land: Land, name: str) -> BaseGeometry:
    return next(line for facts, line in land.roads if facts["name"] == name)


def _solar_plan_in_forest(land: Land) -> Plan:
    """A Bebauungsplan that comes within 25 m of the A 72, moved off it from its place."""
    ((x, y),) = places([(12.5585, 51.0805)])
    field, road = blob(dice("plan pv wald"), x, y, 9, corners=12, rough=0.1), _road(land, "A 72")
    on_road = shapely.ops.nearest_points(road, shapely.Point(x, y))[0]
    away = np.array([x - on_road.x, y - on_road.y]) / on_road.distance(shapely.Point(x, y))
    while field.distance(road) < 29 / 2 + 25:
        field = shapely.affinity.translate(field, *away)
    row = {"title": "Bebauungsplan „Solarpark im Feldgehölz an der A 72“", "kind": "bebauungsplan",
           "use": "pv_freiflaeche", "procedure": "par4-1"}  # fmt: skip
    return "bplan-pv-wald-a72", [(field, row)]


def _others(land: Land) -> list[Plan]:
    """One plan of every kind the facts leave out."""
    numbers = dice("weitere planungen")
    mulde = land.river("Vereinigte Mulde")
    shore = mulde.interpolate(0.45, normalized=True)

    def area(lon: float, lat: float, hectares: float) -> BaseGeometry:
        ((x, y),) = places([(lon, lat)])
        return blob(numbers, x, y, hectares, corners=12, rough=0.12)

    return [
        ("satzung-kohren", [(area(12.606, 51.0165, 1.4), {"title": "Ergänzungssatzung Kohren-Sahlis", "kind": "satzung", "use": "wohnen", "procedure": "par34-35"})]),
        ("strasse-naunhof", [(course(places([(12.560, 51.283), (12.590, 51.288), (12.640, 51.276)])), {"title": "Verlegung S 38 bei Naunhof", "kind": "strasse", "width_m": 9, "procedure": "planfeststellung"})]),
        ("schiene-borna", [(course(places([(12.409, 51.152), (12.450, 51.140), (12.498, 51.123)])), {"title": "Zweites Gleis Neukieritzsch – Borna", "kind": "schiene", "width_m": 12, "procedure": "planfeststellung"})]),
        ("gewaesserbau-mulde", [(shore.buffer(140), {"title": "Gewässerausbau an der Mulde", "kind": "gewaesserbau", "procedure": "plangenehmigung"})]),
        ("abbau-thallwitz", [(area(12.700, 51.415, 28), {"title": "Kiesabbau Thallwitz", "kind": "abbau", "procedure": "bergrecht", "erdarbeiten": "ja"})]),
        ("aufforstung-grimma", [(area(12.7138, 51.2270, 6), {"title": "Aufforstung am Ortsrand Grimma", "kind": "aufforstung"})]),
        ("umbau-schloss-colditz", [(area(12.807, 51.131, 0.6), {"title": "Umbau am Schloss Colditz", "kind": "bauvorhaben", "use": "gemeinbedarf", "procedure": "baugenehmigung", "abriss": "ja"})]),
        ("grenzplanung-thallwitz", [(_across_the_border(land), {"title": "Gewerbegebiet an der Kreisgrenze", "kind": "bebauungsplan", "use": "gewerbe", "procedure": "par2-2"})]),
        ("sonstiges-rastplatz", [(area(12.600, 51.291, 1.2), {"title": "Rastplatz an der A 14", "kind": "sonstiges", "use": "verkehr"})]),
    ]  # fmt: skip


def _across_the_border(land: Land) -> BaseGeometry:
    """Return an area on the district's border near Thallwitz, a good half of it inside."""
    ((x, y),) = places([(12.681, 51.433)])
    edge = shapely.ops.nearest_points(land.district.boundary, shapely.Point(x, y))[0]
    dx, dy = np.array([x - edge.x, y - edge.y]) / np.hypot(x - edge.x, y - edge.y)
    return blob(dice("grenzplanung"), edge.x + 40 * dx, edge.y + 40 * dy, 7, corners=12, rough=0.1)
