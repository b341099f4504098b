"""Which part of a picture a static map shows, and what on it has been written on already."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import shapely
from shapely.geometry.base import BaseGeometry

from gis.relation import Relation
from maps.picture import Hit, Overlay, Picture
from maps.thinning import thinned

WIDTH_MM, WHOLE_MM, THEME_MM = 165.0, 118.0, 72.0
MOST_LISTED = 12
MOST_DRAWN = 1_500  # one by one; a hundred thousand would take a minute and make an SVG of 60 MB


class Taken:
    """Places on a map where something is written already."""

    def __init__(self, metres_per_mm: float) -> None:
        self._metres_per_mm = metres_per_mm
        self._boxes: list[BaseGeometry] = []

    def take(self, x: float, y: float, width_mm: float, height_mm: float) -> bool:
        """Take a place around a point, unless a part of it is taken; tell whether it was free."""
        half_width, half_height = (0.5 * mm * self._metres_per_mm for mm in (width_mm, height_mm))
        box = shapely.box(x - half_width, y - half_height, x + half_width, y + half_height)
        free = not any(box.intersects(other) for other in self._boxes)
        if free:
            self._boxes.append(box)
        return free


@dataclass(frozen=True)
class Sheet:
    """One map: a picture, the overlays it shows, whether their objects are numbered, its height."""

    picture: Picture
    overlays: tuple[Overlay, ...]
    numbered: bool
    height_mm: float

    @property
    def metres_per_mm(self) -> float:
        """How many metres a millimetre of the map shows."""
        left, _, right, _ = frame(self)
        return (right - left) / WIDTH_MM


def overview(picture: Picture) -> Sheet:
    """Return the map of everything that meets the plan, or lies near."""
    return _sheet(picture, picture.overlays, numbered=False, height_mm=WHOLE_MM)


def by_theme(picture: Picture) -> dict[str, Sheet]:
    """Return a map for every theme of which something is drawn, in the order of the report."""
    themes = dict.fromkeys(o.theme for o in picture.overlays if drawn(o))
    return {
        theme: _sheet(
            picture,
            (o for o in picture.overlays if o.theme == theme),
            numbered=True,
            height_mm=THEME_MM,
        )
        for theme in themes
    }


def _sheet(
    picture: Picture, overlays: Iterable[Overlay], *, numbered: bool, height_mm: float
) -> Sheet:
    """Return a sheet that holds nothing but what is drawn, so that equal maps are equal sheets."""
    less = thinned(replace(picture, overlays=tuple(overlays)), MOST_DRAWN).picture
    ground = replace(
        picture, overlays=(), offices=(), notes=(), provenance=(), disclaimer="", attribution="",
        plan=replace(picture.plan, rows=()),
    )  # fmt: skip
    return Sheet(ground, tuple(map(_bare, filter(drawn, less.overlays))), numbered, height_mm)


def _bare(overlay: Overlay) -> Overlay:
    return replace(
        overlay, offices=(), outcome_text="", figures="", reason="", data_date="", quality="",
        hits=tuple(replace(h, offices=(), rows=(), basis=(), crossings=()) for h in overlay.hits),
    )  # fmt: skip


def drawn(overlay: Overlay) -> bool:
    """Tell whether a map shows anything of a layer."""
    return any(has_place(hit) for hit in overlay.hits) or overlay.uncovered is not None


def has_place(hit: Hit) -> bool:
    """Tell whether an object may be drawn for this reader."""
    return hit.geometry is not None and not hit.geometry.is_empty


def listed(sheet: Sheet) -> list[tuple[int, Overlay, Hit]]:
    """Return the objects on a sheet with their numbers, those in the plan first, outlines around
    several last.
    """
    pairs = [(o, h) for o in sheet.overlays for h in o.hits if has_place(h)]
    order = list(Relation)
    nearest_first = sorted(pairs, key=lambda p: (p[1].stands_for > 1, order.index(p[1].relation)))
    return [(n, overlay, hit) for n, (overlay, hit) in enumerate(nearest_first, start=1)]


def frame(sheet: Sheet) -> tuple[float, float, float, float]:
    """Return what the map shows: the window in the shape of the map, left, bottom, right, top.

    It is cut to that shape where the plan keeps room around it, since nothing is known of what
    lies beyond; otherwise it grows.
    """
    picture = sheet.picture
    left, bottom, right, top = picture.window
    width, height, wanted = right - left, top - bottom, WIDTH_MM / sheet.height_mm
    cut = (min(width, height * wanted), min(height, width / wanted))
    x0, y0, x1, y1 = (float(v) for v in shapely.bounds(picture.plan.footprint))
    if 1.3 * (x1 - x0) > cut[0] or 1.3 * (y1 - y0) > cut[1]:
        cut = (max(width, height * wanted), max(height, width / wanted))
    x, y = (left + right) / 2, (bottom + top) / 2
    return (x - cut[0] / 2, y - cut[1] / 2, x + cut[0] / 2, y + cut[1] / 2)
