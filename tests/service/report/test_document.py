"""The report as a document: described by a schema, rounded, and the same bytes every time."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from shapely import MultiPoint

from layers.catalogue import read_catalogue
from layers.store import Store
from service.report import rounded
from service.report.document import resolved, schema
from service.report.language import Language
from tests.builders import (
    catalogue,
    check,
    geojson,
    layer,
    line,
    meets_schema,
    point,
    rectangle,
    rule,
    unmendable,
)

TOWNS = [
    (rectangle(-500, -500, 500, 500), {"ags": "14729010", "name": "West"}),
    (rectangle(500, -500, 1500, 500), {"ags": "14729020", "name": "Ost"}),
]
ROAD = {"abschnitt": "4741010", "von": 1.0, "bis": 2.0, "name": "S 38", "breite": 8.0}


def region(folder: Path) -> Path:
    """Write a catalogue with one layer for everything a report can say."""
    geojson(folder / "west.geojson", [rectangle(-500, -500, 600, 500)])
    linear = {"section": "abschnitt", "from": "von", "to": "bis"}
    layers = [
        layer(folder, "gemeinden", TOWNS, id="ags", name="name"),
        layer(folder, "nsg", [rectangle(100 / 3, -50, 200 / 3, 50)], accuracy_m=1,
              data_date="2026-01-31", note={"de": "schematisch"}, attribution="Amt"),
        layer(folder, "strassen", [(line((300, -500), (301, 500)), ROAD),
                                   (line((0, 15), (900, 15)), ROAD)],
              name="name", linear_reference=linear, half_width={"attribute": "breite"}),
        layer(folder, "denkmale", [point(700, 0), point(40, 1)], register="declaratory"),
        layer(folder, "halb", [rectangle(9000, 0, 9001, 1)],
              coverage={"path": "west.geojson"}),
        layer(folder, "fehlt", folder / "fehlt.gpkg"),
        layer(folder, "kaputt", [unmendable(0, 0)]),
        layer(folder, "neben", [rectangle(0, -2.005, 9, -2)]),
        layer(folder, "geheim", [point(1, 1)], visibility="restricted"),
    ]  # fmt: skip
    rules = [
        rule("N1", "nsg", effect="prohibition", text={"de": "Text", "en": "text"}),
        rule("N2", "nsg", {"within": 300}, only=["wohnen"]),
        rule("V1", "strassen", "crosses", offices=["UNB"], links=["https://example.org/a"]),
        rule("V2", "strassen", {"alongside": {"within": 20, "over": 50}}),
        rule("D1", "denkmale", offices=["UDB"], certainty="possible"),
        rule("H1", "halb", offices=["UNB"]), rule("F1", "fehlt"), rule("K1", "kaputt"),
        rule("B1", "neben"), rule("A1", None, **{"if": "hoehe_m > 5"}),
        rule("P1", "nsg", warns={"procedures": ["planfeststellung"], "text": "prüfen"}),
        rule("G1", "geheim", valid={"from": "2020-01-01"}),
    ]  # fmt: skip
    towns = {"layer": "gemeinden", "key": "ags", "name": "name"}
    return catalogue(folder, layers, rules, municipalities=towns, title="Probe")


def a_route(folder: Path) -> Path:
    return geojson(folder / "plan.geojson", [(line((0, 0), (1000, 0)), {"name": "Radweg"})])


OPTIONS = ("--kind", "radweg", "--width", "4", "--procedure", "planfeststellung", "--accuracy", "0")


def test_a_report_with_everything_in_it_meets_the_schema(tmp_path: Path) -> None:
    result = check(a_route(tmp_path), region(tmp_path), *OPTIONS)
    assert {f["outcome"] for f in result.document["findings"]} == {
        "affected", "borders", "not_covered", "failed",
    }  # fmt: skip
    assert all(result.document[name] for name in ("offices", "unresolved", "procedure_warnings"))
    assert result.status == 3
    assert not resolved(result.document)


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        (rectangle(0, 0, 50, 50), ("--kind", "bebauungsplan", "--use", "wohnen")),
        (MultiPoint([point(0, 0), point(300, 10)]), ("--kind", "windenergie")),
        (point(5, 5), ("--radius", "0")),
        (line((0, 0), (9, 9)), ("--width", "0", "--attribute", "hoehe_m=3")),
    ],
)
def test_every_kind_of_plan_meets_the_schema(
    tmp_path: Path, shape: Any, options: tuple[str, ...]
) -> None:
    plan = geojson(tmp_path / "plan.geojson", [shape])
    file = region(tmp_path)
    for audience in ("internal", "public", "office:UNB"):
        for language in ("de", "en"):
            check(plan, file, *options, "--audience", audience, "--lang", language)


def _objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        own = [node] if node.get("type") == "object" and "properties" in node else []
        return own + [o for value in node.values() for o in _objects(value)]
    return [o for value in node for o in _objects(value)] if isinstance(node, list) else []


def test_the_schema_allows_nothing_it_does_not_describe() -> None:
    jsonschema_rs.meta.validate(dict(schema()))
    found = _objects(schema())
    assert len(found) > 20
    for each in found:
        assert each["additionalProperties"] is False
        assert set(each["required"]) == set(each["properties"])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("surprise",), 1),
        (("plan", "title"), None),
        (("plan", "sha256"), "abc"),
        (("findings", 0, "outcome"), "fine"),
        (("findings", 0, "share_of_plan"), 1.2),
        (("findings", 0, "extra"), None),
        (("offices", 0, "reasons"), []),
        (("provenance", "rules"), None),
        (("unresolved", 0, "offices"), []),
    ],
)
def test_what_is_not_so_is_noticed(tmp_path: Path, path: tuple[Any, ...], value: Any) -> None:
    document = check(a_route(tmp_path), region(tmp_path), *OPTIONS).document
    at: Any = document
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    with pytest.raises(AssertionError):
        meets_schema(document)


def test_what_was_not_checked_cannot_be_clear(tmp_path: Path) -> None:
    document = check(a_route(tmp_path), region(tmp_path), *OPTIONS).document
    failed = next(f for f in document["findings"] if f["layer"] == "fehlt")
    failed.update(outcome="clear")
    with pytest.raises(AssertionError, match="findings"):
        meets_schema(document)


def test_figures_are_rounded_and_add_up(tmp_path: Path) -> None:
    result = check(a_route(tmp_path), region(tmp_path), *OPTIONS)
    nsg = result.finding("nsg")
    assert nsg["overlap_m2"] == 133.3333
    assert nsg["share_of_plan"] == 0.033333333
    assert nsg["length_m"] == 33.3333
    (stretch,) = nsg["stretches"]
    assert stretch == {"from_km": 0.0333333, "to_km": 0.0666667, "length_m": 33.3333}
    (crossing,) = result.finding("strassen")["objects"][0]["crossings"]
    assert crossing["angle_deg"] == 89.94
    assert crossing["km"] == 0.3005
    assert crossing["position"] == {
        "section": "4741010", "from_km": 1.5, "to_km": None, "side": "left",
    }  # fmt: skip
    beside = result.finding("strassen")["objects"][1]["alongside"]
    assert [(a["from_km"], a["within_m"]) for a in beside] == [(0, 20)]
    assert 0.9 <= beside[0]["to_km"] < 0.93  # it leaves the neighbourhood of the road's end
    assert beside[0]["position"]["side"] == "right"
    towns = result.document["plan"]["by_municipality"]
    assert [(t["name"], t["length_m"]) for t in towns] == [("West", 500), ("Ost", 500)]


def test_rounding_keeps_null_and_never_exceeds_all_of_it() -> None:
    assert rounded.metres(None) is None
    assert rounded.metres(1.00004999) == 1.0
    assert rounded.square_metres(0.00005001) == 0.0001
    assert rounded.share(None) is None
    assert rounded.share(1.0000000004) == 1.0
    assert rounded.share(1.1) == 1.0
    assert rounded.kilometres(1234.56789) == 1.2345679
    assert rounded.degrees(89.99999) == 90.0


def _written(folder: Path, name: str, seed: str) -> dict[str, bytes]:
    out = {form: folder / f"{name}.{form}" for form in ("json", "csv")}
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "check", "plan.geojson", "--catalogue",
         "catalogue.yaml", "--data", str(folder / f"data-{name}"), *OPTIONS,
         "--json", str(out["json"]), "--csv", str(out["csv"])],
        cwd=folder, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr.decode()
    return {**{form: path.read_bytes() for form, path in out.items()}, "printed": done.stdout}


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    a_route(tmp_path)
    region(tmp_path)
    assert _written(tmp_path, "a", "1") == _written(tmp_path, "b", "4711")


def test_the_order_of_objects_in_a_source_changes_nothing(tmp_path: Path) -> None:
    rows = [(rectangle(i, 0, i + 5, 10), {"nr": i}) for i in range(0, 60, 3)]
    documents = []
    for name, ordered in (("a", rows), ("b", rows[::-1])):
        folder = tmp_path / name
        folder.mkdir()
        file = catalogue(folder, [layer(folder, "nsg", ordered, id="nr")], [rule("R", "nsg")])
        plan = geojson(folder / "plan.geojson", [rectangle(0, 0, 40, 10)])
        documents.append(check(plan, file).document)
    assert documents[0] == documents[1]


def test_it_says_what_it_rests_on(tmp_path: Path) -> None:
    file = region(tmp_path)
    plan = a_route(tmp_path)
    found = check(plan, file, *OPTIONS).document["provenance"]
    read = read_catalogue(file)
    nsg = Store(plan.parent / "data" / "layers", read.crs).version(read.layer("nsg"))
    assert found["layers"]["nsg"] == nsg.sha256
    assert found["layers"]["fehlt"] is None
    assert found["catalogue"] == read.sha256
    assert found["rules"] == read.rules_sha256
    assert found["plan"] == check(plan, file, *OPTIONS).document["plan"]["sha256"]
    assert found["rules_as_of"] is not None  # one rule has a period


def test_offices_without_a_name_keep_their_code() -> None:
    assert Language("de", {}).name("XYZ") == "XYZ"
    assert Language("en", {})(None) is None


def test_a_coverage_nobody_knows_is_not_unlimited(tmp_path: Path) -> None:
    failed = check(a_route(tmp_path), region(tmp_path), *OPTIONS).finding("fehlt")
    assert (failed["coverage"], failed["uncovered_share"]) == ("unknown", None)
    assert failed["reason"]
