"""Where layers have data: by municipalities, by the district, as the source says."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely

from layers.catalogue import Catalogue, read_catalogue
from layers.covering import polygon, served
from layers.layer import Source, source_from
from layers.store import Store
from layers.unavailable import LayerUnavailableError
from layers.version import LayerVersion
from service.cli import main
from tests.builders import CRS25833, X, Y, catalogue, check, geojson, layer, rectangle, rule
from tests.upstream import arcgis

TOWNS = [
    (rectangle(0, 0, 1000, 1000), {"ags": "14729010", "name": "West"}),
    (rectangle(1000, 0, 2000, 1000), {"ags": "14729020", "name": "Ost"}),
    (rectangle(2000, 0, 3000, 1000), {"ags": "14713000", "name": "Stadt"}),
]
KEYS = {"municipalities": {"layer": "towns", "key": "ags", "name": "name"}}


def region(folder: Path, coverage: Any, **more: Any) -> Path:
    layers = [
        layer(folder, "towns", TOWNS, id="ags", name="name"),
        layer(folder, "nsg", [rectangle(5000, 0, 5001, 1)], coverage=coverage),
    ]
    return catalogue(folder, layers, [rule("N1", "nsg")], **{**KEYS, **more})


def opened(path: Path) -> tuple[Catalogue, Store]:
    read = read_catalogue(path)
    return read, Store(path.parent / "store", read.crs)


def towns(*keys: str) -> Source:
    return source_from({"municipalities": list(keys)}, Path("/"), "municipalities")


@pytest.mark.parametrize(
    ("keys", "right"),
    [(["14729010"], 1000), (["14729*"], 2000), (["14729010", "14729020", "14713000"], 3000),
     (["14*"], 3000)],
)  # fmt: skip
def test_municipalities_by_key_or_by_its_beginning(
    tmp_path: Path, keys: list[str], right: int
) -> None:
    catalogue, store = opened(region(tmp_path, "district", area={"municipalities": ["14*"]}))
    found = polygon(towns(*keys), catalogue, store)
    assert found.bounds == (X, Y, X + right, Y + 1000)
    assert found.area == right * 1000


def test_a_municipality_that_is_not_there_is_no_empty_area(tmp_path: Path) -> None:
    catalogue, store = opened(region(tmp_path, {"municipalities": ["14729*"]}))
    with pytest.raises(LayerUnavailableError, match="14730"):
        polygon(towns("14729010", "14730*"), catalogue, store)
    with pytest.raises(LayerUnavailableError, match="names no layer"):
        polygon(towns("1"), replace(catalogue, municipalities=None), store)


@pytest.mark.parametrize(
    ("coverage", "outcome", "uncovered"),
    [
        ({"municipalities": ["14729*"]}, "not_covered", 0.5),
        ({"municipalities": ["14729010"]}, "not_covered", 1.0),
        ({"municipalities": ["14*"]}, "clear", 0.0),
        ("district", "not_covered", 0.5),
    ],
)
def test_a_plan_partly_beside_it(
    tmp_path: Path, coverage: Any, outcome: str, uncovered: float
) -> None:
    area = {"municipalities": ["14729*"]}
    plan = geojson(tmp_path / "plan.geojson", [rectangle(1950, 100, 2050, 200)])
    result = check(plan, region(tmp_path, coverage, area=area), "--accept", "outside-area")
    finding = result.finding("nsg")
    assert (finding["outcome"], finding["coverage"]) == (outcome, "declared")
    assert finding["uncovered_share"] == pytest.approx(uncovered)


def test_the_area_of_municipalities_places_plans_and_stands_in_as_coverage(tmp_path: Path) -> None:
    path = region(tmp_path, "district", area={"municipalities": ["14729*"], "beside_m": 500})
    far = geojson(tmp_path / "far.geojson", [rectangle(2600, 0, 2700, 100)])
    assert check(far, path).status == 2
    near = geojson(tmp_path / "near.geojson", [rectangle(100, 100, 200, 200)])
    result = check(near, path, "--map", str(tmp_path / "map.html"))
    assert result.finding("towns")["coverage"] == "assumed"
    assert result.finding("nsg")["outcome"] == "clear"


def test_a_coverage_that_cannot_be_had_fails_the_layer(tmp_path: Path) -> None:
    plan = geojson(tmp_path / "plan.geojson", [rectangle(100, 100, 200, 200)])
    finding = check(plan, region(tmp_path, {"municipalities": ["99*"]})).finding("nsg")
    assert finding["outcome"] == "failed"
    assert "99*" in finding["reason"]


def serving(folder: Path, region: Any = None, bbox: Any = None) -> tuple[Any, LayerVersion]:
    catalogue, store = opened(catalogue_with_one(folder))
    thing = catalogue.layers[0]
    version = store.version(thing)
    said = {"type": "wfs", "url": "https://a.example"} | ({"bbox": bbox} if bbox else {})
    asked = replace(thing, source=source_from(said, folder))
    return asked, version.by({"region": region})


def catalogue_with_one(folder: Path) -> Path:
    return catalogue(folder, {"nsg": [rectangle(0, 0, 1, 1)]})


def test_as_far_as_the_source_says(tmp_path: Path) -> None:
    layer, version = serving(tmp_path, region=[12.0, 51.0, 13.0, 52.0])
    whole = served(layer, version, CRS25833)
    inside = shapely.Point(320_000, 5_670_000)
    assert whole.covers(inside)
    assert whole.is_valid
    assert whole.area == pytest.approx(7.74e9, rel=0.01)


def test_but_not_farther_than_was_asked_for(tmp_path: Path) -> None:
    everywhere, asked = [5.0, 45.0, 15.0, 55.0], [12.0, 51.0, 12.1, 51.1]
    layer, version = serving(tmp_path, region=everywhere, bbox=asked)
    both = served(layer, version, CRS25833)
    layer, version = serving(tmp_path, bbox=asked)
    assert both.equals(served(layer, version, CRS25833))
    assert both.area < 1e8


@pytest.mark.parametrize("bbox", [None, [1.0, 1.0, 2.0, 2.0]], ids=["nothing said", "elsewhere"])
def test_what_nobody_says_is_not_everywhere(tmp_path: Path, bbox: Any) -> None:
    region = None if bbox is None else [12.0, 51.0, 13.0, 52.0]
    layer, version = serving(tmp_path, region=region, bbox=bbox)
    with pytest.raises(LayerUnavailableError, match=r"a\.example"):
        served(layer, version, CRS25833)


def test_what_a_service_states_of_its_extent_reaches_the_finding(tmp_path: Path) -> None:
    """A harvest keeps it beside the version, and a plan outside is not cleared."""
    data = tmp_path / "data"
    with arcgis.arcgis(50) as server:
        url = f"{server.url}/arcgis/rest/services/probe/FeatureServer"
        source = {"type": "arcgis", "url": url, "layer": 0}
        entry = {"code": "nsg", "title": "N", "keeper": "AMT", "source": source}
        path = catalogue(tmp_path, [{**entry, "coverage": "served"}], [rule("N1", "nsg")])
        where = ["--catalogue", str(path), "--data", str(data)]
        assert main(["layers", "refresh", "nsg", *where]) == 0
    places = {"inside": (324_000, 5_664_000), "outside": (326_000, 5_664_000)}
    outcomes = {}
    for name, (x, y) in places.items():
        square = shapely.box(x, y, x + 10, y + 10)
        plan = geojson(tmp_path / f"{name}.geojson", [square])
        finding = check(plan, path).finding("nsg")
        assert finding["coverage"] == "served"
        outcomes[name] = finding["outcome"]
    assert outcomes == {"inside": "clear", "outside": "not_covered"}
