"""What lies around a plan: how much of it a picture shows, and what to find one's way by.

The backdrop comes from the catalogue's own layers, so that a map needs no base map from anyone.
"""

from collections.abc import Iterable, Iterator, Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from layers.catalogue import Catalogue
from layers.covering import polygon
from layers.layer import Layer
from layers.store import LayerUnavailableError, Store
from maps.picture import Backdrop, Ground

Window = tuple[float, float, float, float]

LEAST_MARGIN_M, MARGIN_SHARE, FARTHEST_M = 500.0, 0.7, 3_000.0
WIDE_RATIO, FLAT_RATIO = 1.4, 0.65  # a screen is wider than high, and no strip is a map
BEYOND = 0.06  # geometries reach past the window, so that where they are cut does not show
WIDE_M = 40_000.0  # from here on the small things are left out

# Codes by which catalogues usually call these; one that continues with an underscore counts too.
CODES: Mapping[Ground, tuple[str, ...]] = {
    "settlement": ("innenbereich", "siedlungen", "ortslagen"),
    "forest": ("wald", "waelder"),
    "water": ("standgewaesser", "seen"),
    "river": ("fliessgewaesser", "fluesse"),
    "railway": ("bahn", "bahnstrecken", "eisenbahnen"),
    "road": ("autobahnen", "bundesstrassen", "staatsstrassen", "landesstrassen", "kreisstrassen",
             "strassen"),
}  # fmt: skip
SMALL_ROADS = ("kreisstrassen",)


def window(footprint: BaseGeometry, distances_m: Iterable[float]) -> Window:
    """Return what to show of the plan's surroundings: left, bottom, right, top.

    `distances_m` are those of the objects to be seen; the farthest of them are left out.
    """
    left, bottom, right, top = (float(v) for v in shapely.bounds(footprint))
    farthest = max((d for d in distances_m if d <= FARTHEST_M), default=0.0)
    size = max(right - left, top - bottom)
    margin = max(LEAST_MARGIN_M, MARGIN_SHARE * size, 1.2 * farthest)
    half_width, half_height = (right - left) / 2 + margin, (top - bottom) / 2 + margin
    half_width = max(half_width, WIDE_RATIO * half_height)
    half_height = max(half_height, FLAT_RATIO * half_width)
    x, y = (left + right) / 2, (bottom + top) / 2
    return (x - half_width, y - half_height, x + half_width, y + half_height)


def sheet(shown: Window) -> BaseGeometry:
    """Return the area geometries are cut to: the window and a little more."""
    left, bottom, right, top = shown
    dx, dy = BEYOND * (right - left), BEYOND * (top - bottom)
    return shapely.box(left - dx, bottom - dy, right + dx, top + dy)


def backdrop(catalogue: Catalogue, store: Store, shown: Window) -> Iterator[Backdrop]:
    """Yield what the public layers hold within the window.

    A layer that cannot be read is left out: its finding says that it failed, and why.
    """
    cut = sheet(shown)
    yield from _district(catalogue, store, cut)
    wide = shown[2] - shown[0] > WIDE_M
    for layer in catalogue.layers:
        ground = _ground(layer, catalogue)
        if ground is not None and not (wide and layer.code in SMALL_ROADS):
            yield from _objects(layer, _name(layer, catalogue), ground, store, cut)


def _ground(layer: Layer, catalogue: Catalogue) -> Ground | None:
    if layer.visibility != "public":
        return None
    if catalogue.municipalities is not None and layer.code == catalogue.municipalities.layer:
        return "municipality"
    for ground, codes in CODES.items():
        if any(layer.code == code or layer.code.startswith(f"{code}_") for code in codes):
            return ground
    return None


def _name(layer: Layer, catalogue: Catalogue) -> str | None:
    towns = catalogue.municipalities
    return towns.name if towns is not None and layer.code == towns.layer else layer.name


def _district(catalogue: Catalogue, store: Store, cut: BaseGeometry) -> Iterator[Backdrop]:
    if catalogue.area is None:
        return
    try:
        inside = shapely.intersection(polygon(catalogue.area, catalogue, store), cut)
    except LayerUnavailableError:
        return
    if not inside.is_empty:
        yield Backdrop("district", "", inside)


def _objects(
    layer: Layer, name: str | None, ground: Ground, store: Store, cut: BaseGeometry
) -> Iterator[Backdrop]:
    try:
        version = store.version(layer)
    except LayerUnavailableError:
        return
    if version.crs != store.crs:
        return
    left, bottom, right, top = cut.bounds
    found = version.objects(version.within((left, bottom, right, top)))
    shapely.prepare(cut)
    for thing, row in zip(found.geometries, found.attributes, strict=True):
        inside = shapely.intersection(thing, cut)
        if not inside.is_empty:
            yield Backdrop(ground, str(row.get(name) or "") if name else "", inside)
