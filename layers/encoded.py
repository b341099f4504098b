"""A batch of objects as bytes, and the digests by which objects and versions are known."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b, sha256
from zlib import crc32

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from layers.features import Broken, Ready
from layers.layer import Attributes

DIGEST = 32
_ROW = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Encoded:
    """Objects as bytes, one after the other: a row (JSON: id, attributes), then a shape (WKB).

    `keys` tells ids apart, `digests` whole objects; `ids` are UTF-8. Everything is per object.
    """

    content: bytes
    row_lengths: NDArray[np.uint32]
    wkb_lengths: NDArray[np.uint32]
    checks: NDArray[np.uint32]
    bounds: NDArray[np.float64]
    ids: NDArray[np.bytes_]
    keys: NDArray[np.uint64]
    digests: NDArray[np.bytes_]


def encoded(ready: Ready) -> tuple[Encoded, list[bytes]]:
    """Return a batch as bytes, and its shapes alone as WKB."""
    wkb = shapely.to_wkb(ready.geometries, byte_order=1).tolist()
    rows = [_row(pair) for pair in zip(ready.ids, ready.attributes, strict=True)]
    blobs = [row + shape for row, shape in zip(rows, wkb, strict=True)]
    ids = [name.encode("utf-8", "surrogatepass") for name in ready.ids]
    batch = Encoded(
        b"".join(blobs),
        np.fromiter(map(len, rows), dtype="<u4", count=len(rows)),
        np.fromiter(map(len, wkb), dtype="<u4", count=len(wkb)),
        np.fromiter(map(crc32, blobs), dtype="<u4", count=len(blobs)),
        shapely.bounds(ready.geometries).astype("<f8").reshape(-1, 4),
        np.array(ids, dtype=np.bytes_) if ids else np.empty(0, dtype="S1"),
        _keys(ids),
        np.frombuffer(b"".join([sha256(b).digest() for b in blobs]), dtype=f"S{DIGEST}"),
    )
    return batch, wkb


def _row(pair: tuple[str, Attributes]) -> bytes:
    """Return id and attributes as JSON with sorted keys."""
    try:
        return orjson.dumps(pair, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # whole numbers beyond 64 bits, halves of surrogate pairs
        return _ROW.encode(pair).encode("utf-8", "surrogatepass")


def _keys(ids: Iterable[bytes]) -> NDArray[np.uint64]:
    joined = b"".join([blake2b(name, digest_size=8).digest() for name in ids])
    return np.frombuffer(joined, dtype="<u8")


def marks(digests: NDArray[np.bytes_]) -> NDArray[np.uint64]:
    """Return the first eight bytes of each digest: enough to tell whether an object changed."""
    raw = np.frombuffer(digests.tobytes(), dtype="<u8")
    return np.ascontiguousarray(raw.reshape(-1, DIGEST // 8)[:, 0])


def version_hash(crs: str, digests: NDArray[np.bytes_], broken: Iterable[Broken]) -> str:
    """Return the content hash of a version: of its CRS, its objects and its broken ones.

    It does not depend on the order of the objects, on batches or on a file format.
    """
    whole = sha256(f"belang-version-3 {crs}\n".encode())
    whole.update(np.sort(digests).tobytes())
    faulty = sorted(json.dumps([b.id, b.bounds]) for b in broken)
    whole.update(json.dumps(faulty).encode())
    return whole.hexdigest()
