"""What every proof prints: one figure, and how it was come by, as JSON on standard output."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import pyproj
import shapely

Json = dict[str, Any]
ROOT = Path(__file__).parent.parent
NOTHING = "nothing was tried"
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

    `failures` are sentences, one each; `details` are of the proof's own. That nothing was tried is
    a failure, too.
    """
    return {
        "name": name,
        "tries": tries,
        "failures": list(failures) or [NOTHING] * (not tries),
        "seed": seed,
        "seconds": round(time.monotonic() - begun, 1),
        "versions": versions(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "cores": len(os.sched_getaffinity(0)),
        **details,
    }


def untried(name: str, why: str) -> Json:
    """Return the figure of a proof that lacks what it needs: a failure, in one sentence."""
    return figure(name, tries=0, failures=[why], seed=None, begun=time.monotonic())


def commit(folder: Path) -> str | None:
    """Return the commit of a checkout, with ``+`` where files that git knows differ from it; None
    where the folder is no checkout, or there is no git.
    """
    try:
        top, number = _git(folder, "rev-parse", "--show-toplevel", "--short", "HEAD").split("\n")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    own = Path(top).resolve() == folder.resolve()  # not of a checkout that happens to lie around
    return number + "+" * bool(changed) if own else None


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    return done.stdout.rstrip()


AT_START = commit(ROOT)  # what was loaded; meanwhile somebody may go on


def versions() -> dict[str, str]:
    """Return what was tried: Belang, its commit where that is known, what its answers rest on."""
    return {
        **{name: version(name) for name in PACKAGES},
        **({"commit": AT_START} if AT_START else {}),
        "python": platform.python_version(),
        "geos": shapely.geos_version_string,
        "proj": pyproj.proj_version_str,
    }


def tell(found: Json) -> NoReturn:
    """Print a figure and end; status 1 where anything failed."""
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    sys.exit(1 if found["failures"] else 0)
