"""`belang bench`: small forms of its suites; what they find is compared before it is timed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent.parent

SMALL = ["--objects", "500", "--runs", "1", "--areas", "2", "--routes", "1"]


def _found(tmp_path: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    """Run it as a process of its own: a browser of another test may live in this one."""
    told = tmp_path / "told.json"
    command = [sys.executable, "-m", "service.cli", "bench", *SMALL, *arguments]
    done = subprocess.run(
        [*command, "--json", told, "--keep", tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(told.read_text()), done.stdout


def test_every_way_answers_the_same_plans(tmp_path: Path) -> None:
    found, said = _found(tmp_path, "--ways", "limit", "needed", "strtree", "geopandas", "plain")
    for kind, plans in (("areas", 2), ("routes", 1)):
        told = found[kind]
        assert (told["plans"], told["agree"]) == (plans, True)
        assert set(told["ways"]) == {"belang", "limit", "needed", "strtree", "geopandas", "plain"}
        for way in told["ways"].values():
            assert len(way["wall"]["plans_ms"]) == plans
    assert len(found["nothing_near"]["ways"]["belang"]["cpu"]["plans_ms"]) == 2
    assert "2 areas" in said


def test_objects_of_an_import_are_counted(tmp_path: Path) -> None:
    found, said = _found(tmp_path, "--suite", "import")
    layers, counted = found["layers_s"], found["counted"]
    assert abs(counted - 500) <= len(layers) == 24  # each layer's share is rounded
    assert f"{counted} objects" in said
    assert set(found["steps_alone_s"]) == {"look", "read", "ready", "encode"}


def test_a_map_holds_as_many_hits_as_there_are_objects(tmp_path: Path) -> None:
    found, said = _found(tmp_path, "--suite", "map")
    told = found["map"]
    assert (told["hits"], told["in_report"]) == (500, 500)
    assert "500 hits" in said


def test_many_plans_leave_the_same_tables_by_every_way(tmp_path: Path) -> None:
    found, said = _found(tmp_path, "--suite", "bulk", "--plans", "4")
    assert {way["seconds"] > 0 for way in found["runs"].values()} == {True}
    assert set(found["runs"]) == {"one", "two", "dask"}
    assert "4 plans" in said


def test_the_whole_command_is_measured_beside_its_imports(tmp_path: Path, sample: Path) -> None:
    shutil.copytree(sample, tmp_path / "sample")
    done = subprocess.run(
        [sys.executable, "-m", "bench.command", "--runs", "1", "--data", tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    checks = json.loads(done.stdout)["checks"]
    assert checks
    assert all(check["to_imports"] > 0 for check in checks.values())


def test_the_time_of_a_check_is_shared_out_among_its_steps() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.shares", "--objects", "500", "--areas", "2", "--routes", "1"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for kind in ("areas", "routes"):
        told = json.loads(done.stdout)[kind]
        steps = told["steps"].values()
        assert all(step["ms"] >= 0 for step in steps)
        assert abs(sum(step["ms"] for step in steps) - told["whole_ms"]) < 1
        assert told["steps"]["finding and decoding the objects"]["calls"] == told["plans"]
        assert told["steps"]["what lies near and touches"]["calls"] > 0
