"""The same figures a second time, with geopandas and shapely alone.

Nothing here comes from the code under test: what was read and transformed by geopandas is united,
clipped and measured in the plainest way that gives the right number. Crossings are computed from
coordinates with numpy, without any geometry library.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tests.acceptance.sources import Theme

NUMBER_M, NUMBER_SHARE = 6e-5, 6e-10  # half a unit of the report's last digit, and a little


@dataclass(frozen=True)
class Ground:
    """A plan: polygons, or for a route the axis and its corridor."""

    shape: BaseGeometry
    axis: BaseGeometry | None = None
    cores: dict[float, BaseGeometry] = field(default_factory=dict, compare=False)

    def core(self, eps_m: float) -> BaseGeometry:
        """Return what is left when the edge moves in by `eps_m`; slow for a route, so kept."""
        if eps_m not in self.cores:
            self.cores[eps_m] = self.shape.buffer(-eps_m)
        return self.cores[eps_m]

    def inside_m(self, area: BaseGeometry) -> float:
        """Return how much of the axis lies in `area`, straight piece by straight piece, m."""
        xy = shapely.get_coordinates(self.axis)
        pieces = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
        return float(shapely.length(shapely.intersection(pieces, area)).sum())


def corridor(axis: BaseGeometry, width_m: float) -> Ground:
    """Return the ground of a route: cut square at its ends, round at its bends."""
    return Ground(axis.buffer(width_m / 2, cap_style="flat", quad_segs=16), axis)


@dataclass
class Comparison:
    """Figures held against each other; `wrong` lists those that differ."""

    count: int = 0
    worst: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def same(self, name: str, found: Any, expected: Any) -> None:
        """Compare two values that must be equal."""
        self.count += 1
        if found != expected:
            self.wrong.append(f"{name}: {found!r}, expected {expected!r}")

    def close(self, name: str, found: Any, expected: float | None, least: float = NUMBER_M) -> None:
        """Compare two figures: a millionth, or the rounding of the report."""
        if found is None or expected is None:
            self.same(name, found, expected)
            return
        self.count += 1
        off = abs(found - expected)
        if abs(expected) > 1e4 * least:
            self.worst = max(self.worst, max(0.0, off - least) / abs(expected))
        if not off <= max(least, 1e-6 * abs(expected)):
            self.wrong.append(f"{name}: {found!r}, expected {expected!r}")


def overlaps(ground: Ground, thing: BaseGeometry, eps_m: float) -> bool:
    """Tell whether a contact counts: wider than the tolerance, or passing through."""
    if not ground.shape.intersects(thing):
        return False
    dimension = shapely.get_dimensions(thing)
    if dimension == 0 or ground.core(eps_m).intersects(thing):
        return True
    if dimension == 2 and thing.buffer(-eps_m).intersects(ground.shape):
        return True
    if _falls_apart(ground.shape, thing, eps_m) or _falls_apart(thing, ground.shape, eps_m):
        return True
    return dimension == 2 and ground.axis is not None and ground.axis.crosses(thing)


def _falls_apart(whole: BaseGeometry, by: BaseGeometry, eps_m: float) -> bool:
    """Tell whether `by` leaves several pieces of `whole` that go on beyond the tolerance."""
    rest = shapely.get_parts(whole.difference(by))
    return sum(not piece.covered_by(by.buffer(eps_m)) for piece in rest) > 1


def compare_plan(
    plan: Mapping[str, Any], ground: Ground, split: Mapping[str, BaseGeometry]
) -> Comparison:
    """Hold what a report says of the plan itself against the plan measured here."""
    seen = Comparison()
    seen.close("area_m2", plan["area_m2"], ground.shape.area)
    seen.close("length_m", plan["length_m"], ground.axis and ground.axis.length)
    seen.same("municipalities", plan["municipalities"], sorted(split))
    for row in plan["by_municipality"]:
        part = split.get(row["key"], shapely.Polygon())
        seen.close(f"{row['key']} area_m2", row["area_m2"], part.area)
        seen.close(f"{row['key']} length_m", row["length_m"],
                   ground.axis and ground.inside_m(part))  # fmt: skip
    return seen


def by_town(ground: Ground, towns: Theme) -> Iterator[tuple[str, BaseGeometry]]:
    """Yield key and ground of every municipality the plan overlaps: by area, never by centroid."""
    for key, town in zip(towns.ids, towns.wide, strict=True):
        if overlaps(ground, town, towns.eps_m):
            yield key, ground.shape.intersection(town)


def compare(
    finding: Mapping[str, Any], ground: Ground, theme: Theme, split: Mapping[str, BaseGeometry]
) -> Comparison:
    """Hold one finding of a report against the figures computed here."""
    seen = Comparison()
    distances = np.maximum(0.0, shapely.distance(theme.things, ground.shape) - theme.half_m)
    hits = [
        i for i in range(len(theme.ids))
        if distances[i] <= 1e-6 and overlaps(ground, theme.wide[i], theme.eps_m)
    ]  # fmt: skip
    borders = [i for i in np.flatnonzero(distances <= theme.eps_m) if i not in hits]
    near = [
        i for i in range(len(theme.ids))
        if i not in hits and i not in borders
        and any(distances[i] <= d and holds(theme.rows[i]) for d, holds in theme.asks)
    ]  # fmt: skip
    reached = distances[distances <= max(theme.reach_m, theme.eps_m)]
    seen.close("nearest_m", finding["nearest_m"], min(reached, default=None))
    seen.same("objects_affected", finding["objects_affected"], len(hits) + len(near))
    _compare_objects(seen, finding, ground, theme, distances, (hits, borders, near))
    _compare_sums(seen, finding, ground, theme, hits)
    uncovered = _uncovered(ground.shape, theme.cover)
    seen.close("uncovered_share", finding["uncovered_share"], uncovered, NUMBER_SHARE)
    asked = [i for i in borders if any(distances[i] <= d and holds(theme.rows[i])
                                       for d, holds in theme.asks)]  # fmt: skip
    seen.same("outcome", finding["outcome"], _outcome(hits + near + asked, borders, uncovered))
    _compare_towns(seen, finding, ground, theme, hits, split)
    return seen


def _outcome(hits: list[int], borders: list[int], uncovered: float) -> str:
    if hits:
        return "affected"
    if uncovered:
        return "not_covered"
    return "borders" if borders else "clear"


def _uncovered(ground: BaseGeometry, cover: BaseGeometry | None) -> float:
    if cover is None or cover.buffer(0.01).covers(ground):
        return 0.0
    return float(ground.difference(cover).area / ground.area)


def _compare_sums(
    seen: Comparison, finding: Mapping[str, Any], ground: Ground, theme: Theme, hits: list[int]
) -> None:
    """The layer as a whole: unite first, then clip, then measure; nothing counts twice."""
    united = shapely.union_all(theme.wide[hits])
    inside = united.intersection(ground.shape)
    areal = shapely.get_dimensions(theme.wide).max() == 2
    seen.close("overlap_m2", finding["overlap_m2"], inside.area if areal else None)
    on_axis = ground.inside_m(united) if ground.axis is not None and areal else 0.0
    if ground.axis is not None:
        share = on_axis / ground.axis.length
        seen.close("stretches", sum(s["length_m"] for s in finding["stretches"]), on_axis,
                   1e-3)  # each is rounded, and there may be a dozen  # fmt: skip
    else:
        share = inside.area / ground.shape.area
    seen.close("share_of_plan", finding["share_of_plan"], share, NUMBER_SHARE)
    lines = shapely.union_all(theme.things[hits]).intersection(ground.shape).length
    if theme.dimension == 1:
        seen.close("length_m", finding["length_m"], on_axis or lines)
    elif theme.dimension == 2 and ground.axis is not None:
        seen.close("length_m", finding["length_m"], on_axis)
    else:
        seen.same("length_m", finding["length_m"], None)


def _compare_objects(
    seen: Comparison,
    finding: Mapping[str, Any],
    ground: Ground,
    theme: Theme,
    distances: np.ndarray[Any, Any],
    groups: tuple[list[int], list[int], list[int]],
) -> None:
    expected = [
        (theme.ids[i], relation, i)
        for relation, group in zip(("overlaps", "borders", "near"), groups, strict=True)
        for i in group
    ]
    found = [(thing["id"], thing["relation"]) for thing in finding["objects"]]
    seen.same("objects", sorted(found), sorted(e[:2] for e in expected))
    # Ids need not be unique in a file: those of one id are told apart by their distance.
    things = sorted(finding["objects"], key=lambda o: (o["id"], o["relation"], o["distance_m"]))
    mine = sorted(expected, key=lambda e: (*e[:2], round(float(distances[e[2]]), 4)))
    for thing, (name, _, i) in zip(things, mine, strict=False):
        seen.close(f"{name} distance_m", thing["distance_m"], distances[i])
        _compare_object(seen, name, thing, ground, theme.things[i], theme.wide[i])


def _compare_object(
    seen: Comparison,
    name: str,
    found: Mapping[str, Any],
    ground: Ground,
    thing: BaseGeometry,
    wide: BaseGeometry,
) -> None:
    inside = wide.intersection(ground.shape)
    areal, linear = shapely.get_dimensions(wide) == 2, shapely.get_dimensions(thing) == 1
    on_axis = ground.inside_m(wide) if ground.axis is not None and areal else 0.0
    clipped = thing.intersection(ground.shape).length
    seen.close(f"{name} overlap_m2", found["overlap_m2"], inside.area if areal else None)
    length = on_axis if ground.axis is not None and areal else clipped if linear else None
    seen.close(f"{name} length_m", found["length_m"], length)
    share = on_axis / ground.axis.length if ground.axis else inside.area / ground.shape.area
    seen.close(f"{name} share_of_plan", found["share_of_plan"], share, NUMBER_SHARE)
    of_object = clipped / thing.length if linear else inside.area / wide.area if areal else None
    seen.close(f"{name} share_of_object", found["share_of_object"], of_object, NUMBER_SHARE)
    if ground.axis is None:
        return
    seen.close(f"{name} stretches", sum(s["length_m"] for s in found["stretches"]), on_axis, 1e-3)
    if linear:
        places = crossings(ground.axis, thing)
        seen.same(f"{name} crossings", len(found["crossings"]), len(places))
        for crossing, (at_m, angle) in zip(found["crossings"], places, strict=False):
            seen.close(f"{name} km", crossing["km"] * 1000, at_m, 2e-4)
            seen.close(f"{name} angle", crossing["angle_deg"], angle, 0.006)


def _compare_towns(
    seen: Comparison,
    finding: Mapping[str, Any],
    ground: Ground,
    theme: Theme,
    hits: list[int],
    split: Mapping[str, BaseGeometry],
) -> None:
    inside = shapely.union_all(theme.wide[hits]).intersection(ground.shape)
    expected = {
        key: inside.intersection(part)
        for key, part in split.items()
        if len(split) > 1 and _meets(inside, part)
    }
    seen.same("by_municipality", {m["key"] for m in finding["by_municipality"]}, set(expected))
    for row in finding["by_municipality"]:
        part = expected.get(row["key"], shapely.Polygon())
        seen.close(f"in {row['key']}", row["area_m2"], part.area)


def _meets(inside: BaseGeometry, part: BaseGeometry) -> bool:
    """Tell whether more than an edge of what is inside lies in a municipality's part."""
    common = inside.intersection(part)
    return not common.is_empty and bool(
        shapely.get_dimensions(common) == shapely.get_dimensions(inside)
    )


def crossings(axis: BaseGeometry, line: BaseGeometry) -> list[tuple[float, float]]:
    """Return where two lines meet: metres along the axis and acute angle."""
    p, q = shapely.get_coordinates(axis), shapely.get_coordinates(line)
    r, s = np.diff(p, axis=0), np.diff(q, axis=0)
    lengths = np.hypot(*r.T)
    starts = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
    cross = r[:, None, 0] * s[None, :, 1] - r[:, None, 1] * s[None, :, 0]
    gap = q[None, :-1] - p[:-1, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (gap[..., 0] * s[None, :, 1] - gap[..., 1] * s[None, :, 0]) / cross
        u = (gap[..., 0] * r[:, None, 1] - gap[..., 1] * r[:, None, 0]) / cross
    places: list[tuple[float, float]] = []
    for i, j in np.argwhere((t >= 0) & (t <= 1) & (u >= 0) & (u <= 1)):
        at = float(starts[i] + t[i, j] * lengths[i])
        angle = abs(float(np.degrees(np.arctan2(cross[i, j], r[i] @ s[j]))))
        if not any(abs(at - known) < 1e-3 for known, _ in places):
            places.append((at, min(angle, 180 - angle)))
    return sorted(places)
