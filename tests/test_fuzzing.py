"""What `make fuzz` fuzzes for an hour each: that it is watched, and answers what it begins with.

Without the fuzzer itself, which is built for few Pythons, as far as that goes.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bench import fuzz
from bench.running import ROOT
from bench.scanner import ENDINGS, WATCHED
from bench.seeds import seeds
from bench.targets import BREAK, TARGETS, Taken
from gis.problem import Problem

ANSWERED = ("plan", "sheet", "papers", "features")


def outcome(name: str, path: Path) -> str:
    """Return what a scanner makes of a file; whatever is no problem is raised."""
    try:
        TARGETS[name](path)
    except Problem as problem:
        return problem.code
    return "answered"


def outcomes(name: str, folder: Path) -> Counter[str]:
    path, found = folder / "input", Counter[str]()
    for content in seeds(name):
        path.write_bytes(content)
        found[outcome(name, path)] += 1
    return found


@contextmanager
def seen() -> Iterator[set[str]]:
    """Collect the modules whose functions are called."""
    modules = set[str]()

    def called(frame: FrameType, event: str, _: Any) -> None:
        modules.add(frame.f_globals.get("__name__", ""))

    sys.setprofile(called)
    try:
        yield modules
    finally:
        sys.setprofile(None)


def test_every_scanner_has_a_name_and_what_it_begins_with() -> None:
    assert set(TARGETS) == set(ENDINGS)
    assert [name for name in ENDINGS if next(seeds(name), None) is None] == []


@pytest.mark.parametrize("name", ENDINGS)
def test_what_a_scanner_begins_with_is_answered_by_code_that_is_watched(
    tmp_path: Path, name: str
) -> None:
    with seen() as modules:
        found = outcomes(name, tmp_path)
    assert found["answered"] >= 1
    assert any(module.startswith(WATCHED) for module in modules)


def test_nothing_that_is_watched_is_there_before_somebody_watches() -> None:
    early = f"import bench.scanner, sys; print([n for n in sys.modules if n.startswith({WATCHED})])"
    done = subprocess.run([sys.executable, "-c", early], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", ANSWERED)
def test_what_a_child_answers_holds_wherever_it_breaks_off(tmp_path: Path, name: str) -> None:
    path, found = tmp_path / "input", Counter[str]()
    for content in seeds(name):
        for end in range(0, len(content), max(1, len(content) // 40)):
            path.write_bytes(content[:end])
            found[outcome(name, path)] += 1
    assert set(found) - {"answered"}, found


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_what_a_child_leaves_is_a_file_of_its_own(tmp_path: Path, kind: int) -> None:
    """And no link to another, no folder, and no pipe at which a reader waits."""
    path = tmp_path / "input"
    whole = [content for content in seeds("papers") if BREAK in content]
    path.write_bytes(whole[0])
    assert outcome("papers", path) == "answered"
    answer, _, *others = whole[0].split(BREAK)
    path.write_bytes(BREAK.join([answer, bytes([kind]), *others]))
    assert outcome("papers", path) == "document-unread"


def test_a_child_that_was_taken_over_leaves_what_it_is_told_to(tmp_path: Path) -> None:
    taken = Taken(BREAK.join([b"answer", b"\0file", b"\1", b"\2", b"\3", b""]))
    assert taken.run(b"", tmp_path) == b"answer"
    left = {path.name: path for path in tmp_path.iterdir()}
    assert left["0"].read_bytes() == b"file"
    assert (left["1"].is_symlink(), left["2"].is_dir(), left["3"].is_fifo()) == (True, True, True)
    assert left["4"].read_bytes() == b""


@pytest.mark.parametrize("name", ["raster", "features"])
def test_the_fuzzer_sees_what_a_scanner_does(name: str) -> None:
    """One that reads files, one that takes answers: some hundred inputs. What it finds is told by
    `make fuzz`, which gives it the time.
    """
    try:
        import atheris  # noqa: F401
    except ImportError:
        pytest.skip("the fuzzer is not installed")
    found = fuzz.fuzzed(name, seconds=3, seed=1, keep=None)
    assert (found["status"], found["blind"]) == (0, False), found["said"]
    assert found["new"] > 0
