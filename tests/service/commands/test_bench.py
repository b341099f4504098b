"""`belang bench`: small forms of its suites; what they find is compared before it is timed."""

import json
from pathlib import Path

import pytest

from service.cli import main

SMALL = ["--objects", "500", "--runs", "1", "--areas", "2", "--routes", "1"]


def _found(tmp_path: Path, *arguments: str) -> dict[str, object]:
    told = tmp_path / "told.json"
    assert main(["bench", *SMALL, *arguments, "--json", str(told), "--keep", str(tmp_path)]) == 0
    return json.loads(told.read_text())  # type: ignore[no-any-return]


def test_every_way_answers_the_same_plans(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _found(tmp_path, "--ways", "limit", "needed", "strtree", "geopandas", "plain")
    for kind, plans in (("areas", 2), ("routes", 1)):
        told = found[kind]
        assert isinstance(told, dict)
        assert (told["plans"], told["agree"]) == (plans, True)
        assert set(told["ways"]) == {"belang", "limit", "needed", "strtree", "geopandas", "plain"}
        for way in told["ways"].values():
            assert len(way["wall"]["plans_ms"]) == plans
    assert "2 areas" in capsys.readouterr().out


def test_objects_of_an_import_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _found(tmp_path, "--suite", "import")
    layers, counted = found["layers_s"], found["counted"]
    assert isinstance(layers, dict)
    assert isinstance(counted, int)
    assert abs(counted - 500) <= len(layers) == 24  # each layer's share is rounded
    assert f"{counted} objects" in capsys.readouterr().out


def test_a_map_holds_as_many_hits_as_there_are_objects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _found(tmp_path, "--suite", "map")["map"]
    assert isinstance(told, dict)
    assert (told["hits"], told["in_report"]) == (500, 500)
    assert "500 hits" in capsys.readouterr().out
