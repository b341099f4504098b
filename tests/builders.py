"""Small catalogues and plans, written to a folder the way a district would keep them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas
import jsonschema_rs
import yaml
from pyproj import CRS
from shapely import LineString, Point, Polygon, box, to_geojson
from shapely.geometry.base import BaseGeometry

from gis.footprint import Area, Footprint, Route, Sites
from gis.transform import Transformation
from layers.catalogue import read_catalogue
from layers.store import Store
from service.checks.finding import Demand, Finding
from service.checks.run import Evidence, Wanted, run
from service.cli import main
from service.plans.plan import Plan
from service.report.document import schema

# A place in EPSG:25833 inside the district; all figures of the builders are metres from it.
X, Y = 320_000.0, 5_670_000.0
UTM33 = "urn:ogc:def:crs:EPSG::25833"
CRS25833 = CRS.from_epsg(25833)

Row = BaseGeometry | tuple[BaseGeometry, Mapping[str, Any]]
Rows = Sequence[Row]


def at(*places: tuple[float, float]) -> list[tuple[float, float]]:
    """Return places as coordinates of the working CRS."""
    return [(X + x, Y + y) for x, y in places]


def rectangle(left: float, bottom: float, right: float, top: float) -> Polygon:
    return box(X + left, Y + bottom, X + right, Y + top)


def polygon(*places: tuple[float, float]) -> Polygon:
    return Polygon(at(*places))


def line(*places: tuple[float, float]) -> LineString:
    return LineString(at(*places))


def point(x: float, y: float) -> Point:
    return Point(X + x, Y + y)


def unmendable(left: float, bottom: float) -> Polygon:
    """Return a square of 10 m with its hole 15 m to the right: what was meant nobody can tell."""
    right, top = left + 10, bottom + 10
    shell = at((left, bottom), (right, bottom), (right, top), (left, top))
    return Polygon(shell, [[(x + 15, y) for x, y in shell]])


def geojson(path: Path, rows: Rows, *, crs: str | None = UTM33, **document: Any) -> Path:
    """Write GeoJSON with the older `crs` member; without one it claims to be WGS 84."""
    pairs = [row if isinstance(row, tuple) else (row, {}) for row in rows]
    features = [
        {"type": "Feature", "geometry": json.loads(to_geojson(g)), "properties": dict(p)}
        for g, p in pairs
    ]
    content: dict[str, Any] = {"type": "FeatureCollection", "features": features, **document}
    if crs is not None:
        content["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def geopackage(path: Path, rows: Rows, *, crs: str = "EPSG:25833", layer: str = "plan") -> Path:
    """Write or extend a GeoPackage."""
    pairs = [row if isinstance(row, tuple) else (row, {}) for row in rows]
    frame = geopandas.GeoDataFrame(
        [dict(p) for _, p in pairs], geometry=[g for g, _ in pairs], crs=crs
    )
    frame.to_file(path, layer=layer, driver="GPKG")
    return path


def layer(folder: Path, code: str, rows: Rows | Path, **more: Any) -> dict[str, Any]:
    """Return a layer's entry; its objects are written to `folder`, unless `rows` is a file."""
    path = rows if isinstance(rows, Path) else geojson(folder / f"{code}.geojson", rows)
    return {"code": code, "title": f"Schicht {code}", "keeper": "AMT",
            "source": {"type": "file", "path": path.name}, **more}  # fmt: skip


def rule(code: str, layer: str | None, when: Any = "overlaps", **more: Any) -> dict[str, Any]:
    """Return a rule's entry; without a layer its predicate is `always`."""
    about = {"layer": layer, "when": when} if layer else {"when": "always"}
    return {"code": code, **about, "offices": ["AMT"], "effect": "consideration",
            "basis": "§ 1 TestG", "origin": "statute", **more}  # fmt: skip


OFFICES = (
    {"code": "AMT", "name": {"de": "Amt", "en": "Office"}},
    {"code": "UNB", "name": {"de": "Untere Naturschutzbehörde", "en": "Nature conservation"}},
    {"code": "UDB", "name": {"de": "Untere Denkmalschutzbehörde", "en": "Monuments"}},
)


def catalogue(
    folder: Path,
    layers: Mapping[str, Rows | Path] | Sequence[Mapping[str, Any]],
    rules: Sequence[Mapping[str, Any]] = (),
    *,
    offices: Sequence[Mapping[str, Any]] = OFFICES,
    **more: Any,
) -> Path:
    """Write a catalogue; layers as rows by code, or as the entries that `layer` makes."""
    if isinstance(layers, Mapping):
        layers = [layer(folder, code, rows) for code, rows in layers.items()]
    content = {"offices": list(offices), "layers": list(layers), "rules": list(rules), **more}
    path = folder / "catalogue.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Checked:
    """What `belang check` came to: its exit status and the document it wrote."""

    status: int
    document: Mapping[str, Any]

    def finding(self, layer: str) -> Mapping[str, Any]:
        return next(f for f in self.document["findings"] if f["layer"] == layer)

    def reasons(self) -> dict[str, Mapping[str, Any]]:
        """Return the reasons by their rule's code, whatever the office."""
        return {r["rule"]: r for o in self.document["offices"] for r in o["reasons"]}

    def offices(self) -> list[str]:
        return [o["office"] for o in self.document["offices"]]

    def cleared(self) -> list[str]:
        return [o["office"] for o in self.document["not_affected"]]

    def open(self) -> dict[str | None, Mapping[str, Any]]:
        """Return what is unresolved by its layer."""
        return {u["layer"]: u for u in self.document["unresolved"]}


def check(plan: Path, catalogue: Path, *options: str, json_to: Path | None = None) -> Checked:
    """Run `belang check` in this process; a report it writes must meet the schema."""
    out = json_to or plan.with_suffix(".report.json")
    out.unlink(missing_ok=True)
    arguments = ["check", str(plan), "--catalogue", str(catalogue), "--json", str(out)]
    status = main([*arguments, "--data", str(plan.parent / "data"), *options])
    document = json.loads(out.read_text(encoding="utf-8"))
    if status in (0, 3):
        meets_schema(document)
    return Checked(status, document)


@cache
def _report_schema() -> Any:
    return jsonschema_rs.validator_for(dict(schema()))


def meets_schema(document: Any) -> None:
    """Raise AssertionError with every place where a report differs from the published schema."""
    faults = [
        f"{'/'.join(map(str, e.instance_path))}: {e.message}"
        for e in _report_schema().iter_errors(document)
    ]
    assert not faults, "\n".join(faults)


def plan_of(geometry: Footprint, **more: Any) -> Plan:
    """Return a plan that was drawn in the working CRS, of whatever kind and without a file."""
    there = Transformation(
        source="EPSG:25833", target="EPSG:25833", operation="none", accuracy_m=0.0,
        missing_grid=None, assumption=None,
    )  # fmt: skip
    said: dict[str, Any] = {
        "title": "Planung", "kind": "sonstiges", "uses": (), "procedure": None, "parts": (),
        "attributes": {}, "sha256": "sha256:" + 64 * "0", "source_crs": "EPSG:25833",
        "transformation": there, "accuracy_m": 0.0, "repairs": (), "notices": (), "steps": (),
    }  # fmt: skip
    return Plan(geometry=geometry, **{**said, **more})


def area(shape: BaseGeometry) -> Area:
    return Area(shape, CRS25833)


def route(axis: BaseGeometry, width_m: float = 4.0) -> Route:
    return Route(axis, width_m, CRS25833)


def sites(points: BaseGeometry, radius_m: float = 10.0) -> Sites:
    return Sites(points, radius_m, CRS25833)


def evidence(folder: Path, plan: Plan, catalogue: Path, wanted: Wanted | None = None) -> Evidence:
    """Return what the check of a plan finds out, without any rules of the catalogue."""
    read = read_catalogue(catalogue)
    return run(plan, read, Store(folder / "store", read.crs), wanted or Wanted())


def finding(
    folder: Path, geometry: Footprint, rows: Rows | Path, demand: Demand | None = None, **more: Any
) -> Finding:
    """Return the finding for one layer, kept in `folder` under the code `thema`."""
    entry = layer(folder, "thema", rows, **more)
    wanted = Wanted({"thema": demand or Demand()})
    found = evidence(folder, plan_of(geometry), catalogue(folder, [entry]), wanted)
    return found.finding("thema")
