"""Fifty users at once: how long they wait, beside the bare check in one process of the same run.

Each user reads lists and cases and, every tenth time, has a plan checked; in between they look at
what came, a second in the middle. Before, one user asks alone, by turns with the bare check of the
same plans on the same layers: how much of its rate is left over HTTP.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx2

from bench.running import coordinator, database_url, ready, serving
from service.config import Settings
from service.district import District, open_district
from service.plans.intake import read_plan
from service.report.audience import INTERNAL
from service.review import assess

CHECKS = 10  # one of so many requests is a check
PAUSE_S = 2.0  # at most, between two requests of a user


@dataclass
class User:
    """One user, who asks again and again until told to stop."""

    address: str
    headers: dict[str, str]
    plans: list[Path]
    cases: list[str]
    seed: int
    until: float
    reads_s: list[float] = field(default_factory=list)
    checks_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def work(self) -> None:
        """Ask until the time is over."""
        chance = random.Random(self.seed)  # noqa: S311 - no secret
        with httpx2.Client(base_url=self.address, headers=self.headers, timeout=60) as client:
            while time.monotonic() < self.until:
                time.sleep(chance.uniform(0, PAUSE_S))
                if chance.randrange(CHECKS) == 0:
                    plan = chance.choice(self.plans)
                    files = {"file": (plan.name, plan.read_bytes())}
                    self._timed(self.checks_s, client, "POST", "/api/v1/checks", files=files)
                else:
                    self._timed(self.reads_s, client, "GET", self._page(chance))

    def _page(self, chance: random.Random) -> str:
        case = chance.choice(self.cases)
        pages = ("/api/v1/cases", f"/api/v1/cases/{case}", f"/api/v1/cases/{case}/journal",
                 f"/api/v1/cases/{case}/neighbours", "/api/v1/session")  # fmt: skip
        return chance.choice(pages)

    def _timed(self, into: list[float], client: Any, method: str, path: str, **more: Any) -> None:
        begun = time.monotonic()
        try:
            answer = client.request(method, path, **more)
        except httpx2.TransportError as error:
            self.errors.append(f"{method} {path}: {type(error).__name__}")
            return
        into.append(time.monotonic() - begun)
        if answer.status_code >= 400:
            self.errors.append(f"{method} {path}: {answer.status_code}")


def bare(district: District, plan: Path) -> float:
    """Return how long a check takes in one process, reading the plan included, seconds."""
    begun = time.perf_counter()
    read = read_plan(plan, district.intake())
    assess(
        read, district.catalogue, district.store, district.rules, district.vocabulary,
        audience=INTERNAL, on=date(2026, 1, 1),
    )  # fmt: skip
    return time.perf_counter() - begun


def compared(
    district: District, plans: list[Path], client: httpx2.Client, rounds: int
) -> tuple[list[float], list[float]]:
    """Return how long checks take here and over HTTP, by turns, nobody else asking; seconds."""
    here, there = [], []
    for number in range(rounds + 2):
        for plan in plans:
            alone = bare(district, plan)
            begun = time.perf_counter()
            files = {"file": (plan.name, plan.read_bytes())}
            client.post("/api/v1/checks", files=files).raise_for_status()
            if number >= 2:  # the first rounds open the layers
                here.append(alone)
                there.append(time.perf_counter() - begun)
    return here, there


def quantile(times: list[float], share: float) -> float:
    """Return the time within which that share was answered, seconds; 0 without any."""
    return round(sorted(times)[min(int(share * len(times)), len(times) - 1)], 4) if times else 0.0


def run(folder: Path, users: int, seconds: float, seed: int) -> dict[str, Any]:
    """Let so many users ask for so long; return how long they waited."""
    data, port = folder / "data", 19_400 + os.getpid() % 1_000
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "BELANG_DATA": str(data), "BELANG_PORT": str(port)}
    environment["BELANG_UPLOADS_PER_MINUTE"] = "1000000"
    district = open_district(Settings(data=data))
    plans = sorted((data / "sample" / "plans").glob("*.geojson"))
    with serving(environment, folder / "log") as process:
        ready(address, process)
        headers = coordinator(database_url(data))
        with httpx2.Client(base_url=address, headers=headers, timeout=60) as client:
            alone, over_http = compared(district, plans, client, 3)
        cases = []
        for plan in plans:
            files = {"file": (plan.name, plan.read_bytes())}
            answer = httpx2.post(f"{address}/api/v1/cases", files=files, headers=headers)
            cases.append(answer.raise_for_status().json()["id"])
        time.sleep(10)  # the worker checks them
        until = time.monotonic() + seconds
        crowd = [User(address, headers, plans, cases, seed + n, until) for n in range(users)]
        threads = [threading.Thread(target=user.work) for user in crowd]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    reads = [t for user in crowd for t in user.reads_s]
    checks = [t for user in crowd for t in user.checks_s]
    return {
        "users": users,
        "seconds": seconds,
        "pause_s": [0, PAUSE_S],
        "seed": seed,
        "reads": {
            "number": len(reads), "p50_s": quantile(reads, 0.5), "p99_s": quantile(reads, 0.99),
        },
        "checks": {
            "number": len(checks), "p50_s": quantile(checks, 0.5), "p95_s": quantile(checks, 0.95),
        },
        "bare_check": {
            "number": len(alone), "p50_s": quantile(alone, 0.5), "p95_s": quantile(alone, 0.95),
        },
        "check_of_one_user": {
            "p50_s": quantile(over_http, 0.5), "p95_s": quantile(over_http, 0.95),
            "rate_to_bare": round(sum(alone) / sum(over_http), 3),
        },
        "load": [round(value, 1) for value in os.getloadavg()],  # of the last 1, 5, 15 minutes
        "requests_per_s": round((len(reads) + len(checks)) / seconds, 1),
        "errors": [e for user in crowd for e in user.errors],
    }  # fmt: skip


def main() -> None:
    """Measure and print what was seen as JSON; status 1 where a request failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="belang-users-") as folder:
        Path(folder).chmod(0o755)  # the database runs as somebody else
        result = run(Path(folder), given.users, given.seconds, given.seed)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    sys.exit(1 if result["errors"] else 0)


if __name__ == "__main__":
    main()
