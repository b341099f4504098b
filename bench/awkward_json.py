"""GeoJSON that is none, says too much, or lies."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from bench.corpus import Sample

RING = [[13.4, 52.5], [13.41, 52.5], [13.41, 52.51], [13.4, 52.51], [13.4, 52.5]]
SINK = "http://127.0.0.1:8999/"
ACCEPT, REJECT, ASK, ANY = ("accept",), ("reject",), ("ask",), ("accept", "reject", "ask")
NO = ("reject", "ask")


def polygon(ring: Any = RING) -> dict[str, Any]:
    """Return a polygon of one ring."""
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    """Return a feature."""
    return {"type": "Feature", "properties": properties, "geometry": geometry or polygon()}


def collection(*features: Any, **more: Any) -> dict[str, Any]:
    """Return a collection; of one good feature if nothing is said."""
    return {"type": "FeatureCollection", "features": list(features or [feature()]), **more}


GOOD = json.dumps(collection())


def samples() -> Iterator[Sample]:
    """Yield them."""
    for name, content, wants, *codes in (*_encodings(), *_numbers(), *_shapes(), *_sizes()):
        body = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        yield Sample(f"json_{name}", f"json_{name}.geojson", body, wants, tuple(codes))
    for number, name in enumerate(_crs()):
        named = {"type": "name", "properties": {"name": name}}
        content = json.dumps(collection(crs=named)).encode()
        deep = ("json-depth",) if "[[" in name.replace("PROJCS", "") else ()
        told = ("crs-unknown", *deep)
        yield Sample(f"json_crs_{number}", f"crs{number}.geojson", content, REJECT, told)
    for number, member in enumerate(_crs_members()):
        content = json.dumps(collection(crs=member)).encode()
        told = ("crs-unknown", "json-structure")
        yield Sample(f"json_crs_member_{number}", f"m{number}.geojson", content, REJECT, told)


def _encodings() -> Iterator[tuple[Any, ...]]:
    yield "bom", b"\xef\xbb\xbf" + GOOD.encode(), ACCEPT
    yield "crlf", GOOD.replace(", ", ",\r\n"), ACCEPT
    yield "cr", GOOD.replace(", ", ",\r"), ACCEPT
    yield "blanks", " \t\r\n" * 20_000 + GOOD, ANY
    for name in ("utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "cp037"):
        wrong = ("encoding", "text-control", "format-mismatch")
        yield name, GOOD.encode(name), REJECT, *wrong
    yield "utf-7", GOOD.replace("Feature", "+AEY-eature"), REJECT
    yield "overlong", GOOD.encode().replace(b"Feature", b"\xc1\x86eature"), REJECT, "encoding"
    yield "surrogate", json.dumps(collection(feature(a="\ud800"))), REJECT, "text-control"
    yield "escaped_nul", json.dumps(collection(feature(a="a\0b"))), REJECT, "text-control"
    yield (
        "escaped_nul_in_name",
        json.dumps(collection(feature(**{"a\0": "b"}))),
        REJECT,
        "text-control",
    )
    yield "escape", json.dumps(collection(feature(a="\x1b[31m"))), REJECT, "text-control"
    yield "right_to_left", json.dumps(collection(feature(name="\u202egpj.exe"))), ACCEPT
    yield (
        "record_separator",
        "\x1e" + json.dumps(feature()) + "\n\x1e" + json.dumps(feature()),
        REJECT,
        "format-mismatch",
    )


def _numbers() -> Iterator[tuple[Any, ...]]:
    text = GOOD.replace("13.41", "%", 1)
    for name in ("NaN", "Infinity", "-Infinity", "1e400", "-1e999", "1E+400"):
        yield f"number_{name}", text.replace("%", name), REJECT, "geometry-nonfinite"
    for name in ("nan", "inf", "+1", ".5", "0x10", "1_0", "١٣", "1.", "1e", "--1"):
        codes = ("json-malformed", "json-structure")
        yield f"number_{name}", text.replace("%", name), REJECT, *codes
    yield "number_400_digits", text.replace("%", "1" * 400), REJECT, "coords-out-of-range"
    yield "number_9000_digits", text.replace("%", "1" * 9_000), REJECT, "coords-out-of-range"
    yield "number_decimals", text.replace("%", "13.41" + "0" * 100_000), ACCEPT
    yield "number_in_property", GOOD.replace('"properties": {}', '"properties": {"a": NaN}'), REJECT
    huge = GOOD.replace('"properties": {}', '"properties": {"a": 1e999, "b": ' + "9" * 3_000 + "}")
    yield "number_huge_in_property", huge, ANY
    for name, value in (
        ("true", True),
        ("null", None),
        ("text", "13.4"),
        ("list", [1]),
        ("object", {}),
    ):
        wrong = json.dumps(collection(feature(polygon([[value, 52.5], *RING[1:]]))))
        yield f"coordinate_{name}", wrong, REJECT, "json-structure"


def _shapes() -> Iterator[tuple[Any, ...]]:
    for number, document in enumerate((
        [], {}, None, 1, "text", [feature()], {"type": ["Feature"]}, {"type": {"a": 1}},
        {"type": "Topology", "objects": {}}, {"geometryType": "esriGeometryPolygon", "features": []},
        {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline read {SINK}a.gpkg"},
        {"type": "GDALG", "command_line": "gdal vector read /var/tmp/belang-canary/secret.csv"},
        {"stac_version": "1.0.0", "type": "Catalog", "links": [{"href": SINK}]},
        {"conformsTo": ["[ogc-json-fg-1-0.1:core]"], "type": "CircularString", "coordinates": []},
    )):  # fmt: skip
        codes = ("format-mismatch", "json-structure", "json-malformed")
        yield f"document_{number}", json.dumps(document), REJECT, *codes
    for number, wrong in enumerate((
        {"type": "FeatureCollection"}, collection(None), collection([]), collection("a"),
        {"type": "FeatureCollection", "features": {"a": 1}}, collection({"type": "Feature"}),
        collection({"type": "Feature", "geometry": "POINT (1 2)"}),
        collection({"type": "Feature", "geometry": [1]}),
        collection(feature({"type": "Polygon"})), collection(feature({"type": "Polygon", "coordinates": {}})),
        collection(feature({"type": "Polygon", "coordinates": [[]]})),
        collection(feature({"type": "Polygon", "coordinates": [None]})),
        collection(feature({"type": "MultiPolygon", "coordinates": [[], [[]]]})),
        collection(feature({"type": "GeometryCollection", "geometries": {}})),
        collection(feature({"type": "GeometryCollection", "geometries": []})),
        collection(feature({"type": "CircularString", "coordinates": RING})),
        collection(feature({"coordinates": [RING]})), collection(feature({"type": None})),
    )):  # fmt: skip
        yield f"structure_{number}", json.dumps(wrong), REJECT
    yield (
        "key_escaped_twice",
        GOOD.replace('"geometry"', '"geometr\\u0079": null, "geometry"'),
        REJECT,
        "json-duplicate-key",
    )
    yield (
        "key_twice_deep",
        GOOD.replace('"coordinates"', '"coordinates": [], "coordinates"'),
        REJECT,
        "json-duplicate-key",
    )
    yield "trailing", GOOD + "]", REJECT, "json-malformed"
    yield "two", GOOD + GOOD, REJECT, "json-malformed", "format-mismatch"
    yield "comment", "/* a */" + GOOD, REJECT, "format-mismatch"
    yield "comment_inside", GOOD.replace("{", "{ // a\n", 1), REJECT, "json-malformed"
    yield "single_quotes", GOOD.replace('"', "'"), REJECT, "json-malformed"
    yield "callback", f"callback({GOOD})", REJECT, "format-mismatch"
    yield (
        "markup",
        json.dumps(collection(feature(name="<script>alert(1)</script>", f="=cmd|'/c calc'!A0"))),
        ACCEPT,
    )
    yield "properties_list", json.dumps({**feature(), "properties": [1]}), ANY
    yield (
        "height_as_text",
        json.dumps(feature(polygon([[*p, "5"] for p in RING]))),
        REJECT,
        "json-structure",
    )


def _sizes() -> Iterator[tuple[Any, ...]]:
    for depth in (65, 1_000, 200_000):
        yield (
            f"depth_{depth}",
            '{"type": "Feature", "a": ' + "[" * depth + "]" * depth + "}",
            REJECT,
            "json-depth",
        )
        yield f"depth_open_{depth}", '{"a":' * depth, REJECT, "json-depth"
    inner: Any = polygon()
    for _ in range(25):
        inner = {"type": "GeometryCollection", "geometries": [inner]}
    yield "collections_25", json.dumps(feature(inner)), ANY
    yield (
        "fields",
        json.dumps(feature(**{f"f{i}": 1 for i in range(201)})),
        REJECT,
        "too-many-fields",
    )
    yield "field_long", json.dumps(feature(a="x" * 10_001)), REJECT, "field-too-long"
    yield (
        "field_deep",
        json.dumps(feature(a={"b": [{"c": "x" * 20_000}]})),
        REJECT,
        "field-too-long",
    )
    yield "features_5001", json.dumps(collection(*[feature()] * 5_001)), REJECT, "plan-too-large"
    luck = np.random.default_rng(1)
    for count in (100, 300, 600, 1_000, 5_000):
        ring = luck.uniform(0, 0.01, (count, 2)) + np.array([13.4, 52.5])
        closed = [*ring.tolist(), ring[0].tolist()]
        yield f"random_ring_{count}", json.dumps(feature(polygon(closed))), NO
    yield "vertices", json.dumps(feature(polygon(_jagged(60_000)))), NO, "plan-too-large"
    small = [[[13.4 + i * 1e-5, 52.5 + j * 1e-5] for i, j in ((a, b), (a + 0.5, b), (a, b + 0.5), (a, b))]
             for a in range(60) for b in range(60)]  # fmt: skip
    yield "holes_3600", json.dumps(feature({"type": "Polygon", "coordinates": [RING, *small]})), ANY
    star = [[13.4 + 0.01 * np.cos(k * 2.5), 52.5 + 0.01 * np.sin(k * 2.5)] for k in range(400)]
    yield "star_400", json.dumps(feature(polygon([*star, star[0]]))), NO


def _jagged(count: int) -> list[list[float]]:
    x = np.linspace(0, 0.01, count)
    up = np.c_[13.4 + x, 52.5 + 1e-4 * (np.arange(count) % 2)]
    down = np.c_[13.4 + x[::-1], 52.51 + 1e-4 * (np.arange(count) % 2)]
    ring = np.concatenate([up, down, up[:1]])
    listed: list[list[float]] = ring.tolist()
    return listed


def _crs() -> Iterator[str]:
    yield from (
        SINK, f"{SINK}crs.wkt", "/var/tmp/belang-canary/secret.txt",  # noqa: S108 - to be refused
        "file:///var/tmp/belang-canary/secret.txt", "/vsicurl/" + SINK, "EPSG:99999999", "EPSG:-1",
        "EPSG:25833; DROP TABLE cases", "+proj=utm +zone=33 +nadgrids=/etc/passwd",
        "+proj=longlat +nadgrids=@" + SINK, "+init=/etc/passwd:root", "IGNF:LAMB93", "",
        "PROJCS[" * 500, "urn:ogc:def:crs:EPSG::25833,crs:EPSG::9999999", "EPSG:" + "9" * 5_000,
        "@/etc/passwd", "pipeline", "\u0000", "a" * 100_000,
    )  # fmt: skip


def _crs_members() -> Iterator[Any]:
    yield from (
        {"type": "link", "properties": {"href": SINK, "type": "proj4"}},
        {"type": "link", "properties": {"href": "file:///etc/passwd"}},
        {"type": "EPSG", "properties": {"code": "25833x"}}, {"type": "name"}, "EPSG:25833", 25833,
        {"type": "name", "properties": {"name": ["EPSG:25833"]}}, [], True,
        {"type": "name", "properties": {"name": {"href": SINK}}},
    )  # fmt: skip
