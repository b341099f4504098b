"""Waters, floods and water protection of the sample region."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, course, dice, piece, places, scattered, sections, tidy, valley
from layers.sample.feature import Drawn, Feature, numbered
from layers.sample.land import Land


def fliessgewaesser(land: Land) -> list[Feature]:
    """Rivers in sections, and brooks that run into them."""
    rows: list[tuple[BaseGeometry, Drawn]] = []
    for facts, line in land.rivers:
        for part, start, end in sections(line, 4_000):
            rows.append((part, {
                "name": facts["name"], "ordnung": facts["order"], "breite_m": float(facts["width_m"]),
                "von_km": start, "bis_km": end,
            }))  # fmt: skip
    numbers = dice("baeche")
    rivers = shapely.union_all([line for _, line in land.rivers])
    for number, p in enumerate(scattered(numbers, land.district.difference(land.clearing), 150), 1):
        source = shapely.Point(p)
        mouth = shapely.get_coordinates(shapely.shortest_line(source, rivers))[1]
        direction = mouth - p
        reach = p + direction * min(1.0, 2_600 / (np.linalg.norm(direction) or 1))
        way = np.vstack([p, (p + reach) / 2 + numbers.normal(0, 180, 2), reach])
        brook = course(way)
        if brook.length > 250 and not brook.intersects(land.clearing):
            rows.append((brook, {
                "name": f"Bach {number}", "ordnung": 2, "breite_m": round(numbers.uniform(1, 4), 1),
                "von_km": 0.0, "bis_km": round(brook.length / 1000, 3),
            }))  # fmt: skip
    return numbered(rows, "G-")


def standgewaesser(land: Land) -> list[Feature]:
    """Lakes and ponds."""
    rows: list[tuple[BaseGeometry, Drawn]] = [
        (s, {"name": n, "flaeche_ha": round(s.area / 1e4, 2)}) for n, s in land.lakes.items()
    ]
    numbers = dice("teiche")
    dry = land.district.difference(land.inside)
    for number, (x, y) in enumerate(scattered(numbers, dry, 160), 1):
        pond = blob(numbers, x, y, numbers.gamma(1.2, 1.1) + 0.05, corners=20)
        rows.append((pond, {"name": f"Teich {number}", "flaeche_ha": round(pond.area / 1e4, 2)}))
    return numbered(rows, "S-")


def uesg(land: Land) -> list[Feature]:
    """Flood areas by ordinance."""
    facts, numbers = land.facts["flood_areas"], dice("uesg")
    low, high = facts["half_width_m"]
    rows = []
    for name in facts["along"]:
        wide = high if "Mulde" in name else (low + high) / 2.4
        rows.append(
            (
                valley(numbers, land.river(name), low, wide),
                {"name": f"Überschwemmungsgebiet {name}"},
            )
        )
    return numbered(rows, "UE-")


def uesg_gesichert(land: Land) -> list[Feature]:
    """Flood areas secured for the time being."""
    line = land.river("Wyhra")
    return numbered(
        [
            (
                valley(dice("uesg_gesichert"), line, 90, 260),
                {"name": "Überschwemmungsgebiet Wyhra (vorläufig gesichert)"},
            )
        ],
        "UG-",
    )


def risikogebiete(land: Land) -> list[Feature]:
    """Ground flooded by rarer events or when dykes fail."""
    numbers = dice("risikogebiete")
    rows = [
        (valley(numbers, land.river(n), 420, 1_300), {"name": f"Risikogebiet {n}"})
        for n in land.facts["flood_areas"]["along"]
    ]
    return numbered(rows, "RG-")


def wsg(land: Land) -> list[Feature]:
    """Water protection areas: zone I inside II inside III, as rings beside each other."""
    numbers = dice("wsg")
    rows: list[tuple[BaseGeometry, Drawn]] = []
    for name, lon, lat, hectares in land.facts["water_protection_areas"]:
        ((x, y),) = places([(lon, lat)])
        outer = blob(numbers, x, y, hectares, stretch=1.4)
        second = blob(numbers, x, y, hectares * 0.12, stretch=1.3).intersection(outer)
        wells = blob(numbers, x, y, 3).intersection(second)
        for zone, shape in (
            ("I", wells),
            ("II", second.difference(wells)),
            ("III", outer.difference(second)),
        ):
            rows.append((tidy(shape), {"name": f"Wasserschutzgebiet {name}", "zone": zone}))
    return numbered(rows, "T-")


def deiche(land: Land) -> list[Feature]:
    """Dykes along the rivers of first order."""
    rows: list[tuple[BaseGeometry, Drawn]] = []
    for name, share in (("Vereinigte Mulde", 0.5), ("Weiße Elster", 0.6), ("Pleiße", 0.4)):
        line = land.river(name)
        for side in (160, -160):
            course_of_dyke = piece(
                line.simplify(60), line.length * 0.2, line.length * (0.2 + share)
            )
            offset = course_of_dyke.offset_curve(side, quad_segs=4)
            for part in shapely.get_parts(offset):
                if part.length > 500:
                    rows.append((tidy(part), {"name": f"Deich {name}", "breite_m": 14.0}))
    return numbered(rows, "DE-")


def starkregen(land: Land) -> list[Feature]:
    """Hollows that fill in heavy rain."""
    numbers = dice("starkregen")
    at = scattered(numbers, land.inside.buffer(300), 260)
    return numbered(
        [
            (
                blob(numbers, x, y, numbers.uniform(0.1, 2.2), corners=16),
                {
                    "name": f"Senke, Gefahrenklasse {(k := int(numbers.integers(1, 4)))}",
                    "klasse": k,
                },
            )
            for x, y in at
        ],
        "SR-",
    )


def grundwasseranstieg(land: Land) -> list[Feature]:
    """Ground where water rises again after mining."""
    rows = []
    for name, lon, lat, hectares in land.facts["mining"]:
        ((x, y),) = places([(lon, lat)])
        rows.append(
            (
                blob(dice(f"grundwasser {name}"), x, y, hectares * 1.5),
                {"name": f"Grundwasserwiederanstieg {name}"},
            )
        )
    return numbered(rows, "GW-")
