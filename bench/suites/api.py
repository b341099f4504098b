"""`belang bench --suite api`: a check over HTTP beside the bare one in this process."""

import argparse
import json
import os
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
import shapely

from bench import drafts
from bench.district import drawn, extent
from bench.running import coordinator, database_url, ready, serving
from bench.users import bare
from service.config import Settings
from service.district import open_district
from service.upkeep import draw_layers

PORT = "8973"


def measured(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return the times of both, plan by plan, by turns; one worker and one client."""
    catalogue = drawn(folder, given.objects, given.data_seed)
    data = folder / "api"
    data.mkdir(exist_ok=True)
    settings = Settings(data=data, catalogue=catalogue)
    district = open_district(settings)
    for layer in district.catalogue.layers:
        district.store.version(layer)
    draw_layers(district, settings)  # or the service's worker would do so meanwhile
    plans = [_written(folder, plan) for plan in drafts.areas(
        extent(given.objects), given.areas, given.seed)]  # fmt: skip
    environment = {
        **os.environ, "BELANG_DATA": str(data), "BELANG_CATALOGUE": str(catalogue),
        "BELANG_PORT": PORT, "BELANG_WORKERS": "1", "BELANG_UPLOADS_PER_MINUTE": "100000",
    }  # fmt: skip
    address = f"http://127.0.0.1:{PORT}"
    with serving(environment, folder / "serve.log") as process:
        ready(address, process)
        headers = coordinator(database_url(data))
        try:
            with httpx2.Client(base_url=address, headers=headers, timeout=120) as client:
                return _by_turns(client, district, plans, given.runs)
        finally:
            process.terminate()  # it stops its database, which would outlive a kill
            process.wait(timeout=60)


def _by_turns(client: Any, district: Any, plans: list[Path], runs: int) -> dict[str, Any]:
    http: list[list[float]] = [[] for _ in plans]
    own: list[list[float]] = [[] for _ in plans]
    for run in range(runs + 1):
        for number, plan in enumerate(plans):
            begun = time.perf_counter()
            answer = client.post("/api/v1/checks", files={"file": (plan.name, plan.read_bytes())})
            took = time.perf_counter() - begun
            answer.raise_for_status()
            alone = bare(district, plan)
            if run:
                http[number].append(took)
                own[number].append(alone)
    over, beside = sum(map(median, http)), sum(map(median, own))
    return {
        "day": date.today().isoformat(), "plans": len(plans), "http_s": round(over, 4),
        "bare_s": round(beside, 4), "rate": round(beside / over, 4),
    }  # fmt: skip


def _written(folder: Path, plan: Any) -> Path:
    path = folder / f"{plan.title.replace(' ', '-')}.geojson"
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25833"}},
        "features": [{
            "type": "Feature", "properties": {},
            "geometry": json.loads(shapely.to_geojson(plan.geometry.footprint)),
        }],
    }  # fmt: skip
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def table(result: dict[str, Any]) -> str:
    """Return the result for people."""
    return f"over HTTP {result['http_s']} s, bare {result['bare_s']} s: {result['rate']}\n"
