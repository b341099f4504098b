"""Where a machine refuses a means, the next best is in force, and what is missing is said.

The refusals are real: a filter makes the kernel refuse them to the children, as containers do.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from layers.apart import forked, landlock
from layers.apart.apart import Apart
from layers.apart.limits import Limits
from tests.layers.apart import deeds, refusing
from tests.layers.apart.attempting import BOUND, attempted

pytestmark = pytest.mark.skipif(
    landlock.version() < 6 or not refusing.UNSHARE, reason="this machine itself offers less"
)
SMALL = Limits(memory_mb=200, cpu_s=1, wall_s=2.5, file_mb=1, files=32)
# What attempts to open where Landlock is missing, and where every means is.
FOLDERS = {"read", "list", "write", "link", "environment"}
ALL, SOCKETS = {*FOLDERS, "inet", "inet6", "unix", "fork", "run", "exec", "kill"}, {"inet", "unix"}
Refused = Callable[..., Apart]


@pytest.fixture
def refused() -> Iterator[Refused]:
    """Return a maker of runners whose children cannot have some means."""
    runners: list[Apart] = []

    def make(*means: str) -> Apart:
        runner = Apart("tests.layers.apart.deeds:attempts", limits=SMALL)
        runners.append(refusing.refused(runner, means))
        return runner

    yield make
    for runner in runners:
        runner.close()


NAMESPACE, CALLS = "a namespace without network", "the filter of system calls"
FILES = "Landlock, which hides others' files"


def test_without_namespaces_the_filter_keeps_a_child_from_everybody(
    refused: Refused, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runner = refused("namespaces")
    means = runner.isolation()
    assert f"children lack: {NAMESPACE}" in caplog.text
    assert (means.network, means.calls, means.files) == ("seccomp", True, True)
    assert [each.en for each in means.missing] == [NAMESPACE]
    came = attempted(runner.run, tmp_path)
    assert (came.done, came.reached) == (BOUND.keys(), set())
    assert came.outside == ["secret", "u"]


@pytest.mark.parametrize(
    ("means", "network", "missing", "more", "reached"),
    [
        (("calls",), "namespace", [CALLS], {"fork", "unix"}, {"unix"}),
        # Landlock still denies TCP, and no more of the network than that.
        (("namespaces", "calls"), "settings", [NAMESPACE, CALLS], {"fork", "unix"}, {"unix"}),
        (("namespaces", "files"), "seccomp", [NAMESPACE, FILES], FOLDERS, set()),
        (("namespaces", "calls", "files"), "settings", [NAMESPACE, CALLS, FILES], ALL, SOCKETS),
    ],
)
def test_a_child_can_do_no_more_than_what_is_said_to_be_missing_lets_it(
    refused: Refused,
    tmp_path: Path,
    means: tuple[str, ...],
    network: str,
    missing: list[str],
    more: set[str],
    reached: set[str],
) -> None:
    runner = refused(*means)
    found = runner.isolation()
    assert (found.network, [each.en for each in found.missing]) == (network, missing)
    came = attempted(runner.run, tmp_path)
    assert {name: came.outcomes[name] for name in BOUND} == BOUND  # limits hold everywhere
    assert came.done - BOUND.keys() <= more
    assert came.reached <= reached


def test_a_forked_child_without_namespaces_reaches_nobody_either(tmp_path: Path) -> None:
    run = partial(forked.run, deeds.attempts, limits=SMALL)

    def alone(job: bytes, folder: Path) -> bytes:
        with ThreadPoolExecutor(1, initializer=refusing.refuse, initargs=("namespaces",)) as thread:
            return thread.submit(run, job, folder).result()

    came = attempted(alone, tmp_path)
    assert (came.done, came.reached) == (BOUND.keys(), set())
