"""Every plan of the folder `shared` is taken, or asked about rightly; XPlanGML says what it says.

Names, keys and hectares are those of the list that comes with the data.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pyproj import CRS

from gis.problem import Question, Refusal
from layers.reading.attachments import attachments
from layers.reading.document import recognised
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of
from service.plans.plan import Plan

# file, name, hectares, municipality's key, legal state
XPLAN = (
    ("xplan51_BP_Heideweg_Sallgast_BB.gml", '"Heideweg"', 11.33, "12062425", "in Kraft getreten"),
    ("xplan51_ohneBereich.gml", '"Heideweg"', 11.33, "12062425", "in Kraft getreten"),
    ("xplan52_BPlan001_Bereiche.zip", "BPlan001_5-2 Bereiche", 3.00, "02000000", "Satzung"),
    ("xplan54_BPlan002.gml", "BPlan002_5-4", 0.71, "02000000", "Satzung"),
    ("xplan60_BPlan001.zip", "BPlan001_6-0", 0.71, "02000000", "Satzung"),
    ("xplan60_BPlan004.zip", "BPlan004_6-0", 0.57, "02000000", "Satzung"),
    ("xplan60_LP-Test.zip", "LP-Test 60", 5295, "02000000", None),
    ("xplan60_SO_StErhVO_Hamm.gml", "StErhVO_Hamm_Testplan_60", 154.85, "020000000", None),
    ("xplan60_Bereich_1800_korrekt.gml", "BPlan_5-4", 0.01, "02000000", "Satzung"),
)
OTHER = {
    "xplan54_selfintersection_FEHLER.gml",
    "xplan60_Bereich_1800_groesser_FEHLER.gml",
    "xplan60_PolygonPatch_Ueberlappung_FEHLER.gml",
    "radroute_100_leipzig_hof.geojson",
    "nep_p636_delitzsch_eula_schematisch.geojson",
}


def taken(path: Path, *, crs: int = 25833, **said: Any) -> Plan:
    return read_plan(path, Intake(crs=CRS.from_epsg(crs), vocabulary=vocabulary_of(), **said))


def zone(file: str) -> int:
    return 25833 if "Sallgast" in file or "ohneBereich" in file or "1800" in file else 25832


@pytest.mark.parametrize(("file", "name", "hectares", "ags", "state"), XPLAN)
def test_an_xplan_gives_its_name_outline_and_facts(
    shared: Path, file: str, name: str, hectares: float, ags: str, state: str | None
) -> None:
    # In the file's own zone, as listed: in the next one areas are larger by some 0.2 %.
    plan = taken(shared / "plans" / "xplan" / file, crs=zone(file))
    rounded = 0.5 if hectares > 1000 else 0.005
    assert plan.geometry.footprint.area / 10_000 == pytest.approx(hectares, abs=rounded)
    assert plan.title == plan.facts["name"] == name
    assert plan.facts["municipalities"][0]["ags"] == ags
    assert plan.facts.get("state", {}).get("text") == state
    assert json.loads(json.dumps(plan.facts)) == plan.facts
    assert "\n" not in plan.facts["municipalities"][0]["name"]


def test_every_file_is_known_here(shared: Path) -> None:
    files = {p.name for p in (shared / "plans").rglob("*") if p.is_file() and p.suffix != ".gfs"}
    assert files == OTHER | {file for file, *_ in XPLAN}


@pytest.mark.parametrize("file", sorted(f for f in OTHER if "FEHLER" in f))
def test_files_that_break_rules_of_xplanung_keep_their_outline(shared: Path, file: str) -> None:
    plan = taken(shared / "plans" / "xplan" / file)
    assert plan.geometry.geometry_type == "area"
    assert plan.facts["type"] == "BP_Plan"


@pytest.mark.parametrize("file", sorted(f for f in OTHER if f.endswith(".geojson")))
def test_a_line_without_a_width_is_asked_about(shared: Path, file: str) -> None:
    path = shared / "plans" / file
    with pytest.raises(Question) as caught:
        taken(path)
    assert caught.value.code == "width-missing"
    assert taken(path, width_m=4.0).geometry.geometry_type == "route"


def test_what_other_programs_leave_beside_a_plan_is_no_plan(shared: Path) -> None:
    for path in sorted((shared / "plans" / "xplan").glob("*.gfs")):
        with pytest.raises(Refusal) as caught:
            taken(path)
        assert caught.value.code == "format-mismatch"


def test_documents_named_by_a_plan_lie_beside_it(shared: Path, tmp_path: Path) -> None:
    path = shared / "plans" / "xplan" / "xplan60_BPlan004.zip"
    facts = taken(path).facts
    found = {a.name: a.path for a in attachments(path, tmp_path)}
    assert {name: recognised(copy) for name, copy in found.items()} == {
        "BPlan004_6-0.pdf": "application/pdf",
        "BPlan004_6-0.pgw": "text/plain",
        "BPlan004_6-0.png": "image/png",
    }
    named = {r["address"]: r["kind"] for r in facts["references"]}
    assert named == {"BPlan004_6-0.pdf": "Verordnung", "BPlan004_6-0.png": "Rasterbild des Plans"}
    assert found["BPlan004_6-0.pdf"].stat().st_size == 67_450
