"""Roads, rails, cycle paths, stops and airfields of the sample region."""

import numpy as np
import shapely
from shapely import LineString

from layers.sample.draw import course, dice, places, scattered, sections, tidy
from layers.sample.feature import Feature, marked, numbered
from layers.sample.land import Land


def _roads(land: Land, letter: str, length: float) -> list[Feature]:
    rows = []
    for facts, line in land.roads:
        if facts["class"] != letter:
            continue
        for number, (part, start, end) in enumerate(sections(line, length), 1):
            key = f"{facts['name'].replace(' ', '')}-{number:02d}"
            rows.append((part, {
                "abschnitt": key, "name": facts["name"], "klasse": letter,
                "breite_m": float(facts["width_m"]), "von_km": start, "bis_km": end,
            }))  # fmt: skip
    return marked(rows)


def autobahnen(land: Land) -> list[Feature]:
    """Motorways in sections."""
    return _roads(land, "A", 2_000)


def bundesstrassen(land: Land) -> list[Feature]:
    """Federal roads in sections."""
    return _roads(land, "B", 1_500)


def staatsstrassen(land: Land) -> list[Feature]:
    """State roads in sections."""
    return _roads(land, "S", 1_200)


def kreisstrassen(land: Land) -> list[Feature]:
    """District roads in sections."""
    return _roads(land, "K", 900)


def strassenplanung(land: Land) -> list[Feature]:
    """Corridors of planned roads."""
    plans = {
        "Ortsumgehung Bad Lausick (B 176)": [(12.600, 51.150), (12.640, 51.163), (12.690, 51.148)],
        "Ortsumgehung Frohburg (B 7)": [(12.520, 51.075), (12.555, 51.073), (12.600, 51.058)],
        "Verlegung S 38 Naunhof": [(12.560, 51.283), (12.590, 51.288), (12.640, 51.276)],
    }
    rows = [
        (tidy(course(places(v)).buffer(50, cap_style="flat")), {"name": k})
        for k, v in plans.items()
    ]
    return numbered(rows, "SP-")


def ortsdurchfahrten(land: Land) -> list[Feature]:
    """Where classified roads pass through settlements: bands along them."""
    rows = []
    for facts, line in land.roads:
        if facts["class"] == "A":
            continue
        for name, ground in land.settlements:
            inside = line.intersection(ground)
            if inside.length > 60:
                band = tidy(inside.buffer(45, cap_style="flat"))
                rows.append((band, {"name": f"{facts['name']} in {name}"}))
    return numbered(rows, "OD-")


def bahn(land: Land) -> list[Feature]:
    """Railways in sections; the width is from the centre of one outer track to the other's."""
    rows = []
    for number, (facts, line) in enumerate(land.railways, 6361):
        for part, start, end in sections(line, 3_000):
            rows.append((part, {
                "strecke": str(number), "name": facts["name"], "gleise": facts["tracks"],
                "gleisabstand_m": 4.0 * (facts["tracks"] - 1), "von_km": start, "bis_km": end,
            }))  # fmt: skip
    return numbered(rows, "BS-")


def bahnanlagen(land: Land) -> list[Feature]:
    """Ground dedicated to the railway."""
    rows = [
        (tidy(line.buffer(9 + 4 * f["tracks"])), {"name": f"Bahnanlage {f['name']}"})
        for f, line in land.railways
    ]
    return numbered(rows, "BA-")


def _cycle_lines(land: Land) -> list[tuple[str, LineString]]:
    ring = [land.seats[i] for i in (18, 16, 29, 3, 25, 4, 24, 13, 10, 0, 11, 19, 6, 28, 26)]
    names = [row[1] for row in land.facts["municipalities"]]
    order = [names[i] for i in (18, 16, 29, 3, 25, 4, 24, 13, 10, 0, 11, 19, 6, 28, 26)]
    numbers = dice("radnetz")
    found = []
    for (a, from_town), (b, to_town) in zip(
        zip(ring, order, strict=True), list(zip(ring, order, strict=True))[1:], strict=False
    ):
        middle = (a + b) / 2 + numbers.normal(0, 500, 2)
        found.append((f"Radroute {from_town} – {to_town}", course(np.vstack([a, middle, b]))))
    beside = shapely.get_coordinates(land.river("Vereinigte Mulde").simplify(120))
    mulde = course(beside + np.array([120, 60]))
    return [*found, ("Mulderadweg", mulde)]


def radnetz(land: Land) -> list[Feature]:
    """The cycle network."""
    rows: list[Feature] = []
    for name, line in _cycle_lines(land):
        for part, start, end in sections(line, 2_500):
            rows.append((part, {"name": name, "von_km": start, "bis_km": end}))
    return numbered(rows, "RN-")


def radnetz_luecken(land: Land) -> list[Feature]:
    """Gaps in the cycle network."""
    gaps = {
        "Lücke Borna – Kitzscher": [(12.503, 51.1275), (12.530, 51.1422), (12.553, 51.1583)],
        "Lücke Colditz – Bad Lausick": [(12.790, 51.132), (12.720, 51.140), (12.660, 51.146)],
        "Lücke Machern – Wurzen": [(12.640, 51.364), (12.680, 51.368), (12.725, 51.369)],
        "Lücke Zwenkau – Pegau": [(12.320, 51.212), (12.285, 51.190), (12.256, 51.171)],
    }
    return numbered([(course(places(v)), {"name": k}) for k, v in gaps.items()], "RL-")


def haltestellen(land: Land) -> list[Feature]:
    """Bus and train stops in settlements, mostly beside classified roads."""
    numbers = dice("haltestellen")
    rows = []
    for name, ground in land.settlements:
        count = 6 if "Ortslage" not in name else 2
        for number, p in enumerate(scattered(numbers, ground, count), 1):
            rows.append((shapely.Point(p), {"name": f"{name}, Halt {number}"}))
    return numbered(rows, "H-")


def flugplaetze(land: Land) -> list[Feature]:
    """Airfields; the airport lies outside and is here as a point."""
    rows = [
        ("Flughafen Leipzig/Halle", 12.241, 51.424, "verkehrsflughafen"),
        ("Flugplatz Altenburg-Nobitz", 12.506, 50.982, "verkehrsflughafen"),
        ("Landeplatz Böhlen", 12.372, 51.221, "landeplatz"),
        ("Segelfluggelände Brandis-Waldpolenz", 12.657, 51.327, "landeplatz"),
    ]
    at = places([r[1:3] for r in rows])
    return numbered(
        [
            (shapely.Point(*np.round(p, 2)), {"name": r[0], "art": r[3]})
            for r, p in zip(rows, at, strict=True)
        ],
        "FP-",
    )
