"""Many plans on this machine: complete, resumable, and the same bytes as one after the other."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest

from service.bulk import running
from service.bulk.fanning import Part, fanned
from service.bulk.plan_files import plan_files
from service.bulk.processes import Processes
from service.bulk.running import Run, begin, begun, carry_on
from service.bulk.table import read
from service.errors import ConflictError
from service.plans.answer import stored
from tests.builders import X, Y, geojson, rectangle
from tests.service.bulk.land import DAY, contents, land, recheck, serial, setup, square
from tests.service.cases.region import district

COUNT = 10


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Return catalogue, plans and data folder."""
    folder = tmp_path_factory.mktemp("bulk")
    return *land(folder, COUNT), folder / "data"


@pytest.fixture
def made(place: tuple[Path, Path, Path], tmp_path: Path) -> Run:
    """Return a run that has not been begun."""
    catalogue, folder, data = place
    said = stored(district(catalogue, data).intake())
    pinned = setup(catalogue, data)
    return begin(tmp_path / "run", {}, pinned, plan_files(folder, said), "EPSG:25833", 3)


@pytest.fixture
def expected(made: Run, tmp_path: Path) -> dict[str, bytes]:
    serial(made, tmp_path / "serial")
    return contents(tmp_path / "serial")


class Deadly(Processes):
    """Processes that are killed as often as somebody says, as soon as they have a part."""

    def __init__(self, packed: bytes, dies: Callable[[Part], bool]) -> None:
        super().__init__(packed, 2)
        self.dies = dies

    def submit(self, part: Part) -> None:
        idle = next(w for w in self._workers if w.part is None)
        super().submit(part)
        if self.dies(part):
            os.kill(idle.process.pid or 0, signal.SIGKILL)


def test_every_plan_has_a_row_and_lost_workers_change_nothing(
    made: Run, expected: dict[str, bytes]
) -> None:
    left = {0: 1, 2: 1}  # chunks that take a worker with them, and how often

    def dies(part: Part) -> bool:
        left[part.chunk] = left.get(part.chunk, 0) - 1
        return left[part.chunk] >= 0

    with Deadly(made.setup.packed(), dies) as pool:
        carry_on(made, pool)
    running.finish(made)
    assert contents(made.folder) == expected

    rows = {row["name"]: row for row in read(made.folder / "plans.parquet").to_pylist()}
    assert len(rows) == COUNT + 2
    assert rows["plan000.geojson"]["state"] == "checked"
    assert rows["kein plan.geojson"]["state"] == "refused"
    assert rows["kein plan.geojson"]["code"]
    assert rows["trasse.wkt"]["state"] == "question"
    frame = geopandas.read_parquet(made.folder / "plans.parquet")
    assert frame.crs.to_epsg() == 25833
    assert frame.geometry.area.max() == pytest.approx(900)
    findings = read(made.folder / "findings.parquet").to_pylist()
    first = [row["layer"] for row in findings if row["name"] == "plan000.geojson"]
    assert first == [layer.code for layer in _district(made).layers]  # one a layer, always


def _district(made: Run) -> object:
    from service.bulk.setup import opened

    return opened(made.setup).catalogue


def test_a_plan_that_ends_every_worker_becomes_a_row_and_costs_no_other(
    made: Run, expected: dict[str, bytes]
) -> None:
    poison = 4
    with Deadly(made.setup.packed(), lambda part: poison in {j.number for j in part.jobs}) as pool:
        carry_on(made, pool)
    running.finish(made)
    rows = read(made.folder / "plans.parquet").to_pylist()
    assert rows[poison]["state"] == "failed"
    assert rows[poison]["code"] == "check-crashed"
    others = read(Path(made.folder.parent / "serial" / "plans.parquet")).to_pylist()
    assert [r for r in rows if r["number"] != poison] == [
        r for r in others if r["number"] != poison
    ]


def test_who_does_not_see_the_versions_ends_the_run(made: Run) -> None:
    from dataclasses import replace

    from service.bulk.setup import SetupError

    elsewhere = replace(made.setup, store=str(made.folder / "nowhere"))
    with Processes(elsewhere.packed(), 1) as pool, pytest.raises(SetupError) as raised:
        list(fanned(pool, iter(made.chunks())))
    assert raised.value.code == "store-unseen"


def test_killed_at_any_moment_the_same_command_goes_on(
    place: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    catalogue, folder, data = place
    to = tmp_path / "run"
    command = ["--catalogue", catalogue, "--data", data, "--plans", folder, "--to", to,
               "--chunk", 1, "--workers", 1]  # fmt: skip
    whole = ["recheck", "--as-of", DAY, *map(str, command)]
    process = subprocess.Popen([sys.executable, "-m", "service.cli", *whole])
    while len(list((to / "chunks").glob("[0-9]*.parquet"))) < 3:
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    first = {path: path.stat().st_mtime_ns for path in (to / "chunks").glob("[0-9]*.parquet")}
    assert 3 <= len(first) < COUNT + 2
    damaged = sorted(first)[1]
    damaged.write_bytes(damaged.read_bytes()[:100])

    begun_then = begun(to)
    assert recheck(catalogue, data, *command[4:-1], 0, "--json") == 3
    made = begun(to)
    assert made is not None
    assert begun_then is not None
    assert made.name == begun_then.name
    again = [path for path, then in first.items() if path.stat().st_mtime_ns != then]
    assert again == [damaged]
    serial(made, tmp_path / "serial")
    assert contents(to) == contents(tmp_path / "serial")
    # What is finished is shown again, and nothing is checked.
    assert recheck(catalogue, data, *command[4:]) == 3
    assert begun(to) is not None


def test_another_question_to_the_same_folder_is_refused(
    place: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue, _, data = place
    own = tmp_path / "plans"
    own.mkdir()
    square(own / "a.geojson", X, Y)
    to = tmp_path / "run"
    assert recheck(catalogue, data, "--plans", own, "--to", to, "--workers", 0) == 0
    square(own / "b.geojson", X + 500, Y)
    assert recheck(catalogue, data, "--plans", own, "--to", to) == 2
    assert "recheck-other" in capsys.readouterr().err
    with running.alone(to), pytest.raises(ConflictError), running.alone(to):
        pass


def test_a_later_run_tells_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue, _ = land(tmp_path, 0)
    data, own = tmp_path / "data", tmp_path / "own"
    own.mkdir()
    square(own / "a.geojson", X + 1_000, Y)
    square(own / "b.geojson", X + 2_000, Y)
    first, second = tmp_path / "first", tmp_path / "second"
    asked = ("--plans", own, "--workers", 0)
    assert recheck(catalogue, data, *asked, "--to", first) == 0
    geojson(tmp_path / "district" / "wald.geojson", [rectangle(990, 0, 1_030, 90)])
    geojson(tmp_path / "district" / "abdeckung.geojson", [rectangle(-5_000, -5_000, 5_000, 5_000)])
    capsys.readouterr()
    assert recheck(catalogue, data, *asked, "--to", second, "--against", first, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["differences"]["office_new"] == 1
    rows = read(second / "differences.parquet").to_pylist()
    new = next(row for row in rows if row["about"] == "office" and row["change"] == "new")
    assert (new["name"], new["code"], new["ask_again"]) == ("a.geojson", "AMT", True)
    changed = [r for r in rows if r["name"] == "a.geojson" and r["about"] == "finding"]
    assert json.loads(changed[0]["now"])["outcome"] == "affected"
