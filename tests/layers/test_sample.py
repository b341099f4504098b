"""The sample region: drawn by numbers, so the same everywhere, and in the shape it promises."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis.crs import crs_from
from gis.problem import Refusal
from layers import reading
from layers.catalogue import Catalogue, read_catalogue
from layers.reading.features import Features
from layers.sample import build, is_current
from layers.sample.draw import GRID, blob, course, dice, scattered, sections, tidy
from layers.sample.feature import MARK
from layers.sample.land import Land
from layers.sample.region import CATALOGUES, DRAWERS, REGIONAL, drawn

EXPECTED = Path(__file__).parents[1] / "expected" / "sample.json"
RESTRICTED = {"archaeologie", "artnachweise", "altlasten"}


def digest(features: Iterable[tuple[Any, Any]]) -> str:
    """Return a hash of shapes on the centimetre grid and of attributes, in any order."""
    lines = []
    for shape, row in features:
        whole = shapely.set_precision(shape, GRID, mode="pointwise")
        xy = np.round(shapely.get_coordinates(shapely.normalize(whole)) / GRID).astype(np.int64)
        values = {k: round(v, 6) if isinstance(v, float) else v for k, v in sorted(row.items())}
        lines.append(json.dumps([whole.geom_type, xy.tolist(), values], ensure_ascii=False))
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32]


@pytest.fixture(scope="module")
def land() -> Land:
    return Land()


@pytest.fixture(scope="module")
def layers(sample: Path) -> dict[str, Features]:
    """Return every layer of the built region as it is read."""
    return {
        path.stem: reading.read(path, profile=reading.SOURCE)
        for path in sorted(sample.glob("*.gpkg"))
    }


@pytest.fixture(scope="module")
def catalogue(sample: Path) -> Catalogue:
    return read_catalogue(sample / "catalogue.yaml")


def test_the_region_is_the_same_on_every_machine(layers: dict[str, Features]) -> None:
    """RECORD=1 writes the hashes anew; what changed shows in the difference."""
    found = {
        code: {
            "objects": len(features.geometries),
            "sha256": digest(zip(features.geometries, features.attributes, strict=True)),
        }
        for code, features in layers.items()
    }
    if os.environ.get("RECORD"):
        EXPECTED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(EXPECTED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", ["nsg", "gemeinden", "strassen", "bodendenkmale"])
def test_drawing_again_draws_the_same(layers: dict[str, Features], code: str) -> None:
    """From facts of its own, so that no order of drawing matters."""
    known = code if code in DRAWERS else sorted(DRAWERS)[len(code)]
    read = layers[known]
    assert digest(drawn(Land(), known)) == digest(
        (shape, {k: v for k, v in row.items() if v is not None or k in row})
        for shape, row in zip(read.geometries, read.attributes, strict=True)
    )


def test_it_is_as_large_as_promised(layers: dict[str, Features], catalogue: Catalogue) -> None:
    assert len(catalogue.layers) >= 40
    assert sum(len(features.geometries) for features in layers.values()) >= 20_000
    assert min(len(features.geometries) for features in layers.values()) >= 1


def test_every_layer_drawn_is_in_the_catalogue_and_the_other_way_round(
    layers: dict[str, Features], catalogue: Catalogue
) -> None:
    used = {layer.source.path.stem for layer in catalogue.layers}
    assert used | grounds(catalogue) == layers.keys()


def grounds(catalogue: Catalogue) -> set[str]:
    """Return what only says where data are: the district, and areas covered."""
    named = [catalogue.area, *(layer.coverage for layer in catalogue.layers)]
    return {source.path.stem for source in named if source is not None}


def test_every_object_says_that_it_is_made_up(layers: dict[str, Features]) -> None:
    for code, features in layers.items():
        assert {row.get("herkunft") for row in features.attributes} == {MARK}, code


def test_every_shape_is_valid_and_on_the_grid(layers: dict[str, Features]) -> None:
    for code, features in layers.items():
        assert features.crs == "EPSG:25833", code
        assert shapely.is_valid(features.geometries).all(), code
        assert not shapely.is_empty(features.geometries).any(), code
        cents = shapely.get_coordinates(features.geometries) / GRID
        assert np.abs(cents - np.round(cents)).max() < 1e-4, code


def test_everything_lies_in_the_region(layers: dict[str, Features], land: Land) -> None:
    region = land.district.envelope.buffer(30_000)
    for code, features in layers.items():
        assert shapely.intersects(region, features.geometries).all(), code


def test_attributes_named_by_the_catalogue_are_there(
    layers: dict[str, Features], catalogue: Catalogue
) -> None:
    for layer in catalogue.layers:
        rows = layers[layer.source.path.stem].attributes
        names = {layer.id, layer.name}
        names |= {layer.half_width.attribute} if layer.half_width else set()
        if layer.linear_reference:
            reference = layer.linear_reference
            names |= {reference.section, reference.start, reference.end}
        for name in names - {None}:
            assert all(name in row for row in rows), (layer.code, name)
        if layer.id:
            ids = [row[layer.id] for row in rows]
            assert len(set(ids)) == len(ids), layer.code
            assert None not in ids, layer.code


def test_municipalities_share_their_borders(land: Land) -> None:
    towns = land.municipalities
    assert len(towns) == 30
    whole = shapely.union_all(towns)
    assert abs(sum(t.area for t in towns) - whole.area) < 1
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    wanted = land.facts["district"]["area_km2"] * 1e6
    assert whole.area == pytest.approx(wanted, rel=0.02)


def test_every_municipality_holds_its_seat(land: Land) -> None:
    for town, (x, y) in zip(land.municipalities, land.seats, strict=True):
        assert shapely.contains_xy(town, x, y)


def test_lakes_have_their_published_size(land: Land) -> None:
    for name, *_, hectares in land.facts["lakes"]:
        assert land.lakes[name].area / 1e4 == pytest.approx(hectares, rel=0.001), name


def test_the_clearing_is_free(
    layers: dict[str, Features], land: Land, catalogue: Catalogue
) -> None:
    place = land.clearing.buffer(-0.5)
    met = {
        code
        for code, features in layers.items()
        if shapely.intersects(place, features.geometries).any()
    }
    assert met <= REGIONAL | grounds(catalogue)


def test_what_is_sensitive_is_restricted(catalogue: Catalogue) -> None:
    restricted = {layer.code for layer in catalogue.layers if layer.visibility == "restricted"}
    assert restricted >= RESTRICTED


def test_a_built_region_is_current_until_something_it_depends_on_changes(
    sample: Path, tmp_path: Path
) -> None:
    assert is_current(sample)
    assert not is_current(tmp_path)
    (tmp_path / "version.json").write_text("{")
    assert not is_current(tmp_path)
    marked = json.loads((sample / "version.json").read_text(encoding="utf-8"))
    (tmp_path / "version.json").write_text(json.dumps({**marked, "version": "0"}))
    assert not is_current(tmp_path)


def test_catalogue_and_plans_lie_beside_the_layers(sample: Path) -> None:
    assert (sample / "catalogue.yaml").is_file()
    assert all((sample / name).is_file() for name in CATALOGUES if name != "sample.yaml")
    plans = list((sample / "plans").glob("*.geojson"))
    assert len(plans) >= 16
    for plan in plans:
        found = reading.read(plan)
        assert found.crs == "EPSG:4326"
        assert all(row["herkunft"] == MARK for row in found.attributes)


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Refusal) as caught:
        build(tmp_path / "file" / "sample")
    assert caught.value.code == "data-folder"


def test_numbers_of_a_layer_do_not_depend_on_other_layers() -> None:
    first = dice("nsg").normal(size=3).tolist()
    dice("lsg").normal(size=100)
    assert dice("nsg").normal(size=3).tolist() == first
    assert dice("lsg").normal(size=3).tolist() != first


@pytest.mark.parametrize("hectares", [0.1, 12, 600])
def test_a_blob_has_its_size(hectares: float) -> None:
    shape = blob(dice("x"), 330_000, 5_670_000, hectares, stretch=3.0, rough=0.3)
    assert shape.area == pytest.approx(hectares * 1e4, rel=0.01)
    assert shape.is_valid


def test_a_course_keeps_its_ends() -> None:
    points = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0]])
    line = course(points)
    assert (line.coords[0], line.coords[-1]) == ((0, 0), (100, 100))
    assert line.length < 200


def test_sections_add_up() -> None:
    line = shapely.LineString([(0, 0), (10_000, 0)])
    cut = sections(line, 3_000)
    assert sum(piece.length for piece, _, _ in cut) == pytest.approx(10_000)
    assert [a for _, a, _ in cut][1:] == [b for _, _, b in cut][:-1]
    assert (cut[0][1], cut[-1][2]) == (0, 10)


def test_scattered_places_lie_inside() -> None:
    ground = shapely.box(0, 0, 100, 100).difference(shapely.box(20, 20, 80, 80))
    xy = scattered(dice("x"), ground, 50)
    assert xy.shape == (50, 2)
    assert shapely.contains_xy(ground, xy).all()


def test_tidy_rounds_to_centimetres() -> None:
    shape = tidy(shapely.Point(1.23456, 2.0))
    assert (shape.x, shape.y) == (1.23, 2.0)
    assert crs_from("EPSG:25833").is_projected
