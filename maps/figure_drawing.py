"""A static map's drawing: backdrop, findings, plan, numbers and names, from below to above."""

from collections.abc import Sequence

import shapely
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.patheffects import withStroke
from shapely import Point
from shapely.geometry.base import BaseGeometry

from maps.contents import label_place
from maps.figure_furniture import north_arrow, scale_bar
from maps.figure_shapes import hatch_of, parts_of, path_of, points_of
from maps.figure_sheet import MOST_LISTED, Sheet, Taken, frame, has_place, listed
from maps.fonts import bold, regular
from maps.picture import Hit, Overlay, Picture
from maps.style import GROUND, GROUNDS, INK, NO_DATA, RELATIONS, ROLES, theme_style

PT = 0.7  # of a screen's pixel on paper
NAMED = {"municipality": "#6d6858", "water": "#3f6f8f"}  # what is named, and in which ink
AROUND = ((1, 0), (0, -1), (-1, 0), (0, 1))
NEARBY = [(0.0, 0.0), *((r * dx, r * dy) for r in (5.0, 9.0) for dx, dy in AROUND)]  # mm
HALO = withStroke(linewidth=1.6, foreground="white", alpha=0.8)


def draw_map(axes: Axes, sheet: Sheet) -> None:
    """Draw a whole map, with its scale bar and north arrow."""
    left, bottom, right, top = frame(sheet)
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_facecolor(GROUND["light"])
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_linewidth(0.6)
        spine.set_color(INK["light"])
    tolerance_m = sheet.metres_per_mm / 12
    _backdrop(axes, sheet, tolerance_m)
    _findings(axes, sheet, tolerance_m)
    _plan(axes, sheet.picture, tolerance_m)
    taken = Taken(sheet.metres_per_mm)
    if sheet.numbered:
        _numbers(axes, sheet, taken)
    _names(axes, sheet, taken)
    scale_bar(axes, sheet.metres_per_mm, sheet.picture.language)
    north_arrow(axes)


def _add(
    axes: Axes,
    geometry: BaseGeometry | None,
    tolerance_m: float,
    *,
    order: float,
    edge: str = "none",
    width: float = 0.0,
    fill: str | None = None,
    alpha: float = 1.0,
    hatch: str | None = None,
    dash: Sequence[float] = (),
) -> None:
    """Draw the areas and lines of a geometry, and its points as discs.

    As artists, not as patches: the limits of the axes are set, and would be sought anew by each.
    """
    if geometry is None or geometry.is_empty:
        return
    simple = parts_of(shapely.simplify(shapely.get_parts(geometry), tolerance_m))
    style = (0.0, tuple(dash)) if dash else "solid"
    areas = path_of(simple, areas=True)
    if areas is not None and fill is not None:
        axes.add_artist(
            PathPatch(areas, facecolor=fill, alpha=alpha, edgecolor="none", zorder=order)
        )
    if areas is not None and hatch:
        patch = PathPatch(
            areas, facecolor="none", edgecolor="none", hatch=hatch, zorder=order + 0.1
        )
        patch.set_hatchcolor(edge)
        patch.set_hatch_linewidth(0.5)
        axes.add_artist(patch)
    lines = path_of(simple, areas=False)
    for outline in (areas, lines):
        if outline is not None and width:
            axes.add_artist(
                PathPatch(
                    outline, facecolor="none", edgecolor=edge, linewidth=width, linestyle=style,
                    zorder=order + 0.2, joinstyle="round",
                )
            )  # fmt: skip
    x, y = points_of(simple)
    if len(x):
        axes.scatter(x, y, s=20, c=edge, edgecolors="white", linewidths=0.6, zorder=order + 0.3)


def _backdrop(axes: Axes, sheet: Sheet, tolerance_m: float) -> None:
    """Draw what is on the sheet, all of a kind at once: along a route it is many thousands."""
    things = sheet.picture.backdrop
    shown = shapely.intersects([thing.geometry for thing in things], shapely.box(*frame(sheet)))
    for place, (ground, look) in enumerate(GROUNDS.items()):
        together = [t.geometry for t, on in zip(things, shown, strict=True)
                    if on and t.ground == ground]  # fmt: skip
        _add(
            axes, shapely.geometrycollections(together), tolerance_m, order=1 + place / 20,
            edge=look.hue.light,
            width=look.weight_px * PT * 0.8, fill=look.hue.light if look.fill else None,
            alpha=look.fill or 1.0,
        )  # fmt: skip


def _names(axes: Axes, sheet: Sheet, taken: Taken) -> None:
    """Write the names of lakes and municipalities where there is room, the largest first."""
    named: dict[tuple[str, str], list[BaseGeometry]] = {}
    for thing in sheet.picture.backdrop:
        if thing.ground in NAMED and thing.name:
            named.setdefault((thing.ground, thing.name), []).append(thing.geometry)
    inside = shapely.box(*frame(sheet))
    shown = {k: shapely.intersection(shapely.union_all(v), inside) for k, v in named.items()}
    for (ground, name), area in sorted(shown.items(), key=lambda pair: -pair[1].area):
        if area.area < inside.area / 400:
            continue
        at = label_place(area)
        if taken.take(at.x, at.y, 1.25 * len(name) + 2, 3.2):
            axes.text(
                at.x, at.y, name, fontproperties=regular(7), color=NAMED[ground], ha="center",
                va="center", zorder=5.5, clip_on=True, path_effects=[HALO],
            )  # fmt: skip


def _findings(axes: Axes, sheet: Sheet, tolerance_m: float) -> None:
    everything = [(o, h) for o in sheet.overlays for h in o.hits if has_place(h)]
    largest_first = sorted(everything, key=lambda pair: -_area(pair[1].geometry))
    whole = shapely.box(*frame(sheet))
    for place, (overlay, hit) in enumerate(largest_first):
        order, strength = 3 + place / (len(everything) + 1), 1.0 if sheet.numbered else 0.5
        _hit(axes, overlay, hit, whole, tolerance_m, order, strength)
    for overlay in sheet.overlays:
        _add(
            axes, overlay.uncovered, tolerance_m, order=4.2, edge=NO_DATA["light"], width=0.6,
            hatch="|||", dash=(2, 2),
        )  # fmt: skip


def _hit(
    axes: Axes,
    overlay: Overlay,
    hit: Hit,
    whole: BaseGeometry,
    tolerance_m: float,
    order: float,
    strength: float,
) -> None:
    look, relation = theme_style(overlay.theme), RELATIONS[hit.relation]
    everywhere = hit.geometry is not None and _area(hit.geometry) > 0.6 * whole.area
    _add(
        axes, hit.geometry, tolerance_m, order=order, edge=look.hue.light,
        width=relation.weight_px * PT, dash=relation.dash,
        fill=None if everywhere else look.hue.light, alpha=relation.fill * strength,
    )  # fmt: skip
    if relation.overlap_fill and hit.overlap is not None:
        _add(
            axes, hit.overlap, tolerance_m, order=order + 0.001, edge=look.hue.light,
            fill=None if everywhere else look.hue.light,
            alpha=strength * relation.overlap_fill * (0.75 if look.hatch == "plain" else 0.25),
            hatch=hatch_of(look),
        )  # fmt: skip


def _area(geometry: BaseGeometry | None) -> float:
    return 0.0 if geometry is None else float(geometry.area)


def _plan(axes: Axes, picture: Picture, tolerance_m: float) -> None:
    plan = picture.plan
    for part in plan.parts:
        look = ROLES.get(part.role)
        if look is not None and look.fill:
            _add(
                axes, part.geometry, tolerance_m, order=4.4, edge=look.hue.light,
                width=look.weight_px * PT, fill=look.hue.light, alpha=look.fill,
            )  # fmt: skip
    for width, colour, place in ((3.0, "white", 4.6), (1.6, INK["light"], 4.9)):
        _add(axes, plan.footprint, tolerance_m, order=place, edge=colour, width=width)
    _add(axes, plan.axis, tolerance_m, order=4.8, edge=INK["light"], width=1.0, dash=(6, 3))


def _numbers(axes: Axes, sheet: Sheet, taken: Taken) -> None:
    inside = shapely.box(*frame(sheet))
    for number, overlay, hit in listed(sheet)[:MOST_LISTED]:
        if hit.geometry is None:
            continue
        shown = shapely.intersection(hit.geometry, inside)
        if shown.is_empty:
            continue
        x, y = _beside(label_place(shown), sheet, taken)
        axes.annotate(
            str(number), (x, y), fontproperties=bold(7), color="white", ha="center",
            va="center", zorder=7,
            bbox={"boxstyle": "circle,pad=0.25", "fc": theme_style(overlay.theme).hue.light,
                  "ec": "white", "lw": 0.7},
        )  # fmt: skip


def _beside(at: Point, sheet: Sheet, taken: Taken) -> tuple[float, float]:
    """Return the place of a number: where it belongs, or as near as there is room."""
    for dx, dy in NEARBY:
        x, y = at.x + dx * sheet.metres_per_mm, at.y + dy * sheet.metres_per_mm
        if taken.take(x, y, 4.6, 4.6):
            return x, y
    return at.x, at.y
