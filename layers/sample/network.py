"""Roads, rails, cycle paths, power lines, pipes and waters of the sample region."""

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import (
    blob,
    course,
    dice,
    piece,
    places,
    scattered,
    sections,
    tidy,
    valley,
)
from layers.sample.feature import Drawn, Feature, marked, numbered
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
        "Verlegung S 38 Naunhof": [(12.560, 51.286), (12.590, 51.295), (12.640, 51.283)],
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
    """Railways in sections."""
    rows = []
    for number, (facts, line) in enumerate(land.railways, 6361):
        for part, start, end in sections(line, 3_000):
            rows.append((part, {
                "strecke": str(number), "name": facts["name"], "gleise": facts["tracks"],
                "breite_m": 4.0 + 4.0 * (facts["tracks"] - 1), "von_km": start, "bis_km": end,
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
                {"klasse": int(numbers.integers(1, 4))},
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


def _power(land: Land) -> list[tuple[str, int, LineString]]:
    pulgar, eula = places([(12.385, 51.165), (12.520, 51.150)])
    ends = places(
        [(12.150, 51.190), (12.470, 51.400), (12.760, 51.020), (12.940, 51.240), (12.520, 51.150)]
    )
    lines = []
    for number, (start, end) in enumerate(
        zip((pulgar, pulgar, eula, eula, pulgar), ends, strict=True), 1
    ):
        middle = (start + end) / 2 + dice(f"hochspannung {number}").normal(0, 1_400, 2)
        volts = 380 if number in (1, 2, 5) else 110
        lines.append((f"Freileitung {number}", volts, tidy(LineString([start, middle, end]))))
    return lines


def hochspannung(land: Land) -> list[Feature]:
    """Overhead power lines with the width of their strip."""
    rows: list[Feature] = [
        (s, {"name": n, "spannung_kv": v, "breite_m": 80.0 if v == 380 else 50.0})
        for n, v, s in _power(land)
    ]
    return numbered(rows, "HS-")


def umspannwerke(land: Land) -> list[Feature]:
    """Substations."""
    rows: list[Feature] = []
    for name, lon, lat, megawatts in (
        ("Pulgar", 12.385, 51.165, 920),
        ("Eula", 12.520, 51.150, 300),
    ):
        ((x, y),) = places([(lon, lat)])
        rows.append(
            (
                blob(dice(f"umspannwerk {name}"), x, y, 9),
                {"name": f"Umspannwerk {name}", "leistung_mw": megawatts},
            )
        )
    return numbered(rows, "UW-")


def _pipes(land: Land, layer: str, number: int, width: float, word: str) -> list[Feature]:
    numbers = dice(layer)
    rows: list[Feature] = []
    for index in range(1, number + 1):
        a, b = scattered(numbers, land.district.buffer(-2_500), 2)
        line = course(np.vstack([a, (a + b) / 2 + numbers.normal(0, 1_500, 2), b]))
        if not line.intersects(land.clearing):
            rows.append((line, {"name": f"{word} {index}", "breite_m": width}))
    return numbered(rows, word[:2].upper() + "-")


def gasleitungen(land: Land) -> list[Feature]:
    """High-pressure gas pipelines; for offices."""
    return _pipes(land, "gasleitungen", 9, 8.0, "Gashochdruckleitung")


def fernwasser(land: Land) -> list[Feature]:
    """Trunk water mains; for offices."""
    return _pipes(land, "fernwasser", 6, 8.0, "Fernwasserleitung")


def richtfunk(land: Land) -> list[Feature]:
    """Radio links; for offices."""
    rows = []
    for _, row in _pipes(land, "richtfunk", 12, 30.0, "Richtfunkstrecke"):
        rows.append(row["name"])
    numbers = dice("richtfunkstrecken")
    lines = [tidy(LineString(scattered(numbers, land.district, 2))) for _ in rows]
    return numbered(
        [
            (s, {"name": n})
            for s, n in zip(lines, rows, strict=True)
            if not s.intersects(land.clearing)
        ],
        "RF-",
    )
