"""Small plans all around what is hidden: only its keeper and the coordinator tell a hit from none.

Two districts differ in where the objects of their restricted layer lie, and for outsiders in
those of the layer for offices. Each plan is checked in both; report and page must be the same to
the byte, or somebody could find the objects by asking often enough.
"""

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
from fastapi.testclient import TestClient

from bench.figure import figure, tell
from bench.running import person
from service.app import create_app
from service.cluster import Cluster
from service.config import Settings
from service.db import upgrade
from service.plans.intake import read_plan
from tests.builders import X, Y
from tests.service.cases.region import district
from tests.service.planted import OFFICES, RESTRICTED, region

ROUND_M = 50.0  # from the corner that the hidden objects are placed from
WAYS = ("/api/v1/checks", "/vorpruefung")
MADE_UP = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OUTSIDE = ("arten", "denkmal")


def run(folder: Path, url: str, plans: int, seed: int) -> tuple[list[str], dict[str, Any]]:
    """Check so many plans twice, by turns as everybody who may not see; return what differs."""
    inner = ("officer", "steward", "administrator")
    moved = {"public": OUTSIDE, "planner": OUTSIDE, **dict.fromkeys(inner, ("arten",))}
    here = client(folder / "here", url, ())
    far = {layers: client(folder / "-".join(layers), url, layers) for layers in set(moved.values())}
    people: dict[str, Mapping[str, str]] = {"public": {}}
    people |= {role: person(url, role) for role in ("planner", "steward", "administrator")}
    people["officer"] = person(url, "officer", office="UWB")
    chance, wrong, hits = random.Random(seed), list[str](), Counter[str]()  # noqa: S311 - no secret
    for number in range(plans):
        plan, who = square(chance), list(people)[number % len(people)]
        way = WAYS[number % 2]
        form = {"outline": plan.wkt, "crs": "EPSG:25833", "kind": "bebauungsplan"}
        near, away = (
            one.post(way, data=form, headers=people[who]) for one in (here, far[moved[who]])
        )
        hits["met_something_hidden"] += met(plan, moved[who])
        if near.status_code != 200 or own(near) != own(away):
            wrong.append(f"{way} as {who}: {plan.wkt} tells ({near.status_code})")
    for one in (here, *far.values()):
        one.app.state.engine.dispose()  # type: ignore[attr-defined]  # a client's app may be any
    return wrong, dict(hits)


def client(folder: Path, url: str, moved: tuple[str, ...]) -> TestClient:
    """Return a way to a district in a folder, some of whose layers are moved."""
    folder.mkdir()
    settings = Settings(
        data=folder, uploads_per_minute=1_000_000, anonymous_checks_per_minute=1_000_000
    )
    here = district(region(folder, moved=moved), folder)
    return TestClient(create_app(settings, url, here, read_plan))


def own(answer: Any) -> tuple[bytes, list[tuple[str, str]]]:
    """Return an answer with its headers, but for numbers made for this request alone: its own, and
    the name of an outline that has none.
    """
    number = answer.headers["x-request-id"].encode()
    headers = [(k, v) for k, v in answer.headers.items() if k not in ("x-request-id", "date")]
    return MADE_UP.sub(b"", answer.content.replace(number, b"")), headers


def square(chance: random.Random) -> shapely.Polygon:
    """Return a small plan somewhere around."""
    size = chance.uniform(2, 20)
    place = chance.uniform(-20, ROUND_M), chance.uniform(-20, ROUND_M)
    if chance.random() < 0.5:  # about as many that meet something
        corner = chance.choice((RESTRICTED, OFFICES)).corner
        place = corner[0] - size * chance.random(), corner[1] - size * chance.random()
    west, south = X + place[0], Y + place[1]
    return shapely.box(round(west, 2), round(south, 2), round(west + size, 2),
                       round(south + size, 2))  # fmt: skip


def met(plan: shapely.Polygon, moved: tuple[str, ...]) -> bool:
    """Tell whether a plan meets what the reader may not see."""
    hidden = {"arten": RESTRICTED.object(), "denkmal": OFFICES.object()}
    return any(hidden[code].intersects(plan) for code in moved)


def main() -> None:
    """Check and print what was seen as JSON; status 1 where anything tells."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="belang-unseen-") as base,
        Cluster(Path(base) / "pg", fsync=False) as cluster,
    ):
        Path(base).chmod(0o755)  # the database runs as somebody else
        upgrade(cluster.url)
        wrong, hits = run(Path(base), cluster.url, given.plans, given.seed)
    name = "small plans around what is hidden"
    tell(figure(name, tries=given.plans, failures=wrong, seed=given.seed, begun=begun, **hits))


if __name__ == "__main__":
    main()
