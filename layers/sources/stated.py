"""From what a catalogue states of a source to what the source modules take."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gis.problem import Refusal, Text
from layers.harvest.mapping import Classes, Mapped, Width
from layers.harvest.place import Region
from layers.harvest.service import Service
from layers.layer import Source

if TYPE_CHECKING:
    from layers.sources.postgis import Database

PAGE = 1_000


def service(source: Source) -> Service:
    """Return a ``wfs``, ``ogcapi`` or ``arcgis`` source as a service."""
    said = source.options
    return Service(
        url=said["url"],
        layer=source.layer or "",
        version=said.get("version"),
        crs=said.get("crs"),
        bbox=_box(said),
        where=said.get("where"),
        page=said.get("page", PAGE),
        sort=said.get("sort"),
        swapped=said.get("axes") == "swapped",
    )


def database(source: Source) -> "Database":
    """Return a ``postgis`` source; how to connect stands in the environment, never in a file.

    Raises
    ------
    Refusal
        ``source-unset`` where the variable is missing.
    """
    from layers.sources.postgis import Database  # the client library is loaded only where needed

    said = source.options
    name = said["dsn_env"]
    dsn = os.environ.get(name)
    if not dsn:
        raise Refusal(
            "source-unset",
            Text(
                f"Die Umgebungsvariable {name} ist nicht gesetzt; sie muss die Verbindung zur "
                "Datenbank nennen.",
                f"The environment variable {name} is not set; it must say how to connect to the "
                "database.",
            ),
        )
    return Database(
        dsn,
        table=said.get("table"),
        query=said.get("query"),
        id=said.get("id"),
        geometry=said.get("geometry", "geom"),
        crs=said.get("crs"),
        bbox=_box(said),
        where=said.get("where"),
        page=said.get("page", PAGE),
    )


def mapping(source: Source) -> Mapped:
    """Return how the attributes of a source become those of the layer."""
    said = source.options.get("attributes", {})
    return Mapped(
        rename=said.get("rename", {}),
        constant=said.get("constant", {}),
        classes={name: _classes(c) for name, c in said.get("classes", {}).items()},
        widths={
            name: Width(w["attribute"], w.get("factor", 1.0))
            for name, w in said.get("widths", {}).items()
        },
        keep=tuple(said.get("keep", ())),
    )


def _classes(said: Mapping[str, Any]) -> Classes:
    return Classes(said["attribute"], said["values"], said.get("other"))


def _box(said: Mapping[str, Any]) -> Region | None:
    if "bbox" not in said:
        return None
    west, south, east, north = map(float, said["bbox"])
    return west, south, east, north
