"""What goes wrong while clients hand in plans: every promise holds; a few tries of `make goal`.

How soon a service is ready again is not judged here: a machine that runs tests has other work.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import crashes, restarts
from bench.running import ROOT

SLOW = "ready again only after"  # how the sentence begins that tells of starts above five seconds


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that the database may enter, which runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="belang-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


def broken(found: dict[str, Any]) -> list[str]:
    return [sentence for sentence in found["failures"] if not sentence.startswith(SLOW)]


def test_a_kill_under_load_breaks_no_promise(folder: Path) -> None:
    """Three of the thousand of `make goal`, the second with the database; some twenty seconds."""
    found = crashes.run(folder, 3, seed=1, every=2)
    assert broken(found) == []
    assert (found["tries"], found["databases_killed"], found["looks_between_kills"]) == (3, 1, 2)
    assert found["acknowledged"] > 0
    assert found["checks"]["failed"] == 0
    assert sum(found["checks"].values()) >= found["acknowledged"]


def test_a_database_that_ends_under_load_breaks_no_promise(folder: Path) -> None:
    """Two of the sixty of `make goal`, by two signals; some ten seconds."""
    found = restarts.run(folder, 2)
    assert broken(found) == []
    assert found["tries"] == 2
    assert found["acknowledged"] >= 2  # a plan after each


def test_a_full_disk_under_load_breaks_no_promise(tmp_path: Path) -> None:
    """Three of the fifty levels of `make goal`: nothing left, a page, 40 MB; some ten seconds."""
    if why := unmountable(tmp_path):
        pytest.skip(f"a file system of fixed size cannot be mounted: {why}")
    command = [sys.executable, "-m", "bench.full", "--levels", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr[-4_000:]
    found = json.loads(done.stdout)
    assert broken(found) == []
    assert found["tries"] == 3
    assert sum(found["refreshes"].values()) == 3
    assert found["acknowledged"] >= 3  # a plan after each


def unmountable(place: Path) -> str:
    """Return why no file system can be mounted in a namespace of its own; empty where one can."""
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or unshare is None:
        return "only root can (unshare)"
    mount = [unshare, "-m", "mount", "-t", "tmpfs", "tmpfs", str(place)]
    return subprocess.run(mount, capture_output=True, text=True, check=False).stderr.strip()
