"""Municipalities and plans of the sample region."""

import shapely
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, dice, places, scattered, tidy
from layers.sample.feature import Drawn, Feature, marked, numbered
from layers.sample.land import Land
from layers.sample.scatter import spots, titled


def gemeinden(land: Land) -> list[Feature]:
    """The 30 municipalities."""
    return marked(
        (shape, {"ags": str(row[0]), "name": row[1]})
        for row, shape in zip(land.facts["municipalities"], land.municipalities, strict=True)
    )


def innenbereich(land: Land) -> list[Feature]:
    """Built-up areas."""
    return numbered([(s, {"name": n}) for n, s in land.settlements], "IB-")


def bplaene(land: Land) -> list[Feature]:
    """Binding land-use plans in force or being drawn up."""
    numbers = dice("bplaene")
    kinds = ("wohnen", "wohnen", "gewerbe", "industrie", "sonder")
    rows: list[tuple[BaseGeometry, Drawn]] = []
    for number, (name, ground) in enumerate(land.settlements):
        if number % 2 == 0:
            x, y = scattered(numbers, ground, 1)[0]
            kind = kinds[numbers.integers(len(kinds))]
            shape = blob(numbers, x, y, numbers.uniform(1, 9), corners=12)
            rows.append((shape, {
                "name": f"Bebauungsplan Nr. {number + 1} {name}", "nutzung": kind,
                "stand": "in Kraft" if number % 3 else "im Verfahren",
            }))  # fmt: skip
    return numbered(rows, "BP-")


def fnp(land: Land) -> list[Feature]:
    """Areas shown in preparatory land-use plans."""
    rows = []
    for number, (name, ground) in enumerate(land.settlements):
        shown = ("Wohnbaufläche", "gemischte Baufläche", "gewerbliche Baufläche")[number % 3]
        rows.append(
            (tidy(ground.buffer(60, quad_segs=3)), {"name": f"FNP {name}", "darstellung": shown})
        )
    return numbered(rows, "F-")


def regionalplan_vorrang(land: Land) -> list[Feature]:
    """Priority areas of the regional plan: binding objectives."""
    kinds = ("natur", "landwirtschaft", "waldmehrung", "rohstoff", "hochwasser", "trasse")
    shapes = spots(land, "regionalplan_vorrang", 54, 40, 420)
    return numbered(
        [
            (s, {"name": f"Vorranggebiet {kinds[i % 6].capitalize()} {i}", "art": kinds[i % 6]})
            for i, s in enumerate(shapes, 1)
        ],
        "VR-",
    )


def regionalplan_vorbehalt(land: Land) -> list[Feature]:
    """Reserve areas of the regional plan: principles."""
    kinds = ("natur", "landwirtschaft", "erholung")
    shapes = spots(land, "regionalplan_vorbehalt", 36, 80, 600)
    return numbered(
        [
            (s, {"name": f"Vorbehaltsgebiet {kinds[i % 3].capitalize()} {i}", "art": kinds[i % 3]})
            for i, s in enumerate(shapes, 1)
        ],
        "VB-",
    )


def gruenzug(land: Land) -> list[Feature]:
    """Regional green belts."""
    return titled(spots(land, "gruenzug", 14, 200, 900), "Regionaler Grünzug", "RG-")


def windgebiete(land: Land) -> list[Feature]:
    """Wind energy areas."""
    return titled(
        spots(
            land, "windgebiete", 11, 40, 180, land.district.difference(land.inside.buffer(1_000))
        ),
        "Windenergiegebiet",
        "WG-",
    )


def strukturwandel(land: Land) -> list[Feature]:
    """Municipalities of the lignite transition."""
    towns = ("Groitzsch", "Neukieritzsch", "Regis-Breitingen", "Zwenkau", "Böhlen", "Borna")
    return numbered([(land.town(t), {"name": f"Strukturwandelgebiet {t}"}) for t in towns], "SW-")


def leader(land: Land) -> list[Feature]:
    """LEADER regions."""
    regions = {
        "Land des Roten Porphyr": ["Colditz", "Geithain", "Frohburg"],
        "Leipziger Muldenland": [
            "Grimma",
            "Naunhof",
            "Brandis",
            "Belgershain",
            "Otterwisch",
            "Parthenstein",
            "Bad Lausick",
            "Trebsen/Mulde",
            "Wurzen",
        ],
        "Südraum Leipzig": [
            "Böhlen",
            "Borna",
            "Kitzscher",
            "Neukieritzsch",
            "Rötha",
            "Groitzsch",
            "Pegau",
            "Elstertrebnitz",
            "Regis-Breitingen",
        ],
    }
    return numbered(
        [(land.members(t), {"name": f"LEADER-Gebiet {n}"}) for n, t in regions.items()], "LE-"
    )


def kek_massnahmen(land: Land) -> list[Feature]:
    """Measures of the district's development concept: invented examples under real visions."""
    visions = land.facts["development_concept"]["visions"]
    invented = [
        ("Gewerbeflächenpool Südraum", 0, 12.378, 51.187, 60, "hoch"),
        ("Erweiterung Gewerbepark Wachau", 0, 12.4245, 51.2715, 25, "hoch"),
        ("Lückenschluss Radweg Borna – Kitzscher", 1, 12.530, 51.1425, 12, "mittel"),
        ("Ortskernbelebung Kohren-Sahlis", 1, 12.604, 51.015, 18, "mittel"),
        ("Wohnen am Wasser Hainer See", 1, 12.449, 51.174, 30, "mittel"),
        ("Solarpark entlang der A 72", 2, 12.560, 51.084, 45, "hoch"),
        ("Auenrenaturierung Mulde", 2, 12.735, 51.320, 90, "hoch"),
        ("Besucherzentrum Geopark", 1, 12.735, 51.245, 4, "mittel"),
        ("Breitband für Kohrener Land", 0, 12.590, 51.030, 40, "hoch"),
        ("Waldmehrung Thallwitz", 2, 12.690, 51.430, 35, "niedrig"),
    ]
    numbers = dice("kek_massnahmen")
    rows: list[tuple[BaseGeometry, Drawn]] = []
    for name, vision, lon, lat, hectares, priority in invented:
        ((x, y),) = places([(lon, lat)])
        row = {
            "name": f"{name} (erfundenes Beispiel)",
            "leitbild": visions[vision],
            "prioritaet": priority,
        }
        rows.append((blob(numbers, x, y, hectares), row))
    for number, (x, y) in enumerate(scattered(numbers, land.inside, 20), 1):
        row = {
            "name": f"Maßnahme {number} (erfundenes Beispiel)",
            "leitbild": visions[number % 3],
            "prioritaet": "mittel",
        }
        rows.append((shapely.Point(x, y), row))
    return numbered(rows, "KEK-")


def braunkohlenplan(land: Land) -> list[Feature]:
    """Areas of lignite and reclamation plans."""
    rows = []
    for name, lon, lat, hectares in land.facts["mining"]:
        ((x, y),) = places([(lon, lat)])
        rows.append(
            (
                blob(dice(f"braunkohlenplan {name}"), x, y, hectares * 1.25),
                {"name": f"Planbereich {name}"},
            )
        )
    return numbered(rows, "BK-")


def flurbereinigung(land: Land) -> list[Feature]:
    """Land consolidation."""
    return titled(spots(land, "flurbereinigung", 7, 150, 700), "Ländliche Neuordnung", "LN-")
