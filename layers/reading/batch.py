"""A batch of features as bytes and back: shapes as WKB, rows as JSON, all of it counted and typed.

Read from a process that may have been taken over: what does not fit is an `UnfitError`.
"""

import json
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from gis.problem import Notice, Refusal
from layers.apart.wire import LENGTH, UnfitError, no_crs, packed, unpacked
from layers.reading import ogr
from layers.reading.features import Attributes, Features

PLAIN = frozenset({str, int, float, bool, type(None)})
SIZE = np.dtype("<i8")
NOWHERE = -1  # the size of a shape that is not there


@dataclass(frozen=True, slots=True)
class Head:
    """What goes before sizes, shapes and rows: all but these, and how many bytes they take.

    `large` says that rows hold what only Python's own JSON keeps, such as larger whole numbers.
    """

    crs: str | None
    format: str
    layer: str | None
    notices: tuple[Notice, ...]
    count: int
    shapes: int
    large: bool


def packed_batch(found: Features) -> bytes:
    """Return features as bytes, without what a document says about a plan."""
    wkb = shapely.to_wkb(found.geometries)
    sizes = np.fromiter((NOWHERE if one is None else len(one) for one in wkb), SIZE, len(wkb))
    shapes = b"".join(one for one in wkb if one is not None)
    rows, large = _packed_rows(found.attributes)
    head = packed(
        Head(found.crs, found.format, found.layer, found.notices, len(wkb), len(shapes), large)
    )
    return b"".join((LENGTH.pack(len(head)), head, sizes.tobytes(), shapes, rows))


def _packed_rows(rows: tuple[Attributes, ...]) -> tuple[bytes, bool]:
    try:
        return orjson.dumps(rows), False
    except TypeError:  # a number beyond 64 bits, half a surrogate pair
        return json.dumps(rows).encode(), True


def unpacked_batch(content: memoryview) -> Features:
    """Return the features written by `packed_batch`.

    Raises
    ------
    UnfitError
        If the bytes are anything else.
    """
    try:
        return _features(content)
    except UnfitError:
        raise
    except Exception as error:
        # Whatever else a parser finds wrong, the bytes are not what was asked for.
        raise UnfitError(type(error).__name__) from error


def _features(content: memoryview) -> Features:
    begin = LENGTH.size + LENGTH.unpack_from(content)[0]
    head: Head = unpacked(bytes(content[LENGTH.size : begin]), Head, no_crs)
    end = begin + head.count * SIZE.itemsize
    sizes = np.frombuffer(content[begin:end], SIZE)
    rows = content[end + head.shapes :]
    geometries = _shapes(content[end : end + head.shapes], sizes)
    return Features(
        geometries, _rows(rows, head), head.crs, head.format, head.layer, notices=head.notices
    )


def _shapes(content: memoryview, sizes: NDArray[np.int64]) -> NDArray[np.object_]:
    there = sizes >= 0
    if (sizes < NOWHERE).any() or sizes[there].max(initial=0) > len(content):
        raise UnfitError("sizes")
    ends = np.cumsum([0, *np.where(there, sizes, 0)], dtype=np.int64).tolist()
    if ends[-1] != len(content):
        raise UnfitError("sizes")
    wkb = np.empty(len(sizes), dtype=object)
    wkb[:] = [bytes(content[a:b]) if b > a else None for a, b in pairwise(ends)]
    try:
        return ogr.decoded(wkb, "format-mismatch")
    except Refusal as refusal:
        raise UnfitError("no geometry") from refusal


def _rows(content: memoryview, head: Head) -> tuple[Attributes, ...]:
    rows: list[dict[str, Any]] = json.loads(bytes(content)) if head.large else orjson.loads(content)
    if not isinstance(rows, list) or len(rows) != head.count or set(map(type, rows)) - {dict}:
        raise UnfitError("rows")
    if set(map(type, chain.from_iterable(map(dict.values, rows)))) - PLAIN:
        raise UnfitError("values")
    return tuple(rows)
