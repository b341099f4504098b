"""How quickly the public map shows a million objects, and what zooming and panning asks for.

A service of its own in a fresh data folder, with the sample region and a layer of that many
parcels; a headless Chromium whose processor is slowed down fourfold (`Emulation`). What was
transferred is what came over the wire, heads and all. Drawing the tiles takes minutes, so that a
folder may be kept.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.data import write_geopackage
from bench.running import ready, serving
from layers.catalogue import read_catalogue
from layers.sample import build
from layers.store import Store
from layers.tiles import tiles

LAYER = "million"
ENTRY = """  - code: {layer}
    title: {{de: 'Viele Objekte', en: 'Many objects'}}
    theme: kataster
    keeper: KE
    source: {{type: file, path: {path}}}
    id: nr
    name: name
    accuracy_m: 1
"""
MOST_BYTES, MOST_S = 500_000, 2.0
SLOWER = 4
SHOWN = "#public-map[data-layers=drawn]"
GROUND = "html[data-ready]"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--disable-component-update", "--no-first-run")  # fmt: skip
KINDS = (("/kacheln/", "ranges of tiles"), ("/kartengrund", "pieces of the ground"),
         ("/static/", "scripts and styles"), ("/karte/", "ground of the district"))  # fmt: skip
STEPS = ("zoom in", "zoom in", "pan", "pan", "zoom in", "pan", "zoom in", "zoom out")


def main(arguments: list[str] | None = None) -> int:
    """Prepare, serve, look, print; 1 where the first view was too large or too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--views", type=int, default=5, help="first views; the median counts")
    parser.add_argument("--keep", type=Path, help="folder in which data and tiles stay")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        keep = given.keep or Path(folder)
        keep.mkdir(parents=True, exist_ok=True)
        prepared = prepare(keep, given.objects)
        with served(keep) as address:
            found = {**prepared, **looked(address, given.views)}
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0 if kept(found) else 1


def kept(found: dict[str, Any]) -> bool:
    """Tell whether the first view was small and quick, and nothing else but ranges was asked."""
    view = found["first_view"]
    return bool(view["bytes"] < MOST_BYTES and view["seconds"] < MOST_S)


def prepare(folder: Path, count: int) -> dict[str, Any]:
    """Draw region, layer and tiles below a folder where they are not there; return how long."""
    sample = folder / "sample"
    if not sample.exists():
        build(sample)
    source = write_geopackage(folder / f"parcels-{count}.gpkg", count)
    catalogue = sample / "catalogue.yaml"
    text = catalogue.read_text(encoding="utf-8")
    if f"code: {LAYER}\n" not in text:
        entry = ENTRY.format(layer=LAYER, path=os.path.relpath(source.resolve(), sample))
        catalogue.write_text(text + entry, encoding="utf-8")
    read = read_catalogue(catalogue)
    store = Store(folder / "layers", read.crs, area=read.area)
    layer = read.layer(LAYER)
    begun = time.perf_counter()
    version = store.version(layer)
    imported = time.perf_counter()
    drawn = tiles(version, layer)
    assert drawn is not None  # noqa: S101 - it has objects
    return {
        "objects": version.count,
        "import_s": round(imported - begun, 1),
        "tiles_s": round(time.perf_counter() - imported, 1),
        "tiles_mb": round(sum(p.stat().st_size for p in drawn.parent.iterdir()) / 1e6, 1),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg(),
    }


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Yield the address of a service with that folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "BELANG_DATA": str(folder), "BELANG_PORT": str(port), "BELANG_WORKERS": "0",
        "BELANG_CATALOGUE": str(folder / "sample" / "catalogue.yaml"),
    }  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with serving(environment, folder / "service.log") as process:
        ready(address, process)
        yield address


def looked(address: str, views: int) -> dict[str, Any]:
    """Return how long first views take and how much they transfer, and what moving asks for."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        _first(browser, address)  # what the service makes once is not what everybody waits for
        every = [_first(browser, address) for _ in range(views)]
        moved = _moved(browser, address)
        browser.close()
    seconds = [one["seconds"] for one in every]
    return {
        "slower": SLOWER,
        "first_view": {
            **every[-1],
            "seconds": statistics.median(seconds),
            "longest_s": max(seconds),
        },
        "moving": moved,
    }


class Wire:
    """What a page asked for, and how many bytes came."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        self.bytes = 0
        self.asked: list[str] = []
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._came)
        page.on("request", lambda request: self.asked.append(request.url))

    def _came(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def kinds(self) -> dict[str, int]:
        """Return how many requests of which kind there were."""
        named = (next((n for part, n in KINDS if part in url), "page") for url in self.asked)
        return dict(Counter(named))


@contextmanager
def _opened(browser: Browser, address: str) -> Iterator[tuple[Page, Wire, float]]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    page = context.new_page()
    session = context.new_cdp_session(page)
    wire = Wire(page, session)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    begun = time.perf_counter()
    page.goto(f"{address}/karte?schichten={LAYER}", wait_until="commit")
    page.wait_for_selector(SHOWN, state="attached", timeout=60_000)
    page.wait_for_selector(GROUND, state="attached", timeout=60_000)
    yield page, wire, time.perf_counter() - begun
    context.close()


def _first(browser: Browser, address: str) -> dict[str, Any]:
    with _opened(browser, address) as (page, wire, seconds):
        page.wait_for_timeout(300)  # what is still on its way counts as well
        return {"seconds": round(seconds, 3), "bytes": wire.bytes, "requests": wire.kinds()}


def _moved(browser: Browser, address: str) -> dict[str, Any]:
    """Zoom and pan from the first view on, as people do; return what that asked for."""
    with _opened(browser, address) as (page, wire, _):
        page.wait_for_timeout(500)
        wire.asked.clear()
        before, times = wire.bytes, []
        for step in STEPS:
            begun = time.perf_counter()
            _step(page, step)
            times.append(time.perf_counter() - begun)
        return {
            "steps": list(STEPS), "requests": wire.kinds(), "bytes": wire.bytes - before,
            "median_s": round(statistics.median(times), 3), "longest_s": round(max(times), 3),
        }  # fmt: skip


def _step(page: Page, step: str) -> None:
    """Do one step and wait until all tiles of what is seen are there."""
    page.evaluate(
        """step => new Promise((done) => {
             const { map } = document.getElementById("public-map").belang;
             const waiting = "canvas.leaflet-tile:not(.leaflet-tile-loaded)";
             const still = () => document.querySelectorAll(waiting).length === 0;
             const look = () => (still() ? done() : setTimeout(look, 20));
             map.once("moveend", () => setTimeout(look, 60));
             if (step === "pan") map.panBy([400, 120], { animate: false });
             else map.setZoom(map.getZoom() + (step === "zoom in" ? 2 : -2), { animate: false });
           })""",
        step,
    )


if __name__ == "__main__":
    sys.exit(main())
