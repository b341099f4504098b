"""Where the time of a check goes: the steps of Belang, and what is left, as shares of the whole.

`python -m bench.shares --objects N` prints JSON. A step is a few functions with a clock around
them, of the processor time of the process; what a step asks of another one counts there only.
"""

import argparse
import gc
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from bench import drafts
from bench.anchors.belang import Belang, anew
from bench.district import extent
from bench.suites.check import region
from bench.timing import machine
from service.plans.plan import Plan

# By step: where its functions are looked up, and what they are called there.
STEPS = {
    "what is shared": [("gis.shared", "overlaps_of"), ("gis.shared", "enclosing")],
    "distances": [("gis.edge:Edge", "distances")],
    "verdict, by short cuts": [("gis.shared", "surely"), ("gis.survey:Surveyor", "_passed")],
    "verdict, by the whole definition": [("gis.survey", "overlaps")],
    "places along the route": [("gis.axis:Axis", "stretches"), ("gis.axis:Axis", "crossings")],
    "union": [("gis.survey:Surveyor", "total")],
    "finding and decoding the objects": [("service.checks.run", "surveyed")],
    "what lies near and touches": [("gis.survey:Surveyor", "meetings")],
}


class Clock:
    """Adds up what each step takes without the steps that it asks, s of the processor."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(STEPS, 0.0)
        self.asked = dict.fromkeys(STEPS, 0)
        self._inner = [0.0]

    def around(self, step: str, what: Callable[..., Any]) -> Callable[..., Any]:
        """Return the same function with a clock."""

        @wraps(what)
        def timed(*given: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            begun = time.process_time()
            try:
                return what(*given, **named)
            finally:
                took = time.process_time() - begun
                self.spent[step] += took - self._inner.pop()
                self.asked[step] += 1
                self._inner[-1] += took

        return timed


@contextmanager
def clocked() -> Iterator[Clock]:
    """Put a clock around the functions of all steps for as long as this lasts."""
    clock, before = Clock(), []
    for step, functions in STEPS.items():
        for place, name in functions:
            module, _, inside = place.partition(":")
            home = importlib.import_module(module)
            home = getattr(home, inside) if inside else home
            before.append((home, name, getattr(home, name)))
            setattr(home, name, clock.around(step, getattr(home, name)))
    try:
        yield clock
    finally:
        for home, name, what in before:
            setattr(home, name, what)


def shared_out(way: Belang, plans: Sequence[Plan]) -> dict[str, Any]:
    """Return what checks of the plans take by step, ms of the processor; every plan is checked
    once before.
    """
    hits = sum(len(way.answer(way.ask(anew(plan)))) for plan in plans)
    fresh = [anew(plan) for plan in plans]
    gc.collect()
    with clocked() as clock:
        begun = time.process_time()
        for plan in fresh:
            way.ask(plan)
        whole = time.process_time() - begun
    clock.spent["findings, decisions, the rest"] = whole - sum(clock.spent.values())
    return {
        "plans": len(plans),
        "hits": hits,
        "whole_ms": round(1000 * whole, 1),
        "steps": {
            step: {
                "ms": round(1000 * spent, 1),
                "share": round(spent / whole, 4),
                "calls": clock.asked.get(step, len(plans)),
            }
            for step, spent in clock.spent.items()
        },
    }


def main() -> None:
    """Share out the time of checks and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--data-seed", type=int, default=11)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--areas", type=int, default=100)
    parser.add_argument("--routes", type=int, default=30)
    parser.add_argument("--keep", type=Path, help="folder in which the district stays")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as scratch:
        where = region(given.keep or Path(scratch), given.objects, given.data_seed)
        way, place = Belang(where.catalogue, where.store, where.wanted), extent(given.objects)
        result = {
            **{name: getattr(given, name) for name in ("objects", "data_seed", "seed")},
            "machine": machine(),
            "areas": shared_out(way, drafts.areas(place, given.areas, given.seed)),
            "routes": shared_out(way, drafts.routes(place, given.routes, given.seed)),
        }
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
