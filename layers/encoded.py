"""A batch of objects as bytes, and the digests by which objects and versions are known."""

import json
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any
from zlib import crc32

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from layers.features import Broken, Ready
from layers.layer import Attributes

DIGEST = 32
WIDEST = 128  # bytes of an id by which objects are put in order; what is longer comes by its key
_LONG = re.compile(rb"\d{19}")  # maybe beyond 64 bits, what orjson would round
_ROW = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Encoded:
    """Objects as bytes, one after the other: a row (JSON: id, attributes), then a shape (WKB).

    `records` and `digests` are per object. Of the records `ids` are UTF-8, cut off where they
    are very long; `keys` tells ids apart, `marks` whole objects; `starts` is left open.
    """

    content: bytes
    records: NDArray[Any]
    digests: NDArray[Any]

    def __len__(self) -> int:
        """Return the number of objects."""
        return len(self.records)


def encoded(ready: Ready) -> tuple[Encoded, list[bytes]]:
    """Return a batch as bytes, and its shapes alone as WKB."""
    wkb = shapely.to_wkb(ready.geometries, byte_order=1).tolist()
    rows = [_row(pair) for pair in zip(ready.ids, ready.attributes, strict=True)]
    blobs = [row + shape for row, shape in zip(rows, wkb, strict=True)]
    ids = [name.encode("utf-8", "surrogatepass") for name in ready.ids]
    digests = np.frombuffer(b"".join([sha256(b).digest() for b in blobs]), dtype=f"S{DIGEST}")
    records = np.zeros(len(rows), dtype=_record(ids))
    records["ids"] = np.array(ids, dtype=records.dtype["ids"])  # cuts off what is longer
    records["keys"] = _keys(ids)
    records["marks"] = _marks(digests)
    records["bounds"] = shapely.bounds(ready.geometries).reshape(-1, 4)
    records["row_lengths"] = np.fromiter(map(len, rows), "<u4", len(rows))
    records["wkb_lengths"] = np.fromiter(map(len, wkb), "<u4", len(rows))
    records["checks"] = np.fromiter(map(crc32, blobs), "<u4", len(rows))
    return Encoded(b"".join(blobs), records, digests.view([("digests", f"S{DIGEST}")])), wkb


def _record(ids: Sequence[bytes]) -> np.dtype[Any]:
    width = min(max(map(len, ids), default=1), WIDEST)
    return np.dtype([
        ("ids", f"S{width}"), ("keys", "<u8"), ("marks", "<u8"), ("bounds", "<f8", 4),
        ("starts", "<i8"), ("row_lengths", "<u4"), ("wkb_lengths", "<u4"), ("checks", "<u4"),
    ])  # fmt: skip


def _row(pair: tuple[str, Attributes]) -> bytes:
    """Return id and attributes as JSON with sorted keys."""
    try:
        return orjson.dumps(pair, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # whole numbers beyond 64 bits, halves of surrogate pairs
        return _ROW.encode(pair).encode("utf-8", "surrogatepass")


def decoded(row: bytes) -> tuple[str, dict[str, Any]]:
    """Return id and attributes of an object, whichever of the two writers wrote them."""
    if not _LONG.search(row):
        with suppress(orjson.JSONDecodeError):
            name, attributes = orjson.loads(row)
            return name, attributes
    name, attributes = json.loads(row)
    return name, attributes


def _keys(ids: Iterable[bytes]) -> NDArray[np.uint64]:
    joined = b"".join([blake2b(name, digest_size=8).digest() for name in ids])
    return np.frombuffer(joined, dtype="<u8")


def _marks(digests: NDArray[np.bytes_]) -> NDArray[np.uint64]:
    """Return the first eight bytes of each digest: enough to tell whether an object changed."""
    raw = np.frombuffer(digests.tobytes(), dtype="<u8")
    return np.ascontiguousarray(raw.reshape(-1, DIGEST // 8)[:, 0])


def version_hash(crs: str, digests: Iterable[NDArray[Any]], broken: Iterable[Broken]) -> str:
    """Return the content hash of a version: of its CRS, its objects and its broken ones.

    The digests have to come in order, in any number of parts. So the hash does not depend on the
    order of the objects, on batches or on a file format.
    """
    whole = sha256(f"belang-version-3 {crs}\n".encode())
    for part in digests:
        whole.update(part.tobytes())
    faulty = sorted(json.dumps([b.id, b.bounds]) for b in broken)
    whole.update(json.dumps(faulty).encode())
    return whole.hexdigest()
