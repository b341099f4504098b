"""Build the sample region: one GeoPackage a layer, the plans, and the catalogue beside them."""

import hashlib
import json
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis.crs import crs_from
from gis.transform import transform
from layers.folder import published
from layers.reading.ogr import engine
from layers.sample import (
    cadastre,
    economy,
    emissions,
    energy,
    heritage,
    mining,
    nature,
    planning,
    soil,
    transport,
    water,
)
from layers.sample.draw import CRS, tidy
from layers.sample.feature import MARK as MADE_UP
from layers.sample.feature import Feature, marked
from layers.sample.land import Land
from layers.sample.plans import Plan, plans

VERSION = "2"  # of the content; a built region of another version is built anew
MARK = "version.json"
AROUND_M = 20_000.0  # airfields are recorded that far around the district, too

# Layers that cover whole regions stay as they are; everything else leaves the clearing free.
REGIONAL = {"gemeinden", "geopark", "leader", "strukturwandel", "seenland", "kohrener_land"}
THEMES = (
    planning, nature, heritage, transport, water, soil, mining, emissions, energy, economy, cadastre,
)  # fmt: skip
DRAWERS: dict[str, Callable[[Land], list[Feature]]] = {
    function.__name__: function
    for module in THEMES
    for name, function in vars(module).items()
    if callable(function) and getattr(function, "__module__", "") == module.__name__
    and not name.startswith("_")
}  # fmt: skip


def drawn(land: Land, code: str) -> list[Feature]:
    """Return the features of a layer, the clearing kept free."""
    features = DRAWERS[code](land)
    if code in REGIONAL:
        return features
    kept = []
    for shape, row in features:
        if shape.intersects(land.clearing):
            shape = tidy(shape.difference(land.clearing))
        if not shape.is_empty:
            kept.append((shape, row))
    return kept


def is_current(folder: Path) -> bool:
    """Tell whether `folder` holds the region this version would build."""
    try:
        return bool(json.loads((folder / MARK).read_text(encoding="utf-8")) == _identity())
    except (OSError, ValueError):
        return False


def _identity() -> dict[str, Any]:
    """Return what a built region depends on: its version, the facts, the code that draws, and the
    catalogues beside it.
    """
    digest = hashlib.sha256()
    for name in CATALOGUES:
        digest.update(_catalogue(name).encode())
    drawing = resources.files(__package__)
    for file in sorted(drawing.iterdir(), key=lambda f: f.name):
        if file.name.endswith((".py", ".yaml")):
            digest.update(file.read_bytes())
    return {"version": VERSION, "content": digest.hexdigest()}


CATALOGUES = ("sample.yaml", "offices.yaml", "rules.yaml", "blocks.yaml")


def _catalogue(name: str) -> str:
    return resources.files("layers").joinpath("catalogues", name).read_text(encoding="utf-8")


def build(folder: Path, progress: Callable[[str], None] = lambda _: None) -> None:
    """Write the region into `folder`, replacing what an earlier version left there.

    Features are the same at every build.

    Raises
    ------
    Refusal
        ``data-folder`` where nothing can be written.
    """
    with published(folder) as aside:
        _write(aside, progress)


def _write(folder: Path, progress: Callable[[str], None]) -> None:
    land = Land()
    outline = marked([(land.district, {"name": land.facts["district"]["name"]})])
    _write_layer(folder / "landkreis.gpkg", "landkreis", outline)
    around = tidy(land.district.buffer(AROUND_M, quad_segs=4))
    _write_layer(folder / "umland.gpkg", "umland", marked([(around, {"name": "Umland"})]))
    for code in DRAWERS:
        progress(code)
        _write_layer(folder / f"{code}.gpkg", code, drawn(land, code))
    (folder / "plans").mkdir()
    for plan in plans(land):
        _write_plan(folder / "plans", plan)
    for name in CATALOGUES:
        target = "catalogue.yaml" if name == "sample.yaml" else name
        (folder / target).write_text(_catalogue(name), encoding="utf-8")
    (folder / MARK).write_text(json.dumps(_identity()), encoding="utf-8")


def _write_layer(path: Path, name: str, features: Sequence[Feature]) -> None:
    """Write one GeoPackage; geometries of a layer may be of several kinds."""
    shapes = np.array(shapely.to_wkb([shape for shape, _ in features]), dtype=object)
    fields = list(dict.fromkeys(key for _, row in features for key in row))
    columns = [_column([row.get(field) for _, row in features]) for field in fields]
    kinds = {shape.geom_type for shape, _ in features}
    engine().raw.write(
        path, geometry=shapes, field_data=[c for c, _ in columns], fields=fields,
        field_mask=[m for _, m in columns], geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
        crs="EPSG:25833", driver="GPKG", layer=name,
    )  # fmt: skip


def _column(values: Sequence[Any]) -> tuple[Any, Any]:
    """Return a column and the mask of its missing values."""
    missing = np.array([v is None for v in values])
    if all(isinstance(v, int) for v in values if v is not None):
        return np.array([v or 0 for v in values], dtype="int64"), missing
    if all(isinstance(v, int | float) for v in values if v is not None):
        return np.array([v or 0.0 for v in values], dtype="float64"), missing
    return np.array([None if v is None else str(v) for v in values], dtype=object), None


def _write_plan(folder: Path, plan: Plan) -> None:
    name, features = plan
    moved, _ = transform([shape for shape, _ in features], CRS, crs_from("EPSG:4326"))
    document = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {**row, "herkunft": MADE_UP},
                "geometry": json.loads(shapely.to_geojson(_degrees(shape))),
            }
            for shape, (_, row) in zip(moved, features, strict=True)
        ],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    (folder / f"{name}.geojson").write_text(text, encoding="utf-8")


def _degrees(shape: Any) -> Any:
    """Return a shape in degrees with 8 decimals: a millimetre."""
    return shapely.transform(shape, lambda xy: np.round(xy, 8))
