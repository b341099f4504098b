"""`belang bench --suite check`: one plan after the other, by every way known, side by side."""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from bench import drafts
from bench.agreement import require_same
from bench.anchors.answer import Data, Way
from bench.anchors.belang import Belang, anew
from bench.anchors.needed import Needed
from bench.anchors.plain import Limit, Naive, Trees
from bench.anchors.postgis import PostGIS
from bench.anchors.sedona import Sedona
from bench.district import LAYERS, drawn, extent
from bench.timing import interleaved, told
from gis.tolerance import tolerance_m
from layers.catalogue import Catalogue, read_catalogue
from layers.facts import checked
from layers.store import Store
from service.checks.finding import Outcome
from service.checks.run import Wanted
from service.cluster import Cluster
from service.offices.rule import rules_from, wanted
from service.offices.verdict import concerns
from service.plans.kinds import vocabulary_of
from service.plans.plan import Plan


@dataclass(frozen=True)
class Region:
    """A made-up district in a store, and what its rules ask of the plans."""

    catalogue: Catalogue
    store: Store
    wanted: Wanted

    def data(self) -> list[Data]:
        """Return all layers decoded, with the distances their rules ask for."""
        found = []
        for layer in self.catalogue.layers:
            everything = self.store.version(layer).everything()
            eps = tolerance_m(layer.accuracy_m, 0.0)
            reach = max(LAYERS[layer.code].reach_m, eps)
            found.append(Data(layer.code, everything.ids, everything.geometries, reach, eps))
        return found


def region(folder: Path, objects: int, seed: int) -> Region:
    """Return the district below `folder`, drawn and imported unless it is there."""
    catalogue = read_catalogue(drawn(folder, objects, seed))
    store = Store(catalogue.path.parent / "store", catalogue.crs)
    for layer in catalogue.layers:
        store.version(layer)
    plan = drafts.areas(extent(objects), 1, seed)[0]
    vocabulary = vocabulary_of(catalogue.kinds)
    rules = tuple(r for r in rules_from(catalogue, vocabulary) if r.in_force(date(2026, 6, 15)))
    return Region(
        catalogue, store, wanted(rules, [r for r in rules if concerns(r, plan, vocabulary)])
    )


def measured(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return figures of all ways; DisagreementError where any two answer differently."""
    where = region(folder, given.objects, given.data_seed)
    place = extent(given.objects)
    with ways(where, given.ways, folder) as every:
        return {
            "areas": _side_by_side(drafts.areas(place, given.areas, given.seed), every, given.runs),
            "routes": _side_by_side(
                drafts.routes(place, given.routes, given.seed), every, given.runs
            ),
            "nothing_near": _nothing_near(
                drafts.nowhere(place, given.areas, given.seed), every[0], given.runs
            ),
            "layers": len(where.catalogue.layers),
            "opening": opened(where),
            "resident_mb": resident(),
        }


@contextmanager
def ways(where: Region, names: Sequence[str], folder: Path) -> Iterator[list[Way]]:
    """Yield the ways of these names, ready to be asked."""
    with ExitStack() as stack:
        found: list[Way] = [Belang(where.catalogue, where.store, where.wanted)]
        layers = where.data() if set(names) - {"belang", "plain"} else []
        made: dict[str, Callable[[], Way]] = {
            "plain": lambda: Belang(where.catalogue, where.store, where.wanted, together=False),
            "limit": lambda: Limit(layers),
            "needed": lambda: Needed(layers),
            "strtree": lambda: Trees(layers),
            "geopandas": lambda: Naive(layers),
            "sedona": lambda: Sedona(layers),
            "postgis": lambda: PostGIS(stack.enter_context(Cluster(folder / "pg")).admin(), layers),
        }
        yield found + [made[name]() for name in names if name in made]


def _side_by_side(plans: Sequence[Plan], every: Sequence[Way], runs: int) -> dict[str, Any]:
    if not plans:
        return {}
    hits = []
    for plan in plans:
        answers = [
            (way.name, way.answer(way.ask(anew(plan))))
            for way in every
            if not isinstance(way, Limit)
        ]
        first, one = answers[0]
        for second, other in answers[1:]:
            require_same(plan.title, first, one, second, other)
        for way in every:
            if isinstance(way, Limit):
                way.tell(plan, one)
                require_same(plan.title, first, one, way.name, way.answer(way.ask(anew(plan))))
        hits.append(len(one))
    spent = interleaved(plans, {way.name: partial(_asked, way) for way in every}, runs)
    against = [str(name) for name in ("limit", "needed") if name in spent] or ["belang"]
    return {"plans": len(plans), "hits": hits, "agree": True, "ways": told(spent, against)}


def _asked(way: Way, plan: Plan) -> Any:
    return way.ask(anew(plan))


def _nothing_near(plans: Sequence[Plan], way: Way, runs: int) -> dict[str, Any]:
    """Return what a check costs that has nothing to measure, for which the limit is nothing."""
    if not plans:
        return {}
    for plan in plans:
        found = way.ask(anew(plan)).findings
        assert {finding.outcome for finding in found} == {Outcome.CLEAR}  # noqa: S101 - else a failure is timed
    spent = interleaved(plans, {way.name: partial(_asked, way)}, runs)
    return {"plans": len(plans), "ways": told(spent, [way.name])}


def opened(where: Region) -> dict[str, float]:
    """Return how long it takes to open all layers anew, s: the median of some tries, none of
    which knows what the one before has read.
    """
    tries = []
    for _ in range(7):
        checked.cache_clear()
        begun = time.perf_counter()
        store = Store(where.store.root, where.catalogue.crs).pinned()
        for layer in where.catalogue.layers:
            store.version(layer)
        tries.append(time.perf_counter() - begun)
    return {"median_s": round(sorted(tries)[3], 5), "least_s": round(min(tries), 5)}


def resident() -> dict[str, int]:
    """Return this process's memory, MB: of its own now, the most it had with what is mapped, and
    what of files is mapped now, which all processes share.
    """
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    names = {"own": "RssAnon", "mapped": "RssFile", "peak": "VmHWM"}
    return {name: int(told[key].split()[0]) // 1024 for name, key in names.items()}


def table(result: dict[str, Any]) -> str:
    """Return the result for people: what all plans took by every way, and beside the first."""
    lines = []
    for kind in ("areas", "routes"):
        if not result[kind]:
            continue
        lines.append(f"{result[kind]['plans']} {kind}, {sum(result[kind]['hits'])} hits")
        for name, way in result[kind]["ways"].items():
            told_ = [
                f"{clock} {found['sum_ms']:.0f} ms = "
                + ", ".join(f"{v:.3f} {k}" for k, v in found.items() if k in RATIOS)
                for clock, found in way.items()
            ]
            lines.append(f"  {name:10} {'; '.join(told_)}")
    for name, way in result["nothing_near"].get("ways", {}).items():
        lines.append(f"nothing near\n  {name:10} median of a plan {way['cpu']['p50_ms']:.2f} ms")
    return "\n".join(lines) + f"\nopening {result['opening']}, MB {result['resident_mb']}\n"


RATIOS = ("to_limit", "to_needed", "to_belang")
