"""What every proof prints: one figure, and how it was come by, as JSON on standard output."""

import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, NoReturn

import pyproj
import shapely

Json = dict[str, Any]
PACKAGES = ("belang", "shapely", "pyogrio", "sqlalchemy", "fastapi")


def figure(
    name: str,
    *,
    tries: int,
    failures: Sequence[str],
    seed: int | None,
    begun: float,
    **details: Any,
) -> Json:
    """Return a figure: what was tried how often and what failed; `begun` by `time.monotonic`.

    `failures` are sentences, one each; `details` are of the proof's own.
    """
    return {
        "name": name,
        "tries": tries,
        "failures": list(failures),
        "seed": seed,
        "seconds": round(time.monotonic() - begun, 1),
        "versions": versions(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "cores": len(os.sched_getaffinity(0)),
        **details,
    }


def versions() -> dict[str, str]:
    """Return what was tried: Belang and what its answers rest on."""
    return {
        **{name: version(name) for name in PACKAGES},
        "python": platform.python_version(),
        "geos": shapely.geos_version_string,
        "proj": pyproj.proj_version_str,
    }


def tell(found: Json) -> NoReturn:
    """Print a figure and end; status 1 where anything failed."""
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    sys.exit(1 if found["failures"] else 0)
