"""Monuments and archaeology of the sample region."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, dice, places
from layers.sample.feature import Drawn, Feature, numbered
from layers.sample.land import Land
from layers.sample.scatter import fragments


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
            for i, s in enumerate(fragments(land, "archaeologie", number, 0.5, 9), 1)
        ],
        "D-",
    )


def grabungsschutz(land: Land) -> list[Feature]:
    """Areas in which digging is banned."""
    return numbered(
        [
            (s, {"name": f"Grabungsschutzgebiet {i}"})
            for i, s in enumerate(fragments(land, "grabungsschutz", 3, 8, 25), 1)
        ],
        "GS-",
    )
