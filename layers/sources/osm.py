"""OpenStreetMap data (PBF) as the source of a layer, through GDAL in a process of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gis.problem import Refusal, Text
from layers.harvest import apart
from layers.harvest.osmreader import Extract
from layers.harvest.pbf import check_whole
from layers.harvest.place import check_place
from layers.harvest.refusals import translated
from layers.harvest.sift import End, Pages, sifted
from layers.harvest.visit import Visit
from layers.harvest.where import where_from
from layers.layer import Source
from layers.reading import Features

SECTIONS = ("points", "lines", "multipolygons", "multilinestrings", "other_relations")
# Closed ways that enclose something, unless a tag asked for says so as well.
AREAS = (
    "aeroway,amenity,boundary,building,craft,geological,historic,landuse,leisure,military,natural,"
    "office,place,shop,sport,tourism,highway=platform,public_transport=platform"
)


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
    wanted = Extract(path.name, layer, configuration(layer, tags), condition(tags))
    for found in _read(path, wanted, visit):
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


def _read(path: Path, wanted: Extract, visit: Visit) -> Iterator[Features]:
    limits = replace(apart.LIMITS, wall_s=visit.manners.harvest)
    try:
        yield from apart.extract(path, wanted, limits)
    except Refusal as refusal:
        raise refusal if refusal.code.startswith("source-") else translated(refusal) from refusal
