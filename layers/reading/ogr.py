"""GDAL, for formats that nothing else reads; with few drivers, and none that reads on elsewhere."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException

from layers.reading.features import Attributes, Features, shapes
from layers.reading.profile import Profile
from layers.reading.refusals import refuse
from layers.reading.wkb import LONG, is_shallow, type_of

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
    # The quicker way gives arrays that break pyarrow where an object has no geometry.
    "OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES",
}


def engine() -> Any:
    """Return pyogrio, imported with these settings in place."""
    os.environ.update(SETTINGS)
    import pyogrio

    # Where somebody has imported it before, all but the choice of drivers can still be set.
    pyogrio.set_gdal_config_options(SETTINGS)
    return pyogrio


@contextmanager
def under_own_name(path: Path, suffix: str) -> Iterator[Path]:
    """Give a file, and what goes by the same stem, a name of ours in a folder of its own.

    GDAL reads meaning into names (``!``, ``?``, ``.zip``) and leaves files beside what it reads.
    """
    with TemporaryDirectory(prefix="belang-") as folder:
        own = Path(folder) / f"data{suffix}"
        own.symlink_to(path.absolute())
        if suffix == ".shp":
            for part in siblings(path):
                (own.parent / f"data{part.suffix.lower()}").symlink_to(part.absolute())
        yield own


def siblings(path: Path) -> list[Path]:
    """Return the files beside a `.shp` that belong to it, however their suffix is written."""
    parts = {".shx", ".dbf", ".prj", ".cpg"}
    return sorted(
        p for p in path.parent.iterdir() if p.stem == path.stem and p.suffix.lower() in parts
    )


def read(
    path: Path,
    suffix: str,
    layer: str | None,
    code: str,
    encoding: str | None = None,
    *,
    passed: frozenset[int] = frozenset(),
) -> Features:
    """Read one layer of a file of the kind `suffix`; `code` is what an unreadable one is called.

    Geometries of a type that is `passed` over come as None.

    Raises
    ------
    Refusal
        `code`, or ``encoding``.
    """
    pyogrio = engine()
    with _understood(pyogrio, code), under_own_name(path, suffix) as own:
        meta, _, wkb, columns = pyogrio.raw.read(
            own, layer=layer, encoding=encoding, datetime_as_string=True, **_options(suffix)
        )
    if wkb is None:
        raise refuse("no-geometry")
    names = [str(n) for n in meta["fields"]]
    kinds = zip(meta["ogr_types"], meta["ogr_subtypes"], strict=True)
    values = [_plain(column, *kind) for column, kind in zip(columns, kinds, strict=True)]
    if passed:
        wkb = shapes([None if b is None or type_of(b) in passed else b for b in wkb])
    return Features(decoded(wkb, code), rows(names, values, len(wkb)), meta["crs"], "", layer)


def stream(
    path: Path, suffix: str, layer: str | None, code: str, size: int, *, count: int
) -> Iterator[Features]:
    """Yield the features of `read`, `size` at a time; errors as there.

    A stream of GDAL's may end early where data are damaged, and not say so: there have to be
    `count` of them.
    """
    pyogrio, received = engine(), 0
    with (
        _understood(pyogrio, code),
        under_own_name(path, suffix) as own,
        pyogrio.raw.open_arrow(
            own, layer=layer, batch_size=size, use_pyarrow=True, datetime_as_string=True,
            **_options(suffix),
        ) as (meta, batches),
    ):  # fmt: skip
        geometry = meta["geometry_name"] or "wkb_geometry"
        names = [str(n) for n in meta["fields"]]
        for batch in batches:
            if geometry not in batch.schema.names:
                raise refuse("no-geometry")
            wkb = batch.column(geometry).to_numpy(zero_copy_only=False)
            values = [_column(batch.column(name).to_pylist()) for name in names]
            attributes = rows(names, values, len(wkb))
            received += len(wkb)
            yield Features(decoded(wkb, code), attributes, meta["crs"], "", layer)
    if received != count:
        raise refuse(code)


def _options(suffix: str) -> dict[str, str]:
    return {"IMMUTABLE": "YES"} if suffix == ".gpkg" else {}


@contextmanager
def _understood(pyogrio: Any, code: str) -> Iterator[None]:
    """Say in our words what GDAL complains about."""
    try:
        with warnings.catch_warnings():
            # What GDAL only warns of (an unknown extension, a shortened name) costs no geometry.
            warnings.simplefilter("ignore", RuntimeWarning)
            yield
    except UnicodeDecodeError as error:
        raise refuse("encoding") from error
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, IndexError) as error:
        raise refuse(code) from error
    except (pyogrio.errors.FeatureError, pyogrio.errors.GeometryError, RuntimeError) as error:
        raise refuse(code) from error


def decoded(wkb: NDArray[np.object_], code: str) -> NDArray[np.object_]:
    """Return geometries from WKB; refuse them as `code` where it is none."""
    if any(isinstance(b, bytes) and len(b) > LONG and not is_shallow(b) for b in wkb):
        raise refuse(code)
    try:
        with np.errstate(all="ignore"):
            return shapes(list(shapely.from_wkb(wkb)))
    except (GEOSException, NotImplementedError) as error:
        raise refuse(code) from error


def rows(names: list[str], values: list[list[Any]], count: int) -> tuple[Attributes, ...]:
    """Return `count` rows from columns."""
    if not names:
        return tuple({} for _ in range(count))
    return tuple([dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)])


def _column(values: list[Any]) -> list[Any]:
    """Return a column as `_plain` does."""
    kinds = set(map(type, values))
    if kinds <= {str, int, bool, type(None)}:
        return values
    if kinds <= {float, type(None)}:
        return [v if v is None or isfinite(v) else None for v in values]
    return [_alone(value) for value in values]


def _alone(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value.hex() if isinstance(value, bytes) else str(value)


def _plain(column: Any, kind: str, subkind: str) -> list[Any]:
    """Return a column as plain values; what is not a finite number is None, bytes are hex."""
    if column.dtype.kind == "f":
        # Whole numbers and truth values with gaps arrive as floats.
        whole = bool if subkind == "OFSTBoolean" else int if "Integer" in kind else float
        return [whole(v) if np.isfinite(v) else None for v in column.tolist()]
    if column.dtype.kind in "iub":
        return list(column.tolist())
    return [v.hex() if isinstance(v, bytes) else None if v is None else str(v) for v in column]


def read_flatgeobuf(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read a FlatGeobuf file."""
    return replace(read(path, ".fgb", None, "format-mismatch"), format="flatgeobuf")


def stream_flatgeobuf(
    path: Path, profile: Profile, answers: "Answers", size: int
) -> Iterator[Features]:
    """Yield the features of a FlatGeobuf file that says how many there are; otherwise none."""
    pyogrio, code = engine(), "format-mismatch"
    with _understood(pyogrio, code), under_own_name(path, ".fgb") as own:
        count = pyogrio.read_info(own)["features"]
    if count > 0:
        for found in stream(path, ".fgb", None, code, size, count=count):
            yield replace(found, format="flatgeobuf")
