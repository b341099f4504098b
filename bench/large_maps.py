"""A check with very many hits: how large its map is, and how soon a browser has drawn it.

`python -m bench.large_maps --hits 100000` prints JSON.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import orjson
import shapely
import yaml
from numpy.typing import NDArray
from playwright.sync_api import sync_playwright

from bench.timing import machine
from layers.catalogue import read_catalogue
from layers.reading.ogr import engine
from layers.store import Store
from maps.geopackage import write
from maps.interactive import render
from maps.picture import Picture
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of
from service.report.picture import picture
from service.report.table import csv_text
from service.review import Review, review

WEST, SOUTH = 320_000.0, 5_670_000.0
SIDE_M = 30.0  # of a parcel, with its neighbours 32 m off
STEP_M = 32.0
CORNERS = 20
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")


def parcels(count: int) -> NDArray[np.object_]:
    """Return parcels in a square, each with some twenty corners."""
    across = int(np.ceil(np.sqrt(count)))
    rows, columns = np.divmod(np.arange(count), across)
    numbers = np.random.default_rng(1)
    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    radii = SIDE_M / 2 * numbers.uniform(0.8, 1.0, (count, CORNERS))
    centres = np.stack([WEST + STEP_M * columns, SOUTH + STEP_M * rows], -1)
    xy = centres[:, None] + radii[..., None] * np.stack([np.cos(angles), np.sin(angles)], -1)
    rings = np.concatenate([xy, xy[:, :1]], axis=1)
    found: NDArray[np.object_] = np.asarray(shapely.polygons(np.round(rings, 3)))
    return found


def checked(folder: Path, count: int) -> tuple[Review, Store, dict[str, float]]:
    """Check a plan that takes in all parcels."""
    names = np.array([f"Flurstück {n % 9973}/{n % 17}" for n in range(count)], dtype=object)
    keys = np.array([f"DESN{n:010d}" for n in range(count)], dtype=object)
    engine().raw.write(
        folder / "parcels.gpkg", geometry=shapely.to_wkb(parcels(count)), layer="parcels",
        field_data=[keys, names], fields=["nr", "name"], geometry_type="Polygon",
        crs="EPSG:25833", driver="GPKG",
    )  # fmt: skip
    source = {"type": "file", "path": "parcels.gpkg"}
    layer = {"code": "parcels", "title": "Flurstücke", "keeper": "AMT", "id": "nr", "name": "name",
             "theme": "kataster", "source": source}  # fmt: skip
    rule = {"code": "P1", "layer": "parcels", "when": "overlaps", "offices": ["AMT"],
            "effect": "consideration", "basis": "§ 1 TestG", "origin": "statute"}  # fmt: skip
    content = {"title": "Muster", "crs": "EPSG:25833", "layers": [layer], "rules": [rule],
               "offices": [{"code": "AMT", "name": "Amt"}]}  # fmt: skip
    path = folder / "catalogue.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    catalogue = read_catalogue(path)
    store = Store(folder / "layers", catalogue.crs).pinned()
    store.version(catalogue.layers[0])
    side = STEP_M * np.ceil(np.sqrt(count))
    plan = shapely.box(WEST - SIDE_M, SOUTH - SIDE_M, WEST + side, SOUTH + side)
    crs = {"type": "name", "properties": {"name": "EPSG:25833"}}
    document = {**orjson.loads(shapely.to_geojson(plan)), "crs": crs}
    (folder / "plan.geojson").write_bytes(orjson.dumps(document))
    vocabulary = vocabulary_of(catalogue.kinds)
    intake = Intake(crs=catalogue.crs, vocabulary=vocabulary, kind="bebauungsplan")
    begun = time.perf_counter()
    found = review(
        folder / "plan.geojson", intake, catalogue, store, on=date(2026, 6, 15), read=read_plan
    )
    return (
        found,
        store,
        {"check_s": time.perf_counter() - begun},
    )


def drawn(path: Path, tries: int) -> dict[str, Any]:
    """Return when a browser has the map on the screen and answers, ms, medians of some tries."""
    times: list[dict[str, float]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(ARGUMENTS)
        )
        for _ in range(tries):
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            begun = time.perf_counter()
            page.goto(path.as_uri(), wait_until="commit")
            page.wait_for_selector("html[data-ready]", state="attached", timeout=300_000)
            ready = time.perf_counter()
            page.evaluate("() => new Promise(r => requestAnimationFrame(() => setTimeout(r)))")
            painted = page.evaluate(
                "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
            )
            times.append({
                "ready_ms": 1e3 * (ready - begun),
                "drawn_ms": 1e3 * (time.perf_counter() - begun),
                "first_paint_ms": painted or 0.0,
            })  # fmt: skip
            counts = {
                "paths": page.locator(".folium-map path").count(),
                "elements": page.evaluate("() => document.querySelectorAll('*').length"),
            }
            page.close()
        browser.close()
    return {**{name: round(median(t[name] for t in times)) for name in times[0]}, **counts}


def measured(hits: int, folder: Path, tries: int) -> dict[str, Any]:
    """Return sizes and times of everything a check with so many hits leaves behind."""
    found, store, told = checked(folder, hits)
    spent = {"check_s": told["check_s"]}
    begun = time.perf_counter()
    shown: Picture = picture(found, vocabulary_of(found.catalogue.kinds), "de", store=store)
    spent["picture_s"] = time.perf_counter() - begun
    begun = time.perf_counter()
    text = render(shown)
    spent["render_s"] = time.perf_counter() - begun
    page = folder / "map.html"
    page.write_text(text, encoding="utf-8")
    begun = time.perf_counter()
    write(folder / "map.gpkg", shown)
    spent["geopackage_s"] = time.perf_counter() - begun
    rows = engine().raw.read(folder / "map.gpkg", layer="objects", read_geometry=False)[3][0]
    return {
        "hits": sum(len(overlay.hits) for overlay in shown.overlays),
        "in_geopackage": len(rows),
        "in_report": sum(len(row["objects"]) for row in found.document["findings"]),
        "csv_bytes": len(csv_text(found.document, "de").encode()),
        "map_mb": round(page.stat().st_size / 1e6, 2),
        "geopackage_mb": round((folder / "map.gpkg").stat().st_size / 1e6, 2),
        **{name: round(seconds, 2) for name, seconds in spent.items()},
        "browser": drawn(page, tries),
    }


def main() -> None:
    """Run the benchmark and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hits", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--tries", type=int, default=5)
    given = parser.parse_args()
    found = []
    for hits in given.hits:
        with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
            found.append(measured(hits, Path(folder), given.tries))
    sys.stdout.write(json.dumps({"maps": found, "machine": machine()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
