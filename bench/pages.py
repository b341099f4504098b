"""How long every page takes the server on the sample data, and how large it is.

In one process, so that it is the server's own time; for every role that may open a page and for a
case of every state. Beside each the number of its statements, and
the computing time, which says the same on a machine that has other things to do.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event

from bench.visits import Visit, bearers, demonstrated, visits
from service.app import create_app
from service.cluster import Cluster
from service.config import Settings
from service.db import upgrade
from service.district import open_district
from service.plans.intake import read_plan

MOST_MS = 50.0
MOST_BYTES = 100_000  # of a page of one case
TIMES = 11


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 where a page takes longer, or one of a case is larger, than wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a page's route")
    parser.add_argument("--data", type=Path, help="data folder of a demonstration that is there")
    parser.add_argument("--times", type=int, default=TIMES)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        settings = Settings(
            data=given.data or Path(folder), uploads_per_minute=100_000, embedding="*"
        )
        with Cluster(settings.data / "pg") as cluster:
            upgrade(cluster.url)
            found = _measured(settings, cluster.url, given)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 1 if found["too_slow"] or found["too_large"] else 0


def _measured(settings: Settings, url: str, given: argparse.Namespace) -> dict[str, Any]:
    district = open_district(settings)
    app = create_app(settings, url, district, read_plan)
    if given.data is None:
        demonstrated(app.state.engine, district, settings)
    now = datetime.now(UTC)
    known = bearers(app.state.engine, now, now + timedelta(days=1))
    pages = {
        f"{one.role} {one.path} {one.about}".strip(): {
            "route": one.route, **_page(app, one, known[one.role], given.times)
        }
        for one in visits(app, district) if given.only in one.route
    }  # fmt: skip
    slowest = sorted(pages.items(), key=lambda page: -page[1]["median_ms"])
    return {
        "pages": dict(slowest),
        "too_slow": [name for name, one in slowest if one["median_ms"] > MOST_MS],
        "too_large": [
            name for name, one in slowest
            if one["bytes"] >= MOST_BYTES and "case_id" in one["route"]
        ],
        "median_ms": round(statistics.median(one["median_ms"] for one in pages.values()), 1),
    }  # fmt: skip


def _page(app: FastAPI, visit: Visit, headers: Mapping[str, str], times: int) -> dict[str, Any]:
    statements: list[str] = []
    client = TestClient(app)
    event.listen(app.state.engine, "before_cursor_execute",
                 noted := lambda *given: statements.append(given[2]))  # fmt: skip
    took, used = [], []
    for _ in range(times):
        statements.clear()
        begun, cpu = time.perf_counter(), time.process_time()
        answer = client.get(visit.path, headers={**headers, "Accept": "text/html"})
        took.append(1000 * (time.perf_counter() - begun))
        used.append(1000 * (time.process_time() - cpu))
        answer.raise_for_status()
    event.remove(app.state.engine, "before_cursor_execute", noted)
    return {
        "median_ms": round(statistics.median(took), 1),
        "longest_ms": round(max(took), 1),
        "cpu_ms": round(statistics.median(used), 1),
        "statements": len(statements),
        "bytes": len(answer.content),
    }


if __name__ == "__main__":
    sys.exit(main())
