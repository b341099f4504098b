import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis.problem import Question, Refusal
from layers import reading

SQUARE = [[12.0, 51.0], [12.01, 51.0], [12.01, 51.01], [12.0, 51.01], [12.0, 51.0]]


def read(tmp_path: Path, document: Any, **options: Any) -> reading.Features:
    path = tmp_path / "plan.geojson"
    text = document if isinstance(document, str) else json.dumps(document)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return reading.read(path, **options)


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Any, **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **more}


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def refusal(tmp_path: Path, document: Any, **options: Any) -> str:
    with pytest.raises(Refusal) as caught:
        read(tmp_path, document, **options)
    return caught.value.code


def test_attributes_of_every_type_arrive(tmp_path: Path) -> None:
    row = {"text": "Größe", "whole": 3, "number": 2.5, "true": True, "none": None, "list": [1, "ä"]}
    found = read(tmp_path, collection(feature(polygon(SQUARE), **row)))
    assert found.attributes == ({**row, "list": '[1, "ä"]'},)
    assert found.crs == "EPSG:4326"
    assert found.format == "geojson"


def test_the_id_of_a_feature_is_an_attribute_unless_there_is_one(tmp_path: Path) -> None:
    named = {**feature(polygon(SQUARE)), "id": "a"}
    both = {**feature(polygon(SQUARE), id="own"), "id": "b"}
    found = read(tmp_path, collection(named, both))
    assert [row["id"] for row in found.attributes] == ["a", "own"]


@pytest.mark.parametrize(
    "geometry",
    [
        "POINT (1 2)",
        "MULTIPOINT (1 2, 3 4)",
        "LINESTRING (1 2, 3 4)",
        "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))",
        "POLYGON ((0 0, 9 0, 9 9, 0 0), (7 1, 8 1, 8 2, 7 1))",
        "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))",
        "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))",
    ],
)
def test_every_geometry_is_what_was_written(tmp_path: Path, geometry: str) -> None:
    shape = shapely.from_wkt(geometry)
    bare = json.loads(shapely.to_geojson(shape))
    for document in (bare, feature(bare), collection(feature(bare))):
        (found,) = read(tmp_path, document).geometries
        assert shapely.equals_exact(found, shape, tolerance=0)


def test_heights_are_dropped_with_a_notice(tmp_path: Path) -> None:
    ring = [[x, y, 120.5] for x, y in SQUARE]
    found = read(tmp_path, polygon(ring))
    assert not shapely.has_z(found.geometries).any()
    assert [n.code for n in found.notices] == ["z-dropped"]
    line = {"type": "LineString", "coordinates": [[12, 51, 1], [12.1, 51.1, 2]]}
    assert not shapely.has_z(read(tmp_path, line).geometries).any()


@pytest.mark.parametrize(
    "name",
    ["EPSG:25833", "urn:ogc:def:crs:EPSG::25833", "http://www.opengis.net/def/crs/EPSG/0/25833"],
)
def test_an_older_crs_member_counts(tmp_path: Path, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    ring = [[330000, 5670000], [330100, 5670000], [330100, 5670100], [330000, 5670000]]
    assert read(tmp_path, collection(feature(polygon(ring)), crs=crs)).crs == name


def test_metres_without_a_crs_are_of_no_known_crs(tmp_path: Path) -> None:
    ring = [[330000, 5670000], [330100, 5670000], [330100, 5670100], [330000, 5670000]]
    assert read(tmp_path, polygon(ring)).crs is None


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert len(read(tmp_path, "\ufeff" + json.dumps(polygon(SQUARE))).geometries) == 1


def test_a_ring_open_by_rounding_is_closed_and_a_wider_gap_is_asked(tmp_path: Path) -> None:
    hair = [*SQUARE[:-1], [12.0 + 5e-9, 51.0]]
    (closed,) = read(tmp_path, polygon(hair)).geometries
    assert closed.exterior.is_closed
    assert len(closed.exterior.coords) == 5
    with pytest.raises(Question) as caught:
        read(tmp_path, polygon(SQUARE[:-1]))
    assert caught.value.code == "ring-unclosed"
    assert caught.value.proposals[0].option == "--accept ring-unclosed"
    accepted = read(tmp_path, polygon(SQUARE[:-1]), accept=frozenset({"ring-unclosed"}))
    assert shapely.equals_exact(accepted.geometries[0], shapely.Polygon(SQUARE), tolerance=0)


def test_features_without_geometry_are_dropped_from_a_plan_with_a_notice(tmp_path: Path) -> None:
    document = collection(feature(None, n=1), feature(polygon(SQUARE), n=2))
    found = read(tmp_path, document)
    assert [row["n"] for row in found.attributes] == [2]
    assert [n.code for n in found.notices] == ["geometry-null-dropped"]


def test_a_layer_keeps_objects_without_geometry(tmp_path: Path) -> None:
    document = collection(feature(None, n=1), feature(polygon(SQUARE), n=2))
    found = read(tmp_path, document, profile=reading.SOURCE)
    assert [row["n"] for row in found.attributes] == [1, 2]
    assert shapely.is_missing(found.geometries).tolist() == [True, False]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (collection(), "no-features"),
        (collection(feature(None)), "no-geometry"),
        ({"type": "FeatureCollection"}, "json-structure"),
        ({"type": "FeatureCollection", "features": [1]}, "json-structure"),
        ({"type": "Topology", "objects": {}}, "format-mismatch"),
        ({"type": ["Feature"]}, "format-mismatch"),
        ({"features": []}, "format-mismatch"),
        ([1, 2], "format-mismatch"),
        (feature({"type": ["Point"], "coordinates": [1, 2]}), "json-structure"),
        (feature({"type": "Circle", "coordinates": [1, 2]}), "json-structure"),
        (feature("POINT (1 2)"), "json-structure"),
        ({"type": "GeometryCollection", "geometries": 5}, "json-structure"),
        ({"type": "GeometryCollection"}, "json-structure"),
        ({"type": "Point", "coordinates": [1]}, "json-structure"),
        ({"type": "Point", "coordinates": [1, True]}, "json-structure"),
        ({"type": "Point", "coordinates": ["1", 2]}, "json-structure"),
        ({"type": "Point", "coordinates": {"x": 1}}, "json-structure"),
        ({"type": "Point", "coordinates": []}, "geometry-empty"),
        ({"type": "Point", "coordinates": [10**400, 1]}, "coords-out-of-range"),
        ({"type": "LineString", "coordinates": [[1, 2]]}, "geometry-invalid"),
        ({"type": "MultiLineString", "coordinates": [[[1, 2]]]}, "geometry-invalid"),
        (polygon(), "geometry-empty"),
        (polygon([]), "geometry-empty"),
        (polygon([[]]), "json-structure"),
        (polygon([[1, 2], [3, 4]]), "geometry-invalid"),
        (polygon([[1, 2], [3, 4], [1, 2]]), "geometry-zero-area"),
        (collection(feature(polygon(SQUARE)), crs="EPSG:25833"), "json-structure"),
        (collection(feature(polygon(SQUARE)), crs={"properties": []}), "json-structure"),
        (
            collection(feature(polygon(SQUARE)), crs={"properties": {"name": "EPSG:99999"}}),
            "crs-unknown",
        ),
        (
            collection(
                feature(polygon(SQUARE)),
                crs={"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}},
            ),
            "crs-unknown",
        ),
        (collection(feature(polygon(SQUARE)), numberMatched=2_500), "features-incomplete"),
        (feature(polygon(SQUARE), title="a\0b"), "text-control"),
        (feature(polygon(SQUARE), title="bell \a"), "text-control"),
        (feature(polygon(SQUARE), **{"ke\ny\b": 1}), "text-control"),
        (feature(polygon(SQUARE), title="\ud800"), "text-control"),
        (feature(polygon(SQUARE), text="x" * 10_001), "field-too-long"),
        (feature(polygon(SQUARE), **{f"f{i}": i for i in range(201)}), "too-many-fields"),
    ],
)
def test_refused(tmp_path: Path, document: Any, code: str) -> None:
    assert refusal(tmp_path, document) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"type": "Point", "coordinates": [NaN, 1]}', "geometry-nonfinite"),
        ('{"type": "Point", "coordinates": [1e400, 1]}', "geometry-nonfinite"),
        ('{"type": "Point", "coordinates": [-Infinity, 1]}', "geometry-nonfinite"),
        ('{"type": "Point", "type": "Point", "coordinates": [1, 1]}', "json-duplicate-key"),
        ('{"type": "Point", "coordinates": [1, 1]', "json-malformed"),
        ('{"type": "Feature"}\n{"type": "Feature"}\n', "format-mismatch"),
        ('{"a":' * 65 + "1" + "}" * 65, "json-depth"),
        ("[" * 3_000_000, "json-depth"),
        ('{"a": "]]]]]]]]", "b": ' + "[" * 3_000_000, "json-depth"),
    ],
)
def test_refused_as_text(tmp_path: Path, text: str, code: str) -> None:
    assert refusal(tmp_path, text) == code


def test_a_document_may_be_64_deep(tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(60):
        deep = [deep]
    assert read(tmp_path, {**feature(polygon(SQUARE)), "foreign": deep}).attributes == ({},)


def test_a_page_that_is_all_there_is_complete(tmp_path: Path) -> None:
    for matched in (1, 0, "unknown", None, -5):
        found = read(tmp_path, collection(feature(polygon(SQUARE)), numberMatched=matched))
        assert len(found.geometries) == 1


def test_a_layer_may_be_empty(tmp_path: Path) -> None:
    found = read(tmp_path, collection(), profile=reading.SOURCE)
    assert len(found.geometries) == 0
    assert found.crs == "EPSG:4326"


def test_control_characters_of_a_layer_become_blanks(tmp_path: Path) -> None:
    document = feature(polygon(SQUARE), **{"na\bme": "Wald\x0bweg", "n": 1})
    found = read(tmp_path, document, profile=reading.SOURCE)
    assert found.attributes == ({"na me": "Wald weg", "n": 1},)


def test_as_many_features_as_the_limit_and_no_more(tmp_path: Path) -> None:
    points = [feature({"type": "Point", "coordinates": [12, 51]})] * 5_000
    assert len(read(tmp_path, collection(*points)).geometries) == 5_000
    assert refusal(tmp_path, collection(*points, points[0])) == "plan-too-large"
    source = read(tmp_path, collection(*points, points[0]), profile=reading.SOURCE)
    assert len(source.geometries) == 5_001


def test_coordinates_are_taken_to_the_last_digit(tmp_path: Path) -> None:
    xy = np.array([[12.123456789012345, 51.98765432109876], [12.2, 51.3], [12.4, 51.1]])
    ring = [*xy.tolist(), xy[0].tolist()]
    (found,) = read(tmp_path, polygon(ring)).geometries
    assert shapely.get_coordinates(found).tolist() == ring
