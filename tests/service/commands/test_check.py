"""`belang check` as people call it: exit statuses, questions with whole commands, files."""

import csv
import errno
import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from shapely import Polygon

from service.cli import main
from tests.builders import (
    Rows,
    catalogue,
    geojson,
    geopackage,
    layer,
    line,
    rectangle,
    rule,
)

PLAN = rectangle(0, 0, 100, 100)
HIT = [rectangle(10, 10, 20, 20)]
FAR = [rectangle(400, 0, 410, 10)]
Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELANG_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("BELANG_DEBUG", raising=False)


def region(folder: Path, rows: Rows | Path = FAR, **more: Any) -> Path:
    return catalogue(folder, {"nsg": rows}, [rule("N1", "nsg", offices=["UNB"])], **more)


def called(folder: Path, *options: str, plan: Path | None = None) -> int:
    """Call `belang check`; plan and catalogue are made unless they are there."""
    if plan is None:
        plan = geojson(folder / "plan.geojson", [PLAN])
    file = folder / "catalogue.yaml"
    if not file.exists():
        region(folder)
    return main(["check", str(plan), "--catalogue", str(file), *options])


# --- exit statuses -------------------------------------------------------------------------


def test_all_resolved_is_0_and_something_open_is_3(tmp_path: Path, capsys: Printed) -> None:
    assert called(tmp_path) == 0
    assert "Kein Anhaltspunkt nach vorliegenden Daten" in capsys.readouterr().out
    region(tmp_path, tmp_path / "nirgends.gpkg")
    assert called(tmp_path) == 3
    assert "nicht prüfbar" in capsys.readouterr().out


def test_a_full_disk_is_no_bug_and_no_fault_of_the_plan(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    for step in ("service.plans.handing.TemporaryDirectory", "service.commands.check.run"):
        with monkeypatch.context() as patched:
            patched.setattr(step, full)
            assert called(tmp_path) == 2
        said = capsys.readouterr().err
        assert "[storage-full]" in said
        assert "Bitte Platz schaffen" in said


def test_the_disclaimer_is_always_printed(tmp_path: Path, capsys: Printed) -> None:
    called(tmp_path)
    assert "Unverbindliche Vorprüfung, keine Zusicherung (§ 38 VwVfG)" in capsys.readouterr().out
    called(tmp_path, "--lang", "en")
    printed = capsys.readouterr().out
    assert "Non-binding" in printed
    assert "nicht betroffen" not in printed


@pytest.mark.parametrize(
    "options",
    [
        ("--kind", "zeppelin"), ("--use", "luftfahrt"), ("--procedure", "par99"),
        ("--attribute", "hoehe_m"), ("--attribute", "=3"), ("--audience", "alle"),
        ("--audience", "office:NIEMAND"), ("--as-of", "gestern"), ("--width", "-1"),
        ("--width", "nan"), ("--radius", "1e9"), ("--accuracy", "-0.1"), ("--width", "breit"),
        ("--lang", "fr"), ("--unsinn",), ("--wid", "3"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_64_in_one_line(
    tmp_path: Path, capsys: Printed, options: tuple[str, ...]
) -> None:
    try:
        status: Any = called(tmp_path, *options)
    except SystemExit as end:
        status = end.code
    assert status == 64
    assert options[0] in capsys.readouterr().err


def test_no_command_is_64_and_version_is_0(capsys: Printed) -> None:
    assert main([]) == 64
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("belang ")


def test_an_invalid_catalogue_is_4_with_file_and_line(tmp_path: Path, capsys: Printed) -> None:
    region(tmp_path)
    text = (tmp_path / "catalogue.yaml").read_text(encoding="utf-8")
    (tmp_path / "catalogue.yaml").write_text(text + "farbe: rot\n", encoding="utf-8")
    assert called(tmp_path) == 4
    line_number = len(text.splitlines()) + 1
    assert f"catalogue.yaml:{line_number}: farbe" in capsys.readouterr().err


def test_a_rule_that_cannot_be_understood_is_4(tmp_path: Path, capsys: Printed) -> None:
    catalogue(tmp_path, {"nsg": FAR}, [rule("N1", "nsg", where="art =")])
    assert called(tmp_path) == 4
    assert "not CQL2" in capsys.readouterr().err


def test_an_area_of_competence_that_cannot_be_read_is_4(tmp_path: Path, capsys: Printed) -> None:
    region(tmp_path, area={"path": "kreis.gpkg"})
    assert called(tmp_path) == 4
    assert "kreis.gpkg" in capsys.readouterr().err


# --- refusals and questions ----------------------------------------------------------------


def test_a_refusal_is_one_sentence_with_its_code(tmp_path: Path, capsys: Printed) -> None:
    out = tmp_path / "out" / "problem.json"
    assert called(tmp_path, "--json", str(out), plan=tmp_path / "fehlt.geojson") == 2
    said = capsys.readouterr()
    assert said.err.strip().endswith("[file-missing]")
    assert len(said.err.strip().splitlines()) == 1
    assert "Traceback" not in said.err
    assert said.out == ""
    problem = json.loads(out.read_text(encoding="utf-8"))
    assert problem == {
        "type": "urn:belang:problem:file-missing",
        "title": "Die Planung kann so nicht geprüft werden",
        "status": 422,
        "detail": problem["detail"],
        "code": "file-missing",
    }
    assert "fehlt.geojson" in problem["detail"]


def proposals(err: str) -> list[list[str]]:
    """Return the commands that were printed, as a shell would split them."""
    return [shlex.split(each) for each in err.splitlines() if each.strip().startswith("belang ")]


def asked_and_answered(
    folder: Path, capsys: Printed, code: str, plan: Path, *options: str
) -> dict[str, Any]:
    """Call, expect a question, and run every proposal as printed; return the first report."""
    out = folder / "report.json"
    capsys.readouterr()
    assert called(folder, "--json", str(out), *options, plan=plan) == 2
    problem = json.loads(out.read_text(encoding="utf-8"))
    assert problem["code"] == code
    printed = proposals(capsys.readouterr().err)
    assert printed == [shlex.split(p["command"]) for p in problem["proposals"]]
    assert printed
    reports = []
    for command in printed:
        assert command[:2] == ["belang", "check"]
        assert main(command[1:]) in (0, 3), command
        reports.append(json.loads(out.read_text(encoding="utf-8")))
    assert all(r["plan"]["sha256"] == reports[0]["plan"]["sha256"] for r in reports)
    first: dict[str, Any] = reports[0]
    return first


DISTRICT = {"path": "kreis.geojson", "beside_m": 15_000}


def district(folder: Path) -> None:
    geojson(folder / "kreis.geojson", [rectangle(-5000, -5000, 5000, 5000)])
    region(folder, HIT, area=DISTRICT)


def test_a_missing_width_is_answered_by_the_printed_command(
    tmp_path: Path, capsys: Printed
) -> None:
    plan = geojson(tmp_path / "ein plan.geojson", [line((0, 0), (100, 0))])
    report = asked_and_answered(
        tmp_path, capsys, "width-missing", plan, "--kind", "radweg", "--title", "Weg & 'Steg'"
    )
    assert report["plan"]["width_m"] == 1
    assert report["plan"]["title"] == "Weg & 'Steg'"


def test_swapped_axes_are_answered_by_the_printed_command(tmp_path: Path, capsys: Printed) -> None:
    district(tmp_path)
    turned = Polygon([(y, x) for x, y in PLAN.exterior.coords])
    plan = geojson(tmp_path / "plan.geojson", [turned])
    report = asked_and_answered(tmp_path, capsys, "axis-swapped", plan)
    assert report["findings"][0]["outcome"] == "affected"


def test_a_wrong_label_is_answered_by_the_printed_command(tmp_path: Path, capsys: Printed) -> None:
    district(tmp_path)
    plan = geojson(tmp_path / "plan.geojson", [PLAN], crs="urn:ogc:def:crs:EPSG::4326")
    report = asked_and_answered(tmp_path, capsys, "crs-missing", plan, "--crs", "EPSG:4326")
    assert report["plan"]["source_crs"] == "EPSG:25833"
    assert report["findings"][0]["overlap_m2"] == pytest.approx(100)


def test_beside_the_district_is_answered_by_the_printed_command(
    tmp_path: Path, capsys: Printed
) -> None:
    district(tmp_path)
    plan = geojson(tmp_path / "plan.geojson", [rectangle(6000, 0, 6100, 100)])
    report = asked_and_answered(tmp_path, capsys, "outside-area", plan)
    assert report["findings"][0]["outcome"] == "not_covered"
    assert report["findings"][0]["coverage"] == "assumed"


def test_a_choice_of_layers_is_answered_by_the_printed_command(
    tmp_path: Path, capsys: Printed
) -> None:
    plan = geopackage(tmp_path / "plan.gpkg", [PLAN], layer="der Entwurf")
    geopackage(plan, HIT, layer="it's old")
    asked_and_answered(tmp_path, capsys, "layer-multiple", plan)


def test_a_double_dash_does_not_swallow_the_answer(tmp_path: Path, capsys: Printed) -> None:
    plan = geojson(tmp_path / "plan.geojson", [line((0, 0), (100, 0))])
    region(tmp_path)
    typed = ["check", "--kind", "radweg", "--catalogue", str(tmp_path / "catalogue.yaml"), "--"]
    assert main([*typed, str(plan)]) == 2
    command = proposals(capsys.readouterr().err)[0]
    assert main(command[1:]) == 0


def test_a_refusal_that_cannot_be_written_is_still_a_refusal(
    tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "datei").write_text("", encoding="utf-8")
    out = tmp_path / "datei" / "problem.json"
    assert called(tmp_path, "--json", str(out), plan=tmp_path / "fehlt.gml") == 2
    said = capsys.readouterr().err
    assert "[file-missing]" in said
    assert "cannot be written" in said


# --- files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "csv", "map", "gpkg"])
def test_a_place_that_cannot_be_written_is_64_in_words(
    tmp_path: Path, capsys: Printed, form: str
) -> None:
    (tmp_path / "datei").write_text("", encoding="utf-8")
    assert called(tmp_path, f"--{form}", str(tmp_path / "datei" / "out")) == 64
    said = capsys.readouterr().err
    assert "cannot be written" in said or "npm" in said
    assert "Traceback" not in said


def test_a_folder_is_no_file(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "out").mkdir()
    assert called(tmp_path, "--json", str(tmp_path / "out")) == 64
    assert "cannot be written" in capsys.readouterr().err
    assert list(tmp_path.glob(".*part")) == []


def test_folders_are_made_and_files_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "report.json"
    assert called(tmp_path, "--json", str(out)) == 0
    out.write_text("x" * 1_000_000, encoding="utf-8")
    assert called(tmp_path, "--json", str(out)) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["plan"]["title"] == "plan"
    assert [p.name for p in out.parent.iterdir()] == ["report.json"]


@pytest.mark.parametrize("form", ["json", "csv"])
def test_nothing_is_written_over_an_input_or_twice(
    tmp_path: Path, capsys: Printed, form: str
) -> None:
    plan = geojson(tmp_path / "plan.geojson", [PLAN])
    before = plan.read_bytes()
    assert called(tmp_path, f"--{form}", str(plan), plan=plan) == 64
    assert plan.read_bytes() == before
    assert called(tmp_path, f"--{form}", str(tmp_path / "catalogue.yaml")) == 64
    both = str(tmp_path / "out")
    assert called(tmp_path, "--json", both, "--csv", both) == 64
    assert "another file" in capsys.readouterr().err


def table(folder: Path, name: str, *options: str) -> list[list[str]]:
    rows = [(HIT[0], {"name": name})]
    file = catalogue(folder, [layer(folder, "nsg", rows, name="name"), layer(folder, "a", FAR)])
    plan = geojson(folder / "plan.geojson", [PLAN])
    out = folder / "out.csv"
    assert main(["check", str(plan), "--catalogue", str(file), "--csv", str(out), *options]) == 0
    text = out.read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter="," if "en" in options else ";"))


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+49 341", "-2", "@SUM(A1)", "\t=1", '=cmd|" /C calc"!A0', "＝1", "\n=1"],
)
def test_no_cell_is_a_formula(tmp_path: Path, name: str) -> None:
    cell = table(tmp_path, name)[1][3]
    assert cell == f"'{name}"


def test_the_table_has_a_row_for_every_object_and_every_other_layer(tmp_path: Path) -> None:
    german = table(tmp_path, 'Aue; "alt"')
    assert [len(row) for row in german] == [13, 13, 13]
    assert german[1][1:6] == ["affected", "1", 'Aue; "alt"', "overlaps", "100,0"]
    assert german[2][:2] == ["Schicht a", "clear"]
    english = table(tmp_path, "Aue", "--lang", "en")
    assert english[0][0] == "layer"
    assert english[1][5] == "100.0"


# --- texts of others -----------------------------------------------------------------------

HOSTILE = "[bold red]rot[/] :warning: [link=https://a.b]x[/link] \\[/dim] \\"


def test_markup_in_names_is_shown_letter_by_letter(tmp_path: Path, capsys: Printed) -> None:
    title = {"de": HOSTILE}
    rows = [(HIT[0], {"name": HOSTILE, "nr": HOSTILE})]
    entry = layer(tmp_path, "nsg", rows, name="name", id="nr", title=title, data_date="2026-01-31")
    clear = layer(tmp_path, "a", FAR, title=title)
    failed = layer(tmp_path, "b", tmp_path / "[b]x[/].gpkg", title=title)
    rules = [
        rule("N1", "nsg", basis=HOSTILE, warns={"procedures": ["par13"], "text": title}),
        rule("N2", "a", offices=["UDB"]),
    ]
    offices = [{"code": c, "name": title} for c in ("AMT", "UDB")]
    catalogue(tmp_path, [entry, clear, failed], rules, offices=offices)
    plan = geojson(tmp_path / "plan.geojson", [(PLAN, {"titel": HOSTILE})])
    assert called(tmp_path, "--procedure", "par13", plan=plan) == 3
    printed = capsys.readouterr().out
    flat = "".join(printed.split())
    assert flat.count("".join(HOSTILE.split())) >= 5
    assert "⚠" not in printed
    assert "\x1b" not in printed


@pytest.mark.parametrize("power", ["\x1b[2J", "\x9b2J", "\x1b]0;x\x07", "\u202egnp.exe", "\r"])
def test_a_text_has_no_power_over_the_terminal(tmp_path: Path, capsys: Printed, power: str) -> None:
    title = f"Plan{power}"
    called(tmp_path, "--title", title)
    called(tmp_path, "--title", title, plan=geojson(tmp_path / "l.geojson", [line((0, 0), (9, 0))]))
    said = capsys.readouterr()
    for character in power:
        if not character.isprintable():
            assert character not in said.out + said.err
    assert "Plan�" in said.out


# --- bugs ----------------------------------------------------------------------------------


@pytest.fixture
def collapsing(monkeypatch: pytest.MonkeyPatch) -> None:
    def collapse(_: object) -> int:
        raise ZeroDivisionError("teile durch [bold]0[/]")

    monkeypatch.setattr("service.commands.check.run", collapse)


@pytest.mark.usefixtures("collapsing")
def test_a_bug_is_1_and_says_so_without_a_bare_traceback(tmp_path: Path, capsys: Printed) -> None:
    assert called(tmp_path) == 1
    said = capsys.readouterr().err
    assert "Fehler in Belang" in said
    assert "ZeroDivisionError in test_check.py:" in said
    assert "teile durch [bold]0[/]" in said
    assert "BELANG_DEBUG=1" in said
    assert "Traceback" not in said
    assert called(tmp_path, "--lang", "en") == 1
    assert "bug in Belang" in capsys.readouterr().err


@pytest.mark.usefixtures("collapsing")
def test_a_bug_tells_all_to_those_who_ask(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELANG_DEBUG", "1")
    assert called(tmp_path) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_is_no_bug(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("service.commands.check.run", interrupt)
    assert called(tmp_path) == 130
    assert "Traceback" not in capsys.readouterr().err


# --- as a process --------------------------------------------------------------------------

BELANG = [sys.executable, "-m", "service.cli"]


def process(folder: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*BELANG, *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8",
        check=False, **more,
    )  # fmt: skip


def test_a_process_ends_with_the_same_statuses(tmp_path: Path) -> None:
    region(tmp_path, tmp_path / "nirgends.gpkg")
    geojson(tmp_path / "plan.geojson", [PLAN])
    done = process(tmp_path, "check", "plan.geojson", "--catalogue", "catalogue.yaml")
    assert done.returncode == 3, done.stderr
    assert "UNB" in done.stdout
    assert done.stderr == ""  # nobody watches: no progress bar
    refused = process(tmp_path, "check", "fehlt.gml", "--catalogue", "catalogue.yaml")
    assert refused.returncode == 2
    assert "[file-missing]" in refused.stderr


def test_a_terminal_without_umlauts_is_no_bug(tmp_path: Path) -> None:
    region(tmp_path)
    geojson(tmp_path / "plan.geojson", [PLAN])
    plain = {**os.environ, "LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"}
    done = process(tmp_path, "check", "plan.geojson", "--catalogue", "catalogue.yaml", env=plain)
    assert done.returncode == 0, done.stderr
    assert "Unverbindliche Vorpr?fung" in done.stdout


def test_a_reader_who_leaves_gets_no_answer_and_no_bug(tmp_path: Path) -> None:
    region(tmp_path)
    geojson(tmp_path / "plan.geojson", [PLAN])
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*BELANG, "check", "plan.geojson", "--catalogue", "catalogue.yaml"], cwd=tmp_path,
        stdout=writing, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    os.close(writing)
    assert done.returncode == 141
    assert done.stderr == b""


# --- a list of parcels instead of a file -------------------------------------------------------


def parcels(folder: Path) -> None:
    rows = [
        (rectangle(n * 20, 0, n * 20 + 20, 30), {"gmk": "Borna", "nr": nr, "kz": f"k{n}"})
        for n, nr in enumerate(("1", "2/1", "2/1"))
    ]
    named = {"layer": "alkis", "gemarkung": "gmk", "number": "nr", "key": "kz"}
    catalogue(folder, {"alkis": rows}, [rule("A1", "alkis")], parcels=named)


def of_parcels(folder: Path, text: str | bytes, *options: str) -> int:
    parcels(folder)
    file = folder / "Am Markt.txt"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    where = ("--catalogue", str(folder / "catalogue.yaml"))
    return main(["check", "--parcels", str(file), *where, *options])


def test_a_list_of_parcels_is_checked_like_a_file(tmp_path: Path) -> None:
    assert of_parcels(tmp_path, "Borna 1", "--json", str(tmp_path / "r.json")) == 0
    plan = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["plan"]
    assert (plan["title"], plan["area_m2"], plan["declared_accuracy_m"]) == ("Am Markt", 600, 0.5)
    assert plan["notices"][0]["code"] == "outline-origin"
    first = (tmp_path / "r.json").read_bytes()
    of_parcels(tmp_path, "BORNA; 1\n\n", "--json", str(tmp_path / "r.json"))
    assert (tmp_path / "r.json").read_bytes() == first


def test_an_ambiguous_parcel_is_asked_with_a_whole_command(tmp_path: Path, capsys: Printed) -> None:
    assert of_parcels(tmp_path, "Borna 2/1") == 2
    printed = capsys.readouterr().err
    assert "[parcels-ambiguous]" in printed
    command = next(row for row in printed.splitlines() if "parcel-k2" in row)
    capsys.readouterr()
    assert main(shlex.split(command)[1:]) in (0, 3)


@pytest.mark.parametrize(
    ("text", "code"),
    [("Borna 77", "parcels-unknown"), ("?", "parcels-line"), ("", "file-empty"),
     (b"Gro\xdf 1", "encoding"), (b"# \n" * 200_000, "plan-too-large")],
)  # fmt: skip
def test_a_list_that_cannot_be_used_is_2(
    tmp_path: Path, capsys: Printed, text: str | bytes, code: str
) -> None:
    assert of_parcels(tmp_path, text) == 2
    assert f"[{code}]" in capsys.readouterr().err


def test_a_list_in_another_encoding(tmp_path: Path, capsys: Printed) -> None:
    assert of_parcels(tmp_path, b"Gro\xdf 1", "--encoding", "cp1252") == 2
    assert "Groß" in capsys.readouterr().err
    assert of_parcels(tmp_path, b"Borna 1", "--encoding", "klingonisch") == 2


def test_a_plan_or_a_list_but_not_both_nor_neither(tmp_path: Path, capsys: Printed) -> None:
    parcels(tmp_path)
    where = ("--catalogue", str(tmp_path / "catalogue.yaml"))
    assert main(["check", *where]) == 64
    assert main(["check", "plan.geojson", "--parcels", "liste.txt", *where]) == 64
    assert main(["check", "--parcels", str(tmp_path / "fehlt.txt"), *where]) == 64
    assert "fehlt.txt" in capsys.readouterr().err
