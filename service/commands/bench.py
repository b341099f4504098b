"""`belang bench`: how fast, beside other ways, with the answers compared first.

The suites are part of the sources, not of an installed wheel: they bring their own data and need
what tests need.
"""

import argparse
import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from service.commands.usage import UsageError

SUITES = {
    "check": "bench.suites.check",
    "bulk": "bench.suites.bulk",
    "import": "bench.suites.imports",
    "api": "bench.suites.api",
    "map": "bench.suites.map",
}


def run(given: argparse.Namespace) -> int:
    """Run a suite; print what came of it and keep it as JSON where asked."""
    try:
        suite = import_module(SUITES[given.suite])
        timing = import_module("bench.timing")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("bench"):
            raise
        raise UsageError("the benchmark needs a checkout of the sources") from error
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as scratch:
        folder = Path(scratch) if given.keep is None else given.keep
        folder.mkdir(parents=True, exist_ok=True)
        load = os.getloadavg()[0]
        found: dict[str, Any] = suite.measured(given, folder)
    result = {
        "suite": given.suite,
        "objects": given.objects,
        "seed": given.seed,
        "data_seed": given.data_seed,
        "runs": given.runs,
        "load_before": round(load, 2),
        "machine": timing.machine(),
        **found,
    }
    if given.json is not None:
        given.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if given.plot is not None:
        import_module("bench.plot").plotted([given.json] if given.json else [], given.plot)
    sys.stdout.write(suite.table(result))
    return 0
