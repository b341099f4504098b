"""Parcels, residential buildings and survey marks of the sample region."""

from collections import Counter

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import dice, scattered, tidy
from layers.sample.feature import Feature, marked, numbered
from layers.sample.land import Land

# Nobody lives there, and one sees it.
STREETS = ("Beispielweg", "Musterstraße", "Am Musteranger", "Probegasse", "Vorlagenring",
           "Platzhalterallee", "Schemaplatz", "Erfundene Straße")  # fmt: skip


def _grid(
    ground: BaseGeometry, angle: float, wide: float, deep: float, most: int
) -> list[BaseGeometry]:
    """Return the first cells of a turned grid that lie wholly inside an area, `most` of them."""
    centre = ground.centroid
    flat = affinity.rotate(ground, -angle, origin=centre)
    left, bottom, right, top = flat.bounds
    cells = shapely.box(  # type: ignore[call-overload]  # stubs know no arrays here
        *(v.ravel() for v in np.broadcast_arrays(*(
            np.arange(left, right, wide)[:, None], np.arange(bottom, top, deep)[None, :],
            np.arange(left, right, wide)[:, None] + wide, np.arange(bottom, top, deep)[None, :] + deep,
        )))
    )  # fmt: skip
    shapely.prepare(flat)
    kept = cells[shapely.contains(flat, cells)][:most]
    return [tidy(affinity.rotate(c, angle, origin=centre)) for c in kept]


def flurstuecke(land: Land) -> list[Feature]:
    """Parcels in settlements: a Gemarkung for each municipality, a Flur for each settlement."""
    numbers = dice("flurstuecke")
    rows = []
    flure: Counter[str] = Counter()
    gemarkungen = {row[1]: n for n, row in enumerate(land.facts["municipalities"], 1)}
    for name, ground in land.settlements:
        town = name.split(",")[0]
        flure[town] += 1
        flur = flure[town]
        most = 160 if "Ortslage" not in name else 38
        cells = _grid(ground, float(numbers.uniform(0, 90)), 24.0, 46.0, most)
        for number, cell in enumerate(cells, 1):
            rows.append((cell, {
                "kennzeichen": f"14{gemarkungen[town]:04d}-{flur:03d}-{number:05d}",
                "gemarkung": town, "flur": str(flur), "nummer": str(number),
            }))  # fmt: skip
    return marked(rows)


def wohngebaeude(land: Land) -> list[Feature]:
    """Residential buildings: a point on every second parcel, with an invented address."""
    rows = []
    for number, (cell, row) in enumerate(flurstuecke(land)):
        if number % 2:
            street = STREETS[int(str(row["flur"])) % len(STREETS)]
            rows.append(
                (
                    shapely.Point(np.round(cell.centroid.coords[0], 2)),
                    {
                        "name": f"Wohngebäude {row['gemarkung']}",
                        "gemeinde": row["gemarkung"],
                        "strasse": street,
                        "hausnummer": row["nummer"],
                    },
                )
            )
    return numbered(rows, "WH-")


def festpunkte(land: Land) -> list[Feature]:
    """Survey marks."""
    at = scattered(dice("festpunkte"), land.district.difference(land.clearing), 500)
    return numbered([(shapely.Point(p), {}) for p in at], "TP-")
