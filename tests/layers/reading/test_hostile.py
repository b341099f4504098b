"""The collection of hostile files beside the checkout, through the reader and the intake."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely

from bench.corpus import FOLDER, MANIFEST, heard, listening, planted, told_foreign
from gis.crs import crs_from
from gis.problem import Question, Refusal
from layers import reading
from service.plans.apart import Reader, read_plan_forked
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of
from service.plans.plan import Plan

ROOT = Path(__file__).parents[3]
LONGEST_S = 10
# In the middle of the working CRS' origin: readable, but nothing that could be a plan here.
NOWHERE = {"wkt_7"}
# Listed when GPX was no format for plans: now it is told by its content, whatever its name, and
# its waypoints are refused because they make no Bebauungsplan.
READ_SINCE = {"gpx_as_gml": "geometry-type"}
# Ends a process that decodes it without looking first; tried in one that may die.
DEADLY = {"wkt_3", "wkt_7"}

CASES: dict[str, Any] = (
    json.loads(MANIFEST.read_text(encoding="utf-8")) if MANIFEST.exists() else {}
)
pytestmark = pytest.mark.skipif(
    not CASES, reason="the folder `shared/hostile` does not lie beside the checkout"
)


def intake() -> Intake:
    berlin = shapely.box(362_000, 5_789_000, 422_000, 5_849_000)
    return Intake(crs_from("EPSG:25833"), vocabulary_of(), berlin, 15_000, kind="bebauungsplan")


Read = Callable[[Path, Intake], Plan]


@pytest.fixture(scope="module", params=["here", "forked", "apart"])
def read(request: pytest.FixtureRequest) -> Iterator[Read]:
    """Return the ways a plan is read: in this process, in a child of it, and as a service does."""
    if request.param != "apart":
        yield {"here": read_plan, "forked": read_plan_forked}[request.param]
        return
    reader = Reader()
    yield reader.read
    reader.close()


def outcome(path: Path, read: Read) -> tuple[str, list[str], str]:
    """Return what became of a file, the codes, and everything that was said or kept of it."""
    try:
        plan = read(path, intake())
    except Question as question:
        said = [question.text, *(p.text for p in question.proposals)]
        return "ask", [question.code], repr(said)
    except Refusal as refusal:
        return "reject", [refusal.code], repr(refusal.text)
    return "accept", [n.code for n in plan.notices], repr(plan)


@pytest.mark.parametrize("name", CASES)
def test_every_file_is_answered_as_it_should_be(name: str, read: Read) -> None:
    case = CASES[name]
    begin = time.perf_counter()
    got, codes, _ = outcome(FOLDER / case["file"], read)
    assert time.perf_counter() - begin < LONGEST_S
    if name in NOWHERE:
        assert got == "ask"
        found = reading.read(FOLDER / case["file"])
        assert case["code"] in {n.code for n in found.notices}
        return
    assert got == case["want"].replace("repair", "accept"), codes
    expected = READ_SINCE.get(name, case["code"])
    assert not expected or expected in codes


def test_nothing_is_fetched_leaked_or_left_behind(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files, copied to one folder, with a listener where they call and secrets they seek."""
    # Not below `tmp_path`: a child that runs as somebody else could not come to it.
    scratch, files = Path(tempfile.mkdtemp(prefix="belang-scratch-")), tmp_path / "files"
    scratch.chmod(0o711)
    files.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    for case in CASES.values():
        (files / case["file"]).write_bytes((FOLDER / case["file"]).read_bytes())
    before = {p.name: p.read_bytes() for p in files.iterdir()}
    with planted(), listening() as hits:
        found = [outcome(files / case["file"], read) for case in CASES.values()]
        assert not hits
        assert heard(hits)
        assert found == [outcome(files / case["file"], read_plan) for case in CASES.values()]
    assert not [text for _, _, text in found if told_foreign(text.encode())]
    assert {p.name: p.read_bytes() for p in files.iterdir()} == before
    scratch.rmdir()  # it is empty


@pytest.mark.parametrize("name", sorted(CASES.keys() & DEADLY))
def test_no_file_ends_the_process(name: str) -> None:
    """Also with a stack of 1 MB and no more memory than a worker has."""

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    script = (
        "import sys; from pathlib import Path; from layers import reading\n"
        "from gis.problem import Problem\n"
        "try: reading.read(Path(sys.argv[1]))\n"
        "except Problem as problem: print(problem.code)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, FOLDER / CASES[name]["file"]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=small,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert name in NOWHERE or ended.stdout.strip() == CASES[name]["code"]
