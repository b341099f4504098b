"""Many plans on a Dask cluster: the same bytes, also when a worker or a whole host is lost."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from service.bulk import running
from service.bulk.cluster import Cluster
from service.bulk.plan_files import plan_files
from service.bulk.running import Run, begin, carry_on
from service.errors import ServiceError
from service.plans.answer import stored
from tests.service.bulk import dask
from tests.service.bulk.land import contents, land, serial, setup
from tests.service.cases.region import district

COUNT = 22
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, dict[str, bytes]]:
    """Return a run of plans, one a chunk, and what one process makes of it."""
    folder = tmp_path_factory.mktemp("cluster")
    catalogue, plans = land(folder, COUNT)
    said = stored(district(catalogue, folder / "data").intake())
    pinned = setup(catalogue, folder / "data")
    made = begin(folder / "run", {}, pinned, plan_files(plans, said), "EPSG:25833", 1)
    serial(made, folder / "serial")
    return made, contents(folder / "serial")


@pytest.fixture
def made(known: tuple[Run, dict[str, bytes]], tmp_path: Path) -> Run:
    return replace(known[0], folder=tmp_path / "run")


@pytest.fixture
def expected(known: tuple[Run, dict[str, bytes]]) -> dict[str, bytes]:
    return known[1]


def test_a_cluster_that_loses_a_worker_finds_the_same(
    made: Run, expected: dict[str, bytes], tmp_path: Path
) -> None:
    done: list[int] = []
    with dask.scheduler(tmp_path) as address, ExitStack() as workers:
        first, _ = (
            workers.enter_context(dask.worker(tmp_path, address, name)) for name in ("one", "two")
        )

        def progress(count: int) -> None:
            done.append(count)
            if len(done) == 3:
                first.kill()

        with Cluster(made.setup.packed(), address, patience_s=40) as pool:
            carry_on(made, pool, progress=progress)
    assert sum(done) == COUNT + 2
    running.finish(made)
    assert contents(made.folder) == expected


def test_a_cluster_without_protection_or_anybody_at_home_is_refused(made: Run) -> None:
    packed = made.setup.packed()
    with pytest.raises(ServiceError) as raised:
        Cluster(packed, "tcp://192.0.2.1:8786")
    assert raised.value.code == "cluster-unprotected"


# --- two hosts ----------------------------------------------------------------------------------


@contextmanager
def host(name: str, number: int) -> Iterator[tuple[list[str], str]]:
    """Make a network namespace with a cable to this one; yield how to run within, and our
    address as seen from there.
    """
    ours, theirs = f"198.51.100.{4 * number + 1}", f"198.51.100.{4 * number + 2}"
    near, far = f"{name}0", f"{name}1"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name)
        _ip("addr", "add", f"{ours}/30", "dev", near)
        _ip("link", "set", near, "up")
        within = ["ip", "netns", "exec", name]
        _ip("-n", name, "addr", "add", f"{theirs}/30", "dev", far)
        _ip("-n", name, "link", "set", far, "up")
        _ip("-n", name, "link", "set", "lo", "up")
        yield within, ours
    finally:
        _ip("netns", "del", name)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _may_make_hosts() -> bool:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    try:
        with host(f"blg{os.getpid()}t", 60):
            return True
    except subprocess.CalledProcessError:
        return False


@pytest.mark.skipif(
    not _may_make_hosts(), reason="two hosts need root and network namespaces (`ip netns`)"
)
def test_two_hosts_one_of_which_goes_dark_midway(
    made: Run, expected: dict[str, bytes], tmp_path: Path
) -> None:
    """The layers come from another store by fsspec, each host has a cache of its own, and the
    cable of one is cut before its processes die: nobody says goodbye.
    """
    name = f"blg{os.getpid()}"
    elsewhere = replace(made.setup, store=f"file://{made.setup.store}")
    done: list[int] = []
    with ExitStack() as stack:
        hosts = [stack.enter_context(host(f"{name}{n}", n)) for n in (0, 1)]
        address = stack.enter_context(dask.scheduler(tmp_path, "0.0.0.0"))  # noqa: S104
        port = address.rpartition(":")[2]
        workers = []
        for number, (within, ours) in enumerate(hosts):
            cache = tmp_path / f"cache{number}"
            started = dask.worker(
                tmp_path, f"tcp://{ours}:{port}", f"host{number}", within,
                XDG_CACHE_HOME=str(cache),
            )  # fmt: skip
            workers.append(stack.enter_context(started))

        def progress(count: int) -> None:
            done.append(count)
            if len(done) == 4:
                _ip("link", "set", f"{name}10", "down")
                workers[1].kill()

        with Cluster(elsewhere.packed(), f"tcp://127.0.0.1:{port}", patience_s=40) as pool:
            carry_on(made, pool, progress=progress)
    assert sum(done) == COUNT + 2
    running.finish(made)
    assert contents(made.folder) == expected
    mirrored = list((tmp_path / "cache0").glob("belang/stores/*/versions/*/version.json"))
    assert mirrored
