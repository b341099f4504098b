"""What no single format answers for."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.errors import GEOSException

from gis.problem import Refusal
from layers import reading
from layers.reading.ogr import engine


def code_of(path: Path, profile: reading.Profile) -> str:
    with pytest.raises(Refusal) as caught:
        reading.read(path, profile=profile)
    return caught.value.code


@pytest.mark.parametrize("profile", [reading.UPLOAD, reading.SOURCE])
def test_arcs_within_a_collection_are_told(tmp_path: Path, profile: reading.Profile) -> None:
    arcs = "CURVEPOLYGON(CIRCULARSTRING(0 0, 50 50, 100 0, 50 -50, 0 0))"
    shape = shapely.from_wkt([f"GEOMETRYCOLLECTION({arcs})"])
    engine().raw.write(
        tmp_path / "plan.gpkg", geometry=shapely.to_wkb(shape), field_data=[np.array(["a"])],
        fields=["n"], geometry_type="GeometryCollection", crs="EPSG:25833", driver="GPKG",
    )  # fmt: skip
    assert code_of(tmp_path / "plan.gpkg", profile) == "gpkg-geometry"


def test_what_geos_cannot_do_is_a_fault_of_the_geometry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*_: Any) -> reading.Features:
        raise GEOSException("TopologyException: side location conflict")

    monkeypatch.setitem(sys.modules["layers.reading.read"].READERS, "wkt", torn)
    path = tmp_path / "plan.wkt"
    path.write_text("POINT (1 2)", encoding="ascii")
    assert code_of(path, reading.UPLOAD) == "geometry-invalid"
