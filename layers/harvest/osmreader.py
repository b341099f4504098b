"""OpenStreetMap data through GDAL, in a process of its own.

Belang's own process has no OSM driver, on purpose: `stream` runs in a child whose environment
holds `SETTINGS`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa

from layers.harvest.refusals import refuse
from layers.reading import Features, ogr

BATCH = 20_000
OTHERS = "FlatGeobuf,ESRI Shapefile,GPKG,DXF"
SETTINGS = ogr.SETTINGS | {"GDAL_SKIP": f"{ogr.SKIPPED.replace('OSM,', '')},{OTHERS}"}
ELEMENTS = {"points": "node", "lines": "way", "multilinestrings": "relation"}
CODE = "source-content"


@dataclass(frozen=True, slots=True)
class Extract:
    """What is wanted of a file: a layer of GDAL's, as `configuration` says, `where` in its SQL."""

    file: str
    layer: str
    configuration: str
    where: str


def stream(wanted: Extract, folder: Path) -> Iterator[Features]:
    """Yield the features wanted of a file in `folder`, a batch at a time.

    Raises
    ------
    Refusal
        ``source-content`` where GDAL cannot read it.
    """
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    path = folder / wanted.file
    with TemporaryDirectory(prefix="belang-") as aside:
        config = Path(aside) / "osmconf.ini"
        config.write_text(wanted.configuration, encoding="utf-8")
        options = {"layer": wanted.layer, "CONFIG_FILE": str(config)}
        try:
            # Reading in batches passes over damage in silence; counting does not.
            pyogrio.read_info(path, force_feature_count=True, **options)
            with pyogrio.raw.open_arrow(
                path, where=wanted.where or None, batch_size=BATCH, use_pyarrow=True, **options
            ) as (_, reader):
                for batch in reader:
                    yield _features(batch, wanted.layer)
        except (DataSourceError, DataLayerError, RuntimeError) as error:
            raise refuse(CODE, str(error)) from error


def _features(batch: pa.RecordBatch, layer: str) -> Features:
    names = batch.schema.names
    wkb = np.array([*batch.column(names.index("wkb_geometry")).to_pylist(), None], object)[:-1]
    columns = {n: batch.column(names.index(n)).to_pylist() for n in names if "osm_" in n}
    tags = batch.column(names.index("all_tags")).to_pylist()
    rows = tuple(
        {**json.loads(said or "{}"), "osm_id": _name({n: c[i] for n, c in columns.items()}, layer)}
        for i, said in enumerate(tags)
    )
    return Features(ogr.decoded(wkb, CODE), rows, "EPSG:4326", "osm", layer)


def _name(ids: Mapping[str, Any], layer: str) -> str:
    """Return the element's kind and number, which together are unique."""
    if way := ids.get("osm_way_id"):
        return f"way/{way}"
    return f"{ELEMENTS.get(layer, 'relation')}/{ids['osm_id']}"
