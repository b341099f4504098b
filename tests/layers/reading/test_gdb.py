"""File geodatabases: read whole, by a process that can read nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from shapely import Point

from gis.problem import Problem, Question
from layers.harvest import apart
from layers.layer import source_from
from layers.reading import gdb, ogr
from layers.sources import batches
from tests.builders import catalogue, check, geojson, layer, rectangle, rule

# The tests' own process has no driver for it either.
WRITE = """
import sys, numpy, pyogrio, shapely
boxes = [shapely.box(320000 + 100 * i, 5670000, 320050 + 100 * i, 5670050) for i in range(3)]
columns = [numpy.array([1, 2, 3]), numpy.array(["Böhlen", None, "c"], dtype=object),
           numpy.array([1.5, numpy.nan, 3.0])]
for layer in sys.argv[2:]:
    pyogrio.raw.write(sys.argv[1], shapely.to_wkb(numpy.array(boxes, dtype=object)), columns,
                      ["nr", "name", "breite"], layer=layer, driver="OpenFileGDB",
                      geometry_type="MultiPolygon", crs="EPSG:25833", promote_to_multi=True)
"""


def _made(folder: Path, *layers: str) -> Path:
    path = folder / "data.gdb"
    # Whoever has read before has told GDAL by the environment to leave its drivers alone.
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GDAL_", "OGR_", "CPL_"))}
    subprocess.run([sys.executable, "-c", WRITE, path, *layers], check=True, env=clean)
    return path


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _made(tmp_path_factory.mktemp("gdb"), "nsg")


def written(folder: Path, single: Path) -> Path:
    """Return a geodatabase that may be spoiled."""
    return Path(shutil.copytree(single, folder / "data.gdb"))


def test_all_of_it_arrives(single: Path) -> None:
    (found,) = apart.batches(single, layer=None)
    assert [dict(row) for row in found.attributes] == [
        {"nr": 1, "name": "Böhlen", "breite": 1.5},
        {"nr": 2, "name": None, "breite": None},
        {"nr": 3, "name": "c", "breite": 3.0},
    ]
    assert [round(g.area) for g in found.geometries] == [2500, 2500, 2500]
    assert found.crs is not None
    assert "25833" in found.crs


def test_batch_by_batch(single: Path) -> None:
    sizes = [len(found.geometries) for found in apart.batches(single, layer="nsg", size=2)]
    assert sizes == [2, 1]


def test_which_layer_is_meant(tmp_path: Path) -> None:
    path = _made(tmp_path, "nsg", "lsg")
    for asked in (None, "fehlt"):
        with pytest.raises(Question, match="lsg, nsg"):
            list(apart.batches(path, layer=asked))
    (found,) = apart.batches(path, layer="lsg")
    assert found.layer == "lsg"


def test_damage_is_no_empty_layer(tmp_path: Path, single: Path) -> None:
    path = written(tmp_path, single)
    tables = sorted(path.glob("*.gdbtable"), key=lambda p: p.stat().st_size)
    for table in tables:
        table.write_bytes(table.read_bytes()[: table.stat().st_size // 3])
    with pytest.raises(Problem):
        list(apart.batches(path, layer="nsg"))


def test_any_other_folder_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / "leer.gdb"
    path.mkdir()
    with pytest.raises(Problem):
        list(apart.batches(path, layer=None))
    geojson(path / "a.geojson", [Point(1, 1)])
    with pytest.raises(Problem):
        list(apart.batches(path, layer=None))


def test_no_other_driver_is_there() -> None:
    """What looks like a geodatabase must not be opened as something that fetches or runs."""
    assert "OpenFileGDB" not in gdb.SETTINGS["GDAL_SKIP"].split(",")
    everything = set(ogr.SKIPPED.split(",")) - {"OpenFileGDB"}
    assert everything <= set(gdb.SETTINGS["GDAL_SKIP"].split(","))


def test_as_the_source_of_a_layer(tmp_path: Path, single: Path) -> None:
    path = written(tmp_path, single)
    source = source_from({"type": "file", "path": "data.gdb", "where": "nr > 1"}, tmp_path)
    assert [row["nr"] for found in batches(source) for row in found.attributes] == [2, 3]
    nsg = {**layer(tmp_path, "nsg", path), "id": "nr", "name": "name"}
    plan = geojson(tmp_path / "plan.geojson", [rectangle(0, 0, 40, 40)])
    result = check(plan, catalogue(tmp_path, [nsg], [rule("N1", "nsg")]))
    assert result.finding("nsg")["outcome"] == "affected"
    assert result.finding("nsg")["objects"][0]["name"] == "Böhlen"
