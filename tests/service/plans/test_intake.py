"""From a file to a plan, or to a refusal or question that says what to do."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from shapely import GeometryCollection, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.problem import Problem, Question, Refusal
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of
from service.plans.plan import Plan
from tests.builders import (
    CRS25833,
    Rows,
    X,
    Y,
    at,
    catalogue,
    check,
    geojson,
    geopackage,
    line,
    point,
    polygon,
    rectangle,
)

DISTRICT = rectangle(-5_000, -5_000, 5_000, 5_000)
SQUARE = rectangle(0, 0, 100, 100)


def intake(**more: Any) -> Intake:
    return Intake(crs=CRS25833, vocabulary=vocabulary_of(), **more)


def planned(folder: Path, rows: Rows, **more: Any) -> Plan:
    return read_plan(geojson(folder / "plan.geojson", rows), intake(**more))


def problem(folder: Path, rows: Rows, *, crs: str | None = None, **more: Any) -> Problem:
    path = geojson(folder / "plan.geojson", rows, **({"crs": crs} if crs else {}))
    with pytest.raises(Problem) as caught:
        read_plan(path, intake(**more))
    return caught.value


def codes(plan: Plan) -> list[str]:
    return [n.code for n in plan.notices]


# --- the file itself -----------------------------------------------------------------------


def test_the_hash_is_of_the_bytes_as_handed_in(tmp_path: Path) -> None:
    plan = planned(tmp_path, [SQUARE])
    content = (tmp_path / "plan.geojson").read_bytes()
    assert plan.sha256 == f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.mark.parametrize("name", ["fehlt.geojson", ".", "fifo"])
def test_what_is_no_readable_file_is_refused(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(Refusal) as caught:
        read_plan(tmp_path / name, intake())
    assert caught.value.code == "file-missing"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "plan.geojson", [SQUARE])
    path.chmod(0)
    with pytest.raises(Refusal) as caught:
        read_plan(path, intake())
    assert caught.value.code == "file-missing"


def test_a_file_of_several_layers_is_asked_about(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "plan.gpkg", [SQUARE], layer="entwurf")
    geopackage(path, [rectangle(0, 0, 50, 50)], layer="alt")
    with pytest.raises(Question) as caught:
        read_plan(path, intake())
    assert caught.value.code == "layer-multiple"
    assert {p.option for p in caught.value.proposals} == {
        "--plan-layer entwurf", "--plan-layer alt",
    }  # fmt: skip
    assert read_plan(path, intake(layer="alt")).geometry.footprint.area == pytest.approx(2500)


# --- what it says of itself ----------------------------------------------------------------


def test_title_kind_uses_and_procedure_from_the_file(tmp_path: Path) -> None:
    said = {"titel": "Am Anger", "art": "Bebauungsplan", "nutzung": "wohnen, sport",
            "verfahren": "par4-2", "hoehe_m": 12}  # fmt: skip
    plan = planned(tmp_path, [(SQUARE, said)])
    assert (plan.title, plan.kind) == ("Am Anger", "bebauungsplan")
    assert (plan.uses, plan.procedure) == (("wohnen", "sport"), "par4-2")
    assert plan.attributes == {"hoehe_m": 12}
    assert codes(plan) == []


def test_what_is_stated_counts_before_the_file(tmp_path: Path) -> None:
    said = {"titel": "Am Anger", "art": "gewerbe", "nutzung": "wohnen", "verfahren": "par4-2"}
    plan = planned(
        tmp_path, [(SQUARE, said)], title="Neu", kind="satzung", uses=("sport",), procedure="par6"
    )
    assert (plan.title, plan.kind) == ("Neu", "satzung")
    assert (plan.uses, plan.procedure) == (("sport",), "par6")


def test_without_a_title_the_file_has_a_name(tmp_path: Path) -> None:
    assert planned(tmp_path, [SQUARE]).title == "plan"


def test_uses_of_all_features_count(tmp_path: Path) -> None:
    rows = [(rectangle(i, 0, i + 9, 9), {"use": u}) for i, u in ((0, "wohnen"), (20, "gewerbe"))]
    assert planned(tmp_path, rows, kind="bebauungsplan").uses == ("wohnen", "gewerbe")


def test_words_that_are_not_known_are_told(tmp_path: Path) -> None:
    said = {"art": "Zeppelinhafen", "nutzung": "wohnen, luftfahrt", "verfahren": "irgendwie"}
    plan = planned(tmp_path, [(SQUARE, said)])
    assert (plan.kind, plan.uses, plan.procedure) == ("sonstiges", ("wohnen",), None)
    assert codes(plan) == ["kind-assumed", "use-unknown", "procedure-unknown"]
    texts = " ".join(n.text.de for n in plan.notices)
    assert "zeppelinhafen" in texts
    assert "luftfahrt" in texts
    assert "irgendwie" in texts


def test_without_a_kind_it_is_some_plan(tmp_path: Path) -> None:
    plan = planned(tmp_path, [SQUARE])
    assert (plan.kind, codes(plan)) == ("sonstiges", ["kind-assumed"])
    assert "nicht angegeben" in plan.notices[0].text.de


def test_a_kind_of_the_catalogue_is_a_kind(tmp_path: Path) -> None:
    kinds = [{"code": "seilbahn", "title": {"de": "Seilbahn", "en": "cable car"},
              "geometry": ["route"], "needs_width": True}]  # fmt: skip
    file = catalogue(tmp_path, {}, kinds=kinds)
    plan = geojson(tmp_path / "plan.geojson", [(line((0, 0), (9, 0)), {"art": "seilbahn"})])
    asked = check(plan, file)
    assert (asked.status, asked.document["code"]) == (2, "width-missing")
    found = check(plan, file, "--width", "8")
    assert (found.status, found.document["plan"]["kind"]) == (0, "seilbahn")
    area_of_it = geojson(tmp_path / "plan.geojson", [SQUARE])
    refused = check(area_of_it, file, "--kind", "seilbahn")
    assert (refused.status, refused.document["code"]) == (2, "geometry-type")
    assert "Seilbahn" in refused.document["detail"]


# --- geometries ----------------------------------------------------------------------------


def test_an_area(tmp_path: Path) -> None:
    plan = planned(tmp_path, [SQUARE], kind="bebauungsplan")
    assert plan.geometry.geometry_type == "area"
    assert plan.geometry.footprint.area == 10_000
    assert plan.geometry.length_m is None


def test_a_route_with_its_width_from_the_file(tmp_path: Path) -> None:
    plan = planned(tmp_path, [(line((0, 0), (100, 0)), {"breite_m": "2,5"})], kind="radweg")
    assert plan.geometry.length_m == 100
    assert plan.geometry.footprint.area == pytest.approx(250)
    assert any("Korridor" in step.de for step in plan.steps)


def test_a_route_of_different_widths_takes_the_widest_and_says_so(tmp_path: Path) -> None:
    rows = [(line((0, 0), (100, 0)), {"breite_m": 2}), (line((100, 0), (200, 0)), {"breite_m": 4})]
    plan = planned(tmp_path, rows, kind="radweg")
    assert plan.geometry.footprint.area == pytest.approx(800)
    assert codes(plan) == ["attribute-conflict"]


def test_a_route_without_a_width_is_a_question(tmp_path: Path) -> None:
    asked = problem(tmp_path, [line((0, 0), (100, 0))], kind="radweg")
    assert asked.code == "width-missing"
    assert isinstance(asked, Question)
    assert all(p.option.startswith("--width ") for p in asked.proposals)


def test_a_width_of_nothing_is_a_bare_axis(tmp_path: Path) -> None:
    plan = planned(tmp_path, [line((0, 0), (100, 0))], kind="breitbandtrasse", width_m=0.0)
    assert plan.geometry.footprint.area == 0
    assert plan.geometry.length_m == 100


def test_pieces_of_a_route_in_their_order_are_one_axis(tmp_path: Path) -> None:
    rows = [line((0, 0), (100, 0)), line((100, 0), (100, 100)), line((300, 0), (400, 0))]
    plan = planned(tmp_path, rows, kind="radweg", width_m=2.0)
    assert plan.geometry.length_m == 300


def test_masts_have_the_radius_of_their_kind(tmp_path: Path) -> None:
    plan = planned(tmp_path, [point(0, 0), point(500, 0)], kind="windenergie")
    assert plan.geometry.geometry_type == "sites"
    assert plan.geometry.footprint.area == pytest.approx(2 * 3.14159 * 625, rel=0.01)
    small = planned(tmp_path, [(point(0, 0), {"radius_m": 5})], kind="windenergie")
    assert small.geometry.footprint.area == pytest.approx(3.14159 * 25, rel=0.01)


@pytest.mark.parametrize(
    ("shape", "kind", "code"),
    [
        (point(0, 0), "radweg", "geometry-type"),
        (point(0, 0), "bebauungsplan", "geometry-type"),
        (line((0, 0), (9, 0)), "bebauungsplan", "geometry-type"),
        (rectangle(0, 0, 0.05, 0.05), "bebauungsplan", "geometry-zero-area"),
        (rectangle(0, 0, 5000, 0.0001), "bebauungsplan", "geometry-zero-area"),
        (rectangle(0, 0, 200_000, 200_000), "bebauungsplan", "plan-too-large"),
        (line(*[(i / 10, i % 7) for i in range(100_001)]), "radweg", "plan-too-large"),
    ],
)
def test_geometries_no_such_plan_can_have(
    tmp_path: Path, shape: BaseGeometry, kind: str, code: str
) -> None:
    found = problem(tmp_path, [shape], kind=kind, width_m=1.0)
    assert isinstance(found, Refusal)
    assert found.code == code


def test_mixed_geometries_need_roles(tmp_path: Path) -> None:
    rows = [SQUARE, line((0, 0), (100, 0))]
    assert problem(tmp_path, rows, kind="sonstiges", width_m=4.0).code == "geometry-type"
    with_roles = [(SQUARE, {"rolle": "scope"}), (line((0, 0), (200, 0)), {"rolle": "traffic"})]
    plan = planned(tmp_path, with_roles, kind="sonstiges", width_m=4.0)
    assert plan.geometry.geometry_type == "area"
    assert plan.geometry.footprint.area == pytest.approx(10_000 + 400 + 200)
    assert [(p.role, p.geometry.geometry_type) for p in plan.parts] == [
        ("scope", "area"), ("traffic", "route"),
    ]  # fmt: skip


def test_a_collection_of_several_kinds_is_asked_about(tmp_path: Path) -> None:
    mixed = [GeometryCollection([SQUARE, line((500, 0), (900, 0)), point(0, 0)])]
    asked = problem(tmp_path, mixed, kind="sonstiges", width_m=4.0)
    assert asked.code == "geometry-collection"
    assert isinstance(asked, Question)
    assert [p.option for p in asked.proposals] == ["--accept geometry-collection"]
    yes = frozenset({"geometry-collection"})
    plan = planned(tmp_path, mixed, kind="bebauungsplan", accept=yes)
    assert plan.geometry.footprint.area == 10_000
    assert codes(plan) == ["geometry-collection"]
    assert "Linien" in plan.repairs[0].text.de


def test_a_collection_of_one_kind_is_what_it_is(tmp_path: Path) -> None:
    areas = GeometryCollection([SQUARE, rectangle(200, 0, 300, 100)])
    assert planned(tmp_path, [areas], kind="bebauungsplan").geometry.footprint.area == 20_000
    lines = GeometryCollection([line((0, 0), (9, 0)), line((9, 0), (20, 0))])
    assert planned(tmp_path, [lines], kind="radweg", width_m=2.0).geometry.length_m == 20
    masts = GeometryCollection([point(0, 0), point(90, 0)])
    assert planned(tmp_path, [masts], kind="windenergie").geometry.geometry_type == "sites"


def test_roles_make_parts_and_names(tmp_path: Path) -> None:
    rows = [
        (SQUARE, {"rolle": "scope"}),
        (rectangle(0, 0, 40, 40), {"role": "Building", "name": "WA 1"}),
        (rectangle(500, 0, 540, 40), {"rolle": "compensation"}),
        (rectangle(10, 10, 20, 20), {"rolle": "swimmingpool"}),
    ]
    plan = planned(tmp_path, rows, kind="bebauungsplan")
    assert [(p.role, p.name) for p in plan.parts] == [
        ("scope", None), ("building", "WA 1"), ("compensation", None),
    ]  # fmt: skip
    assert plan.geometry.footprint.area == pytest.approx(11_600)
    assert plan.repairs == ()  # parts lie in their scope; that is no mistake


def test_features_over_each_other_are_united_and_told(tmp_path: Path) -> None:
    plan = planned(tmp_path, [SQUARE, rectangle(50, 0, 150, 100)], kind="bebauungsplan")
    assert plan.geometry.footprint.area == 15_000
    assert codes(plan) == ["parts-united"]
    assert [(c.kind, c.area_before_m2, c.area_after_m2) for c in plan.repairs] == [
        ("united", 20_000, 15_000),
    ]  # fmt: skip
    beside = planned(tmp_path, [SQUARE, rectangle(100, 0, 150, 100)], kind="bebauungsplan")
    assert beside.repairs == ()


# --- repair --------------------------------------------------------------------------------


def test_a_spike_is_removed_and_told(tmp_path: Path) -> None:
    spiked = polygon((0, 0), (100, 0), (100, 50), (180, 50), (100, 50.0001), (100, 100), (0, 100))
    plan = planned(tmp_path, [spiked], kind="bebauungsplan")
    assert "geometry-spike" in codes(plan)
    assert plan.geometry.footprint.bounds[2] == pytest.approx(X + 100, abs=0.01)


def test_a_crossed_ring_is_repaired_and_listed_or_asked_about(tmp_path: Path) -> None:
    hair = polygon((0, 0), (100, 0), (100, 100), (99.99, 100), (100, 99.99), (0, 99.99))
    plan = planned(tmp_path, [hair], kind="bebauungsplan")
    assert plan.geometry.footprint.is_valid
    assert all(n.text.de for n in plan.notices)
    bow = Polygon(at((0, 0), (100, 100), (100, 0), (0, 100)))
    asked = problem(tmp_path, [bow], kind="bebauungsplan")
    assert asked.code == "geometry-invalid"
    assert isinstance(asked, Question)
    accepted = planned(
        tmp_path, [bow], kind="bebauungsplan", accept=frozenset({"geometry-invalid"})
    )
    assert accepted.geometry.footprint.area == pytest.approx(5000)
    assert [c.area_after_m2 for c in accepted.repairs] == [pytest.approx(5000)]
    assert "geometry-invalid" in codes(accepted)


# --- where it lies -------------------------------------------------------------------------


def without_crs(folder: Path) -> Path:
    path = folder / "plan.gml"
    shape = gml((0, 0), (100, 0), (100, 100), (0, 100)).replace(
        ' srsName="urn:ogc:def:crs:EPSG::25833"', ""
    )
    path.write_text(
        '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2"><gml:featureMember>'
        f"<f><g>{shape}</g></f></gml:featureMember></gml:FeatureCollection>",
        encoding="utf-8",
    )
    return path


def test_no_crs_is_a_question_with_what_would_fit(tmp_path: Path) -> None:
    path = without_crs(tmp_path)
    for district, first in ((DISTRICT, "--crs EPSG:25833"), (None, "--crs EPSG:25833")):
        with pytest.raises(Question) as caught:
            read_plan(path, intake(area=district))
        assert caught.value.code == "crs-missing"
        assert caught.value.proposals[0].option == first
    assert read_plan(path, intake(source_crs="EPSG:25833")).geometry.footprint.area == 10_000


def test_no_crs_and_nothing_that_fits_leaves_the_choice_open(tmp_path: Path) -> None:
    far = rectangle(2_000_000, 0, 2_000_100, 100)
    with pytest.raises(Question) as caught:
        read_plan(without_crs(tmp_path), intake(area=far))
    assert caught.value.proposals == ()


@pytest.mark.parametrize(
    ("label", "code"),
    [("EPSG::25832", "crs-missing"), ("EPSG::4326", "crs-missing"), ("EPSG::3857", "crs-missing")],
)
def test_numbers_that_do_not_fit_their_label_are_asked_about(
    tmp_path: Path, label: str, code: str
) -> None:
    crs = f"urn:ogc:def:crs:{label}"
    found = problem(tmp_path, [SQUARE], crs=crs, kind="bebauungsplan", area=DISTRICT)
    assert found.code == code
    assert isinstance(found, Question)
    assert "--crs EPSG:25833" in [p.option for p in found.proposals]


def test_a_crs_nobody_knows_is_refused(tmp_path: Path) -> None:
    found = problem(tmp_path, [SQUARE], source_crs="EPSG:999999", area=DISTRICT)
    assert found.code == "crs-unknown"


def test_swapped_axes_are_asked_about_and_can_be_answered(tmp_path: Path) -> None:
    turned = Polygon([(y, x) for x, y in SQUARE.exterior.coords])
    found = problem(tmp_path, [turned], kind="bebauungsplan", area=DISTRICT)
    assert found.code == "axis-swapped"
    assert isinstance(found, Question)
    first = found.proposals[0].option
    assert first == "--crs EPSG:25833+swapped"
    answered = planned(
        tmp_path, [turned], kind="bebauungsplan", area=DISTRICT, source_crs=first.split()[1]
    )
    assert answered.geometry.footprint.equals(SQUARE)


def test_a_zone_prefix_is_recognised(tmp_path: Path) -> None:
    prefixed = Polygon([(x + 33_000_000, y) for x, y in SQUARE.exterior.coords])
    found = problem(tmp_path, [prefixed], kind="bebauungsplan", area=DISTRICT)
    assert found.code == "crs-zone-prefix"
    assert isinstance(found, Question)
    assert found.proposals[0].option == "--crs EPSG:5650"


@pytest.mark.parametrize(("east", "beside", "kind"), [(9_000, 15_000, Question),
                                                      (90_000, 15_000, Refusal)])  # fmt: skip
def test_beside_the_district_is_a_question_and_far_off_a_refusal(
    tmp_path: Path, east: float, beside: float, kind: type[Problem]
) -> None:
    there = [rectangle(east, 0, east + 100, 100)]
    found = problem(tmp_path, there, kind="bebauungsplan", area=DISTRICT, beside_m=beside)
    assert found.code == "outside-area"
    assert isinstance(found, kind)
    assert f"{(east - 5000) / 1000:.1f}".replace(".", ",") in found.text.de


def test_a_neighbours_plan_can_be_accepted_but_not_one_far_off(tmp_path: Path) -> None:
    yes = frozenset({"outside-area"})
    near = planned(
        tmp_path, [rectangle(9_000, 0, 9_100, 100)], kind="bebauungsplan", area=DISTRICT,
        beside_m=15_000, accept=yes,
    )  # fmt: skip
    assert near.geometry.footprint.area == 10_000
    far = problem(
        tmp_path, [rectangle(90_000, 0, 90_100, 100)], kind="bebauungsplan", area=DISTRICT,
        beside_m=15_000, accept=yes,
    )  # fmt: skip
    assert far.code == "outside-area"


def test_a_plan_over_the_border_is_taken_whole(tmp_path: Path) -> None:
    over = rectangle(4_900, 0, 5_100, 100)
    assert planned(tmp_path, [over], kind="bebauungsplan", area=DISTRICT).geometry.footprint.equals(
        over
    )


def test_a_part_far_off_is_asked_about_and_told(tmp_path: Path) -> None:
    far = rectangle(150_000, 0, 150_100, 100)
    apart = MultiPolygon([SQUARE, far])
    for rows, number in (([SQUARE, far], "Objekt 2"), ([apart], "Objekt 1")):
        asked = problem(
            tmp_path, rows, kind="bebauungsplan", area=DISTRICT, beside_m=15_000
        )  # fmt: skip
        assert asked.code == "outside-area"
        assert isinstance(asked, Question)
        assert [p.option for p in asked.proposals] == ["--accept outside-area"]
        assert number in asked.text.de
        assert "145,0 km" in asked.text.de
        yes = frozenset({"outside-area"})
        plan = planned(tmp_path, rows, kind="bebauungsplan", area=DISTRICT, accept=yes)
        assert plan.geometry.footprint.area == 20_000
        assert "145.0 km" in next(n.text.en for n in plan.notices if n.code == "outside-area")


def test_parts_on_both_sides_of_the_border_are_an_ordinary_plan(tmp_path: Path) -> None:
    over = [rectangle(4_900, 0, 5_000, 100), rectangle(9_000, 0, 9_100, 100)]
    plan = planned(tmp_path, over, kind="bebauungsplan", area=DISTRICT)
    assert plan.geometry.footprint.area == 20_000
    assert codes(plan) == []


def test_a_plan_over_half_the_country_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.geojson"
    wide = {"type": "Polygon", "coordinates": [[[6, 50], [14, 50], [14, 54], [6, 54], [6, 50]]]}
    path.write_text(json.dumps(wide), encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        read_plan(path, intake(area=DISTRICT))
    assert caught.value.code == "plan-too-large"


def test_degrees_are_transformed_and_what_was_assumed_is_said(tmp_path: Path) -> None:
    path = tmp_path / "plan.geojson"
    ring = [[12.42, 51.15], [12.43, 51.15], [12.43, 51.16], [12.42, 51.16], [12.42, 51.15]]
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), encoding="utf-8")
    plan = read_plan(path, intake(kind="bebauungsplan"))
    assert plan.source_crs in ("OGC:CRS84", "EPSG:4326")
    assert plan.transformation.accuracy_m == 0
    assert any("ETRS89" in step.de for step in plan.steps)
    assert plan.sigma_m == 0


def test_an_older_frame_costs_accuracy_and_says_so(tmp_path: Path) -> None:
    # RD/83 without a grid: good to a metre or three, never silently.
    gk = Polygon(
        [(4_527_900 + x, 5_669_000 + y) for x, y in ((0, 0), (100, 0), (100, 99), (0, 99))]
    )
    path = geojson(tmp_path / "plan.geojson", [gk], crs="urn:ogc:def:crs:EPSG::31468")
    plan = read_plan(path, intake(kind="bebauungsplan", accuracy_m=2.0))
    assert plan.source_crs == "EPSG:31468"
    accuracy = plan.transformation.accuracy_m
    assert accuracy >= 0.1
    assert plan.sigma_m == pytest.approx((accuracy**2 + 4) ** 0.5)
    assert "crs-accuracy" in codes(plan)
    assert any("Lagegenauigkeit laut Angabe" in step.de for step in plan.steps)


def test_web_mercator_is_told(tmp_path: Path) -> None:
    there = rectangle(0, 0, 100, 100)
    east, north = 1_382_600 - X, 6_650_000 - Y
    mercator = Polygon([(x + east, y + north) for x, y in there.exterior.coords])
    path = geojson(tmp_path / "plan.geojson", [mercator], crs="urn:ogc:def:crs:EPSG::3857")
    plan = read_plan(path, intake(kind="bebauungsplan"))
    assert "crs-3857-area" in codes(plan)
    assert plan.geometry.footprint.area < 5_000  # of what 3857 calls 10,000


# --- XPlanGML ------------------------------------------------------------------------------

XPLAN = """<?xml version="1.0" encoding="UTF-8"?>
<xplan:XPlanAuszug xmlns:xplan="http://www.xplanung.de/xplangml/5/4"
 xmlns:gml="http://www.opengis.net/gml/3.2" gml:id="a">
<gml:featureMember><xplan:BP_Plan gml:id="p"><xplan:name>Am Anger</xplan:name>
<xplan:verfahren>1000</xplan:verfahren>
<xplan:raeumlicherGeltungsbereich>{0}</xplan:raeumlicherGeltungsbereich></xplan:BP_Plan>
</gml:featureMember>{1}</xplan:XPlanAuszug>"""


def gml(*places: tuple[float, float]) -> str:
    ring = " ".join(f"{x} {y}" for x, y in at(*places, places[0]))
    return (
        '<gml:Polygon gml:id="g" srsName="urn:ogc:def:crs:EPSG::25833"><gml:exterior>'
        f"<gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing>"
        "</gml:exterior></gml:Polygon>"
    )


def xplan(folder: Path, *parts: tuple[str, str]) -> Path:
    members = "".join(
        f'<gml:featureMember><xplan:{name} gml:id="x{i}"><xplan:position>{shape}'
        f"</xplan:position></xplan:{name}></gml:featureMember>"
        for i, (name, shape) in enumerate(parts)
    )
    path = folder / "plan.gml"
    outline = gml((0, 0), (100, 0), (100, 100), (0, 100))
    path.write_text(XPLAN.format(outline, members), encoding="utf-8")
    return path


BUILDING = "BP_UeberbaubareGrundstuecksFlaeche"


def test_objects_of_a_development_plan_are_its_parts(tmp_path: Path) -> None:
    house = gml((10, 10), (40, 10), (40, 40), (10, 40))
    plan = read_plan(xplan(tmp_path, (BUILDING, house)), intake())
    assert (plan.title, plan.kind) == ("Am Anger", "bebauungsplan")
    assert [(p.role, p.geometry.footprint.area) for p in plan.parts] == [
        ("building", pytest.approx(900)),
    ]  # fmt: skip
    assert plan.geometry.footprint.area == pytest.approx(10_000)
    assert "procedure-unknown" not in codes(plan)


def test_a_part_that_is_mended_is_told(tmp_path: Path) -> None:
    spiked = gml((10, 10), (40, 10), (40, 20), (70, 20), (40, 20.0001), (40, 40), (10, 40))
    plan = read_plan(xplan(tmp_path, (BUILDING, spiked)), intake())
    assert [c.kind for c in plan.repairs] == ["geometry-spike"]
    assert "geometry-spike" in codes(plan)


def test_a_part_that_cannot_be_used_takes_its_kind_along(tmp_path: Path) -> None:
    bow = gml((10, 10), (40, 40), (40, 10), (10, 40))
    house = gml((60, 10), (90, 10), (90, 40), (60, 40))
    plan = read_plan(xplan(tmp_path, (BUILDING, bow), (BUILDING, house)), intake())
    assert plan.parts == ()
    assert codes(plan).count("parts-unreadable") == 1
