"""`belang bench --suite import`: all layers from files to versions, then one layer anew; and what
each step takes alone.
"""

import argparse
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.district import LAYERS, drawn
from bench.imports import steps
from layers.catalogue import read_catalogue
from layers.store import Store


def measured(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return how long all layers take, and how long one does when the others stay."""
    catalogue = read_catalogue(drawn(folder, given.objects, given.data_seed))
    store = Store(catalogue.path.parent / "imported", catalogue.crs)
    spent, count = {}, 0
    for layer in catalogue.layers:
        begun = time.perf_counter()
        count += store.version(layer).count
        spent[layer.code] = round(time.perf_counter() - begun, 4)
    whole = sum(spent.values())
    middle = sorted(LAYERS, key=lambda code: LAYERS[code].share)[len(LAYERS) // 2]
    changed = catalogue.layer(middle)
    assert changed.source.path is not None  # noqa: S101 - the district consists of files
    changed.source.path.touch()
    begun = time.perf_counter()
    for layer in catalogue.layers:
        store.version(layer)
    again = time.perf_counter() - begun
    alone: Counter[str] = Counter()
    for layer in catalogue.layers:
        assert layer.source.path is not None  # noqa: S101 - as above
        alone.update(steps(layer.source.path, layer.id))
    return {
        "counted": count, "seconds": round(whole, 3), "layers_s": spent,
        "objects_per_second": round(count / whole), "changed": middle,
        "again_s": round(again, 4), "again_share": round(again / whole, 4),
        "steps_alone_s": {step: round(took, 3) for step, took in alone.items()},
    }  # fmt: skip


def table(result: dict[str, Any]) -> str:
    """Return the result for people."""
    return (
        f"{result['counted']} objects in {result['seconds']} s, "
        f"{result['objects_per_second']} a second; after a change of {result['changed']} "
        f"{result['again_s']} s, {100 * result['again_share']:.1f} %; alone "
        + ", ".join(f"{step} {took} s" for step, took in result["steps_alone_s"].items())
        + "\n"
    )
