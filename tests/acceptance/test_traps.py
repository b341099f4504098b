"""Mistakes that systems of this kind have made with data that look quite ordinary."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from shapely import LineString, Point, Polygon, box, to_geojson
from shapely.geometry.base import BaseGeometry

from service.cli import main

X, Y = 320_000, 5_670_000  # a place in EPSG:25833; all figures below are metres from it
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25833"}}
Row = tuple[BaseGeometry, Mapping[str, Any]]


def at(*places: tuple[float, float]) -> list[tuple[float, float]]:
    return [(X + x, Y + y) for x, y in places]


def square(left: float, bottom: float, right: float, top: float) -> Polygon:
    return box(X + left, Y + bottom, X + right, Y + top)


def written(
    path: Path, rows: Sequence[BaseGeometry | Row], crs: Mapping[str, Any] | None = CRS
) -> Path:
    """Write GeoJSON with the older `crs` member; without one it claims to be WGS 84."""
    pairs = [row if isinstance(row, tuple) else (row, {}) for row in rows]
    features = [
        {"type": "Feature", "geometry": json.loads(to_geojson(g)), "properties": dict(p)}
        for g, p in pairs
    ]
    document = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps({**document, "crs": crs} if crs else document), encoding="utf-8")
    return path


def catalogue(folder: Path, layers: Mapping[str, Any], **more: Any) -> Path:
    """Write a catalogue whose layers are given as rows, or as rows and further keys."""
    entries = []
    for code, given in layers.items():
        rows, extra = given if isinstance(given, tuple) else (given, {})
        if not isinstance(rows, Path):
            rows = written(folder / f"{code}.geojson", rows)
        source = {"type": "file", "path": rows.name}
        entries.append({"code": code, "title": code, "keeper": "A", "source": source, **extra})
    content = {"offices": [{"code": "A", "name": "Amt"}], "layers": entries, **more}
    path = folder / "catalogue.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def rule(code: str, layer: str, when: Any = "overlaps", **more: Any) -> dict[str, Any]:
    return {"code": code, "layer": layer, "when": when, "offices": ["A"], "effect": "note",
            "basis": "§ 1", "origin": "internal", **more}  # fmt: skip


def checked(folder: Path, plan: Path, layers: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Run `belang check`; return its exit status and what it wrote as JSON."""
    out = folder / "report.json"
    arguments = ["check", str(plan), "--catalogue", str(layers), "--data", str(folder / "data"),
                 "--json", str(out), *options]  # fmt: skip
    status = main(arguments)
    return status, json.loads(out.read_text(encoding="utf-8"))


def finding(report: Mapping[str, Any], layer: str) -> Mapping[str, Any]:
    return next(f for f in report["findings"] if f["layer"] == layer)


def test_overlapping_objects_do_not_count_twice(tmp_path: Path) -> None:
    # The left one and the right one cover 8 of the plan's 10 metres each.
    layers = catalogue(tmp_path, {"nsg": [square(-1, 0, 8, 10), square(2, 0, 11, 10)]})
    plan = written(tmp_path / "plan.geojson", [square(0, 0, 10, 10)])
    _, report = checked(tmp_path, plan, layers)
    found = finding(report, "nsg")
    assert [o["overlap_m2"] for o in found["objects"]] == [80, 80]
    assert (found["overlap_m2"], found["share_of_plan"]) == (100, 1)


def test_nothing_stops_at_the_first_hit(tmp_path: Path) -> None:
    rows = [(square(i, 0, i + 0.5, 10), {"nr": f"N{i}"}) for i in range(7)]
    layers = catalogue(
        tmp_path,
        {
            "first": (rows, {"id": "nr"}),
            "second": [square(9, 0, 20, 10)],
            "third": [Point(X + 5, Y + 5)],
        },
        rules=[rule("R1", "first"), rule("R2", "second"), rule("R3", "first")],
    )
    plan = written(tmp_path / "plan.geojson", [square(0, 0, 10, 10)])
    status, report = checked(tmp_path, plan, layers)
    assert status == 0
    assert [o["id"] for o in finding(report, "first")["objects"]] == [f"N{i}" for i in range(7)]
    assert finding(report, "second")["overlap_m2"] == 10
    assert finding(report, "third")["objects_affected"] == 1
    assert [r["rule"] for r in report["offices"][0]["reasons"]] == ["R1", "R2", "R3"]


@pytest.mark.parametrize("how", ["missing", "empty", "cut off"])
def test_a_failed_coverage_is_not_a_covered_plan(tmp_path: Path, how: str) -> None:
    coverage = tmp_path / "coverage.geojson"
    whole = written(coverage, [square(-1000, -1000, 1000, 1000)]).read_text(encoding="utf-8")
    coverage.write_text({"empty": "", "cut off": whole[:-40]}.get(how, whole), encoding="utf-8")
    if how == "missing":
        coverage.unlink()
    nothing_near = [square(500, 500, 510, 510)]
    layers = catalogue(
        tmp_path,
        {"nsg": (nothing_near, {"coverage": {"path": "coverage.geojson"}}), "lsg": nothing_near},
        rules=[rule("N01", "nsg"), rule("N02", "lsg")],
    )
    plan = written(tmp_path / "plan.geojson", [square(0, 0, 10, 10)])
    status, report = checked(tmp_path, plan, layers)
    assert status == 3
    assert finding(report, "nsg")["outcome"] == "failed"
    assert finding(report, "nsg")["reason"]
    assert finding(report, "lsg")["outcome"] == "clear"  # the others are checked all the same
    assert report["not_affected"] == []
    assert report["unresolved"][0]["offices"] == ["A"]


def test_municipalities_are_found_by_area_and_not_by_a_centre(tmp_path: Path) -> None:
    # A horseshoe: its centre lies in the middle municipality, of which it takes nothing.
    towns = [
        (square(0, 0, 40, 100), {"ags": "14729010", "name": "West"}),
        (square(40, 20, 60, 100), {"ags": "14729020", "name": "Mitte"}),
        (square(60, 0, 100, 100), {"ags": "14729030", "name": "Ost"}),
        (square(40, 0, 60, 20), {"ags": "14729040", "name": "Süd"}),
    ]
    shoe = Polygon(at((0, 0), (100, 0), (100, 90), (90, 90), (90, 10), (10, 10), (10, 90), (0, 90)))
    layers = catalogue(
        tmp_path,
        {"towns": (towns, {"id": "ags", "name": "name"}), "nsg": [square(-5, 50, 105, 60)]},
        municipalities={"layer": "towns", "key": "ags", "name": "name"},
        rules=[rule("R", "nsg", municipalities=["14729030"])],
    )
    assert square(40, 20, 60, 100).contains(shoe.centroid)
    _, report = checked(tmp_path, written(tmp_path / "plan.geojson", [shoe]), layers)
    assert report["plan"]["municipalities"] == ["14729010", "14729030", "14729040"]
    areas = {m["name"]: m["area_m2"] for m in report["plan"]["by_municipality"]}
    assert areas == {"West": 1200, "Ost": 1200, "Süd": 200}
    split = {m["name"]: m["area_m2"] for m in finding(report, "nsg")["by_municipality"]}
    assert split == {"West": 100, "Ost": 100}
    assert report["offices"][0]["reasons"][0]["rule"] == "R"


@pytest.mark.parametrize("label", ["EPSG::25832", "EPSG::4326", "EPSG::31468"])
def test_a_wrong_label_is_asked_about(tmp_path: Path, label: str) -> None:
    written(tmp_path / "area.geojson", [square(-5000, -5000, 5000, 5000)])
    layers = catalogue(
        tmp_path, {"nsg": [square(0, 0, 5, 10)]}, area={"path": "area.geojson", "beside_m": 1000}
    )
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{label}"}}
    plan = written(tmp_path / "plan.geojson", [square(0, 0, 10, 10)], crs)
    status, problem = checked(tmp_path, plan, layers)
    assert status == 2
    assert problem["code"] == "crs-missing"
    options = [p["option"] for p in problem["proposals"]]
    assert "--crs EPSG:25833" in options
    status, report = checked(tmp_path, plan, layers, "--crs", "EPSG:25833")
    assert status == 0
    assert report["plan"]["source_crs"] == "EPSG:25833"
    assert finding(report, "nsg")["overlap_m2"] == 50


def test_no_page_of_a_source_is_left_out(tmp_path: Path) -> None:
    rows = [Point(X + 0.01 * (i % 100), Y + 0.01 * (i // 100)) for i in range(12_345)]
    layers = catalogue(tmp_path, {"trees": rows})
    plan = written(tmp_path / "plan.geojson", [square(-1, -1, 10, 10)])
    _, report = checked(tmp_path, plan, layers)
    assert finding(report, "trees")["objects_affected"] == 12_345


def test_a_source_that_breaks_off_is_failed_and_not_half_a_layer(tmp_path: Path) -> None:
    source = written(tmp_path / "nsg.geojson", [square(i, 500, i + 1, 510) for i in range(50)])
    source.write_bytes(source.read_bytes()[:-300])
    layers = catalogue(tmp_path, {"nsg": source}, rules=[rule("N01", "nsg")])
    plan = written(tmp_path / "plan.geojson", [square(0, 0, 10, 10)])
    status, report = checked(tmp_path, plan, layers)
    assert (status, finding(report, "nsg")["outcome"]) == (3, "failed")
    assert report["not_affected"] == []


def test_an_object_that_cannot_be_mended_is_not_passed_over(tmp_path: Path) -> None:
    hole_outside = Polygon(
        at((5, 5), (15, 5), (15, 15), (5, 15)), [at((20, 5), (29, 5), (29, 15), (20, 15))]
    )
    layers = catalogue(
        tmp_path, {"nsg": [hole_outside, square(0, 0, 1, 1)]}, rules=[rule("N01", "nsg")]
    )
    status, near = checked(
        tmp_path, written(tmp_path / "plan.geojson", [square(2, 2, 25, 25)]), layers
    )
    assert (status, finding(near, "nsg")["outcome"]) == (3, "failed")
    far = written(tmp_path / "far.geojson", [square(900, 900, 950, 950)])
    assert finding(checked(tmp_path, far, layers)[1], "nsg")["outcome"] == "clear"


def test_an_overlap_that_is_area_and_line_at_once_keeps_its_area(tmp_path: Path) -> None:
    # The object enters the plan at the left and runs along its upper edge.
    thing = Polygon(at((-5, 0), (4, 0), (4, 10), (10, 10), (10, 12), (-5, 12)))
    layers = catalogue(tmp_path, {"nsg": [thing]})
    plan = written(tmp_path / "plan.geojson", [square(0, 0, 10, 10)])
    assert thing.intersection(square(0, 0, 10, 10)).geom_type == "GeometryCollection"
    assert finding(checked(tmp_path, plan, layers)[1], "nsg")["overlap_m2"] == 40


def test_distances_count_from_the_edge_of_a_road_and_not_from_its_axis(tmp_path: Path) -> None:
    road = [(LineString(at((-100, 27), (100, 27))), {"breite_m": 16})]
    layers = catalogue(
        tmp_path,
        {"strassen": (road, {"half_width": {"attribute": "breite_m"}})},
        rules=[rule("V03", "strassen", {"within": 20}, effect="prohibition", origin="statute")],
    )
    plan = written(tmp_path / "plan.geojson", [square(0, -10, 10, 0)])
    _, report = checked(tmp_path, plan, layers)
    assert finding(report, "strassen")["nearest_m"] == 19
    assert report["offices"][0]["effect"] == "prohibition"


def test_a_route_has_length_and_crossings_where_it_has_no_area(tmp_path: Path) -> None:
    layers = catalogue(
        tmp_path,
        {"bach": [LineString(at((50, -50), (50, 50)))], "nsg": [square(20, -1, 30, 1)]},
        rules=[rule("W02", "bach", "crosses")],
    )
    plan = written(tmp_path / "plan.geojson", [LineString(at((0, 0), (100, 0)))])
    _, report = checked(tmp_path, plan, layers, "--kind", "breitbandtrasse", "--width", "0.3")
    (crossing,) = finding(report, "bach")["objects"][0]["crossings"]
    assert (crossing["km"], crossing["angle_deg"]) == (0.05, 90)
    assert finding(report, "nsg")["length_m"] == 10
    assert [r["rule"] for r in report["offices"][0]["reasons"]] == ["W02"]


def test_a_hit_can_put_the_procedure_in_question(tmp_path: Path) -> None:
    warns = {"procedures": ["par13a"], "text": "§ 13a BauGB scheidet aus."}
    layers = catalogue(
        tmp_path, {"ffh": [square(0, 0, 5, 5)]}, rules=[rule("N07", "ffh", warns=warns)]
    )
    plan = written(tmp_path / "plan.geojson", [square(0, 0, 10, 10)])
    kind = ("--kind", "bebauungsplan", "--procedure")
    _, report = checked(tmp_path, plan, layers, *kind, "par13a")
    assert [w["procedure"] for w in report["procedure_warnings"]] == ["par13a"]
    assert checked(tmp_path, plan, layers, *kind, "par4-2")[1]["procedure_warnings"] == []


def test_an_exception_by_use_lifts_only_its_own_rule(tmp_path: Path) -> None:
    layers = catalogue(
        tmp_path,
        {"bab": [square(0, 30, 10, 40)]},
        rules=[
            rule("V01", "bab", {"within": 40}, **{"except": ["pv_freiflaeche"]}),
            rule("V05", "bab", {"within": 40}, effect="assessment", only=["pv_freiflaeche"]),
        ],
    )
    plan = written(tmp_path / "plan.geojson", [square(0, 0, 10, 10)])

    def rules_of(use: str) -> list[str]:
        options = ("--kind", "bebauungsplan", "--use", use)
        return [
            r["rule"] for r in checked(tmp_path, plan, layers, *options)[1]["offices"][0]["reasons"]
        ]

    assert rules_of("pv_freiflaeche") == ["V05"]
    assert rules_of("wohnen") == ["V01"]
