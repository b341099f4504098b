"""SedonaDB, where it is installed: one table of all objects, one query that the engine plans."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import geopandas
import numpy as np
import shapely

from bench.anchors.answer import Answer, Data, Figures, axis_of
from gis.tolerance import SNAP_M
from service.commands.usage import UsageError
from service.plans.plan import Plan

ASK = """
WITH near AS (
    SELECT o.layer, o.row, o.geometry, p.axis, ST_Dimension(o.geometry) AS kind,
        ST_Distance(o.geometry, p.ground) AS apart, ST_Intersection(o.geometry, p.ground) AS shared
    FROM objects o JOIN plan p ON ST_DWithin(o.geometry, p.ground, o.reach)
)
SELECT layer, row, apart, ST_Area(shared) AS area, CASE WHEN kind = 1 THEN ST_Length(shared)
    WHEN kind = 2 THEN ST_Length(ST_Intersection(geometry, axis)) ELSE 0 END AS along
FROM near
"""
NOWHERE = shapely.LineString()


class Sedona:
    """Checks by one query: a join with the plan, for which the engine has an index of its own."""

    name = "sedona"

    def __init__(self, layers: Sequence[Data]) -> None:
        try:  # not among the pins: a way to compare with, for who has it
            self.session = import_module("sedonadb").connect()
        except ModuleNotFoundError as error:
            raise UsageError("SedonaDB is not installed (pip install sedonadb)") from error
        self.layers = layers
        counts = [len(layer.ids) for layer in layers]
        table = geopandas.GeoDataFrame(
            {
                "layer": np.repeat(np.arange(len(layers)), counts),
                "row": np.concatenate([np.arange(count) for count in counts]),
                "reach": np.repeat([layer.reach_m + SNAP_M for layer in layers], counts),
            },
            geometry=np.concatenate([layer.shapes for layer in layers]),
        )
        self.session.create_data_frame(table).to_memtable().to_view("objects")

    def ask(self, plan: Plan) -> list[tuple[Any, ...]]:
        """Check a plan."""
        axis = axis_of(plan)
        ground = geopandas.GeoDataFrame(
            {"axis": geopandas.GeoSeries([NOWHERE if axis is None else axis])},
            geometry=[plan.geometry.footprint],
        ).rename_geometry("ground")
        self.session.create_data_frame(ground).to_view("plan", overwrite=True)
        found = self.session.sql(ASK).to_arrow_table()
        return list(zip(*(column.to_pylist() for column in found.columns), strict=True))

    def answer(self, asked: list[tuple[Any, ...]]) -> Answer:
        """Return what it found."""
        return {
            (number, self.layers[number].ids[row]): Figures(*figures)
            for number, row, *figures in asked
        }
