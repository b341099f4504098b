"""Plans, economy, tourism, climate, mining, hazards and cadastre of the sample region."""

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, dice, places, scattered, tidy
from layers.sample.feature import Drawn, Feature, marked, numbered
from layers.sample.land import Land


def gemeinden(land: Land) -> list[Feature]:
    """The 30 municipalities."""
    return marked(
        (shape, {"ags": str(row[0]), "name": row[1]})
        for row, shape in zip(land.facts["municipalities"], land.municipalities, strict=True)
    )


def innenbereich(land: Land) -> list[Feature]:
    """Built-up areas."""
    return numbered([(s, {"name": n}) for n, s in land.settlements], "IB-")


def _spots(
    land: Land, layer: str, number: int, low: float, high: float, ground: BaseGeometry | None = None
) -> list[BaseGeometry]:
    numbers = dice(layer)
    at = scattered(numbers, (ground or land.district).difference(land.clearing.buffer(300)), number)
    return [
        blob(numbers, x, y, numbers.uniform(low, high), corners=26, stretch=numbers.uniform(1, 2.2))
        for x, y in at
    ]


def _named(shapes: list[BaseGeometry], word: str, prefix: str) -> list[Feature]:
    return numbered([(s, {"name": f"{word} {i}"}) for i, s in enumerate(shapes, 1)], prefix)


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
    shapes = _spots(land, "regionalplan_vorrang", 54, 40, 420)
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
    shapes = _spots(land, "regionalplan_vorbehalt", 36, 80, 600)
    return numbered(
        [
            (s, {"name": f"Vorbehaltsgebiet {kinds[i % 3].capitalize()} {i}", "art": kinds[i % 3]})
            for i, s in enumerate(shapes, 1)
        ],
        "VB-",
    )


def gruenzug(land: Land) -> list[Feature]:
    """Regional green belts."""
    return _named(_spots(land, "gruenzug", 14, 200, 900), "Regionaler Grünzug", "RG-")


def windgebiete(land: Land) -> list[Feature]:
    """Wind energy areas."""
    return _named(
        _spots(
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
    return _named(_spots(land, "flurbereinigung", 7, 150, 700), "Ländliche Neuordnung", "LN-")


def _mined(land: Land, layer: str, word: str, share: float) -> list[tuple[BaseGeometry, Drawn]]:
    rows: list[tuple[BaseGeometry, Drawn]] = []
    for name, lon, lat, hectares in land.facts["mining"]:
        if name.startswith(word):
            ((x, y),) = places([(lon, lat)])
            rows.append((blob(dice(f"{layer} {name}"), x, y, hectares * share), {"name": name}))
    return rows


def tagebaue(land: Land) -> list[Feature]:
    """Open-cast mines."""
    rows = [(s, {**r, "status": "aktiv"}) for s, r in _mined(land, "tagebaue", "Tagebau", 1.0)]
    return numbered(rows, "TB-")


def kippen(land: Land) -> list[Feature]:
    """Spoil ground, still settling."""
    return numbered(_mined(land, "kippen", "Kippengebiet", 1.0), "KI-")


def sperrbereiche(land: Land) -> list[Feature]:
    """Ground closed for lack of stability."""
    spoil = shapely.union_all([s for s, _ in _mined(land, "kippen", "Kippengebiet", 1.0)])
    return _named(
        _spots(land, "sperrbereiche", 8, 4, 30, spoil.buffer(-300)),
        "Geotechnischer Sperrbereich",
        "GSB-",
    )


def hohlraumgebiete(land: Land) -> list[Feature]:
    """Ground with underground cavities."""
    return _named(_spots(land, "hohlraumgebiete", 14, 4, 60), "Hohlraumgebiet", "HG-")


def bergrechte(land: Land) -> list[Feature]:
    """Mining rights."""
    shapes = _spots(land, "bergrechte", 18, 20, 160, land.district.difference(land.inside))
    stuff = ("Kies", "Quarzporphyr", "Kaolin", "Braunkohle")
    return numbered(
        [
            (s, {"name": f"Bergwerksfeld {i}", "rohstoff": stuff[i % 4]})
            for i, s in enumerate(shapes, 1)
        ],
        "BR-",
    )


def kampfmittel(land: Land) -> list[Feature]:
    """Ground suspected of unexploded ordnance; for offices."""
    return _named(_spots(land, "kampfmittel", 22, 5, 90), "Verdachtsfläche", "KM-")


def stoerfallbetriebe(land: Land) -> list[Feature]:
    """Sites under the major-accident ordinance."""
    rows = []
    for name, lon, lat, duties in land.facts["industrial_hazard_sites"]:
        ((x, y),) = places([(lon, lat)])
        kind = "III" if duties.startswith("obere") else None
        row = {"name": name, "pflichten": duties, "abstandsklasse": kind}
        rows.append((blob(dice(f"stoerfall {name}"), x, y, 40), row))
    return numbered(rows, "SF-")


def anlagen(land: Land) -> list[Feature]:
    """Installations that need a permit for their emissions."""
    numbers = dice("anlagen")
    kinds = ("tierhaltung", "biogas", "industrie")
    ground = land.district.difference(land.inside.buffer(250)).difference(land.clearing.buffer(900))
    at = scattered(numbers, ground, 75)
    return numbered(
        [
            (shapely.Point(p), {"name": f"Anlage {i}", "art": kinds[i % 3]})
            for i, p in enumerate(at, 1)
        ],
        "IA-",
    )


def laerm(land: Land) -> list[Feature]:
    """Noise bands along motorways and the main railway, 5 dB a step."""
    rows: list[tuple[BaseGeometry, Drawn]] = []
    lines = [(f["name"], line) for f, line in land.roads if f["class"] == "A"]
    lines += [(f["name"], line) for f, line in land.railways if f["tracks"] > 1]
    for name, line in lines:
        inner: BaseGeometry = shapely.Polygon()
        for level, reach in ((70, 60), (65, 140), (60, 300), (55, 600)):
            outer = line.buffer(reach, quad_segs=6)
            rows.append((tidy(outer.difference(inner)), {"pegel_db": level, "name": name}))
            inner = outer
    return numbered(rows, "LA-")


def _grid(ground: BaseGeometry, angle: float, wide: float, deep: float) -> list[BaseGeometry]:
    """Return the cells of a turned grid that lie wholly inside an area."""
    centre = ground.centroid
    flat = affinity.rotate(ground, -angle, origin=centre)
    left, bottom, right, top = flat.bounds
    cells = shapely.box(  # type: ignore[call-overload]
        *(v.ravel() for v in np.broadcast_arrays(*(
            np.arange(left, right, wide)[:, None], np.arange(bottom, top, deep)[None, :],
            np.arange(left, right, wide)[:, None] + wide, np.arange(bottom, top, deep)[None, :] + deep,
        )))
    )  # fmt: skip
    shapely.prepare(flat)
    kept = cells[shapely.contains(flat, cells)]
    return [tidy(affinity.rotate(c, angle, origin=centre)) for c in kept]


def flurstuecke(land: Land) -> list[Feature]:
    """Parcels in settlements."""
    numbers = dice("flurstuecke")
    rows = []
    for district, (name, ground) in enumerate(land.settlements, 1):
        cells = _grid(ground, float(numbers.uniform(0, 90)), 24.0, 46.0)
        most = 160 if "Ortslage" not in name else 38
        for number, cell in enumerate(cells[:most], 1):
            rows.append((cell, {
                "kennzeichen": f"14{district:04d}-001-{number:05d}", "gemarkung": name.split(",")[0],
                "flur": "1", "nummer": str(number),
            }))  # fmt: skip
    return marked(rows)


def wohngebaeude(land: Land) -> list[Feature]:
    """Residential buildings: a point on every second parcel."""
    rows = []
    for number, (cell, row) in enumerate(flurstuecke(land)):
        if number % 2:
            rows.append(
                (
                    shapely.Point(np.round(cell.centroid.coords[0], 2)),
                    {"gemeinde": row["gemarkung"]},
                )
            )
    return numbered(rows, "WH-")


def festpunkte(land: Land) -> list[Feature]:
    """Survey marks."""
    at = scattered(dice("festpunkte"), land.district.difference(land.clearing), 500)
    return numbered([(shapely.Point(p), {}) for p in at], "TP-")


def gewerbegebiete(land: Land) -> list[Feature]:
    """Business parks of their published size."""
    rows = []
    for name, lon, lat, hectares in land.facts["business_parks"]:
        ((x, y),) = places([(lon, lat)])
        rows.append(
            (
                blob(dice(f"gewerbe {name}"), x, y, hectares, corners=14),
                {"name": name, "flaeche_ha": float(hectares)},
            )
        )
    return numbered(rows, "GE-")


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
    rows = [
        (
            blob(numbers, x, y, numbers.uniform(0.6, 6), corners=14),
            {"haushalte": int(numbers.integers(3, 60)), "stufe": "weiss" if i % 3 == 0 else "grau"},
        )
        for i, (x, y) in enumerate(at)
    ]
    ((x, y),) = places([(12.590, 51.030)])
    rows.append((blob(numbers, x, y, 9), {"haushalte": 41, "stufe": "weiss"}))
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
    return _named(
        _spots(land, "kaltluft", land.facts["cold_air_corridors"], 40, 260), "Kaltluftbahn", "KA-"
    )


def hitze(land: Land) -> list[Feature]:
    """Built-up ground that heats up, by step."""
    rows = [
        (s, {"stufe": 3 if "Ortslage" not in n else 1})
        for n, s in land.settlements
        if s.area > 150_000
    ]
    return numbered(
        [(tidy(s.buffer(-40)), r) for s, r in rows if not s.buffer(-40).is_empty], "HI-"
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
