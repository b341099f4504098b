import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis.problem import Question, Refusal
from layers import reading

SAYING = '{"type": "Feature", "properties": {"hoehe_m": %s}, "geometry": null}'
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


def test_whatever_is_said_of_a_place_beside_x_and_y_is_dropped_with_a_notice(
    tmp_path: Path,
) -> None:
    measured = {"type": "MultiLineString", "coordinates": [[[12, 51], [12.1, 51.1, 140, 7]]]}
    second = [SQUARE[0], [*SQUARE[1], 120], *SQUARE[2:]]
    point = {"type": "MultiPoint", "coordinates": [[12, 51, 1, 2]]}
    inside = {"type": "GeometryCollection", "geometries": [point]}
    for geometry in (measured, polygon(second), point, inside):
        found = read(tmp_path, geometry)
        assert shapely.get_coordinate_dimension(found.geometries).tolist() == [2]
        assert [n.code for n in found.notices] == ["z-dropped"]


@pytest.mark.parametrize(
    "name",
    ["EPSG:25833", "urn:ogc:def:crs:EPSG::25833", "http://www.opengis.net/def/crs/EPSG/0/25833"],
)
def test_an_older_crs_member_counts(tmp_path: Path, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    ring = [[330000, 5670000], [330100, 5670000], [330100, 5670100], [330000, 5670000]]
    assert read(tmp_path, collection(feature(polygon(ring)), crs=crs)).crs == name


def named(crs: str) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": crs}}


@pytest.mark.parametrize("code", [25833, "25833"])
def test_a_crs_by_its_number_counts(tmp_path: Path, code: Any) -> None:
    crs = {"type": "EPSG", "properties": {"code": code}}
    assert read(tmp_path, collection(feature(polygon(SQUARE)), crs=crs)).crs == "EPSG:25833"


def test_the_crs_that_every_geometry_names_is_that_of_the_file(tmp_path: Path) -> None:
    own = feature({**polygon(SQUARE), "crs": named("EPSG:4314")})
    outer = {**feature(polygon(SQUARE)), "crs": named("urn:ogc:def:crs:EPSG::4314")}
    inner = {"type": "GeometryCollection", "geometries": [own["geometry"]]}
    for document in (own, collection(own, outer), inner, collection(own, feature(None))):
        assert read(tmp_path, document).crs in ("EPSG:4314", "urn:ogc:def:crs:EPSG::4314")


def test_another_name_for_the_same_crs_is_no_other_one(tmp_path: Path) -> None:
    own = feature({**polygon(SQUARE), "crs": named("urn:ogc:def:crs:OGC:1.3:CRS84")})
    found = read(tmp_path, collection(own, feature(polygon(SQUARE))))
    assert found.crs == "urn:ogc:def:crs:OGC:1.3:CRS84"


@pytest.mark.parametrize(
    "other",
    [
        {**feature(polygon(SQUARE)), "crs": named("EPSG:23033")},
        feature({**polygon(SQUARE), "crs": named("EPSG:4314")}),
        feature({"type": "GeometryCollection", "geometries": [
            polygon(SQUARE), {**polygon(SQUARE), "crs": named("EPSG:4314")}]}),
    ],
)  # fmt: skip
def test_a_crs_of_ones_own_is_not_read_as_that_of_the_others(tmp_path: Path, other: Any) -> None:
    assert refusal(tmp_path, collection(feature(polygon(SQUARE)), other)) == "crs-mixed"
    crs = named("EPSG:25833")
    assert refusal(tmp_path, collection(other, crs=crs)) == "crs-mixed"
    assert refusal(tmp_path, {**other, "crs": crs, "geometry": {
        **other["geometry"], "crs": named("EPSG:4258")}}) == "crs-mixed"  # fmt: skip


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
        ({"error": {"code": 400, "message": "Invalid URL", "details": []}}, "service-exception"),
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
        (
            collection(feature(polygon(SQUARE)), crs={"properties": {"code": True}}),
            "json-structure",
        ),
        (collection({**feature(polygon(SQUARE)), "crs": "EPSG:1"}), "json-structure"),
        (collection(collection(feature(polygon(SQUARE)))), "json-structure"),
        (collection(feature(polygon(SQUARE)), polygon(SQUARE)), "json-structure"),
        (collection({**feature(polygon(SQUARE)), "place": polygon(SQUARE)}), "format-not-allowed"),
        ({**feature(None), "place": {"type": "Prism", "base": {}}}, "format-not-allowed"),
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
        ('{"a": "' + "]" * 99 + '\\\\", "b": ' + "[" * 70, "json-depth"),
        ("\0".join(SAYING % 7) + "\0", "encoding"),
        (SAYING % "NaN", "json-malformed"),
        (SAYING % "1e400", "json-malformed"),
        (SAYING % ("9" * 400), "json-malformed"),
        ('{"type": "Feature"}\n<!-- of a proxy -->', "json-malformed"),
        ('{"a": "]]]]]]]]", "b": ' + "[" * 3_000_000, "json-depth"),
    ],
)
def test_refused_as_text(tmp_path: Path, text: str, code: str) -> None:
    assert refusal(tmp_path, text) == code


def test_a_value_that_is_no_number_is_named(tmp_path: Path) -> None:
    for number in ("NaN", "-1e400", "9" * 400):
        with pytest.raises(Refusal) as caught:
            read(tmp_path, SAYING % number)
        assert "hoehe_m" in caught.value.text.de


def test_brackets_and_quotes_within_texts_are_no_nesting(tmp_path: Path) -> None:
    names = ["Baufeld [1", 'a "[[" b', "\\", '\\"[', "[" * 100]
    found = read(tmp_path, collection(*[feature(polygon(SQUARE), name=n) for n in names * 30]))
    assert [row["name"] for row in found.attributes] == names * 30


def test_a_document_may_be_64_deep(tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(60):
        deep = [deep]
    assert read(tmp_path, {**feature(polygon(SQUARE)), "foreign": deep}).attributes == ({},)


NEXT = {"rel": "next", "href": "http://127.0.0.1:9/items?offset=1"}


@pytest.mark.parametrize(
    "said",
    [
        {"numberMatched": 2_500},
        {"numberReturned": 25},
        {"totalFeatures": 2},
        {"exceededTransferLimit": True},
        {"properties": {"exceededTransferLimit": True}},
        {"links": [{"rel": "self", "href": ""}, NEXT]},
        {"links": [NEXT], "numberMatched": "unknown"},
    ],
)
def test_a_page_of_many_is_incomplete(tmp_path: Path, said: dict[str, Any]) -> None:
    page = collection(feature(polygon(SQUARE)), **said)
    assert refusal(tmp_path, page) == "features-incomplete"
    accept = frozenset({"features-incomplete"})
    assert len(read(tmp_path, page, accept=accept).geometries) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"numberReturned": 1, "exceededTransferLimit": False, "links": [{"rel": "self"}, "next"]},
        {"numberMatched": 1, "links": [NEXT]},
        {"links": {"rel": "next"}, "properties": None},
    ],
)
def test_what_says_that_it_is_all_is_complete(tmp_path: Path, said: dict[str, Any]) -> None:
    assert len(read(tmp_path, collection(feature(polygon(SQUARE)), **said)).geometries) == 1


def test_one_object_may_link_to_the_next(tmp_path: Path) -> None:
    assert read(tmp_path, {**feature(polygon(SQUARE)), "links": [NEXT]}).format == "geojson"


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
