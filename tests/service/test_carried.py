"""Plans that were taken are checked by a worker: a few of the files of `make goal`."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import hostile
from bench.awkward_json import GOOD
from bench.corpus import Sample

PLAN = Sample("plan", "plan.geojson", GOOD.encode(), ("accept",))


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that the database may enter, which runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="belang-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


def test_whatever_was_taken_is_checked_by_a_worker(folder: Path) -> None:
    """Two files and five with changed bytes, by a service of its own; some twenty seconds."""
    torn = Sample("torn", "torn.geojson", GOOD.encode()[:-9], ("reject",))
    found = hostile.through_http(folder, [PLAN, torn], flips=5, seed=1)
    slow = [told for told in found["wrong"] if told.startswith("slow")]
    assert found["wrong"] == slow  # a machine that runs tests has other work
    carried = found["carried_out"]["checks"]
    assert (carried["failed"], carried["waiting"]) == (0, 0)
    assert carried["done"] >= 2  # of the plan, and of the case that documents go to
