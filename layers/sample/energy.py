"""Power, pipes, radio links and wind turbines of the sample region."""

import numpy as np
import shapely
from shapely import LineString

from layers.sample.draw import blob, course, dice, places, scattered, tidy
from layers.sample.feature import Feature, numbered
from layers.sample.land import Land
from layers.sample.planning import windgebiete


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


def windenergieanlagen(land: Land) -> list[Feature]:
    """Wind turbines that stand."""
    numbers = dice("windenergieanlagen")
    ground = shapely.union_all([s for s, _ in windgebiete(land)])
    at = scattered(numbers, ground, land.facts["wind_turbines"])
    return numbered(
        [
            (
                shapely.Point(p),
                {"name": f"Windenergieanlage {i}", "hoehe_m": float(numbers.integers(100, 245))},
            )
            for i, p in enumerate(at, 1)
        ],
        "WEA-",
    )
