"""The GeoPackage of a check: plan, objects, overlaps and what is not covered, ready to open.

It carries its QGIS styles, so that it opens coloured. The same picture gives the same bytes with
the same versions of GDAL and SQLite.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.picture import Picture
from maps.tables import KINDS, Table, tables

# Written into the file instead of the time of day: two files of the same check are the same.
STAMP = "2000-01-01T00:00:00.000Z"
GEOMETRY = "geom"


def write(path: Path, picture: Picture) -> None:
    """Write the GeoPackage; a file that was there is replaced when the new one is complete.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    # Imported only now: whoever reads untrusted files sets GDAL up first, and its drivers are
    # chosen when it is imported.
    import pyogrio

    with TemporaryDirectory(prefix=".writing-", dir=path.parent) as folder:
        aside = Path(folder) / "check.gpkg"
        written = list(tables(picture))
        try:
            with _stopped_clock(pyogrio):
                for number, table in enumerate(written):
                    _write(pyogrio, aside, table, picture, append=number > 0)
            _add_styles(aside, [t for t in written if t.style is not None])
        except (pyogrio.errors.DataSourceError, sqlite3.OperationalError) as error:
            raise OSError(str(error)) from error  # a full disk, most likely
        aside.replace(path)


@contextmanager
def _stopped_clock(pyogrio: ModuleType) -> Iterator[None]:
    """Let GDAL write `STAMP` wherever it would write what time it is."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write(
    pyogrio: ModuleType, path: Path, table: Table, picture: Picture, *, append: bool
) -> None:
    columns = [_column([row.get(n) for _, row in table.rows], t) for n, t in table.columns.items()]
    placed = table.shape is not None
    shapes = [geometry for geometry, _ in table.rows]
    pyogrio.raw.write(
        path,
        geometry=_wkb(shapes) if placed else None,
        field_data=[values for values, _ in columns],
        field_mask=[missing for _, missing in columns],
        fields=list(table.columns),
        geometry_type=None if table.shape is None else KINDS[table.shape][1],
        crs=picture.crs.to_string() if placed else None,
        driver="GPKG",
        layer=table.name,
        append=append,
        layer_options={"GEOMETRY_NAME": GEOMETRY} if placed else {},
    )


def _wkb(shapes: Sequence[Any]) -> NDArray[np.object_]:
    flat: NDArray[np.object_] = np.empty(len(shapes), dtype=object)
    flat[:] = [shapely.to_wkb(shape) for shape in shapes]
    return flat


def _column(values: Sequence[Any], kind: type) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Return a column and the mask of its missing values."""
    if kind is str:
        texts: NDArray[np.object_] = np.empty(len(values), dtype=object)
        texts[:] = [value or None for value in values]
        return texts, None
    missing = np.array([value is None for value in values], dtype=bool)
    numbers = [0 if value is None else value for value in values]
    return np.array(numbers, dtype=np.int64 if kind is int else np.float64), missing


STYLES_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)"""
STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
  styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time)
VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', ?)"""
CONTENTS = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)"""


def _add_styles(path: Path, styled: Sequence[Table]) -> None:
    """Add the table from which QGIS takes the style of a layer."""
    connection = sqlite3.connect(path)
    try:
        connection.execute(STYLES_TABLE)
        for table in styled:
            row = (table.name, GEOMETRY, table.name, table.style, "Belang", STAMP)
            connection.execute(STYLE, row)
        connection.execute(CONTENTS, (STAMP,))
        connection.commit()
    finally:
        connection.close()
