"""`belang catalogue`, `belang layers`, `belang report` and `belang sample`."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from layers.catalogue import schema as catalogue_schema
from service.cli import main
from service.commands.progress import Progress
from service.report.document import schema as report_schema
from tests.builders import catalogue, layer, point, rectangle, rule, unmendable

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELANG_DATA", str(tmp_path / "data"))


def region(folder: Path, **more: Any) -> Path:
    layers = [
        layer(folder, "nsg", [rectangle(0, 0, 9, 9)], title={"de": "Schutz [b]", "en": "Reserve"},
              data_date="2026-01-31"),
        layer(folder, "nd", [point(0, 0), unmendable(0, 0)], visibility="offices"),
        layer(folder, "weg", folder / "weg.gpkg", visibility="restricted"),
    ]  # fmt: skip
    rules = [
        rule("N1", "nsg", {"within": 300}, basis="§ 23 [x]", offices=["UNB", "UDB"]),
        rule("A1", None, origin="internal"),
    ]
    return catalogue(folder, layers, rules, title="Kreis [b]", **more)


def test_a_good_catalogue_is_valid_and_says_its_size(tmp_path: Path, capsys: Printed) -> None:
    assert main(["catalogue", "validate", str(region(tmp_path))]) == 0
    assert "3 layers, 2 rules, 3 offices, sha256:" in capsys.readouterr().out


@pytest.mark.parametrize("by_option", [True, False])
def test_a_bad_catalogue_is_4_with_every_fault(
    tmp_path: Path, capsys: Printed, by_option: bool
) -> None:
    file = region(tmp_path)
    text = file.read_text(encoding="utf-8").replace("keeper: AMT", "keeper: NIEMAND", 2)
    file.write_text(text, encoding="utf-8")
    named = ["--catalogue", str(file)] if by_option else [str(file)]
    assert main(["catalogue", "validate", *named]) == 4
    said = capsys.readouterr().err.splitlines()
    numbers = [i for i, each in enumerate(text.splitlines(), 1) if "NIEMAND" in each]
    assert [each.split(": ")[0] for each in said] == [f"{file}:{n}" for n in numbers]


def test_rules_are_validated_too(tmp_path: Path, capsys: Printed) -> None:
    file = catalogue(tmp_path, {"nsg": [point(0, 0)]}, [rule("N1", "nsg", only=["zeppelin"])])
    assert main(["catalogue", "validate", str(file)]) == 4
    assert "zeppelin" in capsys.readouterr().err


def test_a_catalogue_that_is_not_there_is_4(tmp_path: Path, capsys: Printed) -> None:
    assert main(["catalogue", "show", str(tmp_path / "x.yaml")]) == 4
    assert "x.yaml:1" in capsys.readouterr().err


def test_showing_a_catalogue_names_offices_layers_and_rules(
    tmp_path: Path, capsys: Printed
) -> None:
    assert main(["catalogue", "show", str(region(tmp_path))]) == 0
    printed = capsys.readouterr().out
    for word in ("Kreis [b]", "EPSG:25833", "Untere Naturschutzbehörde", "Schutz [b]", "N1",
                 "within 300 m", "§ 23 [x]", "UNB UDB", "2026-01-31", "always"):  # fmt: skip
        assert word in printed
    assert main(["catalogue", "show", str(region(tmp_path)), "--lang", "en"]) == 0
    assert "Reserve" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "published"), [("catalogue", catalogue_schema), ("report", report_schema)]
)
def test_schemas_are_published(capsys: Printed, command: str, published: Any) -> None:
    assert main([command, "schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == published()
    jsonschema_rs.meta.validate(printed)


def test_layers_are_listed_without_reading_them(tmp_path: Path, capsys: Printed) -> None:
    assert main(["layers", "list", "--catalogue", str(region(tmp_path))]) == 0
    printed = capsys.readouterr().out
    assert all(code in printed for code in ("nsg", "nd", "weg", "restricted"))
    assert not (tmp_path / "data" / "layers").exists()


def test_loading_says_what_there_is_and_what_cannot_be_had(tmp_path: Path, capsys: Printed) -> None:
    file = str(region(tmp_path))
    assert main(["layers", "load", "--catalogue", file]) == 3
    printed = capsys.readouterr().out
    assert "weg.gpkg" in printed
    assert "1, 1 ✗" in printed  # one point, and one object that cannot be mended
    assert main(["layers", "load", "nsg", "nd", "--catalogue", file]) == 0
    assert "weg" not in capsys.readouterr().out
    assert any((tmp_path / "data" / "layers").rglob("*"))


def test_a_layer_nobody_declared_is_64(tmp_path: Path, capsys: Printed) -> None:
    file = str(region(tmp_path))
    assert main(["layers", "load", "nsg", "lsg", "--catalogue", file]) == 64
    assert "no such layer: lsg" in capsys.readouterr().err


def test_data_may_lie_anywhere(tmp_path: Path) -> None:
    file = str(region(tmp_path))
    there = tmp_path / "anderswo"
    assert main(["layers", "load", "nsg", "--catalogue", file, "--data", str(there)]) == 0
    assert (there / "layers").is_dir()
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_written_fails_the_layers(
    tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "datei").write_text("", encoding="utf-8")
    at = ["--catalogue", str(region(tmp_path)), "--data", str(tmp_path / "datei")]
    assert main(["layers", "load", "nsg", *at]) == 3
    assert "nsg" in capsys.readouterr().out


def test_without_a_catalogue_it_is_the_samples(
    sample: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELANG_DATA", str(sample.parent))
    assert main(["layers", "list", "nsg"]) == 0
    assert "Naturschutzgebiete" in capsys.readouterr().out
    assert main(["catalogue", "validate"]) == 0
    assert str(sample / "catalogue.yaml") in capsys.readouterr().out


def test_a_sample_that_cannot_be_written_is_told(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "datei").write_text("", encoding="utf-8")
    assert main(["sample", "build", "--to", str(tmp_path / "datei" / "sample")]) == 2
    assert "[data-folder]" in capsys.readouterr().err
    assert main(["layers", "list", "--data", str(tmp_path / "datei")]) == 2


class Terminal:
    """A stream that somebody watches."""

    def __init__(self) -> None:
        self.said = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.said += text
        return len(text)

    def flush(self) -> None:
        pass


def test_what_takes_long_shows_a_bar_and_takes_it_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with Progress() as quick:
        quick.step("nsg")
    assert terminal.said == ""
    monkeypatch.setattr("service.commands.progress.PATIENCE_S", -1.0)
    with Progress() as slow:
        slow.expect(2)
        slow.step("Naturschutzgebiete")
        slow.step("Denkmale")
    assert "Denkmale" in terminal.said
