"""Plans read in a process of their own: the same as here, and nothing that could cost more."""

import hashlib
import json
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from gis.problem import Problem, Question, Refusal
from layers.apart.limits import Limits
from layers.reading import UPLOAD
from layers.reading.ogr import engine
from service.plans.apart import Reader, read_plan_apart, read_plan_forked
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of
from tests.builders import CRS25833, X, Y, geojson, geopackage, line, rectangle
from tests.files import open_files
from tests.layers.apart import refusing

SQUARE = rectangle(0, 0, 100, 100)
BOW_TIE = shapely.Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    found = Reader()
    yield found
    found.close()


def intake(**more: Any) -> Intake:
    return Intake(crs=CRS25833, vocabulary=vocabulary_of(), **{"kind": "bebauungsplan", **more})


def told(problem: Problem) -> tuple[Any, ...]:
    return type(problem), problem.code, problem.text, getattr(problem, "proposals", ())


def test_a_plan_is_the_same_as_read_here(reader: Reader, tmp_path: Path) -> None:
    far = rectangle(-9_000, -9_000, 9_000, 9_000)
    path = geojson(
        tmp_path / "Süd.geojson", [(SQUARE, {"hoehe_m": 12}), rectangle(50, 50, 150, 90)]
    )
    said = intake(area=far, uses=("wohnen",), attributes={"erdarbeiten": "ja"})
    here, apart = read_plan(path, said), read_plan_apart(path, said, reader)
    assert apart == here
    assert apart.title == "Süd"
    assert apart.sha256 == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    assert apart.geometry.crs is CRS25833


@pytest.mark.skipif(not refusing.UNSHARE, reason="no filter is known for this machine")
def test_a_plan_is_the_same_where_the_machine_refuses_every_means(tmp_path: Path) -> None:
    path = geojson(tmp_path / "plan.geojson", [SQUARE])
    with closing(Reader()) as reader:
        refusing.refused(reader._apart, ("namespaces", "calls", "files"))
        assert not reader.isolation().complete
        assert reader.read(path, intake()) == read_plan(path, intake())


def test_other_formats_and_footprints_too(reader: Reader, tmp_path: Path) -> None:
    route = geopackage(tmp_path / "t.gpkg", [line((0, 0), (500, 20))])
    said = intake(kind="radweg", width_m=4)
    assert read_plan_apart(route, said, reader) == read_plan(route, said)


def test_questions_and_refusals_are_the_same(reader: Reader, tmp_path: Path) -> None:
    question = geojson(tmp_path / "q.geojson", [BOW_TIE, SQUARE])
    refusal = geojson(tmp_path / "r.geojson", [line((0, 0), (5, 5))])
    nowhere = tmp_path / "n.wkt"
    nowhere.write_text("POLYGON ((0 0, 1 0, 1 1, 0 0))", encoding="ascii")
    for path, kind in ((question, Question), (refusal, Refusal), (nowhere, Refusal)):
        caught = []
        for way in (read_plan, reader.read):
            with pytest.raises(kind) as raised:
                way(path, intake())
            caught.append(told(raised.value))
        assert caught[0] == caught[1]
    accepted = intake(accept=frozenset({"geometry-invalid"}))
    assert reader.read(question, accepted) == read_plan(question, accepted)


@pytest.mark.parametrize("name", ["missing.gml", "folder"])
def test_what_is_no_readable_file_is_refused(reader: Reader, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    for way in (reader.read, read_plan_forked):
        with pytest.raises(Refusal) as caught:
            way(tmp_path / name, intake())
        assert caught.value.code == "file-missing"


@pytest.mark.parametrize(
    ("size", "code"), [(0, "file-empty"), (UPLOAD.most_bytes + 1, "plan-too-large")]
)
def test_sizes_are_judged_as_here(reader: Reader, tmp_path: Path, size: int, code: str) -> None:
    path = tmp_path / "plan.gml"
    with path.open("wb") as file:
        file.truncate(size)
    with pytest.raises(Refusal) as caught:
        reader.read(path, intake())
    assert caught.value.code == code


def test_a_name_says_nothing_to_the_child(reader: Reader, tmp_path: Path) -> None:
    """Only a plain ending goes along: a file may be refused for being a .csv."""
    path = geojson(tmp_path / "plan.geo json;x", [SQUARE])
    assert reader.read(path, intake(named="Plan")).title == "Plan"
    table = tmp_path / "plan.csv"
    table.write_text("a;b")
    with pytest.raises(Refusal) as caught:
        reader.read(table, intake())
    assert caught.value.code == "format-not-allowed"


# --- forked from the process that asks -------------------------------------------------------


def test_a_forked_child_reads_what_belongs_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine()
    folder = tmp_path / "Karten"
    folder.mkdir()
    frame = geopandas.GeoDataFrame({"name": ["Süd"]}, geometry=[SQUARE], crs="EPSG:25833")
    frame.to_file(folder / "umriss.shp")
    monkeypatch.chdir(tmp_path)
    path = Path("Karten/umriss.shp")
    plan = read_plan_forked(path, intake())
    assert plan == read_plan(path, intake())
    assert plan.title == "Süd"


def test_a_forked_child_follows_a_link_and_a_relative_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    geojson(tmp_path / "elsewhere" / "plan.geojson", [SQUARE])
    (tmp_path / "link.geojson").symlink_to(tmp_path / "elsewhere" / "plan.geojson")
    monkeypatch.chdir(tmp_path)
    path = Path("link.geojson")
    plan = read_plan_forked(path, intake())
    assert plan == read_plan(path, intake())
    assert plan.title == "link"


def test_a_forked_child_is_ended_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    path = wild(tmp_path, 400)
    accepted = intake(accept=frozenset({"geometry-invalid"}))
    with pytest.raises(Refusal) as caught:
        read_plan_forked(path, accepted, Limits(wall_s=0.5))
    assert caught.value.code == "plan-too-large"
    assert not list(scratch.iterdir())


# --- what takes too much, or breaks ---------------------------------------------------------


def wild(folder: Path, vertices: int) -> Path:
    """Write ten rings that cross themselves everywhere, each as often as is still mended."""
    random = np.random.default_rng(1).uniform((X, Y), (X + 200, Y + 200), (vertices, 2))
    return geojson(folder / "wild.geojson", [shapely.Polygon(random)] * 10)


def test_wild_rings_are_refused_in_time(tmp_path: Path) -> None:
    reader = Reader(Limits(cpu_s=1, wall_s=4))
    try:
        reader.isolation()
        begin = time.monotonic()
        with pytest.raises(Refusal) as caught:
            reader.read(wild(tmp_path, 400), intake(accept=frozenset({"geometry-invalid"})))
        assert time.monotonic() - begin < 4.5
        assert caught.value.code == "plan-too-large"
        assert "1 s Rechenzeit" in caught.value.text.de
        assert "split" in caught.value.text.en
        ordinary = geojson(tmp_path / "plan.geojson", [SQUARE])
        assert reader.read(ordinary, intake()) == read_plan(ordinary, intake())
    finally:
        reader.close()


def test_want_of_memory_is_no_fault_of_the_format(tmp_path: Path) -> None:
    path = tmp_path / "plan.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [], "x": ["y"] * 3_000_000})
    )
    reader = Reader(Limits(memory_mb=8))
    try:
        with pytest.raises(Refusal) as caught:
            reader.read(path, intake())
    finally:
        reader.close()
    assert caught.value.code == "plan-too-large"


@pytest.mark.parametrize("deed", ["nonsense", "fall", "err", "echo"])
def test_whatever_a_child_answers_is_a_refusal(
    tmp_path: Path, deed: str, caplog: pytest.LogCaptureFixture
) -> None:
    reader = Reader(work=f"tests.layers.apart.deeds:{deed}")
    try:
        with pytest.raises(Refusal) as caught:
            reader.read(geojson(tmp_path / "plan.geojson", [SQUARE]), intake())
    finally:
        reader.close()
    assert caught.value.code == "format-mismatch"
    assert "broke off" in caplog.text


def test_a_plan_of_another_file_is_not_taken(tmp_path: Path) -> None:
    reader = Reader(work="tests.service.plans.forging:another")
    try:
        with pytest.raises(Refusal) as caught:
            reader.read(geojson(tmp_path / "plan.geojson", [SQUARE]), intake())
    finally:
        reader.close()
    assert caught.value.code == "format-mismatch"


def test_eight_threads_read_at_once_and_nothing_is_left(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    paths = [geojson(tmp_path / f"{i}.geojson", [rectangle(0, 0, 10 + i, 10)]) for i in range(24)]
    reader.isolation()
    before = open_files()
    with ThreadPoolExecutor(8) as pool:
        plans = list(pool.map(lambda p: reader.read(p, intake()), paths))
    assert [p.geometry.footprint.area for p in plans] == [(10 + i) * 10 for i in range(24)]
    assert not list(scratch.iterdir())
    assert open_files() == before
