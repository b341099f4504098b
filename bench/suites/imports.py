"""`belang bench --suite import`: all layers from files to versions, then one layer anew."""

import argparse
import time
from pathlib import Path
from typing import Any

from bench.district import LAYERS, drawn
from layers.catalogue import Catalogue, read_catalogue
from layers.loaded import loaded
from layers.store import Store
from layers.version import LayerVersion


def measured(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return how long all layers take, two at a time as the command loads them, and how long it
    takes when one has changed and the others stay.
    """
    catalogue = read_catalogue(drawn(folder, given.objects, given.data_seed))
    store = Store(catalogue.path.parent / "imported", catalogue.crs)
    begun = time.perf_counter()
    count = _count(store, catalogue)
    whole = time.perf_counter() - begun
    middle = sorted(LAYERS, key=lambda code: LAYERS[code].share)[len(LAYERS) // 2]
    changed = catalogue.layer(middle)
    assert changed.source.path is not None  # noqa: S101 - the district consists of files
    changed.source.path.touch()
    begun = time.perf_counter()
    _count(store, catalogue)
    again = time.perf_counter() - begun
    return {
        "counted": count, "seconds": round(whole, 3), "layers": len(catalogue.layers),
        "objects_per_second": round(count / whole), "changed": middle,
        "again_s": round(again, 4), "again_share": round(again / whole, 4),
    }  # fmt: skip


def _count(store: Store, catalogue: Catalogue) -> int:
    found = loaded(store, catalogue.layers)
    return sum(v.count for v in found if isinstance(v, LayerVersion))


def table(result: dict[str, Any]) -> str:
    """Return the result for people."""
    return (
        f"{result['counted']} objects in {result['seconds']} s, "
        f"{result['objects_per_second']} a second; after a change of {result['changed']} "
        f"{result['again_s']} s, {100 * result['again_share']:.1f} %\n"
    )
