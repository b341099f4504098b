"""May a candidate take the place of the version in force? What speaks against it, in words.

Published is what is plausible; what is not waits until a person has looked at it. A fault that
the version in force has as well was looked at before and does not count again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from gis.problem import Text
from layers.layer import Layer
from layers.version import LayerVersion

FEWEST, LEAST_AREA, MOST_NEW, MOST_INVALID = 0.8, 0.9, 0.3, 0.01
NEAR_M = 15_000.0


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a candidate is not published by itself."""

    code: str
    text: Text


@dataclass(frozen=True)
class Candidate:
    """A version with what was counted when it was built."""

    version: LayerVersion
    repaired: int
    duplicates: int

    @property
    def invalid_share(self) -> float:
        """Share of objects that were not valid, repaired or not."""
        total = self.version.count + len(self.version.broken)
        return (self.repaired + len(self.version.broken)) / max(total, 1)


def objections(
    layer: Layer,
    new: Candidate,
    old: Candidate | None,
    *,
    crs: CRS,
    area: NDArray[np.float64] | None = None,
) -> tuple[Objection, ...]:
    """Return everything that speaks against publishing `new` in place of `old`.

    `area` is the box of the area of competence.
    """
    found = [*_plausible(layer, new, old, crs, area)]
    if old is not None and not any(o.code == "refresh-empty" for o in found):
        found += _changed(layer, new, old)
    return tuple(found)


def _plausible(
    layer: Layer, new: Candidate, old: Candidate | None, crs: CRS, area: NDArray[np.float64] | None
) -> Iterator[Objection]:
    count = new.version.count
    if new.version.crs != crs:
        yield _objection("refresh-crs", "anderes Koordinatensystem", "another CRS")
    if not count:
        yield _objection("refresh-empty", "kein einziges Objekt", "not a single object")
    elif count < layer.minimum:
        yield _objection(
            "refresh-minimum",
            f"{count} Objekte, mindestens {layer.minimum} sind erwartet",
            f"{count} objects, at least {layer.minimum} are expected",
        )
    if _away(new.version, area) and not (old and _away(old.version, area)):
        yield _objection(
            "refresh-place",
            "kein Objekt liegt beim Zuständigkeitsgebiet",
            "no object lies near the area of competence",
        )
    share = new.invalid_share
    if share > max(MOST_INVALID, old.invalid_share if old else 0.0):
        yield _objection(
            "refresh-invalid",
            f"{share:.1%} der Objekte sind ungültig gezeichnet",
            f"{share:.1%} of the objects are drawn invalidly",
        )
    if layer.id is not None and new.duplicates > (old.duplicates if old else 0):
        yield _objection(
            "refresh-ids",
            f"{new.duplicates} Kennungen ({layer.id}) kommen mehrfach vor",
            f"{new.duplicates} ids ({layer.id}) occur more than once",
        )


def _away(version: LayerVersion, area: NDArray[np.float64] | None) -> bool:
    if area is None or not version.count:
        return False
    left, bottom, right, top = version.bounds.T
    beside = (left > area[2] + NEAR_M) | (right < area[0] - NEAR_M)
    return bool((beside | (bottom > area[3] + NEAR_M) | (top < area[1] - NEAR_M)).all())


def _changed(layer: Layer, new: Candidate, old: Candidate) -> Iterator[Objection]:
    before, now = old.version, new.version
    if now.count < FEWEST * before.count:
        yield _objection(
            "refresh-fewer",
            f"{now.count} statt {before.count} Objekte",
            f"{now.count} objects instead of {before.count}",
        )
    if now.area_m2 < LEAST_AREA * before.area_m2:
        share = now.area_m2 / before.area_m2
        yield _objection(
            "refresh-area",
            f"nur {share:.0%} der bisherigen Fläche",
            f"only {share:.0%} of the area so far",
        )
    if kinds := now.dimensions - before.dimensions if before.count else ():
        names = ", ".join(("Punkte", "Linien", "Flächen")[k] for k in sorted(kinds))
        english = ", ".join(("points", "lines", "areas")[k] for k in sorted(kinds))
        yield _objection("refresh-kinds", f"neue Geometriearten: {names}", f"new kinds: {english}")
    if lost := before.attributes - now.attributes:
        names = ", ".join(sorted(lost))
        yield _objection(
            "refresh-schema", f"Attribute fehlen: {names}", f"lost attributes: {names}"
        )
    fresh = new_ids(now, before)
    if layer.id is not None and before.count and fresh > MOST_NEW * now.count:
        yield _objection(
            "refresh-new-ids",
            f"{fresh} von {now.count} Kennungen sind neu",
            f"{fresh} of {now.count} ids are new",
        )


def new_ids(now: LayerVersion, before: LayerVersion) -> int:
    """Return how many objects have an id that was not there before."""
    return int((~np.isin(now.verified("keys"), before.verified("keys"))).sum())


def _objection(code: str, de: str, en: str) -> Objection:
    return Objection(code, Text(de, en))
