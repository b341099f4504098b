"""Answers that come piece by piece: in order, bounded, and worth nothing where they break off."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from layers.apart import landlock
from layers.apart.apart import Apart, BrokenError, TooMuchError
from layers.apart.limits import Limits
from tests.files import open_files
from tests.layers.apart.test_apart import awaited, parents

SMALL = Limits(memory_mb=200, cpu_s=1, wall_s=3.0, file_mb=1, answer_mb=4, files=32)


@pytest.fixture
def made() -> Iterator[Callable[..., Apart]]:
    runners: list[Apart] = []

    def make(name: str, limits: Limits = SMALL) -> Apart:
        runners.append(Apart(f"tests.layers.apart.deeds:{name}", limits=limits))
        return runners[-1]

    yield make
    for runner in runners:
        runner.close()


def test_pieces_come_in_order_and_to_their_end(made: Callable[..., Apart], tmp_path: Path) -> None:
    before = open_files()
    apart = made("pieces")
    got = list(apart.stream(b"7", tmp_path))
    assert [(len(p), set(p)) for p in got] == [*((3 << 20, {n}) for n in range(7)), (0, set())]
    apart.close()
    assert open_files() == before


def test_a_child_that_nobody_listens_to_is_ended(
    made: Callable[..., Apart], tmp_path: Path
) -> None:
    apart = made("ponder", replace(SMALL, cpu_s=60, wall_s=60.0))
    answer = apart.stream(b"", tmp_path)
    worker = int(next(answer))
    assert worker in parents()
    answer.close()
    assert awaited(lambda: worker not in parents())


def test_a_child_waits_for_whoever_listens(made: Callable[..., Apart], tmp_path: Path) -> None:
    answer = made("endless", replace(SMALL, wall_s=1.0)).stream(b"", tmp_path)
    assert [bytes(next(answer)) for _ in range(3)] == [b"more"] * 3
    with pytest.raises(TooMuchError, match="time"):
        list(answer)


@pytest.mark.parametrize(
    ("name", "what"),
    [("err_midway", r"^ValueError at deeds.py:\d+"), ("die_midway", "signal 11")],
)
def test_what_breaks_off_is_no_answer(
    made: Callable[..., Apart], tmp_path: Path, name: str, what: str
) -> None:
    answer = made(name).stream(b"", tmp_path)
    assert bytes(next(answer)) == b"first"
    with pytest.raises(BrokenError, match=what) as caught:
        next(answer)
    assert "what the file says" not in str(caught.value)


def test_a_piece_may_not_be_larger_than_allowed(made: Callable[..., Apart], tmp_path: Path) -> None:
    with pytest.raises(BrokenError, match="too long"):
        list(made("pieces", replace(SMALL, answer_mb=2)).stream(b"1", tmp_path))


def test_a_template_that_is_gone_is_replaced(made: Callable[..., Apart], tmp_path: Path) -> None:
    apart = made("pieces")
    assert len(list(apart.stream(b"0", tmp_path))) == 1
    assert apart._template is not None
    apart._template.process.kill()
    apart._template.process.wait()
    assert len(list(apart.stream(b"0", tmp_path))) == 1


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
def test_only_what_is_named_may_be_read_besides(made: Callable[..., Apart]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="belang-test-"))  # where another user can come to it
    folder.chmod(0o755)
    try:
        for name in ("named", "beside"):
            (folder / name).write_text(name)
        (folder / "own").mkdir()
        job = json.dumps([str(folder / "named"), str(folder / "beside"), "/etc/passwd"]).encode()
        got = made("looks").stream(job, folder / "own", readable=[folder / "named"])
        assert [bytes(piece) for piece in got] == [b"named", b"EACCES", b"EACCES"]
    finally:
        shutil.rmtree(folder)
