"""How far data can be trusted reaches the report, the table and the map; overdue data say so."""

import re
from pathlib import Path
from typing import Any

import pytest
import shapely

from layers.catalogue import read_catalogue
from layers.harvest.manners import Manners
from layers.refresh import refresh
from layers.store import Store
from service.report.trust import trust
from tests.builders import Checked, catalogue, check, geojson, layer, rectangle, rule
from tests.upstream import arcgis

QUICK = Manners(connect=1, attempts=1, per_second=1_000)
QUALITY = {"scale": 25000, "completeness": {"de": "ohne Ortslagen", "en": "no villages"},
           "next_refresh": "2026-12-31"}  # fmt: skip
LATE = "Die Daten sind vom 31.01.2026 und wären bis zum 02.03.2026 zu erneuern gewesen."


def region(folder: Path, **more: Any) -> Path:
    said = {"data_date": "2026-01-31", "refresh_days": 30, "quality": QUALITY, "accuracy_m": 2.5}
    nsg = layer(folder, "nsg", [rectangle(0, 0, 9, 9)], **{**said, **more})
    return catalogue(folder, [nsg, layer(folder, "lsg", [rectangle(900, 0, 909, 9)])],
                     [rule("N1", "nsg")])  # fmt: skip


def checked(folder: Path, on: str, *options: str, **more: Any) -> Checked:
    plan = geojson(folder / "plan.geojson", [rectangle(0, 0, 100, 100)])
    return check(plan, region(folder, **more), "--as-of", on, *options)


def test_the_quality_is_in_the_report(tmp_path: Path) -> None:
    finding = checked(tmp_path, "2026-03-02").finding("nsg")
    assert finding["quality"] == {
        "scale": 25000, "completeness": "ohne Ortslagen", "next_refresh": "2026-12-31",
        "refresh_days": 30,
    }  # fmt: skip
    assert finding["overdue"] is None
    assert finding["data_date"] == "2026-01-31"


def test_data_older_than_promised_say_so_on_the_day_that_is_given(tmp_path: Path) -> None:
    on_time, late = checked(tmp_path, "2026-03-02"), checked(tmp_path, "2026-03-03")
    assert on_time.finding("nsg")["overdue"] is None
    assert late.finding("nsg")["overdue"] == LATE
    assert late.finding("nsg")["outcome"] == "affected"
    assert late.finding("lsg")["overdue"] is None
    assert late.document["provenance"]["rules_as_of"] == "2026-03-03"


def test_without_an_interval_the_day_changes_nothing(tmp_path: Path) -> None:
    reports = []
    for day in ("2026-03-02", "2036-03-02"):
        plan = geojson(tmp_path / "plan.geojson", [rectangle(0, 0, 100, 100)])
        nsg = catalogue(tmp_path, {"nsg": [rectangle(0, 0, 9, 9)]})
        reports.append(check(plan, nsg, "--as-of", day).document)
    assert reports[0] == reports[1]
    assert reports[0]["provenance"]["rules_as_of"] is None


def test_table_map_and_console_say_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, table = tmp_path / "a.html", tmp_path / "a.csv"
    checked(tmp_path, "2026-03-03", "--map", str(page), "--csv", str(table))
    assert f"Überfällige Daten: Schicht nsg: {LATE}" in capsys.readouterr().out
    assert LATE in table.read_text(encoding="utf-8")
    shown = page.read_text(encoding="utf-8")
    assert f"1 : 25.000; ± 2,5 m; ohne Ortslagen; nächste Fortführung 31.12.2026; {LATE}" in shown


def test_trust_says_only_what_was_said() -> None:
    nothing = {"scale": None, "completeness": None, "next_refresh": None}
    finding = {"quality": nothing, "accuracy_m": 0.0, "overdue": None}
    assert trust(finding, lambda text: text.de) == ""
    finding = {"quality": {**nothing, "scale": 100_000}, "accuracy_m": 0.03, "overdue": None}
    assert trust(finding, lambda text: text.de) == "1 : 100.000; ± 0,03 m"
    assert trust(finding, lambda text: text.en) == "1 : 100,000; ± 0.03 m"


def test_published_data_age_from_the_day_they_were_last_found_to_be_true(tmp_path: Path) -> None:
    """And say so when the source has failed since; the version in force stays."""
    plan = geojson(tmp_path / "plan.geojson", [shapely.box(320_010, 5_660_010, 320_070, 5_660_070)])
    with arcgis.arcgis(20) as server:
        url = f"{server.url}/arcgis/rest/services/probe/FeatureServer"
        source = {"type": "arcgis", "url": url, "layer": 0}
        nsg = {"code": "nsg", "title": "N", "keeper": "AMT", "source": source, "refresh_days": 30}
        path = catalogue(tmp_path, [nsg], [rule("N1", "nsg")])
        read = read_catalogue(path)
        store = Store(tmp_path / "data" / "layers", read.crs)
        assert refresh(store, read.layers[0], who="a", manners=QUICK).event == "published"
        now = check(plan, path).finding("nsg")
        later = check(plan, path, "--as-of", "2099-01-01").finding("nsg")
    assert now["overdue"] is None
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", now["data_date"])
    assert "zu erneuern gewesen" in later["overdue"]
    # Nobody answers any more.
    assert refresh(store, read.layers[0], who="a", manners=QUICK).event == "refused"
    failing = check(plan, path).finding("nsg")
    assert failing["outcome"] == now["outcome"] == "affected"
    assert failing["version"] == now["version"]
    assert "scheitert die Erneuerung: Die Quelle ist nicht erreichbar" in failing["overdue"]
