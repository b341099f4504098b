"""Everything needed to make a check again, kept as bytes: later changes to catalogue, layers or
answers do not matter to it.

Two blobs: the files of the catalogue, which many checks share, and the record of one check.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from layers.catalogue import Catalogue, read_catalogue
from layers.frozen import Frozen, frozen_from
from layers.store import Store
from service.blobs import Blobs, Stored
from service.cases.results import restricted
from service.db import Json
from service.district import District

MOST = 1 << 30  # bytes of a record; it is our own


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a check rests on: blobs that lie on disk, and what `Check.frozen` says of them."""

    blobs: tuple[Stored, ...]
    frozen: Json
    versions: tuple[str, ...]


def record(
    blobs: Blobs, catalogue: Catalogue, opened: Frozen, said: Json, day: date, provenance: Json
) -> Recorded:
    """Store what a check has opened; errors as `Blobs.store`."""
    files = [[str(path), text] for path, text in catalogue.files]
    kept_catalogue = _stored(blobs, {"format": 1, "files": files})
    content = {"format": 1, "said": said, "day": day.isoformat(), **opened.to_json()}
    kept = _stored(blobs, content)
    software = {name: provenance[name] for name in ("belang", "geos", "proj")}
    versions = opened.versions()
    frozen = {
        "plan": provenance["plan"],
        "said": said,
        "day": day.isoformat(),
        "catalogue": provenance["catalogue"],
        "rules": provenance["rules"],
        "layers": provenance["layers"],
        "software": software,
        "catalogue_blob": kept_catalogue.sha256,
        "record_blob": kept.sha256,
        "restricted": restricted(catalogue),
    }
    return Recorded((kept_catalogue, kept), frozen, tuple(sorted(set(versions.values()))))


@dataclass(frozen=True)
class Thawed:
    """The district as a check found it."""

    district: District
    said: Json
    day: date


def thaw(blobs: Blobs, store: Store, frozen: Mapping[str, Any]) -> Thawed:
    """Return what a check rested on; `store` is today's.

    Raises
    ------
    OSError, ValueError
        If a blob is gone or damaged.
    """
    files = _read(blobs, frozen["catalogue_blob"])["files"]
    kept = _read(blobs, frozen["record_blob"])
    texts = {Path(path): text for path, text in files}
    catalogue = read_catalogue(Path(files[0][0]), texts)
    then = replace(store, crs=catalogue.crs).at(frozen_from(kept))
    return Thawed(District(catalogue, then), kept["said"], date.fromisoformat(kept["day"]))


def _stored(blobs: Blobs, content: Any) -> Stored:
    body = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return blobs.store(io.BytesIO(body), most=MOST)


def _read(blobs: Blobs, sha256: str) -> Any:
    body = blobs.path(sha256).read_bytes()
    if hashlib.sha256(body).hexdigest() != sha256:
        raise ValueError(f"the blob {sha256[:12]} is damaged")
    return orjson.loads(body)
