"""Every question there is can be answered with each of its proposals."""

import ast
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import GeometryCollection, Polygon

from gis.crs import crs_from
from gis.problem import Question, Refusal
from gis.transform import transform
from layers.reading.ogr import engine
from service.plans.answer import answered, change, changed, intake_from, stored
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of
from service.plans.place import NOT_SO
from service.plans.plan import Plan
from tests.builders import CRS25833, at, geojson, geopackage, line, point, rectangle
from tests.layers.reading.test_dxf import drawing, pairs, polyline

DISTRICT = rectangle(-5_000, -5_000, 5_000, 5_000)
SQUARE = rectangle(0, 0, 100, 100)
ROOT = Path(__file__).parents[3]
Case = tuple[Path, dict[str, Any]]


def intake(**more: Any) -> Intake:
    said = {"kind": "sonstiges", **more}
    return Intake(crs=CRS25833, vocabulary=vocabulary_of(), **said)


def several_layers(folder: Path) -> Case:
    path = geopackage(folder / "plan.gpkg", [SQUARE], layer="entwurf")
    return geopackage(path, [rectangle(0, 0, 50, 50)], layer="alter 'Stand'; 1"), {}


def several_files(folder: Path) -> Case:
    path = folder / "plan.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("Geltungsbereich neu.geojson", "alt/plan.geojson"):
            archive.write(geojson(folder / "one.geojson", [SQUARE]), name)
    return path, {}


def an_open_ring(folder: Path) -> Case:
    path = geojson(folder / "plan.geojson", [SQUARE])
    document = json.loads(path.read_text(encoding="utf-8"))
    document["features"][0]["geometry"]["coordinates"][0][-1][0] += 0.4
    path.write_text(json.dumps(document), encoding="utf-8")
    return path, {}


def a_region(folder: Path) -> Case:
    path = folder / "plan.dxf"
    outline = polyline(list(SQUARE.exterior.coords)[:-1])
    path.write_text(drawing(outline, pairs((0, "REGION"), (8, "0"))), encoding="cp1252")
    return path, {"source_crs": "EPSG:25833"}


def a_copy_of_a_file_in_use(folder: Path) -> Case:
    path = geopackage(folder / "plan.gpkg", [SQUARE], layer="entwurf")
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
    return path, {}


def texts_that_may_be_utf_8(folder: Path) -> Case:
    engine().raw.write(
        folder / "plan.shp", geometry=shapely.to_wkb(np.array([SQUARE])), fields=["name"],
        field_data=[np.array(["Größe"], dtype=object)], geometry_type="Polygon", crs="EPSG:25833",
        driver="ESRI Shapefile", encoding="UTF-8",
    )  # fmt: skip
    path = folder / "plan.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for suffix in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(folder / f"plan{suffix}", f"plan{suffix}")
    return path, {}


def no_crs(folder: Path) -> Case:
    return geojson(folder / "plan.geojson", [SQUARE], crs=None), {"area": DISTRICT}


def turned(folder: Path) -> Case:
    shape = Polygon([(y, x) for x, y in SQUARE.exterior.coords])
    return geojson(folder / "plan.geojson", [shape]), {"area": DISTRICT}


def with_zone(folder: Path) -> Case:
    shape = Polygon([(x + 33_000_000, y) for x, y in SQUARE.exterior.coords])
    return geojson(folder / "plan.geojson", [shape]), {"area": DISTRICT}


def old_coordinates(folder: Path) -> Case:
    moved, _ = transform(np.array([SQUARE], dtype=object), CRS25833, crs_from("EPSG:31468"))
    return geojson(folder / "plan.geojson", [moved[0]]), {"area": DISTRICT}


def beside(folder: Path) -> Case:
    path = geojson(folder / "plan.geojson", [rectangle(9_000, 0, 9_100, 100)])
    return path, {"area": DISTRICT, "beside_m": 15_000}


def mixed(folder: Path) -> Case:
    shape = GeometryCollection([SQUARE, line((500, 0), (900, 0)), point(0, 0)])
    return geojson(folder / "plan.geojson", [shape]), {}


def crossed(folder: Path) -> Case:
    bow = Polygon(at((0, 0), (100, 100), (100, 0), (0, 100)))
    return geojson(folder / "plan.geojson", [bow]), {}


def a_bare_line(folder: Path) -> Case:
    return geojson(folder / "plan.geojson", [line((0, 0), (100, 0))]), {"kind": "radweg"}


CASES: dict[str, Callable[[Path], Case]] = {
    "archive-multiple": several_files,
    "layer-multiple": several_layers,
    "ring-unclosed": an_open_ring,
    "dxf-outline-unread": a_region,
    "gpkg-log-missing": a_copy_of_a_file_in_use,
    "encoding-guessed": texts_that_may_be_utf_8,
    "crs-missing": no_crs,
    "axis-swapped": turned,
    "crs-zone-prefix": with_zone,
    "crs-legacy-gk4": old_coordinates,
    "outside-area": beside,
    "geometry-collection": mixed,
    "geometry-invalid": crossed,
    "width-missing": a_bare_line,
}


@pytest.mark.parametrize("code", CASES)
def test_every_proposal_answers_its_question(tmp_path: Path, code: str) -> None:
    path, said = CASES[code](tmp_path)
    with pytest.raises(Question) as caught:
        read_plan(path, intake(**said))
    assert caught.value.code == code
    assert caught.value.proposals
    for proposal in caught.value.proposals:
        plan = read_plan(path, answered(intake(**said), proposal.option))
        assert isinstance(plan, Plan)
        through_json = json.loads(json.dumps(change(proposal.option)))
        assert changed(intake(**said), through_json) == answered(intake(**said), proposal.option)


def asked_in(path: Path) -> Iterator[str | None]:
    """Yield the codes of questions a module raises; None for one that is computed."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    asking = {
        alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        and node.module in ("gis.problem", "layers.reading.refusals")
        for alias in node.names
    }
    for node in nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in asking & {"Question", "which"}:
            first = node.args[0]
            yield first.value if isinstance(first, ast.Constant) else None


def test_no_question_of_the_code_is_missing_here() -> None:
    tops = ("gis", "layers", "service/plans", "service/commands", "service/cases")
    modules = [m for top in tops for m in (ROOT / top).rglob("*.py")]
    asked = {module: list(asked_in(module)) for module in modules}
    computed = {m.relative_to(ROOT).as_posix() for m, codes in asked.items() if None in codes}
    # Two pass on the code they are given, the third chooses among those of NOT_SO.
    passing_on = {"layers/reading/refusals.py", "layers/apart/told.py"}
    assert computed == {*passing_on, "service/plans/place.py"}
    literal = {code for codes in asked.values() for code in codes if code is not None}
    assert literal | {"axis-swapped", *NOT_SO.values()} == set(CASES) | ELSEWHERE


# Asked of texts and lists, not of files: test_pasted and test_parcels answer them.
ELSEWHERE = {"list-shape", "parcels-ambiguous"}


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("--crs EPSG:31468", {"source_crs": "EPSG:31468"}),
        ("--crs EPSG:4326+swapped", {"source_crs": "EPSG:4326+swapped"}),
        ("--accept geometry-invalid", {"accept": ["geometry-invalid"]}),
        ("--plan-layer 'mein Plan'", {"layer": "mein Plan"}),
        ("--encoding cp1252", {"encoding": "cp1252"}),
        ("--width 4", {"width_m": 4.0}),
        ("--width 2,5", {"width_m": 2.5}),
        ("--radius 10", {"radius_m": 10.0}),
        ("--accuracy 5", {"accuracy_m": 5.0}),
        ("--origin traced", {"origin": "traced"}),
        ("--kind radweg", {"kind": "radweg"}),
        ("--use wohnen", {"uses": ["wohnen"]}),
        ("--procedure par4-2", {"procedure": "par4-2"}),
        ("--title 'Am Anger'", {"title": "Am Anger"}),
    ],
)
def test_options_as_data(option: str, says: dict[str, Any]) -> None:
    assert change(option) == says


@pytest.mark.parametrize(
    "option",
    ["", "--crs", "--crs a b", "--crs ''", "--json /tmp/x", "--width wide", "--width nan",
     "--width -1", "--width 1e9", "--title 'x", "accept=x", "--origin guessed"],
)  # fmt: skip
def test_anything_else_is_refused(option: str) -> None:
    with pytest.raises(Refusal) as caught:
        change(option)
    assert caught.value.code == "answer-unknown"


def test_answers_add_up() -> None:
    said = intake(accept=frozenset({"a"}), uses=("wohnen",))
    for option in ("--accept b", "--use sport", "--use wohnen", "--crs EPSG:4326"):
        said = answered(said, option)
    assert said.accept == {"a", "b"}
    assert said.uses == ("wohnen", "sport")
    assert said.source_crs == "EPSG:4326"


def test_what_was_said_is_stored_and_taken_up_again() -> None:
    full = intake(
        area=DISTRICT, beside_m=500.0, source_crs="EPSG:31468", layer="a", encoding="cp1252",
        accept=frozenset({"b", "a"}), uses=("wohnen", "sport"), procedure="par4-2", title="T",
        width_m=4.0, radius_m=2.0, accuracy_m=3.0, origin="traced", attributes={"hoehe_m": "12"},
        named="Entwurf.gml",
    )  # fmt: skip
    for said in (intake(), full):
        plain = json.loads(json.dumps(stored(said)))
        again = intake_from(plain, said.crs, said.vocabulary, said.area, said.beside_m)
        assert again == said
    assert stored(full) == {
        "source_crs": "EPSG:31468", "layer": "a", "encoding": "cp1252", "accept": ["a", "b"],
        "kind": "sonstiges", "uses": ["wohnen", "sport"], "procedure": "par4-2", "title": "T",
        "width_m": 4.0, "radius_m": 2.0, "accuracy_m": 3.0, "origin": "traced",
        "attributes": {"hoehe_m": "12"}, "named": "Entwurf.gml",
    }  # fmt: skip


def test_a_field_nobody_knows_is_not_dropped() -> None:
    with pytest.raises(TypeError):
        intake_from({"colour": "red"}, CRS25833, vocabulary_of())
