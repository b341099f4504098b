"""Real plans against real layers: every figure of the report agrees with one computed by geopandas.

Needs the folder `shared` beside the checkout and is skipped, visibly, where it is missing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
import yaml
from pyproj import CRS, Transformer

from gis.problem import Problem
from layers.catalogue import Catalogue, read_catalogue
from layers.reading.ogr import engine
from layers.store import Store
from service.cli import main
from service.plans.intake import Intake
from service.plans.kinds import vocabulary_of
from service.review import area_of_competence, review
from tests.acceptance import measured, sources
from tests.acceptance.measured import Comparison, Ground
from tests.acceptance.sources import Theme

HERE = Path(__file__).parent
DAY = date(2026, 1, 31)
PV_PLANS = 25
READABLE = (
    "xplan51_BP_Heideweg_Sallgast_BB.gml",
    "xplan51_ohneBereich.gml",
    "xplan52_BPlan001_Bereiche.zip",
    "xplan54_BPlan002.gml",
    "xplan60_BPlan001.zip",
    "xplan60_BPlan004.zip",
    "xplan60_Bereich_1800_korrekt.gml",
    "xplan60_LP-Test.zip",
    "xplan60_SO_StErhVO_Hamm.gml",
)


FAULTY = (
    "xplan54_selfintersection_FEHLER.gml",
    "xplan60_Bereich_1800_groesser_FEHLER.gml",
    "xplan60_PolygonPatch_Ueberlappung_FEHLER.gml",
)


@dataclass(frozen=True)
class Bench:
    """Two catalogues of the same layers, with and without an area of competence, and the plans."""

    shared: Path
    built: Path
    catalogue: Catalogue
    boundless: Catalogue
    store: Store
    district: shapely.Geometry
    plans: geopandas.GeoDataFrame
    accuracy: tuple[tuple[str, float], ...]

    def check(self, path: Path, *, boundless: bool = False, **said: Any) -> dict[str, Any]:
        """Return the report on the plan at `path`, through the same call as the command line's."""
        catalogue = self.boundless if boundless else self.catalogue
        intake = Intake(
            crs=catalogue.crs,
            vocabulary=vocabulary_of(catalogue.kinds),
            area=area_of_competence(catalogue, self.store),
            beside_m=catalogue.beside_m,
            **said,
        )
        return review(path, intake, catalogue, self.store, on=DAY).document

    def themes(self, catalogue: Catalogue) -> tuple[Theme, ...]:
        """Return the layers, read a second time by geopandas."""
        return sources.themes(catalogue.path, self.accuracy)

    def towns(self) -> Theme:
        """Return the municipalities, read a second time."""
        return next(t for t in self.themes(self.catalogue) if t.code == "gemeinden")

    def pv_plan(self, number: int) -> Path:
        """Write one of the PV areas to a file of its own and return its path."""
        path = self.built / f"pv-{number}.gpkg"
        if not path.exists():
            self.plans.iloc[[number]].to_file(path, driver="GPKG")
        return path


@pytest.fixture(scope="session")
def bench(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    engine()  # before geopandas opens a file, so that GDAL has the drivers it has in earnest
    built = tmp_path_factory.mktemp("real")
    districts = geopandas.read_file(shared / "data" / "kreise_geosn_2025.gpkg")
    district = districts[districts.SCHLUESSEL == "14729"]
    district.to_file(built / "landkreis.gpkg", driver="GPKG")
    # Everything beside Saxony's boundaries was cut out with the district and 10 km around it.
    around = district.assign(geometry=district.buffer(10_000))
    around.to_file(built / "umland.gpkg", driver="GPKG")
    catalogue = _catalogue(shared, built, "real.yaml", bounded=True)
    plans = geopandas.read_file(shared / "data" / "pv_freiflaechen_ufz_2015.gpkg")
    outline = district.geometry.iloc[0]
    inside = plans.to_crs(25833).intersects(outline).to_numpy()
    store = Store(built / "layers", catalogue.crs)
    versions = {la.code: store.version(la) for la in catalogue.layers}
    accuracy = tuple((code, v.transformation_accuracy_m) for code, v in versions.items())
    return Bench(
        shared,
        built,
        catalogue,
        _catalogue(shared, built, "boundless.yaml", bounded=False),
        store,
        outline,
        plans[inside].reset_index(drop=True),
        accuracy,
    )


@pytest.fixture(scope="session")
def outlines(bench: Bench) -> dict[str, shapely.Geometry]:
    folder = bench.shared / "plans" / "xplan"
    return sources.xplan_outlines([folder / name for name in READABLE + FAULTY], bench.built)


def _catalogue(shared: Path, built: Path, name: str, *, bounded: bool) -> Catalogue:
    text = (HERE / "real.yaml").read_text(encoding="utf-8")
    content = yaml.safe_load(
        text.replace("{shared}", shared.as_posix()).replace("{built}", built.as_posix())
    )
    if not bounded:  # then a layer that names no coverage would count as being known everywhere
        area = content.pop("area")["path"]
        for layer in content["layers"]:
            layer.setdefault("coverage", {"path": area})
    path = built / name
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return read_catalogue(path)


def _compared(bench: Bench, document: Mapping[str, Any], ground: Ground) -> Comparison:
    """Hold a whole report against the figures computed with geopandas; return all comparisons."""
    split = dict(measured.by_town(ground, bench.towns()))
    bounded = document["provenance"]["catalogue"] == bench.catalogue.sha256
    themes = bench.themes(bench.catalogue if bounded else bench.boundless)
    whole = measured.compare_plan(document["plan"], ground, split)
    whole.wrong = [f"plan: {text}" for text in whole.wrong]
    assert [f["layer"] for f in document["findings"]] == [t.code for t in themes]
    for finding, theme in zip(document["findings"], themes, strict=True):
        seen = measured.compare(finding, ground, theme, split)
        whole.count += seen.count
        whole.worst = max(whole.worst, seen.worst)
        whole.wrong += [f"{theme.code}: {text}" for text in seen.wrong]
    return whole


def _outcomes(document: Mapping[str, Any]) -> dict[str, str]:
    return {f["layer"]: f["outcome"] for f in document["findings"]}


def _open(document: Mapping[str, Any]) -> set[str]:
    return {u["layer"] for u in document["unresolved"]}


def test_as_many_pv_areas_as_stated_meet_the_district(bench: Bench) -> None:
    assert len(bench.plans) == PV_PLANS
    assert not any(code == "failed" for code in _outcomes(bench.check(bench.pv_plan(0))).values())


@pytest.mark.parametrize("number", range(PV_PLANS))
def test_a_pv_area_gives_the_figures_of_geopandas(bench: Bench, number: int) -> None:
    document = bench.check(bench.pv_plan(number), kind="pv_freiflaeche")
    shape = bench.plans.to_crs(25833).geometry.iloc[number]
    seen = _compared(bench, document, Ground(shape))
    assert seen.wrong == []
    assert seen.count > 150
    itself = next(f for f in document["findings"] if f["layer"] == "pv_bestand")
    assert itself["share_of_plan"] == pytest.approx(1.0, abs=1e-9)


def test_the_cycle_route_gives_the_figures_of_geopandas(bench: Bench) -> None:
    path = bench.shared / "plans" / "radroute_100_leipzig_hof.geojson"
    document = bench.check(path, kind="radweg", width_m=4.0, accept=frozenset({"outside-area"}))
    axis = sources.read(path).geometry.iloc[0]
    ground = measured.corridor(axis, 4.0)
    seen = _compared(bench, document, ground)
    assert seen.wrong == []
    assert seen.count > 500
    plan = document["plan"]
    assert plan["length_m"] == pytest.approx(183_700, rel=0.01)
    assert [n["code"] for n in plan["notices"]] == ["z-dropped"]
    # 32 of its 184 km lie in the district; layers that know nothing beyond it say so.
    inside = sum(m["length_m"] for m in plan["by_municipality"] if m["key"].startswith("14729"))
    assert inside == pytest.approx(axis.intersection(bench.district).length, rel=0.01)
    for finding in document["findings"]:
        if finding["layer"] not in ("kreise", "postleitzahlen"):
            assert 0.5 < finding["uncovered_share"] < 1, finding["layer"]
            assert finding["layer"] in _open(document)
            assert finding["outcome"] != "clear"


def test_a_line_across_the_border_is_checked_whole(bench: Bench) -> None:
    path = bench.shared / "plans" / "nep_p636_delitzsch_eula_schematisch.geojson"
    document = bench.check(path, kind="leitung", width_m=60.0)
    axis = sources.read(path).geometry.iloc[0]
    seen = _compared(bench, document, measured.corridor(axis, 60.0))
    assert seen.wrong == []
    findings = {f["layer"]: f for f in document["findings"]}
    assert document["plan"]["length_m"] > 40_000
    outside = 1 - axis.intersection(bench.district).length / axis.length
    assert findings["naturdenkmale"]["coverage"] == "assumed"
    assert findings["naturdenkmale"]["uncovered_share"] == pytest.approx(outside, rel=0.01)
    assert {"naturdenkmale", "kohrener_land", "hochspannung"} <= _open(document)
    assert len(document["plan"]["municipalities"]) > 3
    # Both sides of the border have figures of their own.
    keys = {key[:5] for key in document["plan"]["municipalities"]}
    assert {"14729", "14713"} <= keys


@pytest.mark.parametrize("name", READABLE)
def test_an_xplan_outline_gives_the_figures_of_geopandas(
    bench: Bench, outlines: dict[str, shapely.Geometry], name: str
) -> None:
    path = bench.shared / "plans" / "xplan" / name
    document = bench.check(path, boundless=True)
    seen = _compared(bench, document, Ground(outlines[name]))
    assert seen.wrong == []
    # Brandenburg and Hamburg: no layer has data there, and none of them says that all is clear.
    assert set(_outcomes(document).values()) == {"not_covered"}
    assert document["not_affected"] == []
    assert _open(document) >= {f["layer"] for f in document["findings"]}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_xplan_file_is_never_taken_for_something_else(
    bench: Bench, outlines: dict[str, shapely.Geometry], name: str
) -> None:
    """XPlanung's rules are broken in other objects than the outline, or by less than a micrometre:
    the outline is right, and what is measured is that outline and nothing else.
    """
    path = bench.shared / "plans" / "xplan" / name
    with pytest.raises(Problem) as far_off:
        bench.check(path)
    assert far_off.value.code == "outside-area"
    document = bench.check(path, boundless=True)
    assert _compared(bench, document, Ground(outlines[name])).wrong == []
    assert set(_outcomes(document).values()) == {"not_covered"}


def test_old_gauss_krueger_widens_the_tolerance(bench: Bench) -> None:
    document = bench.check(bench.pv_plan(0))
    finding = next(f for f in document["findings"] if f["layer"] == "gemeinden_alt")
    cost = dict(bench.accuracy)["gemeinden_alt"]
    assert 1 <= cost <= 3
    assert any(f"√(1² + {cost:g}² + 0²)" in step for step in finding["steps"])
    assert dict(bench.accuracy)["gemeinden"] == dict(bench.accuracy)["pv_bestand"] == 0


@pytest.mark.parametrize("code", [4326, 3035, 25832])
def test_the_way_into_the_working_crs_is_a_null_transformation(code: int) -> None:
    """The second computation rests on it: both must use the same one."""
    way = Transformer.from_crs(code, 25833, always_xy=True)
    geodetic = CRS.from_epsg(code).geodetic_crs
    assert geodetic is not None
    lon, lat = Transformer.from_crs(geodetic, 4258, always_xy=True).transform(12.5, 51.2)
    assert (lon, lat) == (12.5, 51.2)
    assert "Ballpark" not in way.description


def test_the_command_line_says_how_a_check_ended(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    common = ["--catalogue", str(bench.catalogue.path), "--data", str(bench.built), "--json",
              str(report)]  # fmt: skip

    def told(path: Path, *options: str) -> tuple[int, Any]:
        status = main(["check", str(path), *common, *options])
        return status, json.loads(report.read_text(encoding="utf-8"))

    pv = ("--kind", "pv_freiflaeche")
    assert told(bench.pv_plan(0), *pv) == (0, bench.check(bench.pv_plan(0), kind=pv[1]))
    across = next(i for i in range(PV_PLANS) if not bench.district.covers(
        bench.plans.to_crs(25833).geometry.iloc[i]))  # fmt: skip
    status, document = told(bench.pv_plan(across), *pv)
    assert (status, _open(document)) == (3, {"naturdenkmale", "kohrener_land"})
    plans = bench.shared / "plans"
    status, problem = told(plans / "radroute_100_leipzig_hof.geojson", "--kind", "radweg")
    assert (status, problem["code"]) == (2, "width-missing")
    status, problem = told(plans / "xplan" / READABLE[0])
    assert (status, problem["code"]) == (2, "outside-area")
    assert main(["catalogue", "validate", str(bench.catalogue.path)]) == 0
    assert main(["catalogue", "validate", str(plans / "radroute_100_leipzig_hof.geojson")]) == 4
    assert "17 layers" in capsys.readouterr().out
