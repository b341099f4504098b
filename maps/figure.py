"""Static maps for documents: drawn from the layers' own data, without any network.

The same picture gives the same bytes. Colours, hatches and labels are those of `maps.style`, so
that paper and screen speak alike. Sizes are millimetres on paper; a legend, a scale bar, a north
arrow and the attribution are part of every map.
"""

import io
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from gis.problem import Text
from maps.figure_drawing import draw_map
from maps.figure_furniture import Entry, attribution, legend, legend_mm
from maps.figure_sheet import (
    MOST_LISTED,
    WIDTH_MM,
    Sheet,
    by_theme,
    has_place,
    listed,
    overview,
)
from maps.picture import Picture
from maps.style import GROUNDS, RELATIONS, ROLES, theme_style

__all__ = ["Sheet", "by_theme", "draw", "listed", "overview"]

# Ids in an SVG are hashes; without a salt of our own no two files would be the same.
mpl.rcParams["svg.hashsalt"] = "belang"
mpl.rcParams["svg.fonttype"] = "path"

Format = Literal["svg", "png"]
MM = 1 / 25.4  # inch
FOOT_MM = 4.2
TOGETHER = Text(
    "sehr viele Objekte: zum Teil als gemeinsame Umrisse",
    "very many objects: partly as outlines around several",
)
DPI = 160  # of a PNG; enough for a text processor, print takes the SVG


@lru_cache(maxsize=64)  # both editions of a statement show most maps alike
def draw(sheet: Sheet, format: Format = "svg") -> bytes:
    """Return a map as SVG, text as outlines, or as PNG."""
    entries = _entries(sheet)
    below_mm = legend_mm(entries) + FOOT_MM
    whole_mm = sheet.height_mm + below_mm
    figure = Figure(figsize=(WIDTH_MM * MM, whole_mm * MM), dpi=DPI, facecolor="white")
    map_axes = figure.add_axes((0, below_mm / whole_mm, 1, sheet.height_mm / whole_mm))
    draw_map(map_axes, sheet)
    legend(figure, entries, whole_mm, FOOT_MM)
    attribution(figure, sheet.picture, sheet.overlays, whole_mm)
    buffer = io.BytesIO()
    if format == "svg":
        vector: Any = FigureCanvasSVG(figure)
        vector.print_svg(buffer, metadata={"Date": None, "Creator": "Belang"})
    else:
        raster: Any = FigureCanvasAgg(figure)
        raster.print_png(buffer, metadata={"Software": "Belang"})
    return buffer.getvalue()


def _entries(sheet: Sheet) -> list[Entry]:
    language = sheet.picture.language
    rows = [Entry("plan", ROLES["scope"].label.in_language(language))]
    if sheet.numbered:
        rows += _numbered_entries(sheet)
    else:
        themes = dict.fromkeys(o.theme for o in sheet.overlays if any(map(has_place, o.hits)))
        rows += [
            Entry("theme", theme_style(theme).label.in_language(language), theme_style(theme))
            for theme in themes
        ]
    relations = [h.relation for o in sheet.overlays for h in o.hits if has_place(h)]
    rows += [
        Entry(f"relation-{relation.value}", look.label.in_language(language))
        for relation, look in RELATIONS.items()
        if relation in relations
    ]
    if any(hit.stands_for > 1 for o in sheet.overlays for hit in o.hits):
        rows.append(Entry("text", TOGETHER.in_language(language)))
    if any(o.uncovered is not None for o in sheet.overlays):
        rows.append(Entry("uncovered", "keine Daten" if language == "de" else "no data"))
    return [*rows, *_ground_entries(sheet.picture)]


def _numbered_entries(sheet: Sheet) -> Iterable[Entry]:
    everything = listed(sheet)
    for number, overlay, hit in everything[:MOST_LISTED]:
        name = f"{overlay.title}: {hit.title}" if hit.title else overlay.title
        yield Entry("number", name, theme_style(overlay.theme), number)
    rest = sum(hit.stands_for for _, _, hit in everything[MOST_LISTED:])
    if rest > 0:
        more = f"und {rest} weitere" if sheet.picture.language == "de" else f"and {rest} more"
        yield Entry("text", more)


def _ground_entries(picture: Picture) -> Iterable[Entry]:
    present = {thing.ground for thing in picture.backdrop}
    for name, look in GROUNDS.items():
        if name in present and name != "district":
            yield Entry("ground", look.label.in_language(picture.language), ground=name)
