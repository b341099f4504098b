"""What the public map is drawn from: the ground of the district, and its public layers.

Files whose address changes with their content; made once by whoever asks first, kept on disk.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from shapely import GeometryCollection
from shapely.geometry.base import BaseGeometry

from gis.transform import transform
from layers.folder import write_whole
from layers.layer import Layer
from layers.unavailable import LayerUnavailableError
from maps import contents
from maps.shapes import WGS84, Packed, Packer, tolerance_for
from service.district import District
from service.report.surroundings import backdrop

GROUND = "grund"
VERTICES = 40_000  # of a layer drawn over the whole district
MOST = 200_000  # objects of a layer that is still drawn as a whole
FORMAT = 2
SHARE = 1_000  # the ground of the whole district is drawn to one part in so many of its width
FOLDER = "public"


def digest(district: District, versions: Mapping[str, str | None]) -> str:
    """Return what names the drawings as the public layers are now."""
    public = [layer.code for layer in district.catalogue.layers if layer.visibility == "public"]
    parts = [FORMAT, district.catalogue.sha256, [[code, versions.get(code)] for code in public]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def window(district: District) -> tuple[float, float, float, float]:
    """Return what the map shows: the district, else all that its first layers hold."""
    area = district.area
    if area is None:
        return (0.0, 0.0, 1.0, 1.0)
    left, bottom, right, top = (float(v) for v in shapely.bounds(area))
    return left, bottom, right, top


def view(district: District) -> list[list[float]]:
    """Return the window as [[south, west], [north, east]] in degrees."""
    box = shapely.box(*window(district))
    west, south, east, north = shapely.bounds(transform(box, district.catalogue.crs, WGS84)[0][0])
    return [[float(south), float(west)], [float(north), float(east)]]


def drawn(folder: Path, district: District, name: str, mark: str) -> bytes | None:
    """Return a drawing (JSON, gzip), making it where it is not there; None where there is no such
    layer, or it is not for the public.
    """
    layer = _public(district, name)
    if name != GROUND and layer is None:
        return None
    path = folder / FOLDER / f"{mark}-{name}.json.gz"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        made = orjson.dumps(_ground(district) if layer is None else _layer(district, layer))
        body = gzip.compress(made, 9, mtime=0)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, body)
    return body


def outline(district: District, shapes: Iterable[BaseGeometry]) -> list[Packed | None]:
    """Return shapes packed for the map's script."""
    listed = list(shapes)
    packer = Packer(district.catalogue.crs, tolerance_for(listed, VERTICES))
    return [packer.pack(shape) for shape in listed]


def _public(district: District, name: str) -> Layer | None:
    layers = district.catalogue.layers
    return next((la for la in layers if la.code == name and la.visibility == "public"), None)


def _ground(district: District) -> dict[str, Any]:
    shown = window(district)
    step = (shown[2] - shown[0]) / SHARE
    things = [
        replace(thing, geometry=shapely.simplify(thing.geometry, step))
        for thing in backdrop(district.catalogue, district.store, shown)
    ]
    return {"ground": list(contents.backdrop(things, shown, district.catalogue.crs))}


def _layer(district: District, layer: Layer) -> dict[str, Any]:
    """Return a layer simplified to what the whole district can show; shapes and nothing else."""
    try:
        version = district.store.version(layer)
    except LayerUnavailableError:
        return {"shape": None, "count": None}
    if version.count > MOST:
        return {"shape": None, "count": version.count}
    found = version.objects(np.arange(version.count))
    shapes = [part for thing in found.geometries for part in shapely.get_parts(thing)]
    packer = Packer(version.crs, max(tolerance_for(shapes, VERTICES), 5.0))
    return {"shape": packer.pack(GeometryCollection(shapes)), "count": version.count}
