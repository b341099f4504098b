"""OpenStreetMap data (PBF) as the source of a layer, through GDAL in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from gis.problem import Refusal, Text
from layers.harvest.deadline import deadline
from layers.harvest.pbf import check_whole
from layers.harvest.place import check_place
from layers.harvest.refusals import refuse
from layers.harvest.sift import End, Pages, sifted
from layers.harvest.visit import Visit
from layers.harvest.where import where_from
from layers.layer import Source
from layers.reading import Features, ogr
from layers.reading.features import shapes

BATCH = 20_000
SECTIONS = ("points", "lines", "multipolygons", "multilinestrings", "other_relations")
# Closed ways that enclose something, unless a tag asked for says so as well.
AREAS = (
    "aeroway,amenity,boundary,building,craft,geological,historic,landuse,leisure,military,natural,"
    "office,place,shop,sport,tourism,highway=platform,public_transport=platform"
)
OTHERS = "FlatGeobuf,ESRI Shapefile,GPKG,DXF"
SETTINGS = ogr.SETTINGS | {"GDAL_SKIP": f"{ogr.SKIPPED.replace('OSM,', '')},{OTHERS}"}
ELEMENTS = {"points": "node", "lines": "way", "multilinestrings": "relation"}


def pages(source: Source, visit: Visit) -> Iterator[Features]:
    """Yield the features that have all `tags`, a batch at a time; complete when it ends.

    Every feature has all its tags as attributes, and `osm_id` as ``way/123``.

    Raises
    ------
    Refusal
        ``file-missing``, ``source-content``, ``source-truncated``, ``source-slow``.
    """
    text = source.options.get("where")
    yield from sifted(visit, where_from(text) if text else None, _pages(source, visit))


def _pages(source: Source, visit: Visit) -> Pages:
    path, layer = source.path, source.layer or "multipolygons"
    if path is None or not path.is_file():
        raise Refusal("file-missing", _missing(source))
    check_whole(path)
    tags = source.options.get("tags", {})
    config = visit.aside / "osmconf.ini"
    config.write_text(configuration(layer, tags), encoding="utf-8")
    for batch in _read(path, layer, config, condition(tags), visit):
        found = _features(batch, layer)
        check_place(found, None)
        visit.count(found, [str(row["osm_id"]) for row in found.attributes])
        yield found
    return End("cursor")


def _missing(source: Source) -> Text:
    return Text(
        f"Die Datei {source.name} fehlt; bitte den Pfad im Katalog prüfen.",
        f"The file {source.name} is missing; check the path in the catalogue.",
    )


def configuration(layer: str, tags: Mapping[str, Any]) -> str:
    """Return what GDAL is to make of OpenStreetMap data: tags asked for are columns."""
    areas = ",".join([AREAS, *tags]) if layer == "multipolygons" else AREAS
    lines = ["[general]", f"closed_ways_are_polygons={areas}", "attribute_name_laundering=no"]
    lines += ["tags_format=json", "report_all_tags=yes"]
    for section in SECTIONS:
        lines += [f"[{section}]", "osm_id=yes", "all_tags=yes"]
        lines += [f"attributes={','.join(tags)}"] if tags else []
    return "\n".join(lines) + "\n"


def condition(tags: Mapping[str, Any]) -> str:
    """Return the filter in the SQL that GDAL understands; ``*`` is any value."""
    parts = []
    for key, values in tags.items():
        name = '"' + key.replace('"', '\\"') + '"'
        quoted = ", ".join("'" + str(v).replace("'", "''") + "'" for v in values)
        parts.append(f"{name} IS NOT NULL" if values == "*" else f"{name} IN ({quoted})")
    return " AND ".join(parts)


def _read(
    path: Path, layer: str, config: Path, where: str, visit: Visit
) -> Iterator[pa.RecordBatch]:
    arguments = [str(path.absolute()), layer, str(config), where, str(BATCH)]
    complaints = visit.aside / "complaints"
    with complaints.open("wb") as errors:
        reader = subprocess.Popen(  # noqa: S603 - our own module, and no shell
            [sys.executable, "-m", "layers.harvest.osmreader", *arguments],
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=Path(__file__).parents[2],
            env={**os.environ, **SETTINGS, "CPL_TMPDIR": str(visit.aside)},
        )
    try:
        with deadline(visit.manners.harvest, reader.kill) as late:
            try:
                with pa.ipc.open_stream(reader.stdout) as stream:
                    yield from stream
                whole = True
            except pa.ArrowInvalid:  # it died on the way
                whole = False
            reader.wait()
        if late.is_set():
            raise refuse("source-slow", f"> {visit.manners.harvest:.0f} s")
        if reader.returncode or not whole:
            said = complaints.read_text(errors="replace").strip()
            raise refuse("source-content", said.rpartition("\n")[2])
    finally:
        reader.kill()
        reader.wait()
        if reader.stdout is not None:
            reader.stdout.close()


def _features(batch: pa.RecordBatch, layer: str) -> Features:
    names = batch.schema.names
    wkb = batch.column(names.index("wkb_geometry")).to_pylist()
    columns = {n: batch.column(names.index(n)).to_pylist() for n in names if "osm_" in n}
    tags = batch.column(names.index("all_tags")).to_pylist()
    rows = tuple(
        {**json.loads(said or "{}"), "osm_id": _name({n: c[i] for n, c in columns.items()}, layer)}
        for i, said in enumerate(tags)
    )
    return Features(shapes(_shapes(wkb)), rows, "EPSG:4326", "osm", layer)


def _shapes(wkb: Sequence[bytes | None]) -> list[Any]:
    return list(shapely.from_wkb(list(wkb)))


def _name(ids: Mapping[str, Any], layer: str) -> str:
    """Return the element's kind and number, which together are unique."""
    if way := ids.get("osm_way_id"):
        return f"way/{way}"
    return f"{ELEMENTS.get(layer, 'relation')}/{ids['osm_id']}"
