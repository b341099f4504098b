"""The features of a GML document, whether all of them are there, and the geometries of each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from layers.reading.geojson import announced
from layers.reading.gmllinks import HREF
from layers.reading.gmlshape import GEOMETRIES, POINTS, Shaper, is_geometry, together
from layers.reading.refusals import refuse
from layers.reading.rings import rounding
from layers.reading.xml import children, holds_geometry, local

MEMBERS = ("featureMember", "featureMembers", "member", "members")
MEMBER_TAGS = tuple(f"{{*}}{name}" for name in MEMBERS)
COLLECTIONS = ("FeatureCollection", "SimpleFeatureCollection")
COUNTS = ("numberMatched", "numberReturned", "numberOfFeatures")
NOT_ITS_OWN = {"boundedBy", *MEMBERS}  # of a feature: a box, and features of its own

Held = Sequence[tuple[str, Any]]  # the geometries of a feature, each with the way to it


def features(root: Any, shaper: Shaper) -> list[Any]:
    """Return the features of a document, or the single one that it is."""
    found = [f for f in _members(root, shaper) if local(f) not in COLLECTIONS]
    if found or local(root) in COLLECTIONS:
        return found
    single = is_geometry(root) or any(is_geometry(g) for c in children(root) for g in children(c))
    return [root] if single else []


def is_page(root: Any, shaper: Shaper) -> bool:
    """Tell whether a collection, or one inside, says that it has more features than are there."""
    inner = [c for c in _members(root, shaper) if local(c) in COLLECTIONS]
    return any(
        max(announced(one.get(name)) for name in COUNTS)
        > sum(local(f) not in COLLECTIONS for f in _members(one, shaper, again=True))
        for one in (root, *inner)
    )


def _members(root: Any, shaper: Shaper, *, again: bool = False) -> list[Any]:
    """Return what the members of a collection hold; `again` where several link to the same."""
    holders = list(root.iter(*MEMBER_TAGS))
    inside = [f for holder in holders for f in children(holder)]
    # A service sends a feature once and links to it from wherever else it belongs.
    linked = [
        shaper.links.target(holder)
        for holder in holders
        if not len(holder) and holder.get(HREF) is not None and _collects(holder.getparent(), root)
    ]
    if None in linked:
        raise refuse("xml-xlink-remote")
    return [*inside, *linked] if again else list(dict.fromkeys([*inside, *linked]))


def _collects(element: Any, root: Any) -> bool:
    return element is root or local(element) in COLLECTIONS


def held(feature: Any, shaper: Shaper) -> Iterator[tuple[str, Any | None]]:
    """Yield the geometries of a feature, each with the names of the properties that lead to it.

    None stands for what a link leads to that is no part of the document.
    """
    if is_geometry(feature):
        yield local(feature), feature
    else:
        yield from _held(feature, "", shaper)


def _held(holder: Any, way: str, shaper: Shaper) -> Iterator[tuple[str, Any | None]]:
    for child in children(holder):
        name = local(child)
        if name in NOT_ITS_OWN:
            continue
        if is_geometry(child):
            yield way or local(holder), child
        elif len(child):
            yield from _held(child, f"{way}/{name}".lstrip("/"), shaper)
        elif child.get(HREF) is not None:
            target = shaper.links.target(child)
            if target is None or is_geometry(target):
                yield f"{way}/{name}".lstrip("/"), target


def complete(found: Sequence[Sequence[tuple[str, Any | None]]]) -> list[Held]:
    """Return the geometries of all features, where none of them is elsewhere.

    Raises
    ------
    Refusal
        ``xml-xlink-remote`` for a link out of the document under a name that stands for a
        geometry: as names of geometries do, or because it holds one in another feature.
    """
    names = {_last(way) for ways in found for way, element in ways if element is not None}
    for ways in found:
        for way, element in ways:
            if element is None and (_last(way) in names or holds_geometry(_last(way))):
                raise refuse("xml-xlink-remote")
    return present(found)


def present(found: Sequence[Sequence[tuple[str, Any | None]]]) -> list[Held]:
    """Return the geometries of all features that are there."""
    return [[(way, e) for way, e in ways if e is not None] for ways in found]


def own(found: Sequence[Held]) -> list[Held]:
    """Return the geometries of a layer's features; one with a geometry that is not read has none.

    What lies deeper may be of another object, which a service sends with each that belongs to it;
    but where only the place of a label lies directly in a feature, its area does as well.
    """
    mine = [_direct(ways) or ways for ways in found]
    return [ways if all(local(e) in GEOMETRIES for _, e in ways) else [] for ways in mine]


def _direct(ways: Held) -> Held:
    direct = [(way, e) for way, e in ways if "/" not in way]
    return direct if any(local(e) not in POINTS for _, e in direct) else []


def _last(way: str) -> str:
    return way.rpartition("/")[2]


def by_property(ways: Held, shaper: Shaper) -> dict[str, BaseGeometry]:
    """Return the geometries of a feature by property; several values of one are one geometry."""
    elements: dict[str, list[Any]] = {}
    for way, element in ways:
        elements.setdefault(way, []).append(element)
    return {way: together([shaper.shape(e) for e in those]) for way, those in elements.items()}


def whole(shapes: Mapping[str, BaseGeometry]) -> BaseGeometry | None:
    """Return the geometry that all others of a feature lie in; None without one.

    A label's place inside the outline says no more than the outline.
    """
    largest = sorted(shapes.values(), key=shapely.get_dimensions, reverse=True)
    return next((s for s in largest if all(_covers(s, other) for other in largest)), None)


def _covers(outer: BaseGeometry, inner: BaseGeometry) -> bool:
    if outer is inner:
        return True
    if "GeometryCollection" in (outer.geom_type, inner.geom_type):
        return False  # GEOS does not say
    if not (shapely.is_valid(outer) and shapely.is_valid(inner)):
        return False
    if shapely.covers(outer, inner):
        return True
    hair = rounding(tuple(shapely.get_coordinates(outer)[0]))
    return bool(shapely.covers(shapely.buffer(outer, hair), inner))


def largest(shapes: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Return the geometries of the highest dimension that a feature has."""
    most = max(map(shapely.get_dimensions, shapes.values()))
    return {way: s for way, s in shapes.items() if shapely.get_dimensions(s) == most}
