"""Children that do too much, break, spy or die; and what is left of them."""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from layers.apart import surroundings
from layers.apart.apart import Apart, BrokenError, TooMuchError, UnavailableError
from layers.apart.limits import Limits
from tests.files import open_files
from tests.layers.apart import deeds
from tests.layers.apart.attempting import BOUND, attempted

IDLE = 3  # processes while nothing is done: the template, and a warden with a worker at hand
Family = Callable[[], set[int]]
SMALL = Limits(memory_mb=200, cpu_s=1, wall_s=2.5, file_mb=1, answer_mb=1, files=32)


def deed(name: str) -> str:
    return f"tests.layers.apart.deeds:{name}"


@pytest.fixture
def made() -> Iterator[Callable[..., Apart]]:
    """Return a maker of runners; all are closed afterwards."""
    runners: list[Apart] = []

    def make(name: str, limits: Limits = SMALL, **more: object) -> Apart:
        runners.append(Apart(deed(name), limits=limits, **more))  # type: ignore[arg-type]
        return runners[-1]

    yield make
    for runner in runners:
        runner.close()


def parents() -> dict[int, int]:
    """Return the parent of every process there is, zombies among them."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            found[int(entry.name)] = int(fields[1])
    return found


def below(root: int, without: Set[int] = frozenset()) -> set[int]:
    """Return all processes that stem from `root`, but for those `without` and what stems there."""
    every = {p: parent for p, parent in parents().items() if p not in without}
    found, new = set(), {root}
    while new:
        new = {p for p, parent in every.items() if parent in new}
        found |= new
    return found


@pytest.fixture
def family() -> Family:
    """Return what tells all processes of this test's runners, dead ones among them.

    Whatever else this process has started, before or meanwhile, is other tests' browser or server.
    """
    before = children(os.getpid())

    def found() -> set[int]:
        return below(os.getpid(), before | {p for p in children(os.getpid()) if _is_other(p)})

    return found


def children(process: int) -> set[int]:
    return {p for p, parent in parents().items() if parent == process}


def told(processes: Set[int]) -> str:
    """Return what is said of processes where there are not as many as there should be."""
    said = []
    for process in sorted(processes):
        with suppress(OSError):
            said.append(Path(f"/proc/{process}/stat").read_text()[:60])
    return "\n".join(said)


def _is_other(process: int) -> bool:
    """Tell whether a process runs something else than a deed; a dead one says nothing of itself."""
    try:
        command = Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False
    return bool(command) and deed("").encode() not in command


def awaited(true: Callable[[], object], within_s: float = 5.0) -> bool:
    end = time.monotonic() + within_s
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(true())


def worker_in(folder: Path) -> int:
    """Return the process that works in `folder`."""

    def found() -> list[int]:
        return [p for p in below(os.getpid()) if _works_in(p, folder)]

    assert awaited(found)
    return found()[0]


def _works_in(process: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{process}/cwd").readlink() == folder
    except OSError:
        return False


# --- a good child --------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 900_000])
def test_a_child_gets_the_job_and_gives_the_answer(
    made: Callable[..., Apart], tmp_path: Path, length: int
) -> None:
    job = bytes(range(256)) * (length // 256) + b"x" * (length % 256)
    assert made("echo").run(job, tmp_path) == job


def test_a_child_sees_its_folder_and_each_task_has_a_child_of_its_own(
    made: Callable[..., Apart], tmp_path: Path
) -> None:
    (tmp_path / "plan").write_text("content")
    assert json.loads(made("listing").run(b"", tmp_path)) == {"plan": "content"}
    processes = made("process")
    ended = {int(processes.run(b"", tmp_path)) for _ in range(3)}
    assert len(ended) == 3
    assert not ended & set(parents())


def test_the_environment_holds_nothing_of_the_parents(
    made: Callable[..., Apart], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELANG_DATABASE_URL", "postgresql://app:hush@db/belang")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    seen = json.loads(made("surroundings").run(b"", tmp_path))
    assert "hush" not in str(seen)
    assert not {"BELANG_DATABASE_URL", "HTTPS_PROXY", "HOME", "PATH"} & seen.keys()
    assert seen["cwd"] == seen["temporary"] == str(tmp_path)


# --- too much ------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "what"), [("hunger", "memory"), ("loop", "time")])
def test_a_child_that_takes_too_much_is_ended(
    made: Callable[..., Apart], tmp_path: Path, name: str, what: str
) -> None:
    with pytest.raises(TooMuchError) as caught:
        made(name).run(b"", tmp_path)
    assert caught.value.what == what


def test_memory_counts_beyond_what_an_idle_child_has(
    made: Callable[..., Apart], tmp_path: Path
) -> None:
    runner = made("mapping")
    assert runner.run(b"150", tmp_path) == b"had it"
    with pytest.raises(BrokenError, match="OSError"):  # what mmap raises for want of memory
        runner.run(b"250", tmp_path)


def test_a_child_that_sleeps_is_ended_at_the_deadline(
    made: Callable[..., Apart], tmp_path: Path
) -> None:
    runner = made("sleep", Limits(wall_s=0.4))
    runner.isolation()
    begin = time.monotonic()
    with pytest.raises(TooMuchError) as caught:
        runner.run(b"60", tmp_path)
    assert caught.value.what == "time"
    assert 0.4 <= time.monotonic() - begin < 2
    assert runner.run(b"0", tmp_path) == b"awake"


def test_an_answer_may_be_so_long_and_no_longer(made: Callable[..., Apart], tmp_path: Path) -> None:
    runner = made("swell", Limits(answer_mb=1, file_mb=8))
    assert len(runner.run(b"%d" % (1 << 20), tmp_path)) == 1 << 20
    with pytest.raises(BrokenError, match="too long"):
        runner.run(b"%d" % ((1 << 20) + 1), tmp_path)


# --- broken --------------------------------------------------------------------------------


def test_a_child_that_crashes_takes_nobody_along(
    made: Callable[..., Apart], tmp_path: Path
) -> None:
    with pytest.raises(BrokenError, match="signal 11"):
        made("fall").run(b"", tmp_path)
    with pytest.raises(BrokenError, match="status 3"):
        made("leave").run(b"3", tmp_path)


def test_an_error_tells_its_place_but_not_what_a_file_says(
    made: Callable[..., Apart], tmp_path: Path
) -> None:
    with pytest.raises(BrokenError, match=r"ValueError at deeds\.py:\d+") as caught:
        made("err").run(b"", tmp_path)
    assert deeds.SAID not in str(caught.value)


def test_a_disk_without_room_is_no_fault_of_the_task(
    made: Callable[..., Apart], tmp_path: Path
) -> None:
    with pytest.raises(UnavailableError, match="no room"):
        made("flood").run(b"", tmp_path)


def test_a_child_that_somebody_kills_ends_its_task_alone(
    made: Callable[..., Apart], tmp_path: Path
) -> None:
    runner = made("sleep", Limits())
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(2) as pool:
        doomed = pool.submit(runner.run, b"30", folders[0])
        other = pool.submit(runner.run, b"0.5", folders[1])
        os.kill(worker_in(folders[0]), signal.SIGKILL)
        assert isinstance(doomed.exception(), TooMuchError)
        assert other.result() == b"awake"


def test_one_that_nobody_closes_leaves_no_process(family: Family, tmp_path: Path) -> None:
    runner = Apart(deed("echo"), limits=SMALL)
    runner.run(b"", tmp_path)
    assert family()
    del runner
    gc.collect()
    assert awaited(lambda: not family())


def test_a_template_that_is_gone_is_replaced(made: Callable[..., Apart], tmp_path: Path) -> None:
    runner = made("sleep", Limits())
    assert runner.run(b"0", tmp_path) == b"awake"
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(runner.run, b"0.5", tmp_path)
        worker = worker_in(tmp_path)
        template = parents()[parents()[worker]]
        os.kill(template, signal.SIGKILL)
        assert under_way.result() == b"awake"
    assert awaited(lambda: not {worker, template} & set(parents()))


@pytest.mark.parametrize("which", ["warden", "worker"])
def test_what_waited_at_hand_and_died_is_replaced(
    which: str, family: Family, made: Callable[..., Apart], tmp_path: Path
) -> None:
    runner = made("echo", Limits())
    assert runner.run(b"one", tmp_path) == b"one"
    assert awaited(lambda: len(family()) == IDLE), told(family())
    idle, parent = family(), parents()
    (template,) = (p for p in idle if parent[p] == os.getpid())
    (warden,) = (p for p in idle if parent[p] == template)
    (worker,) = idle - {template, warden}
    os.kill({"warden": warden, "worker": worker}[which], signal.SIGKILL)
    assert awaited(lambda: not _lives({"warden": warden, "worker": worker}[which]))
    assert runner.run(b"two", tmp_path) == b"two"
    assert awaited(lambda: len(family()) == IDLE), told(family())


def _lives(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def test_what_cannot_start_is_no_fault_of_the_task(
    made: Callable[..., Apart], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnavailableError):
        made("nothing_of_that_name").run(b"", tmp_path)
    assert "nothing_of_that_name" in capfd.readouterr().err


# --- locked in -----------------------------------------------------------------------------


def test_a_child_reaches_nobody_and_nothing(made: Callable[..., Apart], tmp_path: Path) -> None:
    runner = made("attempts")
    means = runner.isolation()
    came = attempted(runner.run, tmp_path)
    assert not came.reached
    assert {name: came.outcomes[name] for name in BOUND} == BOUND
    if not means.complete:  # what then holds is tried by test_fallback.py
        pytest.skip(f"this machine offers less: {means}")
    assert came.done == BOUND.keys()
    assert came.outside == ["secret", "u"]


def test_isolation_says_what_is_in_force(
    family: Family, made: Callable[..., Apart], tmp_path: Path
) -> None:
    runner = made("surroundings")
    means = runner.isolation()
    assert means.limits == SMALL
    assert means.network in ("namespace", "seccomp", "settings")
    assert means.user == (surroundings.user() is not None)
    runner.run(b"", tmp_path)
    assert awaited(lambda: len(family()) == IDLE), told(family())
    for process in family():
        status = Path(f"/proc/{process}/status").read_text()
        assert "NoNewPrivs:\t1" in status
        assert ("Seccomp:\t2" in status) == means.calls


# --- many at once, and the end -------------------------------------------------------------


def test_eight_threads_get_their_own_answers_and_nothing_is_left(
    family: Family, made: Callable[..., Apart], tmp_path: Path
) -> None:
    runner = made("echo", Limits())
    runner.isolation()
    before = open_files()

    def many(thread: int) -> list[bytes]:
        folder = tmp_path / str(thread)
        folder.mkdir()
        return [runner.run(b"%d-%d" % (thread, i), folder) for i in range(10)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(many, range(8)))
    assert answers == [[b"%d-%d" % (t, i) for i in range(10)] for t in range(8)]
    # A warden has told how its worker ended a moment before it ends itself.
    assert awaited(lambda: len(family()) == IDLE), told(family())
    idle = family()
    assert open_files() == before
    runner.close()
    assert awaited(lambda: not idle & set(parents()))


def test_no_more_run_at_a_time_than_may(made: Callable[..., Apart], tmp_path: Path) -> None:
    runner = made("sleep", Limits(), most=2)
    runner.isolation()
    begin = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: runner.run(b"0.2", tmp_path), range(4))) == [b"awake"] * 4
    assert time.monotonic() - begin >= 0.4


def test_children_outlive_the_thread_that_asked_for_them(
    family: Family, made: Callable[..., Apart], tmp_path: Path
) -> None:
    runner = made("process")
    thread = threading.Thread(target=runner.isolation)
    thread.start()
    thread.join()
    assert awaited(lambda: len(family()) == IDLE), told(family())
    before = family()
    time.sleep(0.1)
    runner.run(b"", tmp_path)
    assert awaited(lambda: len(family()) == IDLE), told(family())
    assert len(family() & before) == 1  # the template is the same


def test_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from layers.apart.apart import Apart\n"
        f"Apart({deed('sleep')!r}).run(b'60', Path(sys.argv[1]))"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, tmp_path])
    with parent:
        worker = worker_in(tmp_path)
        assert awaited(lambda: len(below(parent.pid)) == 2 + IDLE)
        family = below(parent.pid)
        assert worker in family
        parent.kill()
    assert awaited(lambda: not family & set(parents()))
