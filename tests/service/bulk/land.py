"""A folder of plans in the small district of `tests.service.cases.region`, and the plain loop that
every run must agree with.
"""

from pathlib import Path

import orjson
from shapely import box, to_geojson

from service.bulk.assessing import assessed
from service.bulk.running import Run, finish
from service.bulk.setup import Setup, pinned, software
from service.cli import main
from tests.builders import X, Y
from tests.service.cases.region import district, region

TABLES = ("plans.parquet", "findings.parquet", "offices.parquet")
DAY = "2026-11-25"


def plans(folder: Path, count: int) -> Path:
    """Write square plans, each a step farther, and two that cannot be checked."""
    folder.mkdir(parents=True)
    for number in range(count):
        x, y = X + 7 * number, Y + 3 * number
        square(folder / f"plan{number:03}.geojson", x, y)
    (folder / "kein plan.geojson").write_text("{}", encoding="utf-8")
    line = f"LINESTRING ({X} {Y}, {X + 50} {Y})"  # of what width, and in which CRS?
    (folder / "trasse.wkt").write_text(line, encoding="utf-8")
    return folder


def square(path: Path, x: float, y: float, side_m: float = 30.0) -> None:
    document = orjson.loads(to_geojson(box(x, y, x + side_m, y + side_m)))
    document["crs"] = {"type": "name", "properties": {"name": "EPSG:25833"}}
    path.write_bytes(orjson.dumps(document))


def land(folder: Path, count: int) -> tuple[Path, Path]:
    """Write district and plans; return catalogue and folder of the plans."""
    place = folder / "district"
    place.mkdir(parents=True)
    return region(place), plans(folder / "plans", count)


def recheck(catalogue: Path, data: Path, *options: object) -> int:
    given = ["--catalogue", str(catalogue), "--data", str(data), "--as-of", DAY]
    return main(["recheck", *given, *map(str, options)])


def setup(catalogue: Path, data: Path) -> Setup:
    """Pin the district as the command does."""
    here = district(catalogue, data)
    return Setup(
        [[str(path), text] for path, text in here.catalogue.files],
        pinned(here.catalogue, here.store).frozen().to_json(),
        str(here.store.root),
        DAY,
        "de",
        False,
        software(),
    )


def serial(run: Run, folder: Path) -> None:
    """Do all of a run in this process, one plan after the other, into another folder."""
    packed = run.setup.packed()
    alike = Run(folder, run.name, run.asked, run.setup, run.jobs, run.size, run.crs)
    (folder / "chunks").mkdir(parents=True)
    for chunk in alike.chunks():
        content = assessed(packed, chunk.jobs)
        assert isinstance(content, bytes)
        alike.path(chunk).write_bytes(content)
    finish(alike)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every table of a run."""
    paths = [*(folder / name for name in TABLES), *sorted((folder / "chunks").iterdir())]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
