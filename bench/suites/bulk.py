"""`belang bench --suite bulk`: many plans at once, by one process, two, and Dask."""

import argparse
from pathlib import Path
from typing import Any

from bench import bulk

WAYS = ["one", "two", "dask"]
LIMIT = 100  # plans for the comparison with the limit


def measured(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return the figures of `bench.bulk`; every way has to leave the same tables."""
    asked = argparse.Namespace(
        **{**vars(given), "ways": WAYS, "dask": True, "linear": True},
        limit=min(LIMIT, given.plans),
    )
    return bulk.measured(asked, folder.absolute())


def table(result: dict[str, Any]) -> str:
    """Return the result for people."""
    alone = result["one_process"]
    lines = [
        f"one process: {alone['rate_to_limit']} of the rate of the limit, "
        f"{alone['rate_to_needed']} of what is needed"
    ]
    for name, way in result["runs"].items():
        lines.append(f"{name}: {result['plans']} plans in {way['seconds']} s")
    ratios = result["ratios"]
    lines.append(f"two processes: {ratios['two_to_one']['ratio']} times one")
    lines.append(f"Dask beside two processes: {ratios['dask_overhead']['share']:+.1%}")
    lines.append(f"exponent over plans: {result['linear']['exponent']}")
    return "\n".join(lines) + "\n"
