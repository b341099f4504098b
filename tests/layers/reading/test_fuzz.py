"""Whatever the bytes: an answer, a refusal or a question, and none that nobody foresaw."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.problem import Problem
from layers import reading
from layers.reading.ogr import engine

# How a refusal ends that nobody foresaw: only `reading.read` made one of what a scanner let pass.
UNFORESEEN = re.compile(r"\((\w+)\)$")
SAME_FOLDER = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def answer(path: Path, profile: reading.Profile) -> reading.Features | str:
    try:
        return reading.read(path, profile=profile)
    except Problem as problem:
        return problem.text.en


def answered(path: Path) -> None:
    for profile in (reading.UPLOAD, reading.SOURCE):
        found = answer(path, profile)
        if isinstance(found, str):
            assert not UNFORESEEN.search(found), found
            continue
        assert len(found.geometries) == len(found.attributes)
        if profile is reading.UPLOAD:
            assert np.isfinite(shapely.get_coordinates(found.geometries)).all()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=4)
    | st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon", "GeometryCollection"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["type", "coordinates", "geometry", "geometries", "properties", "features", "crs", "id"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=120, suppress_health_check=SAME_FOLDER)
@given(JSON, JSON, st.sampled_from(["Feature", "FeatureCollection", "Point", "Polygon", None]))
def test_json_of_any_shape(tmp_path: Path, one: Any, other: Any, kind: str | None) -> None:
    path = tmp_path / "plan.geojson"
    document = {"type": kind, "geometry": one, "coordinates": one, "crs": other}
    document |= {"features": one if isinstance(one, list) else [{"geometry": one}]}
    document["properties"] = other
    for written in (document, one, {k: v for k, v in document.items() if k != "crs"}):
        path.write_bytes(json.dumps(written).encode("utf-8", "surrogatepass"))
        answered(path)


@settings(max_examples=60, suppress_health_check=SAME_FOLDER)
@given(st.text(alphabet="()., -+0123456789eE\nPOLYGNTMUICRVSA;D=", max_size=80))
def test_texts_like_wkt(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.wkt"
    for start in ("", "POLYGON", "CURVEPOLYGON(", "COMPOUNDCURVE(CIRCULARSTRING(", "SRID=4326;"):
        path.write_text(start + text)
        answered(path)


def samples(folder: Path) -> list[Path]:
    shape = shapely.to_wkb(np.array([shapely.box(0, 0, 9, 9), shapely.box(20, 0, 29, 9)]))
    names = np.array(["Größe", "b"], dtype=object)
    for name, driver in (("a.gpkg", "GPKG"), ("a.fgb", "FlatGeobuf"), ("a.shp", "ESRI Shapefile")):
        engine().raw.write(
            folder / name, geometry=shape, field_data=[names], fields=["n"],
            geometry_type="Polygon", crs="EPSG:25833", driver=driver,
        )  # fmt: skip
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.glob("a.[sdpc]*")):
            archive.write(file, file.name)
    ring = "12 51 13 51 13 52 12 51"
    (folder / "a.gml").write_text(
        '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><F><g>'
        '<gml:Polygon srsName="EPSG:4326"><gml:exterior><gml:LinearRing><gml:posList>'
        f"{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></g><n>1</n></F>"
        "</gml:featureMember></gml:FeatureCollection>"
    )
    (folder / "a.kml").write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>a</name><LineString>'
        "<coordinates>12,51 13,52</coordinates></LineString></Placemark></kml>"
    )
    (folder / "a.dxf").write_text(
        "0\nSECTION\n2\nENTITIES\n0\nLWPOLYLINE\n8\n0\n90\n3\n70\n1\n10\n0\n20\n0\n10\n9\n20\n0\n"
        "10\n9\n20\n9\n0\nENDSEC\n0\nEOF\n"
    )
    (folder / "a.geojson").write_text(
        '{"type": "Feature", "properties": {"n": 1}, "geometry": {"type": "LineString", '
        '"coordinates": [[12, 51], [13, 52]]}}'
    )
    (folder / "a.gpx").write_text(
        '<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"><trk><name>a</name><trkseg>'
        '<trkpt lat="51" lon="12"/><trkpt lat="52" lon="13"/></trkseg></trk></gpx>'
    )
    (folder / "a.wkt").write_text("SRID=4326;POLYGON ((12 51, 13 51, 13 52, 12 51))")
    return sorted(p for p in folder.iterdir() if p.suffix not in (".shx", ".dbf", ".prj", ".cpg"))


@pytest.mark.parametrize(
    "suffix",
    [".gpkg", ".fgb", ".shp", ".zip", ".gml", ".kml", ".dxf", ".geojson", ".gpx", ".wkt"],
)
def test_damaged_bytes(tmp_path: Path, suffix: str) -> None:
    (whole,) = [p for p in samples(tmp_path) if p.suffix == suffix]
    content = whole.read_bytes()
    dice = np.random.default_rng(len(suffix))
    for number in range(45):
        damaged = bytearray(content)
        if number % 3 == 0:
            del damaged[int(dice.integers(len(content))) :]
        for at in dice.integers(0, max(1, len(damaged)), int(dice.integers(1, 9))):
            if at < len(damaged):
                damaged[at] = int(dice.integers(256))
        whole.write_bytes(damaged)
        answered(whole)
