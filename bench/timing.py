"""Measuring several ways side by side: plan by plan, run by run, in one process.

Two clocks: the wall's, and the processor time of this process, which other programs on the machine
do not stretch. What a database does in a process of its own only the first one shows.
"""

import gc
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import shapely
from pyproj import proj_version_str

Pair = tuple[float, float]  # wall and processor, s
Times = Mapping[str, list[list[Pair]]]  # by way: a list a plan, of a time a run
NAMES = ("belang", "shapely", "geopandas", "numpy", "pyogrio", "geoindex-rs", "psycopg")


def interleaved(
    plans: Sequence[Any], ways: Mapping[str, Callable[[Any], Any]], runs: int
) -> dict[str, list[list[Pair]]]:
    """Return the times of all ways; each plan goes through all of them before the next one.

    The ways begin in another order each run. Every one is called once before, untimed.
    """
    spent: dict[str, list[list[Pair]]] = {name: [[] for _ in plans] for name in ways}
    names = list(ways)
    for run in range(runs + 1):
        for number, plan in enumerate(plans):
            for name in names[run % len(names) :] + names[: run % len(names)]:
                took = _timed(ways[name], plan)
                if run:
                    spent[name][number].append(took)
    return spent


def _timed(way: Callable[[Any], Any], plan: Any) -> Pair:
    gc.collect(0)
    begun, busy = time.perf_counter(), time.process_time()
    way(plan)
    return time.perf_counter() - begun, time.process_time() - busy


def told(spent: Times, against: Sequence[str]) -> dict[str, Any]:
    """Return what the times come to, for both clocks: medians a plan, their sums, and the ratios
    of sums to those of the ways `against`, run by run.
    """
    return {
        name: {
            clock: _told(
                [[run[i] for run in plan] for plan in plans],
                {one: [[run[i] for run in plan] for plan in spent[one]] for one in against},
            )
            for i, clock in enumerate(("wall", "cpu"))
        }
        for name, plans in spent.items()
    }


def _told(plans: list[list[float]], against: Mapping[str, list[list[float]]]) -> dict[str, Any]:
    mine = _sums(plans)
    found = {
        "plans_ms": [_ms(median(plan)) for plan in plans],
        "sum_ms": _ms(median(mine)),
        "sums_ms": [_ms(total) for total in mine],
        **_percentiles([median(plan) for plan in plans]),
    }
    for name, others in against.items():
        ratios = _ratios(mine, _sums(others))
        found[f"to_{name}"] = round(median(ratios), 4)
        found[f"to_{name}_spread"] = [round(ratio, 4) for ratio in sorted(ratios)]
    return found


def _sums(plans: list[list[float]]) -> list[float]:
    """Return what all plans took together, run by run."""
    return [sum(run) for run in zip(*plans, strict=True)]


def _ratios(mine: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [a / b for a, b in zip(mine, theirs, strict=True)]


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    cuts = quantiles(times, n=20) if len(times) > 1 else [times[0]] * 19
    return {"p50_ms": _ms(median(times)), "p95_ms": _ms(cuts[18])}


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 4)


def machine() -> dict[str, Any]:
    """Return what the figures were measured with and on."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "load": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "geos": shapely.geos_version_string,
        "proj": proj_version_str,
        "packages": {name: found for name in NAMES if (found := _version(name))},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
