"""Twelve faults of an upstream, while nothing else goes on and while a check is running.

Whatever happens, the version in force stays what it was, and the cause is named. The table of
docs/layers.md is this one.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import pytest

from layers.layer import Layer, source_from
from layers.refresh import Outcome, refresh
from layers.store import Store
from layers.verification import verified
from tests.layers.sources.harvesting import IMPATIENT, PATIENT
from tests.layers.steward import layer, store
from tests.upstream import faults
from tests.upstream.faults import HTML, REPORT, Fault, Upstream

ROOT = Path(__file__).parents[3]
BOX = [12.42, 51.05, 12.47, 51.07]


class Case(NamedTuple):
    """What the upstream does, and the code of the cause it comes to."""

    fault: Callable[[], Fault]
    code: str


FAULTS: dict[str, Case] = {
    "does not answer in time": Case(lambda: faults.delayed, "source-slow"),
    "drips byte by byte": Case(lambda: faults.dripping, "source-slow"),
    "breaks off in the body": Case(lambda: faults.cut_mid_body, "source-truncated"),
    "ends the document early": Case(
        lambda: faults.rewriting(faults.at_a_tag), "source-truncated"
    ),
    "answers a web page with 200": Case(
        lambda: faults.instead(HTML, "text/html"), "source-html"
    ),
    "answers an exception with 200": Case(
        lambda: faults.instead(REPORT, "application/xml"), "source-exception"
    ),
    "delivers another CRS": Case(lambda: faults.rewriting(faults.wrong_crs), "source-crs"),
    "swaps the axes": Case(lambda: faults.rewriting(faults.axes_swapped), "source-axes"),
    "has no objects": Case(lambda: faults.rewriting(faults.emptied), "source-incomplete"),
    "has half of the objects": Case(lambda: faults.rewriting(faults.halved), "source-repeats"),
    "sends a page twice": Case(faults.duplicating, "source-repeats"),
    "sends a gzip bomb": Case(lambda: faults.bomb, "source-too-large"),
}  # fmt: skip


def wanted(url: str) -> Layer:
    said = {
        "type": "wfs", "url": f"{url}/?map=metres", "layer": "metres_shp", "bbox": BOX, "page": 100,
    }  # fmt: skip
    return layer(Path(), "squares", source=source_from(said, Path()))


def behind(upstream: Upstream, fault: Fault, there: Store, *, patient: bool = False) -> Outcome:
    """Refresh the layer through a proxy with a fault."""
    with faults.proxy(upstream, fault) as served:
        manners = PATIENT if patient else IMPATIENT
        return refresh(there, wanted(served.url), who="cron", manners=manners)


@contextmanager
def checking(there: Store, seen: list[tuple[str, int]]) -> Iterator[None]:
    """Go on opening and reading the layer, as checks do, until the block ends."""
    stop = Event()

    def look() -> None:
        running = there.pinned()
        running.version(wanted("http://localhost"))
        while True:
            for store_ in (running, there):
                version = store_.version(wanted("http://localhost"))
                seen.append((version.sha256, len(version.everything().ids)))
            if stop.wait(0.02):
                return

    thread = Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("state", ["idle", "check running"])
@pytest.mark.parametrize("name", FAULTS)
def test_the_version_in_force_stays_and_the_cause_is_named(
    name: str, state: str, mapserver_answers: Upstream, tmp_path: Path
) -> None:
    there = store(tmp_path)
    first = behind(mapserver_answers, faults.fine, there, patient=True)
    assert first.event == "published", first.reason
    assert first.count is not None
    before = (f"sha256:{first.version}", first.count)

    seen: list[tuple[str, int]] = []
    patient = FAULTS[name].code == "source-too-large"  # to unpack takes a busy machine a while
    if state == "idle":
        outcome = behind(mapserver_answers, FAULTS[name].fault(), there, patient=patient)
    else:
        with checking(there, seen):
            outcome = behind(mapserver_answers, FAULTS[name].fault(), there, patient=patient)
        assert len(seen) > 1

    assert (outcome.event, outcome.code) == ("refused", FAULTS[name].code), outcome.reason
    assert set(seen) <= {before}
    version = there.version(wanted("http://localhost"))
    assert (version.sha256, version.count) == before
    assert version.facts["published"]["stale_since"]
    assert there.published(wanted("")).events()[-1]["code"] == FAULTS[name].code
    assert not list(verified(there))
    assert behind(mapserver_answers, faults.fine, there, patient=True).event == "unchanged"


def test_the_table_of_the_documentation_is_this_one() -> None:
    page = (ROOT / "docs" / "layers.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| ([a-zA-Z0-9 ]+) \| `([a-z-]+)` \| kept \| kept \|$", page, re.M))
    assert told == {name: case.code for name, case in FAULTS.items()}
