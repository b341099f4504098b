"""Sources read in children: the same versions as read here; taking one over gains nothing."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from bench.corpus import MANIFEST, heard, listening, planted, samples
from bench.hostile import as_layers
from gis.crs import crs_from
from gis.problem import Question, Refusal
from layers import reading
from layers.apart import landlock
from layers.apart.apart import Apart
from layers.harvest import apart
from layers.importing import imported
from layers.reading import Features
from layers.store import Store
from tests.builders import geojson
from tests.layers.reading.test_batches import written
from tests.layers.steward import layer, refreshed, rows, source, square, store

CRS = crs_from("EPSG:25833")
CORNER = 320_000.0, 5_670_000.0
POLYGON = """<gml:Polygon srsName="urn:ogc:def:crs:EPSG::25833"><gml:exterior><gml:LinearRing>
<gml:posList>320000 5670000 320100 5670000 320100.5 5670100.25 320000 5670000</gml:posList>
</gml:LinearRing></gml:exterior></gml:Polygon>"""
GML = f"""<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0"
 xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:a="urn:a"><wfs:member><a:nsg gml:id="n1">
<a:name>Größe &amp; mehr</a:name><a:geom>{POLYGON}</a:geom></a:nsg></wfs:member>
</wfs:FeatureCollection>"""


def _gml(folder: Path) -> Path:
    path = folder / "a.gml"
    path.write_text(GML, encoding="utf-8")
    return path


def _frame() -> geopandas.GeoDataFrame:
    shapes = [square(n) for n in range(25)]
    return geopandas.GeoDataFrame(
        {"nr": range(25), "name": ["Größe", None, "c", "", "e"] * 5}, geometry=shapes, crs=CRS
    )


def _parquet(folder: Path) -> Path:
    _frame().to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


def _zip(folder: Path) -> Path:
    (folder / "shp").mkdir()
    _frame().to_file(folder / "shp" / "nsg.shp", encoding="utf-8")
    return Path(shutil.make_archive(str(folder / "a"), "zip", folder / "shp"))


def _shapefile(folder: Path) -> Path:
    _zip(folder)
    return folder / "shp" / "nsg.shp"


def _geojson(folder: Path) -> Path:
    """Write what only some ways of writing numbers and texts keep."""
    corner = shapely.Point(12.1, 51 + 1 / 3)
    rows = [{"nr": 10**30, "s": "\x01 a"}, {"nr": -0.0, "t": True}, {"f": 1e-320, "l": [1, {}]}]
    line = shapely.LineString([(12, 51), (12.1, 51.1), (12, 51.2)])
    shapes = [corner, line, shapely.box(12, 51, 12.1, 51.1)]
    return geojson(folder / "a.geojson", list(zip(shapes, rows, strict=True)), crs=None)


WRITERS: dict[str, Callable[[Path], Path]] = {
    "gpkg": lambda folder: written(folder / "a.gpkg", "GPKG", corner=CORNER),
    "fgb": lambda folder: written(folder / "a.fgb", "FlatGeobuf", corner=CORNER),
    "gml": _gml, "parquet": _parquet, "zip": _zip, "shp": _shapefile, "geojson": _geojson,
}  # fmt: skip


def files(root: Path, batches: Iterator[Features]) -> dict[str, str]:
    """Return the hash of everything in the version that batches make."""
    folder = imported(root, batches, CRS).version.folder
    return {
        f"{p.relative_to(root)}": hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.iterdir())
    }


@pytest.mark.parametrize("name", WRITERS)
def test_a_version_is_byte_for_byte_the_one_read_here(tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path)
    here = reading.batches(path, profile=reading.SOURCE, size=10)
    there = apart.batches(path, size=10)
    assert files(tmp_path / "there", there) == files(tmp_path / "here", here)


@pytest.mark.skipif(not MANIFEST.exists(), reason="`shared/hostile` does not lie beside")
def test_problems_come_over_as_they_are() -> None:
    """Of the collection, some of those in which this process could not come to harm."""
    for sample in [s for s in samples() if not s.name.startswith(("wkt_", "gj_"))][::5]:
        path = MANIFEST.parent / sample.filename
        assert _outcome(lambda p=path: apart.batches(p)) == _outcome(
            lambda p=path: reading.batches(p, profile=reading.SOURCE)
        ), sample.name


def _outcome(read: Callable[[], Iterator[Features]]) -> Any:
    try:
        return [(len(b.geometries), b.crs, b.format, b.layer, b.notices) for b in read()]
    except Question as question:
        return question.code, question.text, question.proposals
    except Refusal as refusal:
        return refusal.code, refusal.text


# --- a child that was taken over -------------------------------------------------------------


@pytest.fixture
def taken_over(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Return what puts one of the deeds in the place of reading."""
    runners: list[Apart] = []

    def take(name: str) -> None:
        limits = replace(apart.LIMITS, memory_mb=100)
        runners.append(Apart(f"tests.layers.harvest.takeovers:{name}", limits=limits))
        monkeypatch.setattr(apart, "_of", lambda _: runners[-1])

    yield take
    for runner in runners:
        runner.close()


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        ("dies", "format-mismatch"), ("falls", "format-mismatch"), ("hungry", "plan-too-large"),
        ("other_kind", "format-mismatch"), ("rubbish", "format-mismatch"),
        ("nested", "format-mismatch"), ("half", "format-mismatch"),
    ],
)  # fmt: skip
def test_what_breaks_off_midway_leaves_the_version_in_force(
    tmp_path: Path,
    taken_over: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    deed: str,
    code: str,
) -> None:
    # Not below `tmp_path`: a child that runs as somebody else could not come to it.
    scratch = Path(tempfile.mkdtemp(prefix="belang-scratch-"))
    scratch.chmod(0o711)
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    there, wanted = store(tmp_path), layer(source(tmp_path / "nsg.geojson", rows(20)))
    before = refreshed(there, wanted)
    kept = _everything(there)
    taken_over(deed)
    after = refreshed(there, wanted)
    assert (after.event, after.code, after.previous) == ("refused", code, before.version)
    assert there.version(wanted).folder.name == before.version
    assert _everything(there) == kept
    scratch.rmdir()  # it is empty


def _everything(there: Store) -> list[str]:
    return sorted(str(p) for p in there.root.rglob("*") if "published" not in p.parts)


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
def test_whoever_takes_a_child_over_sees_nothing_and_calls_nobody(
    tmp_path: Path, taken_over: Callable[[str], None]
) -> None:
    taken_over("spies")
    with planted(), listening() as hits:
        (batch,) = apart.batches(source(tmp_path / "nsg.geojson", rows(1)))
        assert not hits
        assert heard(hits)
    said = {k: v for k, v in batch.attributes[0].items() if k not in ("nr", "name")}
    assert len(said) == 4
    assert set(said.values()) <= {"PermissionError"}


# --- hostile files ---------------------------------------------------------------------------

TELLING = ("gdalg", "vrt", "gml_x", "gml_schema", "gml_srs", "gj_bad_crs", "gpkg_view", "gpkg_trig",
           "kml_net", "shp_prj", "zip_contains", "zip_symlink", "csv", "kmz", "wkt_3")  # fmt: skip


@pytest.mark.skipif(not MANIFEST.exists(), reason="`shared/hostile` does not lie beside")
def test_no_source_makes_a_refresh_fetch_or_tell_what_lies_elsewhere(tmp_path: Path) -> None:
    """By the command line; those that try. `python -m bench.hostile` refreshes from all."""
    tried = tuple(s for s in samples() if s.filename.startswith(TELLING))
    assert len(tried) > 20
    with planted(), listening() as hits:
        result = as_layers(tmp_path, tried)
        assert not hits
        assert heard(hits)
    assert result["wrong"] == []
    assert result["events"].keys() <= {"published", "refused"}
