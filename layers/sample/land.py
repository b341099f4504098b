"""The ground: facts, municipalities with shared borders, settlements, roads, rails and waters."""

from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np
import shapely
import yaml
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from layers.sample.draw import around, blob, course, dice, meander, places, tidy

# Towns around the district; what is nearer to them is theirs.
NEIGHBOURS = (
    (12.37, 51.345), (12.30, 51.345), (12.45, 51.355), (12.38, 51.40), (12.30, 51.39),
    (12.36, 51.318), (12.43, 51.315), (12.22, 51.40), (12.10, 51.27), (12.08, 51.157),
    (12.13, 51.05), (12.29, 51.04), (12.42, 50.985), (12.50, 50.955), (12.70, 50.945),
    (12.82, 51.01), (12.93, 51.07), (12.97, 51.16), (13.02, 51.23), (13.00, 51.30),
    (13.03, 51.38), (12.95, 51.49), (12.78, 51.52), (12.62, 51.50), (12.50, 51.40),
    (12.55, 51.44), (12.12, 51.36), (12.60, 50.93),
)  # fmt: skip
# Places far from their seat that belong to a municipality all the same.
OUTPOSTS = {(12.424, 51.272): "Markkleeberg"}
CLEARING = (12.690, 51.340)  # where the sample plan without any concern lies
CLEARING_M = 650.0


@dataclass
class Land:
    """The facts, and what is drawn from them once and used by many layers."""

    facts: dict[str, Any] = field(
        default_factory=lambda: yaml.safe_load(
            resources.files(__package__).joinpath("region.yaml").read_text(encoding="utf-8")
        )
    )

    @cached_property
    def clearing(self) -> Polygon:
        """A circle kept free of generated objects."""
        (x, y), *_ = places([CLEARING])
        return shapely.Point(x, y).buffer(CLEARING_M)

    @cached_property
    def seats(self) -> NDArray[np.float64]:
        """The seats of the 30 municipalities, in the order of the facts."""
        return places([row[2:4] for row in self.facts["municipalities"]])

    @cached_property
    def municipalities(self) -> list[BaseGeometry]:
        """Areas that share their borders exactly: cells of scattered points, by nearest seat."""
        numbers = dice("gemeinden")
        around = places(NEIGHBOURS)
        towns = np.vstack([self.seats, around])
        low, high = towns.min(axis=0) - 9_000, towns.max(axis=0) + 9_000
        points = np.vstack([numbers.uniform(low, high, (5_200, 2)), towns])
        cells = shapely.get_parts(
            shapely.voronoi_polygons(shapely.multipoints(points), ordered=True)
        )
        distances = np.linalg.norm(points[:, None] - towns[None], axis=2)
        names = [row[1] for row in self.facts["municipalities"]]
        for place, name in OUTPOSTS.items():
            column = distances[:, names.index(name)]
            np.minimum(column, np.linalg.norm(points - places([place]), axis=1), out=column)
        owner = self._balanced(distances, shapely.area(cells))
        rounded = [tidy(shapely.transform(c, lambda xy: np.round(xy, 1))) for c in cells]
        return [
            shapely.union_all([rounded[i] for i in np.flatnonzero(owner == number)])
            for number in range(len(self.seats))
        ]

    def _balanced(
        self, distances: NDArray[np.float64], areas: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """Return the owner of every cell, the neighbours pushed off until the size is right."""
        wanted = self.facts["district"]["area_km2"] * 1e6
        own = len(self.seats)
        low, high = 0.3, 3.0
        owner = distances.argmin(axis=1)
        for _ in range(30):
            push = (low + high) / 2
            weighted = distances.copy()
            weighted[:, own:] *= push
            owner = weighted.argmin(axis=1)
            if areas[owner < own].sum() < wanted:
                low = push
            else:
                high = push
        found: NDArray[np.intp] = owner
        return found

    @cached_property
    def district(self) -> BaseGeometry:
        """The union of the municipalities."""
        return shapely.union_all(self.municipalities)

    def town(self, name: str) -> BaseGeometry:
        """Return the area of a municipality by its name."""
        names = [row[1] for row in self.facts["municipalities"]]
        return self.municipalities[names.index(name)]

    def members(self, names: list[str]) -> BaseGeometry:
        """Return the union of municipalities."""
        return shapely.union_all([self.town(name) for name in names])

    @cached_property
    def settlements(self) -> list[tuple[str, Polygon]]:
        """Towns at the seats and villages around them, with names."""
        numbers = dice("innenbereich")
        found: list[tuple[str, Polygon]] = []
        for (_, name, *_), ground, (x, y) in zip(
            self.facts["municipalities"], self.municipalities, self.seats, strict=True
        ):
            found.append((name, blob(numbers, x, y, numbers.uniform(55, 190), rough=0.3)))
            inner = ground.buffer(-700)
            for number, (vx, vy) in enumerate(self._villages(numbers, inner), 1):
                village = blob(numbers, vx, vy, numbers.uniform(6, 26), rough=0.32, stretch=1.6)
                found.append((f"{name}, Ortslage {number}", village))
        lakes = shapely.union_all(list(self.lakes.values()))
        dry = [(n, shapely.difference(s, lakes.buffer(40))) for n, s in found]
        return [
            (n, tidy(s))
            for n, s in dry
            if s.area > 20_000 and isinstance(s, Polygon) and not s.intersects(self.clearing)
        ]

    def _villages(self, numbers: np.random.Generator, inner: BaseGeometry) -> NDArray[np.float64]:
        from layers.sample.draw import scattered

        return (
            scattered(numbers, inner, int(inner.area / 9e6) + 2) if inner.area else np.empty((0, 2))
        )

    @cached_property
    def inside(self) -> BaseGeometry:
        """All settlements as one area."""
        whole = shapely.union_all([s for _, s in self.settlements])
        shapely.prepare(whole)
        return whole

    @cached_property
    def lakes(self) -> dict[str, Polygon]:
        """The lakes by name, of their published size."""
        numbers = dice("standgewaesser")
        drawn: dict[str, Polygon] = {}
        for name, lon, lat, hectares in self.facts["lakes"]:
            ((x, y),) = places([(lon, lat)])
            drawn[name] = blob(
                numbers, x, y, hectares, rough=0.2, stretch=numbers.uniform(1.1, 1.9)
            )
        return drawn

    @cached_property
    def rivers(self) -> list[tuple[dict[str, Any], LineString]]:
        """The rivers with their facts."""
        numbers = dice("fliessgewaesser")
        return [(r, meander(numbers, places(r["via"]), 170)) for r in self.facts["rivers"]]

    def river(self, name: str) -> LineString:
        """Return the course of a river."""
        return next(line for facts, line in self.rivers if facts["name"] == name)

    @cached_property
    def roads(self) -> list[tuple[dict[str, Any], LineString]]:
        """The classified roads with their facts."""
        return [(r, self._past_lakes(course(places(r["via"])))) for r in self.facts["roads"]]

    @cached_property
    def railways(self) -> list[tuple[dict[str, Any], LineString]]:
        """The railways with their facts."""
        return [(r, self._past_lakes(course(places(r["via"])))) for r in self.facts["railways"]]

    def _past_lakes(self, line: LineString) -> LineString:
        """Return a course that keeps to the shore of every lake, smooth again."""
        bent = line
        for lake in self.lakes.values():
            bent = around(bent, shapely.convex_hull(lake).buffer(260, quad_segs=6))
        if bent is line:
            return line
        steps = np.linspace(0, 1, max(4, int(bent.length / 700)), endpoint=True)
        return course(shapely.get_coordinates(bent.interpolate(steps, normalized=True)))
