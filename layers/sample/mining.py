"""Mining and its consequences in the sample region."""

import shapely
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, dice, places
from layers.sample.feature import Drawn, Feature, numbered
from layers.sample.land import Land
from layers.sample.scatter import spots, titled


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
    return titled(
        spots(land, "sperrbereiche", 8, 4, 30, spoil.buffer(-300)),
        "Geotechnischer Sperrbereich",
        "GSB-",
    )


def hohlraumgebiete(land: Land) -> list[Feature]:
    """Ground with underground cavities."""
    return titled(spots(land, "hohlraumgebiete", 14, 4, 60), "Hohlraumgebiet", "HG-")


def bergrechte(land: Land) -> list[Feature]:
    """Mining rights."""
    shapes = spots(land, "bergrechte", 18, 20, 160, land.district.difference(land.inside))
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
    return titled(spots(land, "kampfmittel", 22, 5, 90), "Verdachtsfläche", "KM-")
