"""Places are found by name, address and parcel, however they are spelled, and no hidden ones."""

from pathlib import Path

import pytest

from layers.catalogue import Catalogue, read_catalogue
from layers.document import CatalogueError
from layers.gazetteer import Place, find, prepare, spelled
from layers.store import Store
from tests.builders import X, Y, catalogue, layer, point, rectangle

HOUSES = (
    {"strasse": "Lange Straße", "nr": 12, "zusatz": "a", "plz": "04552", "ort": "Borna"},
    {"strasse": "Lange Str.", "nr": 120.0, "zusatz": None, "plz": "04571", "ort": "Rötha"},
    {"strasse": None, "nr": 1, "zusatz": None, "plz": None, "ort": "Borna"},
)


def district(folder: Path) -> Catalogue:
    towns = [(rectangle(0, 0, 9, 9), {"ags": "14729050", "name": "Borna"}),
             (rectangle(9, 0, 18, 9), {"ags": "14729360", "name": "Rötha"})]  # fmt: skip
    parcels = [
        (rectangle(n, 0, n + 1, 1), {"gmk": "Borna", "flur": "3", "zaehler": n, "kz": f"K-{n}"})
        for n in (12, 120)
    ]
    layers = [
        layer(folder, "gemeinden", towns),
        layer(folder, "orte", [(point(1, 1), {"name": "Zedtlitz"}), (point(2, 2), {})]),
        layer(folder, "adressen", [(point(n, 5), row) for n, row in enumerate(HOUSES)]),
        layer(folder, "flst", parcels, visibility="offices"),
        layer(folder, "fehlt", Path("fehlt.geojson")),
    ]
    return read_catalogue(catalogue(
        folder, layers, municipalities={"layer": "gemeinden", "key": "ags", "name": "name"},
        places=[{"layer": "fehlt", "name": "name"}, {"layer": "orte", "name": "name"}],
        addresses={"layer": "adressen", "street": "strasse", "number": ["nr", "zusatz"],
                   "postcode": "plz", "town": "ort"},
        parcels={"layer": "flst", "gemarkung": "gmk", "flur": "flur", "number": "zaehler",
                 "key": "kz"},
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("words", "kind", "name"),
    [
        ("borna", "municipality", "Borna"),
        ("ROETHA", "municipality", "Rötha"),
        ("zedt", "place", "Zedtlitz"),
        ("lange strasse 12", "address", "Lange Straße 12a, 04552 Borna"),
        ("Rötha, Lange Str. 120", "address", "Lange Str. 120, 04571 Rötha"),
        ("Borna Flst. 12", "parcel", "Borna, Flur 3, Flst. 12 (K-12)"),
        ("K-120", "parcel", "Borna, Flur 3, Flst. 120 (K-120)"),
    ],
)
def test_a_place_is_found_however_it_is_spelled(
    tmp_path: Path, words: str, kind: str, name: str
) -> None:
    read = district(tmp_path)
    store = Store(tmp_path / "store", read.crs)
    every = ("public", "offices")
    found = find(words, read, store, tmp_path / "names", visible=every)
    assert (found[0].kind, found[0].name) == (kind, name)


def test_what_is_not_for_whoever_asks_is_not_found(tmp_path: Path) -> None:
    read = district(tmp_path)
    store = Store(tmp_path / "store", read.crs)
    prepare(read, store, tmp_path / "names")
    assert len(list((tmp_path / "names").iterdir())) == 4
    assert find("Borna Flst. 12", read, store, tmp_path / "names") == []
    assert find("Ulm", read, store, tmp_path / "names") == []
    assert find(" ,. ", read, store, tmp_path / "names") == []
    box = (X, Y, X + 9, Y + 9)
    kept = tmp_path / "names"
    assert find("Borna", read, store, kept, most=1) == [Place("municipality", "Borna", box)]


def test_spellings_are_one() -> None:
    assert spelled("Große Straße") == spelled("GROSSE STR.") == "grosse str"
    assert spelled("Straßberg") == "strassberg"


def test_a_catalogue_names_layers_that_are_there(tmp_path: Path) -> None:
    for more in (
        {"places": [{"layer": "nirgends", "name": "name"}]},
        {"addresses": {"layer": "nirgends", "street": "s", "number": "n"}},
    ):
        path = catalogue(tmp_path, {"nsg": [rectangle(0, 0, 1, 1)]}, **more)
        with pytest.raises(CatalogueError, match="no such layer"):
            read_catalogue(path)
