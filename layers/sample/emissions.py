"""Noise, installations and major-accident sites of the sample region."""

import shapely
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, dice, places, scattered, tidy
from layers.sample.feature import Drawn, Feature, numbered
from layers.sample.land import Land


def stoerfallbetriebe(land: Land) -> list[Feature]:
    """Sites under the major-accident ordinance."""
    rows = []
    for name, lon, lat, duties in land.facts["industrial_hazard_sites"]:
        ((x, y),) = places([(lon, lat)])
        kind = "III" if duties.startswith("obere") else None
        row = {"name": name, "pflichten": duties, "abstandsklasse": kind}
        rows.append((blob(dice(f"stoerfall {name}"), x, y, 40), row))
    return numbered(rows, "SF-")


def anlagen(land: Land) -> list[Feature]:
    """Installations that need a permit for their emissions."""
    numbers = dice("anlagen")
    kinds = ("tierhaltung", "biogas", "industrie")
    ground = land.district.difference(land.inside.buffer(250)).difference(land.clearing.buffer(900))
    at = scattered(numbers, ground, 75)
    return numbered(
        [
            (shapely.Point(p), {"name": f"Anlage {i}", "art": kinds[i % 3]})
            for i, p in enumerate(at, 1)
        ],
        "IA-",
    )


def laerm(land: Land) -> list[Feature]:
    """Noise bands along motorways and the main railway, 5 dB a step."""
    rows: list[tuple[BaseGeometry, Drawn]] = []
    lines = [(f["name"], line) for f, line in land.roads if f["class"] == "A"]
    lines += [(f["name"], line) for f, line in land.railways if f["tracks"] > 1]
    for name, line in lines:
        inner: BaseGeometry = shapely.Polygon()
        for level, reach in ((70, 60), (65, 140), (60, 300), (55, 600)):
            outer = line.buffer(reach, quad_segs=6)
            band = f"{name}, {level} bis {level + 5} dB(A)"
            rows.append((tidy(outer.difference(inner)), {"pegel_db": level, "name": band}))
            inner = outer
    return numbered(rows, "LA-")
