"""GDAL, for formats that nothing else reads; with few drivers, and none that reads on elsewhere."""

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.errors import GEOSException

from layers.reading.features import Attributes, Features, shapes
from layers.reading.profile import Profile
from layers.reading.refusals import refuse

if TYPE_CHECKING:
    from layers.reading.read import Answers

# Every vector driver but GeoPackage, Shapefile, FlatGeobuf and DXF: some open other files,
# addresses or programs from what a file says. GDAL reads this when it registers its drivers, so
# it has to stand before pyogrio is imported. MEM must stay: GDAL crashes without it.
SKIPPED = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,DGN,EDIGEO,EEDA,ESRIJSON,"
    "Elasticsearch,GDALG,GPSBabel,GPX,GTFS,GeoJSON,GeoJSONSeq,GeoRSS,HTTP,Idrisi,JML,"
    "JSONFG,KML,LIBKML,GML,LVBAG,MBTiles,MVT,MapInfo File,MapML,MiraMonVector,NGW,OAPIF,"
    "ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,PDS4,PGDUMP,PLSCENES,"
    "PMTiles,S57,SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)
SETTINGS = {
    "GDAL_SKIP": SKIPPED,
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_HTTP_PROXY": "http://127.0.0.1:1",
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "/vsicurl/none",
    "OGR_ARC_STEPSIZE": "0.25",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
}


def engine() -> Any:
    """Return pyogrio, imported with these settings in place."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    import pyogrio

    return pyogrio


def layer_names(path: Path) -> list[str]:
    """Return the names of a file's layers that hold geometries."""
    rows = engine().list_layers(path)
    return [str(name) for name, kind in rows if kind is not None]


def read(path: Path, layer: str | None, code: str, encoding: str | None = None) -> Features:
    """Read one layer; `code` is what an unreadable file is called.

    Raises
    ------
    Refusal
        `code`, or ``encoding``.
    """
    pyogrio = engine()
    try:
        with warnings.catch_warnings():
            # What GDAL only warns of (an unknown extension, a shortened name) costs no geometry.
            warnings.simplefilter("ignore", RuntimeWarning)
            meta, _, wkb, columns = pyogrio.raw.read(
                path, layer=layer, encoding=encoding, force_2d=True, datetime_as_string=True
            )
    except UnicodeDecodeError as error:
        raise refuse("encoding") from error
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, IndexError) as error:
        raise refuse(code) from error
    except (pyogrio.errors.FeatureError, pyogrio.errors.GeometryError, RuntimeError) as error:
        raise refuse(code) from error
    if wkb is None:
        raise refuse("no-geometry")
    try:
        with np.errstate(all="ignore"):
            geometries = shapely.from_wkb(wkb)
    except (GEOSException, NotImplementedError) as error:
        raise refuse(code) from error
    names = [str(n) for n in meta["fields"]]
    values = [_plain(column) for column in columns]
    rows = tuple(dict(zip(names, row, strict=True)) for row in zip(*values, strict=True))
    attributes: tuple[Attributes, ...] = rows if names else tuple({} for _ in geometries)
    return Features(shapes(list(geometries)), attributes, meta["crs"], "", layer)


def _plain(column: Any) -> list[Any]:
    """Return a column as plain values; what is not a number stays None, never NaN."""
    if column.dtype.kind == "f":
        return [None if np.isnan(v) else v for v in column.tolist()]
    if column.dtype.kind in "iub":
        return list(column.tolist())
    return [
        None if v is None else (v if isinstance(v, bool | int | float) else str(v)) for v in column
    ]


def read_flatgeobuf(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read a FlatGeobuf file."""
    from dataclasses import replace

    return replace(read(path, answers.layer, "format-mismatch"), format="flatgeobuf")
