"""Forest, fields, soil and what lies in it."""

import shapely
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, dice, places, scattered, tidy
from layers.sample.feature import Drawn, Feature, numbered
from layers.sample.land import Land
from layers.sample.scatter import fragments


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
    shapes = fragments(land, "feldbloecke", 620, 6, 45, free)
    return numbered(
        [
            (tidy(s.intersection(free)), {"bodenwertzahl": int(numbers.normal(58, 12))})
            for s in shapes
        ],
        "DESNLI",
    )


def boeden(land: Land) -> list[Feature]:
    """Soils worth protecting, moors among them."""
    shapes = fragments(land, "boeden", 60, 5, 60)
    return numbered(
        [
            (s, {"name": "Moorboden" if i % 4 == 0 else "Boden mit hoher Funktion"})
            for i, s in enumerate(shapes)
        ],
        "BO-",
    )


def erosion(land: Land) -> list[Feature]:
    """Slopes and runoff paths prone to erosion."""
    shapes = fragments(land, "erosion", 180, 0.8, 12)
    return numbered([(s, {"stufe": 1 + i % 3}) for i, s in enumerate(shapes)], "E-")


def altlasten(land: Land) -> list[Feature]:
    """Contaminated sites; restricted."""
    shapes = fragments(land, "altlasten", land.facts["contaminated_sites"], 0.2, 4)
    kinds = ("Altablagerung", "Altstandort", "Rüstungsaltlast")
    return numbered([(s, {"art": kinds[i % 3]}) for i, s in enumerate(shapes)], "AL-")


def deponien(land: Land) -> list[Feature]:
    """Landfills, closed ones too."""
    shapes = fragments(
        land, "deponien", 9, 3, 20, land.district.difference(land.inside.buffer(200))
    )
    return numbered([(s, {"name": f"Deponie {i}"}) for i, s in enumerate(shapes, 1)], "DP-")
