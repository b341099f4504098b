"""What differs between two versions of a layer, as one page: a drawing and a table, no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import shapely
from jinja2 import Environment, PackageLoader, StrictUndefined
from shapely.geometry.base import BaseGeometry

from maps.assets import digest

Kind = Literal["added", "removed", "moved", "attributes"]
MARGIN, MARK, DIGITS = 0.04, 0.004, 2  # shares of the drawing's width; decimals of metres
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:70rem;padding:0 1rem}
svg{width:100%;max-height:80vh;background:#f6f6f3;border:1px solid #999}
path{stroke-width:2;vector-effect:non-scaling-stroke;fill-opacity:.35;fill-rule:evenodd}
.added{fill:#1b7f4d;stroke:#0b5a33}.removed{fill:#b3261e;stroke:#7d150f;stroke-dasharray:6 4}
.moved{fill:#b26a00;stroke:#7a4800}.attributes{fill:#2a5db0;stroke:#173e7d}
.before{fill:none;stroke:#7a4800;stroke-dasharray:3 4}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.3rem .5rem;
text-align:left;overflow-wrap:anywhere}
"""


@dataclass(frozen=True)
class Changed:
    """One object: what happened to it, in a word and in cells of the table; its shape as it is
    now or was last, and where it moved the one before.
    """

    kind: Kind
    id: str
    geometry: BaseGeometry
    before: BaseGeometry | None
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """A page about changes; all coordinates are metres of one CRS."""

    title: str
    language: str
    summary: str
    columns: tuple[str, ...]
    objects: Sequence[Changed]


def render(changes: Changes) -> str:
    """Return the page as HTML; the same changes give the same bytes."""
    shapes = [s for o in changes.objects for s in (o.geometry, o.before) if s is not None]
    left, bottom, right, top = _window(shapes)
    mark = MARK * (right - left)
    drawn = [
        {
            "kind": o.kind,
            "id": o.id,
            "path": path(o.geometry, left, top, mark),
            "before": path(o.before, left, top, mark) if o.before is not None else "",
        }
        for o in changes.objects
    ]
    view = f"0 0 {right - left:.{DIGITS}f} {top - bottom:.{DIGITS}f}"
    policy = f"default-src 'none'; style-src '{digest(STYLE)}'; base-uri 'none'; form-action 'none'"
    return (
        _environment()
        .get_template("changes.html")
        .render(changes=changes, drawn=drawn, view=view, style=STYLE, policy=policy)
    )


def _window(shapes: Sequence[BaseGeometry]) -> tuple[float, float, float, float]:
    """Return what is shown: left, bottom, right, top; something, even where nothing is drawn."""
    bounds = shapely.total_bounds(np.array(shapes, dtype=object)) if shapes else np.full(4, 0.0)
    if not np.isfinite(bounds).all():
        bounds = np.full(4, 0.0)
    left, bottom, right, top = map(float, bounds)
    margin = max(MARGIN * max(right - left, top - bottom), 10.0)
    return left - margin, bottom - margin, right + margin, top + margin


def path(geometry: BaseGeometry, left: float, top: float, mark: float) -> str:
    """Return the outline of a geometry for SVG, whose y runs down; points become small squares."""
    pieces = []
    for part in shapely.get_parts(shapely.get_parts(geometry)):
        if shapely.get_dimensions(part) == 0:
            part = shapely.buffer(part, mark, quad_segs=1).boundary
        if part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors]
            pieces += [f"{_line(ring, left, top)}Z" for ring in rings]
        else:
            pieces.append(_line(part, left, top))
    return "".join(pieces)


def _line(line: BaseGeometry, left: float, top: float) -> str:
    xy = shapely.get_coordinates(line)
    text = "L".join(f"{x - left:.{DIGITS}f} {top - y:.{DIGITS}f}" for x, y in xy.tolist())
    return f"M{text}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("maps", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
