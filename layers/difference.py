"""What differs between two versions of a layer: object by object."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.version import Found, LayerVersion

ODD = np.uint64(0x9E3779B97F4A7C15)  # spreads the number of a twin over all bits


@dataclass(frozen=True)
class Object:
    """One object of a version."""

    id: str
    geometry: BaseGeometry
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One object in both versions. `attributes` are those that differ: (before, now).

    `shift_m` is the way of the centroid, `deviation_m` the farthest any outline has moved,
    `area_m2` what the area has grown by; all 0 where the shape is the same.
    """

    before: Object
    now: Object
    attributes: Mapping[str, tuple[Any, Any]]
    shift_m: float
    deviation_m: float
    area_m2: float

    @property
    def moved(self) -> bool:
        """Whether the shape is another one."""
        return bool(self.deviation_m or self.area_m2 or self.shift_m)


@dataclass(frozen=True)
class Difference:
    """What was added, what was removed, and what changed; `same` counts the rest."""

    added: tuple[Object, ...]
    removed: tuple[Object, ...]
    changed: tuple[Change, ...]
    same: int

    def counts(self) -> dict[str, int]:
        """Return how many objects were added, removed, moved, changed, or are the same."""
        moved = sum(change.moved for change in self.changed)
        return {
            "added": len(self.added),
            "removed": len(self.removed),
            "moved": moved,
            "attributes": sum(bool(change.attributes) for change in self.changed),
            "same": self.same,
        }


def difference(before: LayerVersion, now: LayerVersion) -> Difference:
    """Return what differs; only objects that do are decoded.

    Objects are the same object when they have the same id. Where ids are mere numbers of a file
    without any, an object put in at the front changes all that follow.
    """
    old, new = _numbered(before.verified("marks")), _numbered(now.verified("marks"))
    gone = np.flatnonzero(~np.isin(old, new))
    fresh = np.flatnonzero(~np.isin(new, old))
    removed, added = _by_id(before.objects(gone)), _by_id(now.objects(fresh))
    changed = []
    for name in sorted(removed.keys() & added.keys()):
        pairs = min(len(removed[name]), len(added[name]))
        for _ in range(pairs):
            changed.append(_change(removed[name].pop(0), added[name].pop(0)))
    return Difference(
        tuple(_all(added)), tuple(_all(removed)), tuple(changed), len(new) - len(fresh)
    )


def _numbered(marks: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return marks of which the second of two twins is another one than the first."""
    order = np.argsort(marks, kind="stable")
    ordered = marks[order]
    starts = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(ordered) else ordered
    first = np.maximum.accumulate(np.where(starts, np.arange(len(ordered)), 0))
    numbered = np.empty_like(marks)
    numbered[order] = ordered + (np.arange(len(ordered)) - first).astype("<u8") * ODD
    return numbered


def _by_id(found: Found) -> dict[str, list[Object]]:
    objects: dict[str, list[Object]] = defaultdict(list)
    rows = zip(found.ids, found.geometries, found.attributes, strict=True)
    for name, geometry, attributes in rows:
        objects[name].append(Object(name, geometry, attributes))
    return objects


def _all(objects: Mapping[str, list[Object]]) -> Iterator[Object]:
    for name in sorted(objects):
        yield from objects[name]


def _change(before: Object, now: Object) -> Change:
    names = [*before.attributes, *(n for n in now.attributes if n not in before.attributes)]
    attributes = {
        name: (before.attributes.get(name), now.attributes.get(name))
        for name in names
        if before.attributes.get(name) != now.attributes.get(name)
    }
    one, other = before.geometry, now.geometry
    if shapely.equals_exact(one, other, tolerance=0.0):
        return Change(before, now, attributes, 0.0, 0.0, 0.0)
    return Change(
        before,
        now,
        attributes,
        float(shapely.distance(shapely.centroid(one), shapely.centroid(other))),
        float(shapely.hausdorff_distance(one, other)),
        float(shapely.area(other) - shapely.area(one)),
    )
