"""Places in the kilometres of a line itself: the station of a road, the kilometre of a river."""

from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis.crossing import Crossing
from gis.linear import Stretch, point_at, position_m, side_of
from layers.layer import LinearReference
from service.checks.finding import Position


class Kilometres:
    """The kilometres of one line object; without a usable reference nothing has a position."""

    def __init__(
        self, reference: LinearReference | None, line: BaseGeometry, attributes: Mapping[str, Any]
    ) -> None:
        self.line = line
        self.section, self.start, self.end = "", None, None
        if reference is not None and shapely.get_dimensions(line) == 1:
            self.section = str(attributes.get(reference.section) or "")
            self.start = _number(attributes.get(reference.start))
            self.end = _number(attributes.get(reference.end))

    def km(self, on_line_m: float) -> float | None:
        """Return the object's kilometre at a place along its line."""
        if self.start is None or self.end is None:
            return None
        return self.start + (self.end - self.start) * on_line_m / float(self.line.length)

    def at(self, crossing: Crossing) -> Position | None:
        """Return where a crossing is, and from which side the route comes."""
        km = self.km(crossing.on_line_m)
        return km if km is None else Position(self.section, km, None, crossing.side_before)

    def along(self, axis: BaseGeometry | None, stretch: Stretch) -> Position | None:
        """Return which of the object's kilometres a stretch of the route runs along."""
        if axis is None or self.start is None or self.end is None:
            return None
        first, middle, last = (
            point_at(axis, m)
            for m in (stretch.from_m, (stretch.from_m + stretch.to_m) / 2, stretch.to_m)
        )
        ends = sorted(self.km(position_m(self.line, p)) or 0.0 for p in (first, last))
        return Position(self.section, ends[0], ends[1], side_of(self.line, middle))


def _number(value: Any) -> float | None:
    try:
        return float(str(value).replace(",", ".")) if value is not None else None
    except ValueError:
        return None
