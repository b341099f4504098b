"""`belang bench --suite map`: how large the map of a check with many hits is, and how soon it is
drawn.
"""

import argparse
from pathlib import Path
from typing import Any

from bench import large_maps


def measured(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return the figures of `bench.large_maps` for as many hits as there are objects."""
    return {"map": large_maps.measured(given.objects, folder, given.runs)}


def table(result: dict[str, Any]) -> str:
    """Return the result for people."""
    found = result["map"]
    browser = found["browser"]
    return (
        f"{found['hits']} hits: map of {found['map_mb']} MB, written in {found['render_s']} s, "
        f"drawn in {browser['drawn_ms']} ms\n"
    )
