"""A small district with one layer of every kind, whose sources tests change at will."""

from pathlib import Path
from typing import Any

from layers.catalogue import read_catalogue
from layers.refresh import refresh
from layers.store import Store
from service.district import District
from tests.builders import X, Y, catalogue, geojson, layer, rectangle, rule
from tests.service.cases import handing

VIEWER = {"type": "manual", "viewer": "https://karte.example.org/kampfmittel"}
TOWN = {"ags": "14729050", "name": "Borna"}


def outline(side_m: float = 100.0) -> bytes:
    """Return a square plan at the place that `tests.builders` measures from."""
    east, north = X - handing.CORNER[0], Y - handing.CORNER[1]
    return handing.outline(side_m, east=east, north=north)


def region(folder: Path) -> Path:
    """Write the district; returns its catalogue, whose rules stand in a file of their own."""
    geojson(folder / "gebiet.geojson", [rectangle(-5_000, -5_000, 5_000, 5_000)])
    geojson(folder / "abdeckung.geojson", [rectangle(-50, -50, 60, 500)])
    town = (rectangle(-5_000, -5_000, 5_000, 5_000), TOWN)
    layers: list[dict[str, Any]] = [
        layer(folder, "gemeinden", [town]),
        layer(folder, "nsg", [rectangle(0, 0, 20, 20)], keeper="UNB", refresh_days=30),
        layer(folder, "wald", [rectangle(50, 50, 90, 90)], coverage={"path": "abdeckung.geojson"}),
        layer(folder, "denkmal", [rectangle(300, 300, 310, 310)], visibility="offices"),
        layer(folder, "arten", [rectangle(5, 5, 9, 9)], visibility="restricted", keeper="UNB"),
        layer(folder, "fehlt", Path("fehlt.geojson")),
        {"code": "kampfmittel", "title": "Kampfmittel", "keeper": "AMT", "source": VIEWER},
    ]
    rules = [
        rule("N1", "nsg", offices=["UNB"], effect="consent"),
        rule("W1", "wald"),
        rule("A1", "arten", offices=["UNB"]),
        rule("K1", "kampfmittel"),
        rule("F1", "fehlt"),
        rule("D1", "denkmal", offices=["UDB"]),
    ]
    path = catalogue(
        folder, layers, (),
        include=["rules.yaml"],
        area={"path": "gebiet.geojson"},
        municipalities={"layer": "gemeinden", "key": "ags", "name": "name"},
    )  # fmt: skip
    apart = folder / "apart"
    apart.mkdir()
    catalogue(apart, [], rules, offices=()).rename(folder / "rules.yaml")
    return path


def district(catalogue: Path, data: Path) -> District:
    """Open the district with its layers below `data`."""
    read = read_catalogue(catalogue)
    assert read.area is not None
    return District(read, Store(data / "layers", read.crs, area=read.area))


def publish(district: District, code: str) -> str:
    """Refresh a layer; returns what came of it."""
    return refresh(district.store, district.catalogue.layer(code), who="steward").event
