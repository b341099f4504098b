"""Many plans: whole runs of `belang recheck`, from files to tables, by processes and by Dask.

`python -m bench.bulk --objects N --plans N` prints JSON. The tables of all ways are compared byte
by byte before anything is said about their times.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from math import log
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import shapely

from bench import drafts
from bench.agreement import DisagreementError
from bench.anchors.belang import Belang, anew
from bench.anchors.needed import Needed
from bench.anchors.plain import Limit
from bench.district import Extent, extent
from bench.suites.check import Region, region
from bench.timing import machine
from gis.footprint import Route
from service.bulk import running
from service.bulk.cluster import Cluster
from service.bulk.fanning import Pool
from service.bulk.plan_files import plan_files
from service.bulk.processes import Processes
from service.bulk.running import Run
from service.bulk.setup import Setup, pinned, software
from service.district import District
from service.plans.answer import stored
from service.plans.plan import Plan

ROUTES = 0.25  # of the plans
DAY = "2026-06-15"
CHUNK = 25
ROOT = Path(__file__).parent.parent
Pooled = Callable[[bytes], AbstractContextManager[Pool]]


def measured(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return all figures; DisagreementError where two ways do not leave the same bytes."""
    where = region(folder, given.objects, given.data_seed)
    plans = written(extent(given.objects), folder, given.plans, given.seed)
    found: dict[str, Any] = {"objects": given.objects, "plans": given.plans}
    if given.limit:
        found["one_process"] = against_limit(where, extent(given.objects), given)
    found["runs"] = {}
    with dask(folder) if given.dask else nothing() as address:
        ways: dict[str, Pooled] = {
            "one": lambda setup: Processes(setup, 1),
            "two": lambda setup: Processes(setup, 2),
            "dask": lambda setup: Cluster(setup, address),
        }
        ways = {name: ways[name] for name in given.ways}
        found["runs"] = in_turns(where, plans, folder, ways, given.runs)
    found["ratios"] = ratios(found["runs"])
    if given.linear:
        found["linear"] = linear(where, plans, folder, given.plans)
    return found


# --- plans --------------------------------------------------------------------------------------


def drafted(where: Extent, count: int, seed: int) -> list[Plan]:
    """Return areas and routes, mixed evenly."""
    routes = round(count * ROUTES)
    areas = drafts.areas(where, count - routes, seed)
    step = max(1, count // max(routes, 1))
    mixed = list(areas)
    for number, route in enumerate(drafts.routes(where, routes, seed)):
        mixed.insert(number * step, route)
    return mixed


def written(where: Extent, folder: Path, count: int, seed: int) -> Path:
    """Write the plans as GeoJSON files, unless they are there; return their folder."""
    home = folder / f"plans-{count}-{seed}-{round(where.side_m)}"
    if home.exists():
        return home
    aside = home.with_suffix(".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for number, plan in enumerate(drafted(where, count, seed)):
        (aside / f"{number:06d}.geojson").write_bytes(_geojson(plan))
    return aside.rename(home)


def _geojson(plan: Plan) -> bytes:
    geometry = plan.geometry
    shape = geometry.axis if isinstance(geometry, Route) else geometry.footprint
    said: dict[str, Any] = {"kind": "bebauungsplan"}
    if isinstance(geometry, Route):
        said = {"kind": "radweg", "width_m": geometry.width_m}
    feature = {"type": "Feature", "geometry": orjson.loads(shapely.to_geojson(shape)),
               "properties": said}  # fmt: skip
    crs = {"type": "name", "properties": {"name": "EPSG:25833"}}
    return orjson.dumps({"type": "FeatureCollection", "features": [feature], "crs": crs})


# --- ways ---------------------------------------------------------------------------------------


def against_limit(where: Region, place: Extent, given: argparse.Namespace) -> dict[str, Any]:
    """Return how one process compares with the limit and with what the definition needs beyond
    it, plan by plan, figures of the check alone.
    """
    plans, layers = drafted(place, given.limit, given.seed), where.data()
    belang = Belang(where.catalogue, where.store, where.wanted)
    told: list[Limit] = [Limit(layers), Needed(layers)]
    for plan in plans:
        answer = belang.answer(belang.ask(anew(plan)))
        for way in told:
            way.tell(plan, answer)
    asked = {"belang": belang.ask} | {way.name: way.ask for way in told}
    sums: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(given.runs):
        spent = dict.fromkeys(sums, 0.0)
        for plan in plans:
            for name, ask in asked.items():
                fresh = anew(plan)
                begun = time.perf_counter()
                ask(fresh)
                spent[name] += time.perf_counter() - begun
        for name, seconds in spent.items():
            sums[name].append(seconds)
    return {
        "plans": len(plans),
        **{f"{name}_s": [round(s, 3) for s in every] for name, every in sums.items()},
        "rate_to_limit": _rate(sums["limit"], sums["belang"]),
        "rate_to_needed": _rate(sums["needed"], sums["belang"]),
        "goal": 0.95,
    }


def _rate(other: Sequence[float], ours: Sequence[float]) -> float:
    return round(median(a / b for a, b in zip(other, ours, strict=True)), 3)


def in_turns(
    where: Region, plans: Path, folder: Path, ways: dict[str, Pooled], runs: int
) -> dict[str, Any]:
    """Return times of whole runs, the ways in turns; all have to leave the same tables."""
    times: dict[str, list[dict[str, Any]]] = {name: [] for name in ways}
    first: dict[str, bytes] | None = None
    for _ in range(runs):
        for name, pooled in ways.items():
            made = begun(where, plans, folder / f"run-{name}")
            times[name].append(timed(made, pooled))
            tables = {path.name: path.read_bytes() for path in made.folder.glob("*.parquet")}
            first = first or tables
            if tables != first:
                raise DisagreementError(f"{name} left other tables")
    return {name: {"runs": rows, "seconds": median(r["seconds"] for r in rows)}
            for name, rows in times.items()}  # fmt: skip


def begun(where: Region, plans: Path, folder: Path, count: int | None = None) -> Run:
    """Begin a run over the plans, or the first `count` of them, in an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    district = District(where.catalogue, where.store)
    setup = Setup(
        [[str(path), text] for path, text in where.catalogue.files],
        pinned(where.catalogue, where.store).frozen().to_json(),
        str(where.store.root.absolute()),
        DAY,
        "de",
        False,
        software(),
    )
    jobs = plan_files(plans, stored(district.intake()))[:count]
    return running.begin(folder, {}, setup, jobs, where.catalogue.crs.to_string(), CHUNK)


def timed(made: Run, pooled: Pooled) -> dict[str, Any]:
    """Carry a run out; `seconds` count from when every process has opened the layers."""
    load = os.getloadavg()[0]
    started = time.perf_counter()
    with pooled(made.setup.packed()) as pool:
        _warmed(pool, made)
        warm = time.perf_counter()
        running.carry_on(made, pool)
        checked = time.perf_counter()
    running.finish(made)
    return {
        "start_s": round(warm - started, 2),
        "seconds": round(time.perf_counter() - warm, 2),
        "of_it_tables_s": round(time.perf_counter() - checked, 2),
        "plans_per_s": round(len(made.jobs) / (checked - warm), 2),
        "load": [round(load, 2), round(os.getloadavg()[0], 2)],
    }


def _warmed(pool: Pool, made: Run) -> None:
    """Give every process a chunk before the clock starts."""
    aside = replace(made, folder=made.folder / "warm", jobs=made.jobs[: 4 * 2], size=2)
    running.carry_on(aside, pool)
    shutil.rmtree(aside.folder)


def ratios(runs: dict[str, Any]) -> dict[str, Any]:
    """Return what the goals are about, where their ways were run."""
    found: dict[str, Any] = {}
    seconds = {name: run["seconds"] for name, run in runs.items()}
    if {"one", "two"} <= seconds.keys():
        found["two_to_one"] = {"ratio": round(seconds["one"] / seconds["two"], 3), "goal": 1.7}
    if {"two", "dask"} <= seconds.keys():
        overhead = seconds["dask"] / seconds["two"] - 1
        found["dask_overhead"] = {"share": round(overhead, 3), "goal": 0.15}
    return found


def linear(where: Region, plans: Path, folder: Path, count: int) -> dict[str, Any]:
    """Return times of a quarter, a half and all of the plans, and the exponent between them."""
    times = {}
    for part in (count // 4, count // 2, count):
        made = begun(where, plans, folder / "run-linear", part)
        times[part] = timed(made, lambda setup: Processes(setup, 2))["seconds"]
    sizes = sorted(times)
    exponent = log(times[sizes[-1]] / times[sizes[0]]) / log(sizes[-1] / sizes[0])
    return {"seconds": times, "exponent": round(exponent, 3)}


# --- Dask on this machine -----------------------------------------------------------------------


@contextmanager
def dask(folder: Path) -> Iterator[str]:
    """Run a scheduler and two workers of one thread each; yield the address."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    options = ["--scheduler-file", str(file), "--no-dashboard"]
    commands = [["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *options]]
    worker = ["--nthreads", "1", "--no-nanny", "--preload", "service.bulk.assessing", *options]
    commands += [["distributed.cli.dask_worker", *worker]] * 2
    started = [_started(command, folder) for command in commands]
    try:
        while not file.exists():
            time.sleep(0.1)
        yield json.loads(file.read_text())["address"]
    finally:
        for process in started:
            process.kill()
            process.wait()


def _started(command: Sequence[str], folder: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "dask.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", *command], cwd=folder, env=environment, stdout=log, stderr=log
        )


@contextmanager
def nothing() -> Iterator[str]:
    """Yield no address."""
    yield ""


def main() -> None:
    """Run the benchmark and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--objects", type=int, default=10_000)
    add("--plans", type=int, default=200)
    add("--seed", type=int, default=11)
    add("--data-seed", type=int, default=2)
    add("--runs", type=int, default=1, help="of each way, in turns; the median counts")
    add("--limit", type=int, default=40, help="plans for the comparison with the limit; 0: none")
    add("--ways", nargs="+", choices=("one", "two", "dask"), default=["one", "two", "dask"])
    add("--linear", action="store_true", help="a quarter, a half and all of the plans")
    add("--keep", type=Path, help="folder in which data, plans and runs stay")
    given = parser.parse_args()
    given.dask = "dask" in given.ways
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        keep = (given.keep or Path(folder)).absolute()
        keep.mkdir(parents=True, exist_ok=True)
        result = {**measured(given, keep), "machine": machine()}
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
