"""Themes without data: open until somebody has looked, then what they found, with name and day."""

import json
from pathlib import Path
from typing import Any

import geopandas
import pytest

from layers.answers import Answer, record
from service.cli import main
from tests.builders import Checked, catalogue, check, geojson, layer, line, rectangle, rule

VIEWER = "https://karte.example.org/kampfmittel"
MANUAL = {"type": "manual", "viewer": VIEWER}


def entry(code: str = "kampfmittel", **more: Any) -> dict[str, Any]:
    return {"code": code, "title": "Kampfmittel", "keeper": "UNB", "source": MANUAL, **more}


def region(folder: Path, *rules: Any, **more: Any) -> Path:
    return catalogue(folder, [entry(**more)], rules or [rule("K1", "kampfmittel")])


def plan(folder: Path, size: float = 100) -> Path:
    return geojson(folder / f"plan{size:g}.geojson", [rectangle(0, 0, size, size)])


def answered(folder: Path, outcome: str, *about: str, **more: str) -> int:
    said = {"by": "Stadt Böhlen", "basis": "Auskunft 12", "on": "2026-06-01", **more}
    options = [text for key, value in said.items() for text in (f"--{key}", value)]
    where = ["--catalogue", str(folder / "catalogue.yaml"), "--data", str(folder / "data")]
    return main(["layers", "answer", "kampfmittel", *about, "--outcome", outcome, *options, *where])


def seen(folder: Path, of: Path, *options: str) -> Checked:
    return check(of, folder / "catalogue.yaml", *(options or ("--as-of", "2026-06-15")))


def test_without_an_answer_it_is_a_task_of_its_keeper(tmp_path: Path) -> None:
    region(tmp_path)
    result = seen(tmp_path, plan(tmp_path))
    finding = result.finding("kampfmittel")
    assert finding["outcome"] == "not_covered"
    assert finding["coverage"] == "manual"
    assert finding["uncovered_share"] == 1
    assert finding["reason"] == f"von Hand zu prüfen: {VIEWER}"
    assert finding["by_hand"] is None
    assert result.status == 3
    assert result.open()["kampfmittel"]["offices"] == ["UNB", "AMT"]  # the keeper first
    assert result.offices() == []
    assert result.cleared() == []


def test_even_where_no_rule_asks(tmp_path: Path) -> None:
    catalogue(tmp_path, [entry()])
    result = seen(tmp_path, plan(tmp_path))
    assert result.open()["kampfmittel"]["offices"] == ["UNB"]


def test_how_to_inquire_is_said(tmp_path: Path) -> None:
    how = {"de": "Anfrage an die Stadt", "en": "ask the town"}
    region(tmp_path, source={**MANUAL, "inquiry": how})
    reason = seen(tmp_path, plan(tmp_path), "--lang", "en").finding("kampfmittel")["reason"]
    assert reason == f"to be checked by hand: {VIEWER} (ask the town)"


def test_a_yes_involves_the_offices_and_says_who_said_so(tmp_path: Path) -> None:
    region(tmp_path)
    of = plan(tmp_path)
    assert answered(tmp_path, "affected", "--plan", str(of)) == 0
    result = seen(tmp_path, of)
    finding = result.finding("kampfmittel")
    assert finding["outcome"] == "affected"
    assert finding["by_hand"] == {
        "by": "Stadt Böhlen", "on": "2026-06-01", "basis": "Auskunft 12", "until": None,
        "standing": False,
    }  # fmt: skip
    assert result.status == 0
    reason = result.reasons()["K1"]
    assert reason["certainty"] == "certain"
    assert reason["because"] == (
        "Beteiligt, weil „Kampfmittel“ nach Prüfung von Hand betroffen ist "
        "(Stadt Böhlen, 01.06.2026: Auskunft 12)."
    )


def test_a_no_clears_them(tmp_path: Path) -> None:
    region(tmp_path)
    of = plan(tmp_path)
    answered(tmp_path, "clear", "--plan", str(of))
    result = seen(tmp_path, of)
    assert result.finding("kampfmittel")["outcome"] == "clear"
    assert result.cleared() == ["AMT"]
    assert result.status == 0


def test_it_is_bound_to_the_plan(tmp_path: Path) -> None:
    region(tmp_path)
    answered(tmp_path, "clear", "--plan", str(plan(tmp_path)))
    other = plan(tmp_path, 101)
    assert seen(tmp_path, other).finding("kampfmittel")["outcome"] == "not_covered"


def test_by_the_hash_that_the_report_shows(tmp_path: Path) -> None:
    region(tmp_path)
    of = plan(tmp_path)
    digest = seen(tmp_path, of).document["plan"]["sha256"]
    assert answered(tmp_path, "clear", "--sha256", digest) == 0
    assert seen(tmp_path, of).finding("kampfmittel")["outcome"] == "clear"


def test_a_standing_reason_holds_for_every_plan_until_its_day(tmp_path: Path) -> None:
    region(tmp_path)
    answered(tmp_path, "clear", "--standing", until="2026-06-30")
    for size in (100, 101):
        finding = seen(tmp_path, plan(tmp_path, size)).finding("kampfmittel")
        assert finding["outcome"] == "clear"
        assert finding["by_hand"]["standing"] is True
    last = seen(tmp_path, plan(tmp_path), "--as-of", "2026-06-30")
    after = seen(tmp_path, plan(tmp_path), "--as-of", "2026-07-01")
    assert last.finding("kampfmittel")["outcome"] == "clear"
    assert after.finding("kampfmittel")["outcome"] == "not_covered"
    assert after.document["provenance"]["rules_as_of"] == "2026-07-01"


@pytest.mark.parametrize(
    ("when", "more"),
    [
        ({"within": 40, "beyond": 20}, {}),
        ({"overlaps": {"min_m2": 500}}, {}),
        ("crosses", {}),
        ("outside", {}),
        ("overlaps", {"where": "art = 'a'"}),
    ],
)
def test_a_yes_without_figures_does_not_settle_rules_that_ask_for_some(
    tmp_path: Path, when: Any, more: dict[str, Any]
) -> None:
    region(tmp_path, rule("K1", "kampfmittel", when, **more))
    of = plan(tmp_path)
    answered(tmp_path, "affected", "--plan", str(of))
    result = seen(tmp_path, of)
    assert result.reasons()["K1"]["certainty"] == "possible"
    assert result.status == 3
    answered(tmp_path, "clear", "--plan", str(of))
    assert seen(tmp_path, of).cleared() == ["AMT"]


def test_a_plain_distance_is_settled(tmp_path: Path) -> None:
    region(tmp_path, rule("K1", "kampfmittel", {"within": 40}))
    of = plan(tmp_path)
    answered(tmp_path, "affected", "--plan", str(of))
    assert seen(tmp_path, of).reasons()["K1"]["certainty"] == "certain"


def test_as_a_context_it_is_unknown_whatever_was_answered(tmp_path: Path) -> None:
    context = {"layer": "kampfmittel", "holds": "inside"}
    catalogue(tmp_path, [entry(), layer(tmp_path, "weg", [line((-9, 5), (200, 5))])],
              [rule("V1", "weg", context=context)])  # fmt: skip
    of = plan(tmp_path)
    answered(tmp_path, "clear", "--plan", str(of))
    assert seen(tmp_path, of).reasons()["V1"]["certainty"] == "possible"


def test_answers_that_cannot_be_read_fail_and_clear_nothing(tmp_path: Path) -> None:
    region(tmp_path)
    of = plan(tmp_path)
    answered(tmp_path, "clear", "--plan", str(of))
    (file,) = (tmp_path / "data").rglob("kampfmittel.json")
    file.write_text(file.read_text()[:-9])
    result = seen(tmp_path, of)
    assert result.finding("kampfmittel")["outcome"] == "failed"
    assert "nicht lesbar" in result.finding("kampfmittel")["reason"]
    assert result.cleared() == []


def test_of_a_restricted_theme_outsiders_learn_nothing(tmp_path: Path) -> None:
    region(tmp_path, visibility="restricted")
    of = plan(tmp_path)
    reports = []
    for outcome in ("affected", "clear"):
        answered(tmp_path, outcome, "--plan", str(of))
        told = seen(tmp_path, of, "--as-of", "2026-06-15", "--audience", "public")
        reports.append(json.dumps(told.document, sort_keys=True))
    assert reports[0] == reports[1]
    assert "Böhlen" not in reports[0]
    (file,) = (tmp_path / "data").rglob("kampfmittel.json")
    assert "restricted" in file.parts


def test_map_table_and_console_say_who_has_looked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    region(tmp_path)
    of = plan(tmp_path)
    answered(tmp_path, "clear", "--plan", str(of))
    capsys.readouterr()
    written = [tmp_path / "a.html", tmp_path / "a.csv"]
    seen(tmp_path, of, "--as-of", "2026-06-15", "--map", str(written[0]), "--csv", str(written[1]))
    told = "von Hand geprüft: Stadt Böhlen, 01.06.2026: Auskunft 12"
    assert told in capsys.readouterr().out
    for file in written:
        assert told in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("about", "more", "said"),
    [
        (["--standing"], {}, "--standing needs --until"),
        (["--sha256", "abc"], {}, "--sha256: 64 hexadecimal digits"),
        (["--plan", "nowhere.geojson"], {}, "nowhere.geojson cannot be read"),
        (["--standing"], {"until": "2026-05-31"}, "--until lies before the day of the answer"),
        (["--standing"], {"until": "bald"}, "--until bald: write it as 2026-01-31"),
        (["--standing"], {"until": "2026-07-01", "by": " "}, "--by must not be empty"),
        (["--standing"], {"until": "2026-07-01", "basis": ""}, "--basis must not be empty"),
    ],
)
def test_an_answer_that_says_too_little(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    about: list[str],
    more: dict[str, str],
    said: str,
) -> None:
    region(tmp_path)
    assert answered(tmp_path, "clear", *about, **more) == 64
    assert said in capsys.readouterr().err
    assert not list(tmp_path.rglob("kampfmittel.json"))


def test_only_themes_without_data_are_answered_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue(tmp_path, {"kampfmittel": [rectangle(0, 0, 1, 1)]})
    assert answered(tmp_path, "clear", "--standing", until="2026-07-01") == 64
    assert "only layers of the type manual" in capsys.readouterr().err


def test_it_can_be_read_by_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = region(tmp_path)
    where = ["--catalogue", str(file), "--data", str(tmp_path / "data"), "--json"]
    said = ["--outcome", "clear", "--by", "a", "--basis", "b", "--until", "2099-01-01"]
    assert main(["layers", "answer", "kampfmittel", "--standing", *said, *where]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["layer"], answer["outcome"], answer["plan"]) == ("kampfmittel", "clear", None)


def test_recorded_without_the_command_it_counts_as_well(tmp_path: Path) -> None:
    region(tmp_path)
    of = plan(tmp_path)
    digest = seen(tmp_path, of).document["plan"]["sha256"]
    answer = Answer("affected", "OA", "2026-06-01", "Karte", plan=digest)
    record(tmp_path / "data" / "layers", "kampfmittel", answer)
    assert seen(tmp_path, of).offices() == ["AMT"]


def test_a_yes_can_be_drawn_although_it_has_no_objects(tmp_path: Path) -> None:
    region(tmp_path)
    of = plan(tmp_path)
    answered(tmp_path, "affected", "--plan", str(of))
    written = [tmp_path / "a.html", tmp_path / "a.gpkg", tmp_path / "a.csv"]
    options = [text for file in written for text in (f"--{file.suffix[1:]}", str(file))]
    options[0] = "--map"
    assert seen(tmp_path, of, "--as-of", "2026-06-15", *options).status == 0
    page = written[0].read_text(encoding="utf-8")
    assert "betroffen (von Hand geprüft)" in page
    assert "nach Prüfung von Hand betroffen ist" in page
    told = geopandas.read_file(written[1], layer="findings").to_dict("records")
    assert [row["outcome"] for row in told] == ["affected"]
    assert "Stadt Böhlen" in told[0]["reason"]


def test_the_report_is_the_same_every_time(tmp_path: Path) -> None:
    region(tmp_path)
    of = plan(tmp_path)
    answered(tmp_path, "affected", "--plan", str(of), until="2026-12-31")
    days = ("2026-06-15", "2026-06-15", "2026-06-16")
    reports = [seen(tmp_path, of, "--as-of", day).document for day in days]
    assert json.dumps(reports[0]) == json.dumps(reports[1])
    assert reports[2]["findings"] == reports[0]["findings"]
