"""What makes a drawing a map: scale bar, north arrow, legend and attribution."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle

from gis.relation import Relation
from maps.figure_shapes import hatch_of
from maps.figure_sheet import WIDTH_MM
from maps.fonts import bold, regular
from maps.picture import Overlay, Picture
from maps.style import GROUNDS, INK, NO_DATA, RELATIONS, ThemeStyle

ROW_MM, COLUMN_MM, TOP_MM, SIGN_MM = 4.6, 55.0, 2.4, 6.0
WIDE = 33  # characters that fit beside a sign; longer labels take the whole width
BAR_MM = 32.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend: its sign, its label, and what the sign needs."""

    sign: str
    label: str
    look: ThemeStyle | None = None
    number: int | None = None
    ground: str = ""

    @property
    def wide(self) -> bool:
        """Whether it needs a row of its own."""
        return len(self.label) > WIDE


def scale_bar(axes: Axes, metres_per_mm: float, language: str) -> None:
    """Draw a bar of a round length at the lower left."""
    length_m = round_length(BAR_MM * metres_per_mm)
    x0, x1, y0, y1 = (*axes.get_xlim(), *axes.get_ylim())
    share, step = length_m / (x1 - x0), metres_per_mm / (x1 - x0)
    left, low, tall = 4.5 * step, 4.5 * metres_per_mm / (y1 - y0), 1.2 * metres_per_mm / (y1 - y0)
    axes.add_artist(
        Rectangle((left - 2 * step, low - 1.6 * tall), share + 10 * step, tall * 5.6,
                  transform=axes.transAxes, fc="white", ec="none", alpha=0.82, zorder=8)
    )  # fmt: skip
    for half in (0, 1):
        axes.add_artist(
            Rectangle((left + half * share / 2, low), share / 2, tall, transform=axes.transAxes,
                      fc=INK["light"] if half == 0 else "white", ec=INK["light"], lw=0.6, zorder=9)
        )  # fmt: skip
    for at, label in ((left, "0"), (left + share, metres(length_m, language))):
        axes.text(at, low + 1.5 * tall, label, transform=axes.transAxes, fontproperties=regular(7),
                  ha="center", va="bottom", zorder=9)  # fmt: skip


def round_length(most_m: float) -> float:
    """Return the largest of 1, 2, 2.5 and 5 times a power of ten that is not above `most_m`."""
    power = 10.0 ** math.floor(math.log10(most_m))
    return max(float(step) * power for step in (1, 2, 2.5, 5) if step * power <= most_m)


def metres(length_m: float, language: str) -> str:
    """Return a length as a scale bar has it."""
    if length_m < 1000:
        return f"{length_m:g} m"
    text = f"{length_m / 1000:g} km"
    return text if language == "en" else text.replace(".", ",")


def north_arrow(axes: Axes) -> None:
    """Draw an arrow to grid north at the upper right."""
    box = {"boxstyle": "round,pad=0.35", "fc": "white", "ec": "none", "alpha": 0.82}
    axes.text(0.965, 0.895, "N", transform=axes.transAxes, fontproperties=bold(9), ha="center",
              va="top", zorder=9, bbox=box)  # fmt: skip
    for side, colour in ((-1, INK["light"]), (1, "white")):
        corners = [(0.965, 0.975), (0.965 + side * 0.0105, 0.905), (0.965, 0.918)]
        axes.add_artist(
            Polygon(corners, closed=True, transform=axes.transAxes, fc=colour, ec=INK["light"],
                    lw=0.5, zorder=9.5)
        )  # fmt: skip


def rows_of(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Return the entries in rows of three; a long one has a row to itself."""
    rows: list[list[Entry]] = []
    for entry in entries:
        fits = rows and len(rows[-1]) < 3 and not entry.wide and not rows[-1][-1].wide
        if fits:
            rows[-1].append(entry)
        else:
            rows.append([entry])
    return rows


def legend_mm(entries: Sequence[Entry]) -> float:
    """Return how high the legend is."""
    return len(rows_of(entries)) * ROW_MM + TOP_MM + 0.8


def legend(figure: Figure, entries: Sequence[Entry], whole_mm: float, foot_mm: float) -> None:
    """Draw the legend below the map, above the attribution of `foot_mm`."""
    height = legend_mm(entries)
    axes = figure.add_axes((0, foot_mm / whole_mm, 1, height / whole_mm))
    axes.set_xlim(0, WIDTH_MM)
    axes.set_ylim(height, 0)
    axes.axis("off")
    for row, line in enumerate(rows_of(entries)):
        for column, entry in enumerate(line):
            x, y = column * COLUMN_MM, TOP_MM + row * ROW_MM
            _sign(axes, entry, x, y)
            axes.text(x + SIGN_MM + 2, y + 1.5, entry.label, fontproperties=regular(8),
                      va="center", color=INK["light"])  # fmt: skip


def _sign(axes: Axes, entry: Entry, x: float, y: float) -> None:
    width, height = SIGN_MM, 3.0
    if entry.sign == "plan":
        _box(axes, x, y, ec=INK["light"], lw=1.6)
    elif entry.sign == "theme" and entry.look is not None:
        _swatch(axes, x, y, entry.look)
    elif entry.sign == "number" and entry.look is not None:
        axes.text(
            x + width / 2, y + 1.5, str(entry.number), fontproperties=bold(7), color="white",
            ha="center", va="center",
            bbox={"boxstyle": "circle,pad=0.25", "fc": entry.look.hue.light, "ec": "none"},
        )  # fmt: skip
    elif entry.sign.startswith("relation-"):
        _relation(axes, x, y, Relation(entry.sign.removeprefix("relation-")))
    elif entry.sign == "uncovered":
        _box(axes, x, y, ec=NO_DATA["light"], lw=0.6, ls=(0, (2, 2)), hatch="|||||")
    elif entry.sign == "ground":
        look = GROUNDS[entry.ground]
        if look.fill:
            _box(axes, x, y, fc=look.hue.light, ec=look.hue.light, lw=0.4)
        else:
            axes.add_line(
                Line2D([x, x + width], [y + height / 2] * 2, color=look.hue.light, lw=1.6)
            )


def _swatch(axes: Axes, x: float, y: float, look: ThemeStyle) -> None:
    strong = 0.45 if look.hatch == "plain" else 0.14
    _box(axes, x, y, fc=look.hue.light, ec="none", alpha=strong)
    patch = _box(axes, x, y, ec=look.hue.light, lw=1.2, hatch=hatch_of(look))
    patch.set_hatch_linewidth(0.5)


def _relation(axes: Axes, x: float, y: float, relation: Relation) -> None:
    look = RELATIONS[relation]
    dash = (0.0, tuple(0.7 * d for d in look.dash)) if look.dash else "solid"
    _box(axes, x, y, fc="#4a4a46", ec="none", alpha=max(look.fill, look.overlap_fill * 0.6))
    _box(axes, x, y, ec="#4a4a46", lw=look.weight_px * 0.7, ls=dash)


def _box(
    axes: Axes,
    x: float,
    y: float,
    *,
    fc: str = "none",
    ec: str = "none",
    lw: float = 0.0,
    ls: object = "solid",
    alpha: float | None = None,
    hatch: str | None = None,
) -> Rectangle:
    patch = Rectangle((x + 0.3, y), SIGN_MM - 0.6, 3.0, fc=fc, ec=ec, lw=lw, alpha=alpha)
    patch.set_linestyle(ls)  # type: ignore[arg-type]  # a name or dashes; stubs know names alone
    if hatch:
        patch.set_hatch(hatch)
    axes.add_artist(patch)
    return patch


def attribution(
    figure: Figure, picture: Picture, overlays: Iterable[Overlay], whole_mm: float
) -> None:
    """Write whose data is drawn and in which coordinates, at the very foot."""
    told = "; ".join(dict.fromkeys(o.attribution for o in overlays if o.attribution)) or "–"
    word = "Datenquelle" if picture.language == "de" else "Data"
    text = f"{word}: {told} · {picture.crs.to_string()}"
    figure.text(0, 0.9 / whole_mm, text, fontproperties=regular(6.5), color="#4a4a46", va="bottom")
