"""False clearance: pairs of plan and layer through the whole check, against plain arithmetic.

The plan is read from a file as any plan, the layer is imported as any layer, and both are checked
as `belang check` does; `bench.exact` says what is true of them. What counts as wrong:

- `cleared`: the check says clear where they meet, lie within the tolerance, or within an asked
  distance; or where a coordinate of the layer is no number.
- `missed`: not affected though a disc as wide as twice the tolerance fits into what they share, a
  line reaches deeper than that into an area, or an object lies within an asked distance.
- `invented`: affected or bordering though they are farther apart than anything asks.
- `broke`: something other than a finding, a refusal or a question.

Hits among neighbours whose common boundary was digitised within 3 cm are counted apart.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import yaml
from shapely.geometry.base import BaseGeometry

from bench import exact
from bench.exact import Drawn, Places
from bench.figure import figure, tell
from bench.pairs import Pair, pair
from gis.crs import crs_from
from gis.problem import Problem, Refusal
from layers.catalogue import Catalogue, read_catalogue
from layers.importing import imported
from layers.layer import Layer
from layers.reading import Features
from layers.unavailable import LayerUnavailableError
from layers.version import LayerVersion
from service.checks.finding import Ask, Demand, Outcome
from service.checks.run import Wanted, run
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of
from service.plans.plan import Plan

CRS = crs_from("EPSG:25833")
ORIGIN = np.array([320_000.0, 5_670_000.0])
ROUNDING_M = 1e-5
SURE = 1.02  # circles are polygons to GEOS: erosion by them is exact to two in a hundred
MOST_NEIGHBOURS = 0.001
# Each pair is a version of a layer, written safely: on a disk that takes longer than all the rest.
MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one
KINDS = ("cleared", "missed", "invented", "broke")


# --- handing a pair to the product ----------------------------------------------------------------


def shape_of(drawn: Drawn, *, heights: bool = False) -> BaseGeometry:
    """Return a thing in the working CRS, as the product knows geometries."""

    def at(xy: Places) -> Places:
        there = xy + ORIGIN
        return np.c_[there, np.full(len(there), 123.4)] if heights else there

    if drawn.parts:
        areas = [shapely.Polygon(at(p.shell), [at(h) for h in p.holes]) for p in drawn.parts]
        return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)
    if drawn.lines:
        return shapely.LineString(at(drawn.lines[0]))
    return shapely.Point(at(drawn.points[0])[0])


class Held:
    """One layer that is imported when it is asked for, in place of a store of many."""

    def __init__(self, folder: Path, of: Pair) -> None:
        self.folder, self.of = folder, of

    def pinned(self) -> "Held":
        """Return itself: what it gives out once stays."""
        return self

    def version(self, layer: Layer) -> LayerVersion:
        """Import the layer; errors as `layers.store.Store.version`."""
        return self._version

    @cached_property
    def _version(self) -> LayerVersion:
        shapes = [shape_of(t, heights=self.of.heights) for t in self.of.things]
        array = np.array([*shapes, None], dtype=object)[:-1]
        features = Features(array, tuple({} for _ in shapes), "EPSG:25833", "geojson")
        try:
            return imported(self.folder / "versions", [features], CRS).version
        except Refusal as refusal:
            raise LayerUnavailableError(refusal.text) from refusal


def plan_of(folder: Path, of: Pair) -> Plan:
    """Write the plan to a file and read it; errors as `read_plan`."""
    shape = shape_of(of.plan, heights=of.heights)
    geometry = json.loads(shapely.to_geojson(shape)) if of.nowhere != "plan" else _spoilt(shape)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25833"}}
    document = {"type": "Feature", "properties": {}, "geometry": geometry, "crs": crs}
    path = folder / "plan.geojson"
    path.write_text(json.dumps(document), encoding="utf-8")
    said = Intake(
        CRS, vocabulary_of(), kind="sonstiges", accuracy_m=of.plan_accuracy_m,
        width_m=of.width_m if of.plan.lines else None,
        radius_m=of.radius_m if of.plan.points else None,
    )  # fmt: skip
    return read_plan(path, said)


def _spoilt(shape: BaseGeometry) -> dict[str, Any]:
    rings = [shapely.get_coordinates(r).tolist() for r in shapely.get_rings(shape)]
    return {"type": "Polygon", "coordinates": rings}


def catalogue(folder: Path) -> Catalogue:
    """Return a catalogue with one layer."""
    layer = {"code": "thema", "title": "Thema", "keeper": "AMT",
             "source": {"type": "file", "path": "thema.geojson"}}  # fmt: skip
    path = folder / "catalogue.yaml"
    offices = [{"code": "AMT", "name": {"de": "Amt", "en": "Office"}}]
    path.write_text(yaml.safe_dump({"offices": offices, "layers": [layer], "rules": []}))
    return read_catalogue(path)


def verdict(folder: Path, of: Pair, base: Catalogue) -> str:
    """Return the outcome, or ``refused``."""
    layers = tuple(replace(layer, accuracy_m=of.accuracy_m) for layer in base.layers)
    demand = Demand()
    if of.within_m is not None:
        demand = Demand(of.within_m, (Ask(of.within_m),))
    try:
        plan = plan_of(folder, of)
    except Problem:
        return "refused"
    one = replace(base, layers=layers)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        held: Any = Held(Path(own), of)
        (found,) = run(plan, one, held, Wanted({"thema": demand})).findings
    return found.outcome.value


# --- judging --------------------------------------------------------------------------------------


@dataclass
class Seen:
    """What came of the pairs; of what is wrong the seeds."""

    pairs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    neighbours: int = 0
    neighbours_hit: list[str] = field(default_factory=list)
    wide: int = 0
    meeting: int = 0
    undecided: int = 0

    def add(self, seed: int, of: Pair, outcome: str) -> None:
        """Judge an outcome."""
        self.pairs += 1
        self.outcomes[f"{of.kind}: {outcome}"] += 1
        name = f"{seed} {of.kind}"
        if of.neighbours:
            self.neighbours += 1
            if outcome == Outcome.AFFECTED:
                self.neighbours_hit.append(name)
        kind = self._judged(of, outcome)
        if kind is not None:
            self.wrong[kind].append(f"{name}: {outcome}")

    def _judged(self, of: Pair, outcome: str) -> str | None:
        if outcome == "refused":
            return None
        if of.nowhere:
            return None if outcome == Outcome.FAILED else "cleared"
        if outcome == Outcome.FAILED:
            return None
        if not (of.sound and exact.simple(of.plan) and all(map(exact.simple, of.things))):
            return self._of_unsound(of, outcome)
        return self._of_sound(of, outcome)

    def _of_unsound(self, of: Pair, outcome: str) -> str | None:
        """Judge where only what lies deep in both, by any reading, is sure."""
        deep = _wider(of.sure_ground, of)
        self.meeting += bool(deep)
        self.wide += bool(deep)
        if not deep or outcome == Outcome.AFFECTED:
            return None
        return "cleared" if outcome == Outcome.CLEAR else "missed"

    def _of_sound(self, of: Pair, outcome: str) -> str | None:
        sure = of.sure_ground
        ground = sure if of.width_m or not of.plan.lines else of.plan
        apart = exact.distance_m(ground, of.layer)
        self.meeting += apart <= of.eps_m
        if outcome == Outcome.CLEAR and apart <= max(of.eps_m, of.within_m or 0.0) - ROUNDING_M:
            return "cleared"
        if of.within_m is not None and apart <= of.within_m - ROUNDING_M:
            return None if outcome == Outcome.AFFECTED else "missed"
        if self._wide(sure, of) and outcome != Outcome.AFFECTED:
            return "missed"
        known = not of.plan.lines and not of.plan.points  # else the ground is larger than is sure
        far = max(of.eps_m, of.within_m or 0.0) + ROUNDING_M
        invented = known and apart > far and outcome != Outcome.CLEAR
        return "invented" if invented else None

    def _wide(self, sure: Drawn, of: Pair) -> bool:
        if not sure.segments.size or (of.plan.lines and not of.width_m):
            return False
        wide = _wider(sure, of)
        self.undecided += wide is None
        self.wide += bool(wide)
        return bool(wide)

    def told(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "pairs": self.pairs, "meeting": self.meeting, "wider_than_twice_eps": self.wide,
            "undecided": self.undecided, **self.wrong, "neighbours": self.neighbours,
            "neighbours_hit": self.neighbours_hit, "outcomes": dict(sorted(self.outcomes.items())),
        }  # fmt: skip

    @property
    def failures(self) -> list[str]:
        """Every promise that does not hold, as a sentence."""
        wrong = [f"{kind}: {seed}" for kind, seeds in self.wrong.items() for seed in seeds]
        if len(self.neighbours_hit) > MOST_NEIGHBOURS * self.neighbours:
            wrong.append(f"{len(self.neighbours_hit)} of {self.neighbours} neighbours are hit")
        return wrong


def _wider(sure: Drawn, of: Pair) -> bool | None:
    """Tell whether any object shares with the plan what is wider than twice the tolerance.

    What of a line lies less deep may be a dip of a common boundary drawn twice: it borders
    (docs/decisions/0002).
    """
    found = [
        exact.wider(sure, thing, SURE * of.eps_m * (1 if thing.parts else 2)) for thing in of.things
    ]
    return True if any(found) else None if None in found else False


def seen(seeds: Iterable[int], folder: Path) -> Seen:
    """Hold the check against the arithmetic, pair after pair."""
    found, base = Seen(), catalogue(folder)
    for number, seed in enumerate(seeds, 1):
        of = pair(seed)
        try:
            with np.errstate(invalid="ignore"):  # where there is no number on purpose
                outcome = verdict(folder, of, base)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told
            found.pairs += 1
            found.wrong["broke"].append(f"{seed} {of.kind}: {type(error).__name__}: {error}")
            continue
        found.add(seed, of, outcome)
        if number % 5_000 == 0:
            sys.stderr.write(f"{number} {found.wrong}\n")
    return found


def tried(first: int, count: int) -> Seen:
    """Return what came of so many pairs, from the number `first` on."""
    place = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="belang-oracle-", dir=place) as folder:
        return seen(range(first, first + count), Path(folder))


def main() -> None:
    """Hold pair after pair against the arithmetic and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0, help="number of the first pair")
    given = parser.parse_args()
    begun = time.monotonic()
    found = tried(given.seed, given.pairs)
    tell(
        figure(
            "no false clearance", tries=given.pairs, failures=found.failures, seed=given.seed,
            begun=begun, **found.told(),
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
