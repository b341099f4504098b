"""A child of the process that asks: as shut in as any other."""

import json
import os
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from layers.apart import forked, landlock
from layers.apart.apart import BrokenError, TooMuchError
from layers.apart.limits import Limits
from tests.files import open_files
from tests.layers.apart import deeds


def test_a_forked_child_gets_the_job_and_gives_the_answer(tmp_path: Path) -> None:
    job = bytes(300_000)
    before, others = open_files(), _children()
    assert forked.run(deeds.echo, job, tmp_path, limits=Limits()) == job
    assert open_files() == before
    assert _children() == others  # none is left, not even a dead one


def test_what_this_process_holds_open_is_closed_there(tmp_path: Path) -> None:
    limits = Limits(files=16)
    with ExitStack() as stack:
        for number in range(40):
            stack.enter_context((tmp_path / str(number)).open("w"))
        assert forked.run(deeds.echo, b"job", tmp_path, limits=limits) == b"job"


def _children() -> str:
    """Return the children of this thread, zombies among them."""
    own = os.getpid()
    return Path(f"/proc/{own}/task/{own}/children").read_text()


@pytest.mark.parametrize(
    ("deed", "limits"),
    [(deeds.hunger, Limits(memory_mb=64)), (deeds.loop, Limits(wall_s=0.3))],
)
def test_a_forked_child_that_takes_too_much_is_ended(
    tmp_path: Path, deed: forked.Task, limits: Limits
) -> None:
    with pytest.raises(TooMuchError):
        forked.run(deed, b"", tmp_path, limits=limits)


def test_a_forked_child_that_crashes_takes_nobody_along(tmp_path: Path) -> None:
    with pytest.raises(BrokenError, match=f"signal {signal.SIGSEGV.value}"):
        forked.run(deeds.fall, b"", tmp_path, limits=Limits())


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
def test_a_forked_child_reads_what_it_may_and_no_more(tmp_path: Path) -> None:
    own, shown, outside = (tmp_path / name for name in ("own", "shown", "outside"))
    for folder in (own, shown, outside):
        folder.mkdir()
        (folder / "secret").write_text("hush")
    said = {"port": 9, "unix": "none", "parent": os.getpid()}
    limits = Limits(file_mb=1)
    for folder, came in ((shown, "done"), (outside, "EACCES")):
        job = {**said, "secret": str(folder / "secret"), "outside": str(folder)}
        answer = forked.run(
            deeds.attempts, json.dumps(job).encode(), own, readable=[shown], limits=limits
        )
        found = json.loads(answer)
        assert (found["read"], found["list"]) == (came, came)
        assert found["write"] == "EACCES"
        assert {found[name] for name in ("inet", "inet6", "unix", "run")} <= {
            "EPERM", "EACCES", "ENETUNREACH",
        }  # fmt: skip
