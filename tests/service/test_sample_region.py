"""The whole way on the sample region: what a plan meets, who has a say, and why.

Figures are computed anew from the drawn layers with shapely and geopandas; nothing here is copied
from a result.
"""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from shapely import LineString, MultiPoint, Point, Polygon, box
from shapely.affinity import rotate, translate

from service.plans.kinds import vocabulary_of
from tests.builders import Checked, check, geojson

KINDS = sorted(vocabulary_of().kinds)


@pytest.fixture(scope="session")
def data(sample: Path) -> Path:
    """The folder in which the layers of the region are kept once they are read."""
    return sample.parent / "sample-data"


class Region:
    """The built region: its drawn layers, and plans checked against it."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder, self.data = folder, data
        self._layers: dict[str, geopandas.GeoDataFrame] = {}
        self._wholes: dict[str, shapely.geometry.base.BaseGeometry] = {}

    def layer(self, code: str) -> geopandas.GeoDataFrame:
        if code not in self._layers:
            self._layers[code] = geopandas.read_file(self.folder / f"{code}.gpkg")
        return self._layers[code]

    def whole(self, code: str) -> shapely.geometry.base.BaseGeometry:
        if code not in self._wholes:
            self._wholes[code] = self.layer(code).union_all()
        return self._wholes[code]

    def named(self, code: str, name: str) -> shapely.geometry.base.BaseGeometry:
        rows = self.layer(code)
        return rows[rows["name"] == name].union_all()

    def plan(self, name: str) -> geopandas.GeoDataFrame:
        text = (self.folder / "plans" / f"{name}.geojson").read_text(encoding="utf-8")
        features = json.loads(text)["features"]
        degrees = geopandas.GeoDataFrame.from_features(features, crs="EPSG:4326")
        return degrees.to_crs("EPSG:25833")

    def check(self, plan: Path, *options: str, into: Path) -> Checked:
        return check(
            plan, self.folder / "catalogue.yaml", "--data", str(self.data), *options,
            json_to=into / "report.json",
        )  # fmt: skip

    def check_shape(self, shape: Any, tmp_path: Path, *options: str, **row: Any) -> Checked:
        rows = shape if isinstance(shape, list) else [(shape, {"title": "Probe", **row})]
        return self.check(geojson(tmp_path / "plan.geojson", rows), *options, into=tmp_path)


@pytest.fixture(scope="session")
def region(sample: Path, data: Path) -> Region:
    return Region(sample, data)


@pytest.fixture(scope="session")
def results(region: Region, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Checked]:
    """Every sample plan, checked."""
    into = tmp_path_factory.mktemp("reports")
    plans = sorted((region.folder / "plans").glob("*.geojson"))
    return {plan.stem: region.check(plan, into=into) for plan in plans}


def square(at: Point, side: float) -> Polygon:
    return box(at.x - side / 2, at.y - side / 2, at.x + side / 2, at.y + side / 2)


def decimal(value: float, digits: int) -> str:
    """Return a number as German readers have it."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def away(metres: float) -> str:
    """Return a distance as a sentence has it, to the decimetre."""
    rounded = round(metres, 1)
    return f"Abstand {decimal(rounded, 0 if rounded.is_integer() else 1)} m)"


def beside(line: LineString, at_m: float, gap_m: float, half_width_m: float) -> Polygon:
    """Return a square of 20 m whose near side runs parallel to a road, `gap_m` from its edge."""
    here, there = line.interpolate(at_m - 1), line.interpolate(at_m + 1)
    angle = math.degrees(math.atan2(there.y - here.y, there.x - here.x))
    flat = box(-10, half_width_m + gap_m, 10, half_width_m + gap_m + 20)
    middle = line.interpolate(at_m)
    return translate(rotate(flat, angle, origin=(0, 0)), middle.x, middle.y)


def straight_road(region: Region, code: str) -> tuple[str, LineString, float]:
    """Return name, section and width of a road far from towns and from every other road."""
    towns = [region.whole(layer) for layer in ("ortsdurchfahrten", "innenbereich")]
    near = shapely.union_all(towns).buffer(300)
    district = region.whole("landkreis").buffer(-1_000)
    for row in region.layer(code).itertuples():
        others = [
            region.layer(c)[region.layer(c)["abschnitt"] != row.abschnitt].union_all()
            for c in ("autobahnen", "bundesstrassen", "staatsstrassen", "kreisstrassen")
        ]
        middle = row.geometry.interpolate(0.5, normalized=True)
        quiet = district.contains(middle) and not near.intersects(middle)
        if quiet and all(o.distance(middle) > 300 for o in others):
            return str(row.name), row.geometry, float(row.breite_m)
    raise AssertionError(f"no quiet section in {code}")


# --- every plan of the region -------------------------------------------------------------------


def test_the_sample_plans_are_of_every_kind(results: Mapping[str, Checked]) -> None:
    assert {r.document["plan"]["kind"] for r in results.values()} == set(KINDS)


def test_every_sample_plan_is_checked_against_every_layer(
    results: Mapping[str, Checked], region: Region
) -> None:
    for name, result in results.items():
        outcomes = {f["outcome"] for f in result.document["findings"]}
        assert "failed" not in outcomes, name
        assert len(result.document["findings"]) > 80, name
        assert result.status == (3 if result.document["unresolved"] else 0), name


def test_sentences_read_well(results: Mapping[str, Checked]) -> None:
    for name, result in results.items():
        for office in result.document["offices"]:
            sentences = [r["because"] for r in office["reasons"]]
            for reason in office["reasons"]:
                start = "Beteiligt, weil " if reason["certainty"] == "certain" else (
                    "Möglicherweise beteiligt, weil "
                )  # fmt: skip
                assert reason["because"].startswith(start), name
                assert reason["because"].endswith("."), name
                assert not re.search(r"\b(\w+) \1\b|  |None|\( |\(\)", reason["because"]), reason[
                    "because"
                ]
            told_twice = {s for s in sentences if sentences.count(s) > 1}
            rules = {r["basis"] for r in office["reasons"] if r["because"] in told_twice}
            assert len(rules) >= len(told_twice), name  # only ever on different legal bases


def test_sentences_carry_a_measured_figure(results: Mapping[str, Checked]) -> None:
    for result in results.values():
        for reason in result.reasons().values():
            if reason["layer"] and reason["objects"]:
                assert re.search(r"\d (m|m²|ha|km)\b|km \d|im Plangebiet", reason["because"])


def test_every_reason_says_what_it_means_and_where_it_stands(
    results: Mapping[str, Checked],
) -> None:
    for result in results.values():
        for reason in result.reasons().values():
            assert reason["text"]
            assert reason["basis"]
            assert reason["origin"] in ("statute", "convention", "internal")


def test_possible_reasons_say_why_they_are_open(results: Mapping[str, Checked]) -> None:
    for name, result in results.items():
        open_rules = {rule for u in result.document["unresolved"] for rule in u["rules"]}
        possible = {c for c, r in result.reasons().items() if r["certainty"] == "possible"}
        assert possible <= open_rules, name


def test_nobody_is_both_involved_and_cleared(results: Mapping[str, Checked]) -> None:
    for name, result in results.items():
        unsettled = {o for u in result.document["unresolved"] for o in u["offices"]}
        involved = set(result.offices())
        assert not (involved | unsettled) & set(result.cleared()), name
        assert not (involved | unsettled) & {o["office"] for o in result.document["no_entry"]}


def test_english_says_the_same(region: Region, tmp_path: Path) -> None:
    plan = region.folder / "plans" / "bplan-mit-teilflaechen.geojson"
    german = region.check(plan, into=tmp_path).reasons()
    english = region.check(plan, "--lang", "en", into=tmp_path).reasons()
    assert german.keys() == english.keys()
    for code, reason in english.items():
        assert "nvolved because " in reason["because"]
        assert reason["effect"] == german[code]["effect"]


# --- what the user asked for --------------------------------------------------------------------


def test_a_protected_area_names_the_nature_authority(region: Region, tmp_path: Path) -> None:
    reserve = region.named("nsg", "Polenzwald")
    plan = square(reserve.boundary.interpolate(0), 120)
    result = region.check_shape(plan, tmp_path, kind="bebauungsplan", use="wohnen")
    reason = result.reasons()["N01"]
    expected = plan.intersection(reserve).area
    assert "UNB" in result.offices()
    assert (reason["effect"], reason["origin"]) == ("prohibition", "statute")
    assert "§ 23 BNatSchG" in reason["basis"]
    assert result.finding("nsg")["overlap_m2"] == pytest.approx(expected, abs=1e-3)
    figure = f"{decimal(expected, 1)} m², {decimal(100 * expected / plan.area, 1)} % der Planung"
    assert f"Polenzwald ({figure})" in reason["because"]


def test_a_listed_monument_names_the_monument_authority(region: Region, tmp_path: Path) -> None:
    castle = region.named("denkmale", "Schloss Trebsen")
    result = region.check_shape(
        square(castle, 30), tmp_path, kind="bauvorhaben", use="gemeinbedarf"
    )
    reason = result.reasons()["D01"]
    assert "UDB" in result.offices()
    assert "§ 12 (1) SächsDSchG" in reason["basis"]
    assert "Schloss Trebsen (im Plangebiet)" in reason["because"]
    assert [e["code"] for e in reason["external"]] == ["LfD"]


def test_the_surroundings_of_a_monument_reach_farther_outside_settlements(
    region: Region, tmp_path: Path
) -> None:
    castle = region.named("denkmale", "Burg Gnandstein")
    assert region.whole("innenbereich").distance(castle) > 250
    plan = square(translate(castle, 150, 0), 20)
    result = region.check_shape(plan, tmp_path, kind="bauvorhaben", use="wohnen")
    reason = result.reasons()["D02a"]
    assert "D02i" not in result.reasons()
    assert reason["origin"] == "internal"
    assert f"Burg Gnandstein ({away(plan.distance(castle))}" in reason["because"]


@pytest.mark.parametrize(
    ("layer", "ban", "consent", "law"),
    [
        ("bundesstrassen", "V03", "V04", "§ 9 ({}) FStrG"),
        ("staatsstrassen", "V06v", "V06z", "§ 24 ({}) SächsStrG"),
        ("kreisstrassen", "V07v", "V07z", "§ 24 ({}) SächsStrG"),
    ],
)
@pytest.mark.parametrize(("gap", "banned", "consented"), [(12, True, True), (33, False, True),
                                                          (48, False, False)])  # fmt: skip
def test_the_zones_along_a_road(
    region: Region,
    tmp_path: Path,
    layer: str,
    ban: str,
    consent: str,
    law: str,
    gap: float,
    banned: bool,
    consented: bool,
) -> None:
    name, road, width = straight_road(region, layer)
    house = beside(road, road.length / 2, gap, width / 2)
    rows = [
        (house.buffer(3), {"role": "scope", "kind": "bebauungsplan", "use": "wohnen"}),
        (house, {"role": "building"}),
    ]
    result = region.check_shape(rows, tmp_path)
    reasons = result.reasons()
    assert (ban in reasons, consent in reasons) == (banned, consented)
    expected = house.distance(region.named(layer, name)) - width / 2
    for code, effect, paragraph in ((ban, "prohibition", 1), (consent, "consent", 2)):
        if code in reasons:
            assert reasons[code]["effect"] == effect
            assert reasons[code]["basis"] == law.format(paragraph)
            assert f"{name} ({away(expected)}" in reasons[code]["because"]
            assert "SBA" in result.offices()


def test_the_motorway_zone_reaches_a_hundred_metres(region: Region, tmp_path: Path) -> None:
    _, road, width = straight_road(region, "autobahnen")
    hall = beside(road, road.length / 2, 70, width / 2)
    rows = [
        (hall, {"role": "scope", "kind": "bebauungsplan", "use": "gewerbe"}),
        (hall, {"role": "building"}),
    ]
    reasons = region.check_shape(rows, tmp_path).reasons()
    assert "V01" not in reasons
    assert reasons["V02"]["basis"] == "§ 9 (2) FStrG"
    assert [e["code"] for e in reasons["V02"]["external"]] == ["FBA"]


def test_the_geopark_names_the_staff_unit_and_claims_no_protection(
    region: Region, tmp_path: Path
) -> None:
    inside = region.named("gemeinden", "Trebsen/Mulde").representative_point()
    plan = square(inside, 200)
    result = region.check_shape(plan, tmp_path, kind="bebauungsplan", use="erholung")
    reason = result.reasons()["R06"]
    assert "KE" in result.offices()
    assert (reason["effect"], reason["origin"]) == ("note", "internal")
    assert "kein gesetzlicher Schutz" in reason["basis"]
    assert "4,00 ha, die ganze Planung" in reason["because"]
    assert [e["code"] for e in reason["external"]] == ["GEOPARK"]


def test_the_lakes_name_staff_unit_and_water_authority(region: Region, tmp_path: Path) -> None:
    lakes = region.layer("seenland")
    lake = lakes[(lakes["name"] == "Störmthaler See")].union_all()
    corner = max(lake.exterior.coords, key=lambda xy: xy[1])
    plan = square(Point(corner[0], corner[1] + 80), 100)
    result = region.check_shape(plan, tmp_path, kind="bebauungsplan", use="erholung")
    reasons = result.reasons()
    assert {"KE", "UWB"} <= set(result.offices())
    assert reasons["R07u"]["basis"].startswith("§ 1 (6) Nr. 3 BauGB")
    assert plan.distance(lake) < 50
    assert f"Störmthaler See ({away(plan.distance(lake))}" in reasons["W15"]["because"]
    # § 61 BNatSchG holds at every lake of the Neuseenland; a mere scope lowers it.
    assert reasons["N10s"]["effect"] == "assessment"
    assert "Baugrenzen prüfen" in reasons["N10s"]["because"]


# --- instrument and subject ---------------------------------------------------------------------


def test_a_solar_plan_along_the_motorway_is_assessed_not_banned(
    results: Mapping[str, Checked], region: Region
) -> None:
    result = results["bplan-pv-wald-a72"]
    reasons = result.reasons()
    assert not {"V01", "V02"} & reasons.keys()
    assert reasons["V05"]["effect"] == "assessment"
    assert reasons["V05"]["basis"] == "§ 9 (2c) FStrG"
    plan = region.plan("bplan-pv-wald-a72").union_all()
    edge = plan.distance(region.named("autobahnen", "A 72")) - 29 / 2
    assert f"A 72 ({away(edge)}" in reasons["V05"]["because"]
    assert reasons["E04"]["effect"] == "support"
    # The forest: converted by a declaration for a plan, not by a permit.
    assert reasons["F02"]["basis"] == "§ 9 SächsWaldG"
    assert "F02u" not in reasons
    wood = plan.intersection(region.whole("wald")).area
    assert f"{decimal(wood / 10_000, 2)} ha" in reasons["F02"]["because"]


def test_the_same_ground_for_business_is_banned(region: Region, tmp_path: Path) -> None:
    plan = region.folder / "plans" / "bplan-pv-wald-a72.geojson"
    reasons = region.check(plan, "--use", "gewerbe", into=tmp_path).reasons()
    assert {"V01", "V02"} <= reasons.keys()
    assert not {"V05", "E04"} & reasons.keys()


def test_without_a_use_both_stay_possible(region: Region, tmp_path: Path) -> None:
    shape = region.plan("bplan-pv-wald-a72").union_all()
    result = region.check_shape(shape, tmp_path, kind="bebauungsplan", procedure="par4-1")
    reasons = result.reasons()
    assert reasons["V05"]["certainty"] == "possible"
    assert any("--use" in ask for ask in reasons["V05"]["asks"])
    assert reasons["V01"]["certainty"] == "certain"  # unless it turns out to be solar
    assert result.status == 3


def test_wind_in_a_wind_area_is_not_banned_in_a_landscape_reserve(
    region: Region, tmp_path: Path
) -> None:
    both = region.whole("lsg").intersection(region.whole("windgebiete").buffer(-150))
    at = both.buffer(-20).representative_point()
    assert not both.buffer(-20).is_empty
    result = region.check_shape(
        MultiPoint([at]), tmp_path, "--radius", "60", kind="windenergie", hoehe_m=200
    )
    reasons = result.reasons()
    assert reasons["N02x"]["basis"] == "§ 26 (3) BNatSchG"
    assert reasons["N02x"]["effect"] == "note"
    assert not {"N02", "N02w"} & reasons.keys()
    assert reasons["E02i"]["effect"] == "support"
    assert not {"E01", "E01i", "E02"} & reasons.keys()  # no minimum distance in a wind area


def test_wind_elsewhere_needs_consent_in_a_landscape_reserve(
    region: Region, tmp_path: Path
) -> None:
    inner = region.whole("lsg").buffer(-200).intersection(region.whole("landkreis"))
    outside = inner.difference(region.whole("windgebiete").buffer(500))
    result = region.check_shape(
        MultiPoint([outside.representative_point()]), tmp_path, kind="windenergie", hoehe_m=200
    )
    reasons = result.reasons()
    assert reasons["N02w"]["effect"] == "consent"
    assert not {"N02", "N02x"} & reasons.keys()


# --- wind turbines: measured from the mast, and by its height -----------------------------------


def test_homes_are_measured_from_the_mast(results: Mapping[str, Checked], region: Region) -> None:
    masts = region.plan("windpark-lossatal").union_all()
    homes = region.layer("wohngebaeude")
    near = homes.distance(masts) - 6  # from the wall
    reasons = results["windpark-lossatal"].reasons()
    assert set(reasons["E01"]["objects"]) == set(homes["nummer"][near <= 1000])
    assert away(near.min()) in reasons["E01"]["because"]
    assert "die Mitte einer Anlage im Umkreis von 1.000 m" in reasons["E01"]["because"]
    assert reasons["E01"]["basis"].startswith("§ 84 (2) SächsBO")


def test_the_oppressive_effect_reaches_twice_the_height(
    results: Mapping[str, Checked], region: Region
) -> None:
    masts = region.plan("windpark-lossatal").union_all()
    homes = region.layer("wohngebaeude")
    near = homes.distance(masts) - 6
    reason = results["windpark-lossatal"].reasons()["E03"]
    assert set(reason["objects"]) == set(homes["nummer"][near <= 2 * 246])
    assert "im Umkreis von 492 m" in reason["because"]
    assert reason["certainty"] == "certain"


def test_without_a_height_the_height_is_asked_for(region: Region, tmp_path: Path) -> None:
    masts = region.plan("windpark-lossatal").union_all()
    result = region.check_shape(masts, tmp_path, kind="windenergie")
    for code in ("E03", "V15"):
        reason = result.reasons()[code]
        assert reason["certainty"] == "possible"
        assert any("hoehe_m" in ask for ask in reason["asks"])
        assert "Höhe" in reason["because"]
    assert "BAA" in {o for u in result.document["unresolved"] for o in u["offices"]}


def test_a_low_turbine_is_no_aviation_matter(region: Region, tmp_path: Path) -> None:
    masts = region.plan("windpark-lossatal").union_all()
    result = region.check_shape(masts, tmp_path, kind="windenergie", hoehe_m=80)
    assert "V15" not in result.reasons()


# --- parts with a role --------------------------------------------------------------------------


def test_a_building_part_gets_the_full_effect(
    results: Mapping[str, Checked], region: Region
) -> None:
    rows = region.plan("bplan-mit-teilflaechen")
    building = rows[rows["role"] == "building"].union_all()
    edge = building.distance(region.named("bundesstrassen", "B 176")) - 9 / 2
    reason = results["bplan-mit-teilflaechen"].reasons()["V03"]
    assert edge < 20
    assert reason["effect"] == "prohibition"
    assert "eine Baufläche im Umkreis von 20 m" in reason["because"]
    assert f"B 176 ({away(edge)}" in reason["because"]


def test_a_bare_scope_only_asks_for_the_building_limits(region: Region, tmp_path: Path) -> None:
    rows = region.plan("bplan-mit-teilflaechen")
    scope = rows[rows["role"] == "scope"].union_all()
    result = region.check_shape(scope, tmp_path, kind="bebauungsplan", use="gewerbe")
    reason = result.reasons()["V03"]
    assert reason["effect"] == "assessment"
    assert reason["certainty"] == "certain"
    assert reason["because"].endswith("; Baugrenzen prüfen.")
    assert any("Baugrenzen" in ask for ask in reason["asks"])


def test_a_building_set_back_frees_the_plan_from_the_zone(region: Region, tmp_path: Path) -> None:
    """The scope reaches the road, the building does not: no prohibition, and no assessment."""
    _, road, width = straight_road(region, "bundesstrassen")
    scope = beside(road, road.length / 2, 2, width / 2).buffer(60)
    house = beside(road, road.length / 2, 45, width / 2)
    rows = [
        (scope, {"role": "scope", "kind": "bebauungsplan", "use": "wohnen"}),
        (house, {"role": "building"}),
    ]
    assert not {"V03", "V04"} & region.check_shape(rows, tmp_path).reasons().keys()


def test_a_mast_is_what_gets_built(region: Region, tmp_path: Path) -> None:
    """A point is no Geltungsbereich: the effect stays, although the plan has no parts."""
    _, road, width = straight_road(region, "bundesstrassen")
    near = beside(road, road.length / 2, 1, width / 2).centroid  # 11 m from the edge
    result = region.check_shape(MultiPoint([near]), tmp_path, "--radius", "50",
                                kind="windenergie", hoehe_m=90)  # fmt: skip
    assert result.reasons()["V03"]["effect"] == "prohibition"
    assert result.reasons()["V05q"]["effect"] == "assessment"


# --- unknown is not no --------------------------------------------------------------------------


def test_attributes_that_are_missing_leave_it_open(region: Region, tmp_path: Path) -> None:
    quiet = region.plan("wohnhaus").union_all()
    result = region.check_shape(quiet, tmp_path, kind="bauvorhaben", use="wohnen")
    reasons = result.reasons()
    for code, attribute in (("D06", "erdarbeiten"), ("N09a", "abriss"), ("N05b", "gehoelz")):
        assert reasons[code]["certainty"] == "possible"
        assert any(attribute in ask for ask in reasons[code]["asks"])
    assert result.status == 3
    assert not {"UDB", "UNB", "OA"} & set(result.cleared())


def test_one_question_is_asked_once(region: Region, tmp_path: Path) -> None:
    quiet = region.plan("wohnhaus").union_all()
    result = region.check_shape(quiet, tmp_path, kind="bauvorhaben", use="wohnen")
    asked = [u for u in result.document["unresolved"] if "erdarbeiten" in u["reason"]]
    assert [(u["rules"], u["offices"]) for u in asked] == [(["D06", "K01a"], ["UDB", "OA"])]


def test_attributes_that_are_stated_decide(region: Region, tmp_path: Path) -> None:
    quiet = region.plan("wohnhaus").union_all()
    stated = {"kind": "bauvorhaben", "use": "wohnen", "abriss": "ja", "gehoelz": "nein",
              "erdarbeiten": "ja", "hoehe_m": 9}  # fmt: skip
    reasons = region.check_shape(quiet, tmp_path, **stated).reasons()
    assert reasons["N09a"]["certainty"] == "certain"
    assert "Abriss: ja" in reasons["N09a"]["because"]
    assert reasons["D06"]["basis"] == "§ 20 SächsDSchG"
    assert "N05b" not in reasons


def test_an_unknown_class_of_hazard_counts_as_the_widest(region: Region, tmp_path: Path) -> None:
    sites = region.layer("stoerfallbetriebe")
    plant = sites[sites["name"] == "Kraftwerk Lippendorf"].union_all()
    other = sites[sites["name"] != "Kraftwerk Lippendorf"].union_all()
    spot = next(
        p for angle in range(0, 360, 10)
        if 900 < (p := square(Point(
            plant.centroid.x + 1_700 * math.cos(math.radians(angle)),
            plant.centroid.y + 1_700 * math.sin(math.radians(angle)),
        ), 60)).distance(plant) < 1_480 and p.distance(other) > 920
    )  # fmt: skip
    result = region.check_shape(
        spot, tmp_path, kind="bebauungsplan", use="wohnen", procedure="par13a"
    )
    reasons = result.reasons()
    assert reasons["I02u"]["origin"] == "convention"
    assert not {"I02a", "I02b", "I02c", "I02d"} & reasons.keys()
    assert {"IMM", "BRK"} <= set(result.offices())
    assert "I02u" in {w["rule"] for w in result.document["procedure_warnings"]}


# --- the procedure ------------------------------------------------------------------------------


@pytest.mark.parametrize(("procedure", "warned"), [("par13a", True), ("par13", True),
                                                   ("par4-2", False)])  # fmt: skip
def test_natura_rules_out_the_short_procedures(
    region: Region, tmp_path: Path, procedure: str, warned: bool
) -> None:
    site = region.named("ffh", "Kuhteiche Breitingen")
    plan = square(site.representative_point(), 100)
    result = region.check_shape(
        plan, tmp_path, kind="bebauungsplan", use="wohnen", procedure=procedure
    )
    warnings = [w for w in result.document["procedure_warnings"] if w["rule"] == "N07"]
    assert bool(warnings) == warned
    assert result.reasons()["N07"]["basis"].startswith("§ 34 BNatSchG")
    assert all("§§ 13, 13a BauGB" in w["text"] for w in warnings)


def test_size_is_a_matter_of_the_accelerated_procedure(region: Region, tmp_path: Path) -> None:
    ground = region.plan("wohnhaus").union_all().centroid
    codes = {}
    for side in (130, 160, 280):
        result = region.check_shape(square(ground, side), tmp_path, "--procedure", "par13a",
                                    kind="bebauungsplan", use="wohnen")  # fmt: skip
        codes[side] = {w["rule"] for w in result.document["procedure_warnings"]}
    assert codes == {130: set(), 160: {"P13"}, 280: {"P13g"}}


def test_a_plan_approval_calls_for_one_statement(results: Mapping[str, Checked]) -> None:
    reason = results["strasse-naunhof"].reasons()["P01"]
    assert reason["basis"] == "§ 73a (2), (3) VwVfG"
    assert "Verfahren: Planfeststellung" in reason["because"]


# --- coverage, registers, the negative list -----------------------------------------------------


def test_across_the_border_the_outer_part_stays_open(
    results: Mapping[str, Checked], region: Region
) -> None:
    result = results["grenzplanung-thallwitz"]
    plan = region.plan("grenzplanung-thallwitz").union_all()
    district = region.whole("landkreis")
    outside = plan.difference(district).area / plan.area
    assert 0.02 < outside < 0.5
    finding = result.finding("nsg")
    assert finding["uncovered_share"] == pytest.approx(outside, abs=1e-6)
    assert finding["outcome"] == "not_covered"
    assert result.finding("geopark")["outcome"] == "affected"
    assert {"nsg", "geopark"} <= result.open().keys()
    assert result.status == 3
    # Nobody whose rules look at the ground can be told to be free of it.
    assert set(result.cleared()) <= {"SOZ", "VET"}


def test_a_register_that_need_not_be_complete_never_clears(
    results: Mapping[str, Checked],
) -> None:
    result = results["wohnhaus"]
    no_entry = {o["office"]: set(o["registers"]) for o in result.document["no_entry"]}
    assert no_entry["UDB"] == {"denkmale", "archaeologie"}
    assert no_entry["UNB"] == {"biotope", "artnachweise"}
    assert no_entry["ABB"] == {"altlasten"}
    assert not set(no_entry) & set(result.cleared())
    assert result.finding("denkmale")["register"] == "declaratory"


def test_a_house_without_concerns_has_a_real_negative_list(
    results: Mapping[str, Checked],
) -> None:
    result = results["wohnhaus"]
    assert result.status == 0
    assert set(result.offices()) == {"KLIMA", "BAA"}
    assert all(r["layer"] is None for r in result.reasons().values())
    assert result.document["unresolved"] == []
    checked = {o["office"]: o["checked"] for o in result.document["not_affected"]}
    assert {"W01f", "W03", "W08"} <= set(checked["UWB"])
    assert {"V03", "V06v", "V07v"} <= set(checked["SBA"])
    assert {"KE", "IMM", "UFB", "OA"} <= checked.keys()
    everybody = {*result.offices(), *checked, *(o["office"] for o in result.document["no_entry"])}
    assert len(everybody) == 20


def test_a_border_of_the_regional_plan_is_not_exact(region: Region, tmp_path: Path) -> None:
    areas = region.layer("regionalplan_vorrang")
    area = max(areas.geometry, key=lambda g: g.area)
    everything = areas.union_all()
    corner = max(area.exterior.coords, key=lambda xy: xy[0])
    plan = square(Point(corner[0] + 30, corner[1]), 100)  # 20 m inside, 100 m is the accuracy
    assert 0 < plan.intersection(everything).area < plan.area
    result = region.check_shape(plan, tmp_path, kind="bebauungsplan", use="wohnen")
    assert result.finding("regionalplan_vorrang")["outcome"] == "borders"
    found = [r for c, r in result.reasons().items() if c in ("R01", "M08")]
    assert [r["certainty"] for r in found] == ["possible"]
    assert "KE" not in result.cleared()


# --- reasons for a plan -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "rule", "office"),
    [
        ("radweg-borna-kitzscher", "V16l", "SBA"),
        ("radweg-borna-kitzscher", "R04l", "KE"),
        ("glasfaser-frohburg-kohren", "T01g", "BB"),
        ("glasfaser-frohburg-kohren", "R04w", "KE"),
        ("gewerbepark-wachau", "R10", "KE"),
        ("gewerbepark-wachau", "R04w", "KE"),
        ("pv-a72", "R04n", "KE"),
        ("schiene-borna", "R05", "KE"),
    ],
)
def test_what_speaks_for_a_plan_is_said(
    results: Mapping[str, Checked], plan: str, rule: str, office: str
) -> None:
    found = next(o for o in results[plan].document["offices"] if o["office"] == office)
    reason = next(r for r in found["reasons"] if r["rule"] == rule)
    assert reason["effect"] == "support"
    assert reason["certainty"] == "certain"


def test_a_measure_of_another_vision_is_only_to_be_weighed(region: Region, tmp_path: Path) -> None:
    meadow = region.layer("kek_massnahmen")
    measure = meadow[meadow["name"].str.startswith("Auenrenaturierung")].union_all()
    plan = square(measure.representative_point(), 100)
    reasons = region.check_shape(plan, tmp_path, kind="gewerbe").reasons()
    assert reasons["R04nk"]["effect"] == "consideration"
    assert "R04n" not in reasons


# --- routes, distances the other way round ------------------------------------------------------


def test_a_route_beside_a_road_is_told_from_one_that_crosses(
    results: Mapping[str, Checked], region: Region
) -> None:
    reasons = results["radweg-borna-kitzscher"].reasons()
    assert "neben „Kreisstraßen“ verläuft: K 7931" in reasons["V08p"]["because"]
    assert re.search(r"km \d+,\d{3} bis km \d+,\d{3} (links|rechts)", reasons["V08p"]["because"])
    axis = region.plan("radweg-borna-kitzscher").union_all()
    federal = region.named("bundesstrassen", "B 176")
    at = axis.project(axis.intersection(federal))
    assert f"gequert bei km {decimal(at / 1000, 3)}" in reasons["V08b"]["because"]
    assert "V03" not in reasons  # a cycle path is no building


def test_new_forest_keeps_away_from_homes(results: Mapping[str, Checked], region: Region) -> None:
    plan = region.plan("aufforstung-grimma").union_all()
    homes = region.layer("wohngebaeude")
    near = homes["nummer"][homes.distance(plan) - 6 <= 30]
    reason = results["aufforstung-grimma"].reasons()["F01r"]
    assert set(reason["objects"]) == set(near) != set()
    assert reason["basis"] == "§ 25 (3) SächsWaldG"


def test_far_from_a_stop_is_found_by_there_being_none(region: Region, tmp_path: Path) -> None:
    stops = region.whole("haltestellen")
    far = region.plan("wohnhaus").union_all().centroid
    near = Point(region.layer("haltestellen").geometry.iloc[0])
    assert stops.distance(far) > 550
    asked = {"kind": "bebauungsplan", "use": "wohnen"}
    assert "V17" in region.check_shape(square(far, 50), tmp_path, **asked).reasons()
    assert "V17" not in region.check_shape(square(near, 50), tmp_path, **asked).reasons()
