"""Nature, monuments, forest and soil of the sample region."""

from collections.abc import Iterable

import numpy as np
import shapely
import shapely.ops
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, dice, piece, places, scattered, tidy, valley
from layers.sample.feature import Drawn, Feature, numbered
from layers.sample.land import Land


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


def _fragments(
    land: Land, layer: str, number: int, low: float, high: float, ground: BaseGeometry | None = None
) -> Iterable[BaseGeometry]:
    numbers = dice(layer)
    for x, y in scattered(numbers, ground or land.district, number):
        yield blob(
            numbers, x, y, numbers.uniform(low, high), corners=18, stretch=numbers.uniform(1, 3)
        )


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
            for i, s in enumerate(_fragments(land, "fnd", 40, 0.4, 4.9), 1)
        ],
        "FND-",
    )


def glb(land: Land) -> list[Feature]:
    """Protected parts of the landscape, among them avenues along roads."""
    rows = [
        (s, {"name": f"Parkgehölz {i}"})
        for i, s in enumerate(_fragments(land, "glb", 25, 0.3, 2.5), 1)
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
    for shape in _fragments(land, "biotope", land.facts["protected_biotopes"], 0.05, 1.8):
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
            for i, s in enumerate(_fragments(land, "kompensation", 110, 0.3, 4), 1)
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


def denkmale(land: Land) -> list[Feature]:
    """Listed monuments: the named ones, and some thirty around each town centre."""
    numbers = dice("denkmale")
    at = places([row[1:3] for row in land.facts["monuments"]])
    rows: list[tuple[BaseGeometry, Drawn]] = []
    for (name, *_), (x, y) in zip(land.facts["monuments"], at, strict=True):
        park = "park" in name.lower() or "garten" in name.lower()
        shape = blob(numbers, x, y, 9) if park else shapely.Point(round(x, 2), round(y, 2))
        rows.append((shape, {"name": name, "art": "Sachgesamtheit" if park else "Einzeldenkmal"}))
    kinds = (
        "Wohnhaus",
        "Kirche",
        "Pfarrhaus",
        "Gutshaus",
        "Scheune",
        "Schule",
        "Bahnhof",
        "Fabrik",
    )
    for (_, town, *_), seat in zip(land.facts["municipalities"], land.seats, strict=True):
        for number in range(1, 31):
            x, y = np.round(seat + numbers.normal(0, 260, 2), 2)
            name = f"{kinds[numbers.integers(8)]} {town} {number}"
            rows.append((shapely.Point(x, y), {"name": name, "art": "Einzeldenkmal"}))
    return numbered(rows, "09")


def _seat(land: Land, index: int) -> tuple[float, float]:
    x, y = land.seats[index]
    return float(x), float(y)


def denkmalgebiete(land: Land) -> list[Feature]:
    """Conservation areas: old towns."""
    numbers = dice("denkmalgebiete")
    wanted = ("Grimma", "Colditz", "Wurzen", "Borna", "Frohburg", "Geithain", "Groitzsch", "Pegau")
    names = [row[1] for row in land.facts["municipalities"]]
    rows = [
        (
            blob(numbers, *_seat(land, names.index(n)), numbers.uniform(10, 30)),
            {"name": f"Altstadt {n}"},
        )
        for n in wanted
    ]
    return numbered(rows, "DG-")


def archaeologie(land: Land) -> list[Feature]:
    """Archaeological sites; restricted."""
    number = land.facts["archaeological_sites"]
    return numbered(
        [
            (s, {"name": f"Fundstelle {i}"})
            for i, s in enumerate(_fragments(land, "archaeologie", number, 0.5, 9), 1)
        ],
        "D-",
    )


def grabungsschutz(land: Land) -> list[Feature]:
    """Areas in which digging is banned."""
    return numbered(
        [
            (s, {"name": f"Grabungsschutzgebiet {i}"})
            for i, s in enumerate(_fragments(land, "grabungsschutz", 3, 8, 25), 1)
        ],
        "GS-",
    )


def wald(land: Land) -> list[Feature]:
    """Forests: the named ones, and copses across the country."""
    numbers = dice("wald")
    rows: list[tuple[BaseGeometry, Drawn]] = []
    wet = shapely.union_all(list(land.lakes.values()))
    open_land = land.inside.buffer(25)
    for name, lon, lat, hectares in land.facts["forests"]:
        ((x, y),) = places([(lon, lat)])
        rows.append((blob(numbers, x, y, hectares, stretch=1.5, rough=0.3), {"name": name}))
    for number, (x, y) in enumerate(scattered(numbers, land.district, 420), 1):
        copse = blob(numbers, x, y, numbers.gamma(1.6, 7) + 0.3, rough=0.35, corners=24)
        rows.append((copse, {"name": f"Waldstück {number}"}))
    # The wood beside the A 72 where the sample's solar field is planned.
    ((x, y),) = places([(12.5585, 51.0805)])
    rows.append((blob(numbers, x, y, 14), {"name": "Feldgehölz an der A 72"}))
    dry = [(tidy(s.difference(wet).difference(open_land)), row) for s, row in rows]
    return numbered([(s, row) for s, row in dry if s.area > 500], "W-")


def waldfunktionen(land: Land) -> list[Feature]:
    """Functions of forests: protection and recreation."""
    rows = []
    for number, (name, lon, lat, hectares) in enumerate(land.facts["forests"]):
        ((x, y),) = places([(lon, lat)])
        kind = ("Bodenschutzwald", "Erholungswald", "Wasserschutzwald")[number % 3]
        rows.append(
            (
                blob(dice(f"waldfunktionen {name}"), x, y, hectares / 3),
                {"name": name, "funktion": kind},
            )
        )
    return numbered(rows, "WF-")


def feldbloecke(land: Land) -> list[Feature]:
    """Fields with the quality of their soil."""
    numbers = dice("bodenwertzahlen")
    free = land.district.difference(land.inside.buffer(30))
    shapes = _fragments(land, "feldbloecke", 620, 6, 45, free)
    return numbered(
        [
            (tidy(s.intersection(free)), {"bodenwertzahl": int(numbers.normal(58, 12))})
            for s in shapes
        ],
        "DESNLI",
    )


def boeden(land: Land) -> list[Feature]:
    """Soils worth protecting, moors among them."""
    shapes = _fragments(land, "boeden", 60, 5, 60)
    return numbered(
        [
            (s, {"name": "Moorboden" if i % 4 == 0 else "Boden mit hoher Funktion"})
            for i, s in enumerate(shapes)
        ],
        "BO-",
    )


def erosion(land: Land) -> list[Feature]:
    """Slopes and runoff paths prone to erosion."""
    shapes = _fragments(land, "erosion", 180, 0.8, 12)
    return numbered([(s, {"stufe": 1 + i % 3}) for i, s in enumerate(shapes)], "E-")


def altlasten(land: Land) -> list[Feature]:
    """Contaminated sites; restricted."""
    shapes = _fragments(land, "altlasten", land.facts["contaminated_sites"], 0.2, 4)
    kinds = ("Altablagerung", "Altstandort", "Rüstungsaltlast")
    return numbered([(s, {"art": kinds[i % 3]}) for i, s in enumerate(shapes)], "AL-")


def deponien(land: Land) -> list[Feature]:
    """Landfills, closed ones too."""
    shapes = _fragments(
        land, "deponien", 9, 3, 20, land.district.difference(land.inside.buffer(200))
    )
    return numbered([(s, {"name": f"Deponie {i}"}) for i, s in enumerate(shapes, 1)], "DP-")
