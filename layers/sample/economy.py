"""Economy, tourism and climate of the sample region."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, dice, places, scattered, tidy
from layers.sample.feature import Drawn, Feature, numbered
from layers.sample.land import Land
from layers.sample.scatter import spots, titled


def gewerbegebiete(land: Land) -> list[Feature]:
    """Business parks of their published size, less the water in them."""
    rows: list[Feature] = []
    water = shapely.union_all(list(land.lakes.values()))
    for name, lon, lat, hectares in land.facts["business_parks"]:
        ((x, y),) = places([(lon, lat)])
        rows.append(
            (
                tidy(blob(dice(f"gewerbe {name}"), x, y, hectares, corners=14).difference(water)),
                {"name": name, "flaeche_ha": float(hectares)},
            )
        )
    return numbered(rows, "GE-")


def _gap(number: int, homes: int, step: str) -> Drawn:
    return {"name": f"Fleck {number} ({homes} Haushalte)", "haushalte": homes, "stufe": step}


def breitband_luecken(land: Land) -> list[Feature]:
    """Clusters of addresses below the funded speed; the Kohrener Land has most of them."""
    numbers = dice("breitband_luecken")
    number = land.facts["broadband_gaps"]
    south = land.members(["Frohburg", "Geithain"]).intersection(land.inside)
    at = np.vstack(
        [
            scattered(numbers, south, number // 3),
            scattered(numbers, land.inside, number - number // 3),
        ]
    )
    rows = []
    for i, (x, y) in enumerate(at):
        shape = blob(numbers, x, y, numbers.uniform(0.6, 6), corners=14)
        homes = int(numbers.integers(3, 60))
        rows.append((shape, _gap(i + 1, homes, "weiss" if i % 3 == 0 else "grau")))
    ((x, y),) = places([(12.590, 51.030)])
    rows.append((blob(numbers, x, y, 9), _gap(len(at) + 1, 41, "weiss")))
    return numbered(rows, "BB-")


def geopark(land: Land) -> list[Feature]:
    """The Geopark: the union of its member municipalities; a label, not a protection."""
    members = land.facts["geopark_porphyrland"]["members"]
    return numbered(
        [(land.members(members), {"name": "Nationaler Geopark Porphyrland (schematisch)"})], "GP-"
    )


def seenland(land: Land) -> list[Feature]:
    """The lakes of the Neuseenland, their shores, and the tourism region around them."""
    rows: list[tuple[BaseGeometry, Drawn]] = []
    region = land.members(land.facts["seenland"]["municipalities"])
    for name, lake in land.lakes.items():
        rows.append((lake, {"name": name, "art": "see"}))
        rows.append(
            (
                tidy(lake.buffer(250, quad_segs=5).difference(lake)),
                {"name": f"Uferzone {name}", "art": "ufer"},
            )
        )
    rows.append((region, {"name": "Tourismusregion Leipziger Neuseenland", "art": "region"}))
    return numbered(rows, "SL-")


def kohrener_land(land: Land) -> list[Feature]:
    """The tourism region Kohrener Land."""
    towns = land.facts["kohrener_land"]["municipalities"]
    return numbered([(land.members(towns), {"name": "Kohrener Land"})], "KL-")


def kaltluft(land: Land) -> list[Feature]:
    """Corridors of cold air."""
    return titled(
        spots(land, "kaltluft", land.facts["cold_air_corridors"], 40, 260), "Kaltluftbahn", "KA-"
    )


def hitze(land: Land) -> list[Feature]:
    """Built-up ground that heats up, by step."""
    rows = [
        (s, {"name": f"Wärmeinsel {n}", "stufe": 3 if "Ortslage" not in n else 1})
        for n, s in land.settlements
        if s.area > 150_000
    ]
    return numbered(
        [(tidy(s.buffer(-40)), r) for s, r in rows if not s.buffer(-40).is_empty], "HI-"
    )
