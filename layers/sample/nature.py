"""Protected areas and species of the sample region."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, dice, piece, places, scattered, tidy, valley
from layers.sample.feature import Drawn, Feature, numbered
from layers.sample.land import Land
from layers.sample.scatter import fragments


def _named(land: Land, layer: str, key: str, prefix: str) -> list[Feature]:
    """Draw the named areas of a list: name, longitude, latitude, hectares."""
    numbers = dice(layer)
    rows = []
    for name, lon, lat, hectares in land.facts[key]:
        ((x, y),) = places([(lon, lat)])
        shape = blob(numbers, x, y, hectares, stretch=numbers.uniform(1.2, 2.4))
        rows.append((_along_river(land, numbers, name, x, y, hectares) or shape, {"name": name}))
    return numbered(rows, prefix)


MEADOWS = {
    "Mittlere Mulde": "Vereinigte Mulde", "Vereinigte Mulde und Muldeauen": "Vereinigte Mulde",
    "Vereinigte Mulde": "Vereinigte Mulde", "Wyhraaue": "Wyhra", "Elsteraue": "Weiße Elster",
    "Wyhraaue und Frohburger Streitwald": "Wyhra", "Partheaue": "Parthe",
    "Elsteraue südlich Zwenkau": "Weiße Elster", "Elsteraue bei Groitzsch": "Weiße Elster",
    "Parthenaue – Machern": "Parthe",
}  # fmt: skip


def _along_river(
    land: Land, numbers: np.random.Generator, name: str, x: float, y: float, hectares: float
) -> BaseGeometry | None:
    """Return a meadow of that size along its river around a place; None for other areas."""
    river = MEADOWS.get(name)
    if river is None:
        return None
    line = land.river(river)
    wide = 260 if hectares < 1500 else 900
    half = hectares * 10_000 / (2 * wide) / 2
    at = line.project(shapely.Point(x, y))
    reach = piece(line, max(0, at - half), min(line.length, at + half))
    rough = valley(numbers, reach, wide * 0.6, wide * 1.4)
    low, high = -wide * 0.9, wide * 2.0  # moved in or out until the size is the published one
    for _ in range(25):
        shift = (low + high) / 2
        grown = rough.buffer(shift, quad_segs=4)
        low, high = (shift, high) if grown.area < hectares * 10_000 else (low, shift)
    return tidy(grown)


def nsg(land: Land) -> list[Feature]:
    """Nature reserves."""
    return _named(land, "nsg", "nature_reserves", "L")


def lsg(land: Land) -> list[Feature]:
    """Landscape reserves."""
    return _named(land, "lsg", "landscape_reserves", "l")


def ffh(land: Land) -> list[Feature]:
    """Sites of the habitats directive."""
    return _named(land, "ffh", "habitats_directive", "FFH-")


def spa(land: Land) -> list[Feature]:
    """Sites of the birds directive."""
    return _named(land, "spa", "birds_directive", "SPA-")


def nd(land: Land) -> list[Feature]:
    """Natural monuments: single trees and rocks near towns."""
    numbers = dice("nd")
    rows = []
    for number in range(land.facts["natural_monuments"]):
        x, y = land.seats[number % len(land.seats)] + numbers.normal(0, 900, 2)
        art = "baum" if number % 3 else "geologie"
        name = ("Alte Eiche" if art == "baum" else "Porphyrkuppe") + f" {number + 1}"
        rows.append((shapely.Point(round(x, 2), round(y, 2)), {"name": name, "art": art}))
    return numbered(rows, "ND-")


def fnd(land: Land) -> list[Feature]:
    """Natural monuments with an area, up to 5 ha."""
    return numbered(
        [
            (s, {"name": f"Flächennaturdenkmal {i}"})
            for i, s in enumerate(fragments(land, "fnd", 40, 0.4, 4.9), 1)
        ],
        "FND-",
    )


def glb(land: Land) -> list[Feature]:
    """Protected parts of the landscape, among them avenues along roads."""
    rows = [
        (s, {"name": f"Parkgehölz {i}"})
        for i, s in enumerate(fragments(land, "glb", 25, 0.3, 2.5), 1)
    ]
    numbers = dice("alleen")
    for facts, line in land.roads:
        if facts["class"] in "SK":
            start = numbers.uniform(0.1, 0.7) * line.length
            part = piece(line, start, start + 900)
            rows.append((tidy(part), {"name": f"Allee an der {facts['name']}"}))
    return numbered(rows, "GLB-")


BIOTOPES = (
    "Streuobstwiese",
    "Röhricht",
    "Magerrasen",
    "Auwald",
    "Quellbereich",
    "Trockenmauer",
    "Hohlweg",
)


def biotope(land: Land) -> list[Feature]:
    """Biotopes protected by law: small areas and lines."""
    numbers = dice("biotoparten")
    rows: list[tuple[BaseGeometry, Drawn]] = []
    for shape in fragments(land, "biotope", land.facts["protected_biotopes"], 0.05, 1.8):
        kind = BIOTOPES[numbers.integers(len(BIOTOPES))]
        if kind in ("Trockenmauer", "Hohlweg"):
            (cx, cy), angle = shape.centroid.coords[0], numbers.uniform(0, np.pi)
            dx, dy = np.cos(angle) * 60, np.sin(angle) * 60
            shape = tidy(shapely.LineString([(cx - dx, cy - dy), (cx, cy + 8), (cx + dx, cy + dy)]))
        rows.append((shape, {"biotoptyp": kind}))
    return numbered(rows, "B-")


def kompensation(land: Land) -> list[Feature]:
    """Areas that compensate for other projects."""
    return numbered(
        [
            (s, {"name": f"Ausgleichsfläche {i}"})
            for i, s in enumerate(fragments(land, "kompensation", 110, 0.3, 4), 1)
        ],
        "K-",
    )


def biotopverbund(land: Land) -> list[Feature]:
    """Corridors that link habitats, along rivers."""
    numbers = dice("biotopverbund")
    rows = [
        (valley(numbers, line, 150, 420), {"name": f"Verbundachse {f['name']}"})
        for f, line in land.rivers
    ]
    return numbered(rows, "BV-")


def geotope(land: Land) -> list[Feature]:
    """Geotopes of the Geopark."""
    named = land.facts["geopark_porphyrland"]["geotopes"]
    at = places([row[1:3] for row in named])
    return numbered(
        [(shapely.Point(*np.round(p, 2)), {"name": r[0]}) for r, p in zip(named, at, strict=True)],
        "GT-",
    )


def artnachweise(land: Land) -> list[Feature]:
    """Records of protected species; restricted."""
    numbers = dice("artnachweise")
    groups = ("Fledermäuse", "Fischotter", "Amphibien", "Greifvögel", "Zauneidechse")
    at = scattered(numbers, land.district.difference(land.inside), land.facts["species_records"])
    return numbered(
        [(shapely.Point(p), {"artgruppe": groups[numbers.integers(5)]}) for p in at], "A-"
    )
