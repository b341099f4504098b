"""PostGIS with the best SQL known to us: one table of pieces, one round trip, clipping first.

Areas and lines are cut into pieces of 256 vertices at most. `ST_Distance` on many vertices is
what makes plain SQL slow; so the plan is clipped to what can lie within reach of a piece.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
import shapely

from bench.anchors.answer import Answer, Data, Figures, axis_of
from gis.tolerance import SNAP_M
from service.plans.plan import Plan

TABLE: LiteralString = """
CREATE EXTENSION IF NOT EXISTS postgis;
DROP TABLE IF EXISTS loaded, pieces;
CREATE UNLOGGED TABLE loaded (layer int, id text, wkb bytea);
CREATE UNLOGGED TABLE pieces (layer int, id text, shape geometry(Geometry, 25833));
"""
FILL: LiteralString = """
INSERT INTO pieces SELECT layer, id, ST_Subdivide(ST_GeomFromWKB(wkb, 25833), 256) FROM loaded;
DROP TABLE loaded;
CREATE INDEX ON pieces USING gist (shape);
"""
ASK: LiteralString = """
WITH plan AS MATERIALIZED (
    SELECT ST_GeomFromWKB(%(ground)s, 25833) AS ground, ST_GeomFromWKB(%(axis)s, 25833) AS axis
), found AS (
    SELECT p.layer, p.id, p.shape, plan.ground, plan.axis, l.reach,
        ST_Intersects(p.shape, plan.ground) AS meets
    FROM plan, unnest(%(layers)s::int[], %(reaches)s::float8[]) AS l(layer, reach)
    JOIN pieces p ON p.layer = l.layer
    WHERE p.shape && ST_Expand(plan.ground, l.reach)
), measured AS (
    SELECT layer, id, reach, ST_Dimension(shape) AS kind,
        CASE WHEN meets THEN ST_Intersection(shape, ground) END AS shared,
        CASE WHEN meets AND axis IS NOT NULL AND ST_Dimension(shape) = 2
            THEN ST_Length(ST_Intersection(shape, axis)) ELSE 0 END AS along,
        CASE WHEN meets THEN 0
            ELSE ST_Distance(shape, ST_ClipByBox2D(ground, ST_Expand(shape, reach))) END AS apart
    FROM found
)
SELECT layer, id, min(apart), coalesce(sum(ST_Area(shared)), 0),
    coalesce(sum(CASE WHEN kind = 1 THEN ST_Length(shared) ELSE along END), 0)
FROM measured GROUP BY layer, id, reach HAVING min(apart) <= reach
"""


class PostGIS:
    """Checks by one query."""

    name = "postgis"

    def __init__(self, conninfo: str, layers: Sequence[Data]) -> None:
        self.connection = psycopg.connect(conninfo, autocommit=True)
        with self.connection.cursor() as cursor:
            cursor.execute(TABLE)
            with cursor.copy("COPY loaded FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int4", "text", "bytea"])
                for number, layer in enumerate(layers):
                    wkb = shapely.to_wkb(layer.shapes)
                    for name, shape in zip(layer.ids, wkb, strict=True):
                        copy.write_row((number, name, shape))
            cursor.execute(FILL)
            cursor.execute("VACUUM ANALYZE pieces")
            # All statements are prepared and JIT only costs at this size.
            cursor.execute("SET jit = off")
        self.layers = list(range(len(layers)))
        self.reaches = [layer.reach_m + SNAP_M for layer in layers]

    def ask(self, plan: Plan) -> list[tuple[Any, ...]]:
        """Check a plan."""
        axis = axis_of(plan)
        asked = {
            "ground": shapely.to_wkb(plan.geometry.footprint),
            "axis": None if axis is None else shapely.to_wkb(axis),
            "layers": self.layers,
            "reaches": self.reaches,
        }
        return self.connection.execute(ASK, asked, prepare=True, binary=True).fetchall()

    def answer(self, asked: list[tuple[Any, ...]]) -> Answer:
        """Return what it found."""
        return {(number, name): Figures(*figures) for number, name, *figures in asked}
