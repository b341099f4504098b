"""Where a layer has data, and where a catalogue is competent: as polygons in the working CRS."""

from collections.abc import Iterable

import numpy as np
import shapely
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from gis.problem import Text
from layers.catalogue import Catalogue
from layers.layer import Layer, Source
from layers.store import LayerUnavailableError, Store
from layers.version import LayerVersion

DENSE = 21  # points along an edge, since a parallel is not straight in a projection


def polygon(source: Source, catalogue: Catalogue, store: Store) -> BaseGeometry:
    """Return the polygons of a coverage or an area of competence.

    Raises
    ------
    LayerUnavailableError
        If they cannot be had.
    """
    if source.type == "district" and catalogue.area is not None:
        return polygon(catalogue.area, catalogue, store)
    if source.type == "municipalities":
        return _towns(source.options["municipalities"], catalogue, store)
    return store.polygon(source)


def _towns(keys: Iterable[str], catalogue: Catalogue, store: Store) -> BaseGeometry:
    named = catalogue.municipalities
    if named is None:
        raise LayerUnavailableError(
            Text(
                "Der Katalog nennt keine Ebene der Gemeinden.",
                "The catalogue names no layer of municipalities.",
            )
        )
    found = store.version(catalogue.layer(named.layer)).everything()
    shapes = []
    for key in keys:
        mine = [
            shape
            for shape, row in zip(found.geometries, found.attributes, strict=True)
            if _is(str(row.get(named.key)), key)
        ]
        if not mine:
            raise LayerUnavailableError(
                Text(f"Die Gemeinde {key} fehlt in den Daten.", f"There is no municipality {key}.")
            )
        shapes += mine
    return shapely.union_all(shapes)


def _is(key: str, wanted: str) -> bool:
    return key.startswith(wanted[:-1]) if wanted.endswith("*") else key == wanted


def served(layer: Layer, version: LayerVersion, crs: CRS) -> BaseGeometry:
    """Return where the source of a layer says that it has data, within the box asked for.

    Raises
    ------
    LayerUnavailableError
        If it says nothing and no box was asked for.
    """
    boxes = [version.facts.get("region"), layer.source.options.get("bbox")]
    said = [shapely.box(*box) for box in boxes if box is not None]
    whole = shapely.intersection_all(said) if said else shapely.Polygon()
    if whole.is_empty:
        raise LayerUnavailableError(
            Text(
                f"{layer.source.name} sagt nicht, wo es Daten hat.",
                f"{layer.source.name} does not say where it has data.",
            )
        )
    west, south, east, north = whole.bounds
    step = max((east - west) / DENSE, (north - south) / DENSE)
    to = Transformer.from_crs("OGC:CRS84", crs, always_xy=True)
    return shapely.transform(
        shapely.segmentize(whole, step), lambda xy: np.column_stack(to.transform(*xy.T))
    )
