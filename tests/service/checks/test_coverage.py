from math import inf
from pathlib import Path

import pytest
import shapely
from shapely import MultiPoint

from layers.catalogue import read_catalogue
from layers.store import Store
from service.checks.coverage import UNLIMITED, covered
from service.checks.finding import Demand, Finding, Outcome
from service.checks.run import Wanted, run
from tests.builders import (
    Rows,
    area,
    catalogue,
    geojson,
    layer,
    line,
    plan_of,
    point,
    rectangle,
    route,
    sites,
)
from tests.builders import finding as found

HERE = rectangle(0, 0, 100, 100)


def test_all_of_it_has_data() -> None:
    inside = covered(HERE, rectangle(-50, -20, 150, 130), "declared")
    assert inside.uncovered is None
    assert inside.uncovered_share == 0
    assert inside.to_m == pytest.approx(20)


def test_a_centimetre_beyond_the_edge_is_the_edge() -> None:
    assert covered(HERE, rectangle(0.009, 0, 100, 100), "declared").uncovered is None
    assert covered(HERE, rectangle(0.2, 0, 100, 100), "declared").uncovered is not None


def test_the_part_without_data_is_a_geometry() -> None:
    part = covered(HERE, rectangle(0, 0, 75, 100), "declared")
    assert part.uncovered is not None
    assert part.uncovered.equals(rectangle(75, 0, 100, 100))
    assert part.uncovered_share == pytest.approx(0.25)
    assert part.to_m == 0


def test_a_bare_line_is_shared_by_length_and_points_by_number() -> None:
    west = rectangle(-10, -10, 25, 10)
    assert covered(line((0, 0), (100, 0)), west, "declared").uncovered_share == pytest.approx(0.75)
    three = MultiPoint([point(0, 0), point(10, 0), point(90, 0)])
    assert covered(three, west, "declared").uncovered_share == pytest.approx(1 / 3)


def test_nothing_in_common_is_uncovered_as_a_whole() -> None:
    assert covered(HERE, rectangle(500, 0, 600, 100), "declared").uncovered_share == 1


def test_a_hole_in_the_coverage_counts() -> None:
    ring = rectangle(-10, -10, 110, 110).difference(rectangle(40, 40, 60, 60))
    part = covered(HERE, ring, "declared")
    assert part.uncovered_share == pytest.approx(0.04)


def test_nobody_said_is_unlimited() -> None:
    assert UNLIMITED.to_m == inf
    assert UNLIMITED.uncovered is None


def of_layer(
    folder: Path,
    rows: Rows,
    *,
    of_layer: shapely.Geometry | None = None,
    of_catalogue: shapely.Geometry | None = None,
    demand: Demand | None = None,
) -> Finding:
    entry = layer(folder, "nsg", rows)
    more = {}
    if of_layer is not None:
        entry["coverage"] = {"path": geojson(folder / "coverage.geojson", [of_layer]).name}
    if of_catalogue is not None:
        more["area"] = {"path": geojson(folder / "district.geojson", [of_catalogue]).name}
    read = read_catalogue(catalogue(folder, [entry], **more))
    wanted = Wanted({"nsg": demand or Demand()})
    return run(plan_of(area(HERE)), read, Store(folder / "store", read.crs), wanted).finding("nsg")


FAR = [rectangle(900, 900, 910, 910)]


def test_a_declared_coverage_goes_before_the_area_of_competence(tmp_path: Path) -> None:
    west = rectangle(-10, -10, 50, 110)
    result = of_layer(tmp_path, FAR, of_layer=west, of_catalogue=rectangle(-10, -10, 200, 200))
    assert (result.coverage, result.outcome) == ("declared", Outcome.NOT_COVERED)
    assert result.uncovered_share == pytest.approx(0.5)
    assert result.reason is not None
    assert "50,0 %" in result.reason.de


def test_the_area_of_competence_is_assumed(tmp_path: Path) -> None:
    result = of_layer(tmp_path, FAR, of_catalogue=rectangle(-10, -10, 200, 200))
    assert (result.coverage, result.outcome) == ("assumed", Outcome.CLEAR)
    assert result.covered_to_m == pytest.approx(10)


def test_without_any_coverage_it_is_unlimited_and_says_so(tmp_path: Path) -> None:
    result = of_layer(tmp_path, FAR)
    assert (result.coverage, result.outcome) == ("unlimited", Outcome.CLEAR)
    assert any("nicht angegeben" in step.de for step in result.steps)


def test_affected_and_partly_not_covered_at_once(tmp_path: Path) -> None:
    hit = [rectangle(0, 0, 10, 10)]
    result = of_layer(tmp_path, hit, of_layer=rectangle(-10, -10, 50, 110))
    assert result.outcome is Outcome.AFFECTED
    assert result.uncovered_share == pytest.approx(0.5)
    assert result.uncovered is not None


def test_what_borders_is_not_covered_where_data_are_missing(tmp_path: Path) -> None:
    beside = [rectangle(-10, 0, 0, 10)]
    result = of_layer(tmp_path, beside, of_layer=rectangle(-10, -10, 50, 110))
    assert result.outcome is Outcome.NOT_COVERED
    assert [o.relation for o in result.objects] == ["borders"]


@pytest.mark.parametrize(
    "content", [None, "", "{", '{"type": "FeatureCollection", "features": []}']
)
def test_a_coverage_that_cannot_be_had_makes_the_layer_failed(
    tmp_path: Path, content: str | None
) -> None:
    entry = layer(tmp_path, "nsg", FAR, coverage={"path": "coverage.geojson"})
    if content is not None:
        (tmp_path / "coverage.geojson").write_text(content, encoding="utf-8")
    read = read_catalogue(catalogue(tmp_path, [entry, layer(tmp_path, "lsg", FAR)]))
    store = Store(tmp_path / "store", read.crs)
    nsg, lsg = run(plan_of(area(HERE)), read, store, Wanted()).findings
    assert nsg.outcome is Outcome.FAILED
    assert nsg.reason is not None
    assert "coverage.geojson" in nsg.reason.de
    assert (nsg.coverage, nsg.uncovered_share) == ("unknown", None)
    assert lsg.outcome is Outcome.CLEAR


def test_a_coverage_of_lines_is_no_area(tmp_path: Path) -> None:
    entry = layer(tmp_path, "nsg", FAR, coverage={"path": "coverage.geojson"})
    geojson(tmp_path / "coverage.geojson", [line((0, 0), (100, 100))])
    read = read_catalogue(catalogue(tmp_path, [entry]))
    (nsg,) = run(plan_of(area(HERE)), read, Store(tmp_path / "s", read.crs), Wanted()).findings
    assert nsg.outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "geometry", [route(line((0, 0), (100, 0)), 0), route(line((0, 0), (100, 0))),
                 sites(MultiPoint([point(10, 0), point(90, 0)]), 0)]
)  # fmt: skip
def test_half_covered_whatever_the_plan_is(tmp_path: Path, geometry: object) -> None:
    coverage = geojson(tmp_path / "coverage.geojson", [rectangle(-50, -50, 50, 50)])
    result = found(tmp_path, geometry, FAR, coverage={"path": coverage.name})  # type: ignore[arg-type]
    assert result.outcome is Outcome.NOT_COVERED
    assert result.uncovered_share == pytest.approx(0.5)
