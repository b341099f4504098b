"""What all tests share: reproducible Hypothesis runs, the built sample region, the real data."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from layers.sample import build
from tests.service import postgres as databases

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"

# A private PostgreSQL for the whole run, started when the first test asks for it.
postgres, template = databases.postgres, databases.template
database_url, fresh_database_url = databases.database_url, databases.fresh_database_url

# The same days in this process and in those it starts, whatever else the machine is set to.
os.environ.setdefault("TZ", "UTC")
time.tzset()

# The same examples on every machine and every run: a failure can be repeated. `explore` is for
# looking farther by hand: HYPOTHESIS_PROFILE=explore pytest tests/gis
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", deadline=None, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the sample region, built once for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    shared_by_workers = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, building = shared_by_workers / "sample", shared_by_workers / "sample.building"
    try:
        building.mkdir()
    except FileExistsError:
        return _awaited(folder)
    build(folder)
    return folder


def _awaited(folder: Path) -> Path:
    """Return `folder` when another worker has built it; `build` makes it appear whole."""
    for _ in range(600):
        if folder.exists():
            return folder
        time.sleep(0.2)
    raise TimeoutError("the sample region was not built by the other worker")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data beside the checkout; skips where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("the folder `shared` with real data does not lie beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the one browser of this process: a second one cannot be driven beside it."""
    if CHROMIUM is None:
        pytest.skip("no `chromium` on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield started
        started.close()
