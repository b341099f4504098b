"""From what a source yields to a version: batch by batch, so that no layer is too large."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from layers.ahead import ahead
from layers.building import Built, build_version
from layers.features import Ready, ready
from layers.made import made
from layers.place import Whereabouts
from layers.reading import Features


def imported(
    root: Path,
    batches: Iterable[Features],
    crs: CRS,
    *,
    id_attribute: str | None = None,
    area: BaseGeometry | None = None,
) -> Built:
    """Make a version of `batches` in the working CRS below `root`.

    With an `area` of competence a layer that would lie there only if it were labelled otherwise
    is refused. Reading, making ready, encoding and writing are each done by a thread of their
    own: most of the time is spent in GDAL, GEOS and Arrow, which let others go on.

    Raises
    ------
    Refusal
        Whatever is wrong with the batches, their CRS or their place; ``data-folder``.
    """
    fit = ahead(_ready(ahead(batches), crs, id_attribute, Whereabouts(crs, area)), 1)
    with _no_cycles(), closing(fit):
        return build_version(root, map(made, fit), crs, id_attribute=id_attribute)


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Keep Python from looking for cycles, of which rows have none: a tenth of all the time."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()


def _ready(
    batches: Iterable[Features], crs: CRS, id_attribute: str | None, where: Whereabouts
) -> Iterator[Ready]:
    first = 1
    for features in batches:
        fit = ready(features, crs, id_attribute=id_attribute, first=first)
        first += len(features.geometries)
        where.add(features, fit)
        yield fit
    where.check()
