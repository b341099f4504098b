"""False clearance: pairs of plan and layer through the whole check, against plain arithmetic.

The plan is read from a file as any plan, the layer is imported as any layer, and both are checked
as `belang check` does; `bench.exact` says what is true of them. Most layers are handed over as
what a reader would yield; every 19th is written to a file, GeoJSON and GeoPackage by turns, and
read as a source of a catalogue, scanners and all. What counts as wrong:

- `cleared`: the check says clear where they meet, lie within the tolerance, or within an asked
  distance; or where a coordinate of the layer is no number.
- `missed`: not affected though a disc as wide as twice the tolerance fits into what they share, a
  line reaches deeper than that into an area, or an object lies within an asked distance.
- `invented`: affected or bordering though they are farther apart than anything asks.
- `refused_sound`: a plan refused, or a layer not checked, in which nobody could find a fault.
- `broke`: something other than a finding, a refusal or a question.

Hits among neighbours whose common boundary was digitised within 3 cm are counted apart. Where
less than a thousandth of a millimetre decides whether something is wider than twice the tolerance,
that is `undecided`, and told with what came of the pair.
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
import pyogrio
import shapely
import yaml
from numpy.typing import NDArray
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from bench import exact
from bench.exact import Drawn, Places
from bench.figure import figure, tell
from bench.pairs import Pair, pair
from gis.crs import crs_from
from gis.problem import Problem, Refusal
from layers.catalogue import Catalogue, read_catalogue
from layers.importing import imported
from layers.layer import Layer, Source
from layers.reading import Features
from layers.store import Store
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
KINDS = ("cleared", "missed", "invented", "refused_sound", "broke")
REFUSED = "refused"
SMALLEST_M2 = 0.01  # what is smaller is no plan, but a slip of the pen
FILES, EVERY = ("geojson", "gpkg"), 19  # no divisor in common with the number of kinds of pairs
URN = "urn:ogc:def:crs:EPSG::25833"


# --- handing a pair to the product ----------------------------------------------------------------


def shape_of(drawn: Drawn, *, heights: bool = False) -> BaseGeometry:
    """Return a thing in the working CRS, as the product knows geometries."""

    def at(xy: Places) -> Places:
        there: Places = xy + ORIGIN
        return np.c_[there, np.full(len(there), 123.4)] if heights else there

    if drawn.parts:
        areas = [shapely.Polygon(at(p.shell), [at(h) for h in p.holes]) for p in drawn.parts]
        return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)
    if drawn.lines:
        return shapely.LineString(at(drawn.lines[0]))
    return shapely.Point(at(drawn.points[0])[0])


def shapes_of(of: Pair) -> NDArray[np.object_]:
    """Return the objects of the layer."""
    shapes = [shape_of(thing, heights=of.heights) for thing in of.things]
    return np.array([*shapes, None], dtype=object)[:-1]


def file_of(seed: int) -> str:
    """Return by what kind of file the layer of that pair goes; empty: by none."""
    return "" if seed % EVERY else FILES[seed // EVERY % len(FILES)]


def write_layer(path: Path, of: Pair) -> None:
    """Write the layer to a file, with whatever is wrong with its coordinates."""
    shapes = shapes_of(of)
    if path.suffix == ".gpkg":
        pyogrio.raw.write(
            path, shapely.to_wkb(shapes), [], [], geometry_type="Unknown", crs="EPSG:25833",
            driver="GPKG", layer="thema",
        )  # fmt: skip
        return
    features = [{"type": "Feature", "properties": {"nr": number}, "geometry": mapping(shape)}
                for number, shape in enumerate(shapes)]  # fmt: skip
    document = {"type": "FeatureCollection", "features": features,
                "crs": {"type": "name", "properties": {"name": URN}}}  # fmt: skip
    path.write_text(json.dumps(document), encoding="utf-8")


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
        shapes = shapes_of(self.of)
        features = Features(shapes, tuple({} for _ in shapes), "EPSG:25833", "geojson")
        try:
            return imported(self.folder / "versions", [features], CRS).version
        except Refusal as refusal:
            raise LayerUnavailableError(refusal.text) from refusal


def plan_of(folder: Path, of: Pair) -> Plan:
    """Write the plan to a file and read it; errors as `read_plan`."""
    shape = shape_of(of.plan, heights=of.heights)
    crs = {"type": "name", "properties": {"name": URN}}
    document = {"type": "Feature", "properties": {}, "geometry": mapping(shape), "crs": crs}
    path = folder / "plan.geojson"
    path.write_text(json.dumps(document), encoding="utf-8")
    said = Intake(
        CRS, vocabulary_of(), kind="sonstiges", accuracy_m=of.plan_accuracy_m,
        width_m=of.width_m if of.plan.lines else None,
        radius_m=of.radius_m if of.plan.points else None,
    )  # fmt: skip
    return read_plan(path, said)


def catalogue(folder: Path) -> Catalogue:
    """Return a catalogue with one layer."""
    layer = {"code": "thema", "title": "Thema", "keeper": "AMT",
             "source": {"type": "file", "path": "thema.geojson"}}  # fmt: skip
    path = folder / "catalogue.yaml"
    offices = [{"code": "AMT", "name": {"de": "Amt", "en": "Office"}}]
    path.write_text(yaml.safe_dump({"offices": offices, "layers": [layer], "rules": []}))
    return read_catalogue(path)


def verdict(folder: Path, of: Pair, base: Catalogue, file: str = "") -> str:
    """Return the outcome, or ``refused`` with a code; the layer goes by that kind of `file`."""
    demand = Demand()
    if of.within_m is not None:
        demand = Demand(of.within_m, (Ask(of.within_m),))
    try:
        plan = plan_of(folder, of)
    except Problem as problem:
        return f"{REFUSED} {problem.code}"
    with tempfile.TemporaryDirectory(dir=folder) as own:
        held, source = _store(Path(own), of, file)
        layers = tuple(
            replace(layer, accuracy_m=of.accuracy_m, source=source or layer.source)
            for layer in base.layers
        )
        one = replace(base, layers=layers)
        (found,) = run(plan, one, held, Wanted({"thema": demand})).findings
    return found.outcome.value


def _store(folder: Path, of: Pair, file: str) -> tuple[Any, Source | None]:
    """Return what gives out the layer, and where it lies if it lies in a file."""
    if not file:
        return Held(folder, of), None
    path = folder / f"thema.{file}"
    write_layer(path, of)
    return Store(folder / "store", CRS), Source("file", path)


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
    undecided: list[str] = field(default_factory=list)
    files: Counter[str] = field(default_factory=Counter)

    def add(self, seed: int, of: Pair, outcome: str) -> None:
        """Judge an outcome."""
        self.pairs += 1
        self.outcomes[f"{of.kind}: {outcome}"] += 1
        name = f"{seed} {of.kind}"
        if of.neighbours:
            self.neighbours += 1
            if outcome == Outcome.AFFECTED:
                self.neighbours_hit.append(name)
        self.files[file_of(seed) or "none"] += 1
        kind = self._judged(name, of, outcome)
        if kind is not None:
            self.wrong[kind].append(f"{name}: {outcome}")

    def _judged(self, name: str, of: Pair, outcome: str) -> str | None:
        if outcome.startswith(REFUSED):
            return None if _refusable(of, outcome) else "refused_sound"
        if of.nowhere:
            return None if outcome == Outcome.FAILED else "cleared"
        sound = exact.sound(of.plan) and all(map(exact.sound, of.things))
        if outcome == Outcome.FAILED:
            return "refused_sound" if sound else None
        if not (of.sound and sound):
            return self._of_unsound(name, of, outcome)
        return self._of_sound(name, of, outcome)

    def _of_unsound(self, name: str, of: Pair, outcome: str) -> str | None:
        """Judge where only what lies deep in both, by any reading, is sure."""
        deep = self._wide(name, of.sure_ground, of, outcome)
        self.meeting += deep
        if not deep or outcome == Outcome.AFFECTED:
            return None
        return "cleared" if outcome == Outcome.CLEAR else "missed"

    def _of_sound(self, name: str, of: Pair, outcome: str) -> str | None:
        sure = of.sure_ground
        ground = sure if of.width_m or not of.plan.lines else of.plan
        apart = exact.distance_m(ground, of.layer)
        self.meeting += apart <= of.eps_m
        if outcome == Outcome.CLEAR and apart <= max(of.eps_m, of.within_m or 0.0) - ROUNDING_M:
            return "cleared"
        if of.within_m is not None and apart <= of.within_m - ROUNDING_M:
            return None if outcome == Outcome.AFFECTED else "missed"
        if self._wide(name, sure, of, outcome) and outcome != Outcome.AFFECTED:
            return "missed"
        known = not of.plan.lines and not of.plan.points  # else the ground is larger than is sure
        far = max(of.eps_m, of.within_m or 0.0) + ROUNDING_M
        invented = known and apart > far and outcome != Outcome.CLEAR
        return "invented" if invented else None

    def _wide(self, name: str, sure: Drawn, of: Pair, outcome: str) -> bool:
        if not sure.segments.size or (of.plan.lines and not of.width_m):
            return False
        wide = _wider(sure, of)
        if wide is None:
            self.undecided.append(f"{name}: {outcome}; {exact.SLACK_M:.1g} m decide")
        self.wide += bool(wide)
        return bool(wide)

    def told(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "pairs": self.pairs, "meeting": self.meeting, "wider_than_twice_eps": self.wide,
            "undecided": self.undecided, "layers_by_file": dict(sorted(self.files.items())),
            **self.wrong, "neighbours": self.neighbours,
            "neighbours_hit": self.neighbours_hit, "outcomes": dict(sorted(self.outcomes.items())),
        }  # fmt: skip

    @property
    def failures(self) -> list[str]:
        """Every promise that does not hold, as a sentence."""
        wrong = [f"{kind}: {seed}" for kind, seeds in self.wrong.items() for seed in seeds]
        if len(self.neighbours_hit) > MOST_NEIGHBOURS * self.neighbours:
            wrong.append(f"{len(self.neighbours_hit)} of {self.neighbours} neighbours are hit")
        return wrong


def _refusable(of: Pair, outcome: str) -> bool:
    """Tell whether there is a fault in the plan, or nothing of it."""
    small = outcome.endswith("geometry-zero-area") and exact.area_m2(of.plan) < SMALLEST_M2
    return bool(of.plan.parts and small) or not exact.sound(of.plan)


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
                outcome = verdict(folder, of, base, file_of(seed))
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
