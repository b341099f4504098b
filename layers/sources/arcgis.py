"""A layer of an ArcGIS FeatureServer (or MapServer) as the source of a layer.

First all object ids are asked for, which no limit cuts short, then the objects by ranges of ids.
Answers come as Esri's own JSON: in the layer's own CRS, which GeoJSON would not be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from gis.crs import crs_from
from gis.problem import Refusal
from layers.harvest import esri
from layers.harvest.jsonpage import whole
from layers.harvest.page import read_json, read_objects
from layers.harvest.place import Region, check_place, in_degrees, swapped
from layers.harvest.refusals import refuse
from layers.harvest.request import Answer, Request, with_parameters
from layers.harvest.service import Service
from layers.harvest.sift import End, Pages, sifted
from layers.harvest.sql import sql_of, written
from layers.harvest.visit import Visit
from layers.reading import Features

JSON = "application/json"
MOST_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Table:
    """What the server says about a layer."""

    url: str
    name: str
    oid: str
    wkid: int
    most: int
    region: Region | None
    dates: frozenset[str]
    edited: str

    @property
    def objects(self) -> esri.Objects:
        """What is expected of an answer with objects."""
        return esri.Objects("", self.name, self.oid, self.wkid, self.dates)


def pages(service: Service, visit: Visit) -> Iterator[Features]:
    """Yield the features of a layer, a range of ids at a time; complete when it ends.

    Raises
    ------
    Refusal
        With the cause, at any moment; what was yielded before is then worth nothing.
    """
    yield from sifted(visit, service.filter, _pages(service, visit))


def _pages(service: Service, visit: Visit) -> Pages:
    table = describe(service, visit)
    visit.ledger.region = table.region
    ids = _ids(service, visit, table)
    visit.spool.begin(f"{table.edited} {len(ids)} {ids[:1]} {ids[-1:]}")
    size = max(1, min(service.page, table.most))
    for start in range(0, len(ids), size):
        yield from _range(service, visit, table, ids[start : start + size])
    return End("all-ids")


def describe(service: Service, visit: Visit) -> Table:
    """Return what the server says about the layer; for a look before the harvest, too.

    Raises
    ------
    Refusal
        ``source-layer`` where there is no such layer with objects, or with another cause.
    """
    url = "/".join(filter(None, [service.url.rstrip("/"), service.layer]))
    document = _asked(visit.ask(Request(with_parameters(url, [("f", "json")]), JSON)))
    fields = [f for f in document.get("fields") or [] if isinstance(f, dict)]
    kinds = {str(f.get("name")): f.get("type") for f in fields}
    named = document.get("objectIdField")
    oid = named or next((n for n, k in kinds.items() if k == "esriFieldTypeOID"), None)
    if not oid:
        raise refuse("source-layer", service.layer or url)
    edited = document.get("editingInfo")
    return Table(
        url,
        str(document.get("name", "")),
        str(oid),
        _wkid(service, document),
        whole(document.get("maxRecordCount")) or MOST_AT_ONCE,
        _region(document.get("extent")),
        frozenset(n for n, k in kinds.items() if k == "esriFieldTypeDate"),
        str(edited.get("lastEditDate", "")) if isinstance(edited, dict) else "",
    )


def _wkid(service: Service, document: Mapping[str, Any]) -> int:
    """Return the number of the CRS to ask for: the layer's own, where the catalogue names none."""
    if service.crs is not None:
        code = crs_from(service.crs).to_epsg()
        if code is None:
            raise refuse("source-crs", service.crs)
        return code
    extent = document.get("extent")
    reference = document.get("sourceSpatialReference") or (
        extent.get("spatialReference") if isinstance(extent, dict) else None
    )
    if (wkid := esri.number(reference)) is None:
        raise refuse("source-crs", str(reference))
    return wkid


def _region(extent: Any) -> Region | None:
    """Return the extent a layer states in degrees; None where it states none that makes sense."""
    if not isinstance(extent, dict):
        return None
    try:
        crs = crs_from(f"EPSG:{esri.number(extent.get('spatialReference'))}")
        corners = [float(extent[name]) for name in ("xmin", "ymin", "xmax", "ymax")]
    except (KeyError, TypeError, ValueError, Refusal):
        return None
    if not all(map(isfinite, corners)):  # an empty layer has "NaN"
        return None
    west, south, east, north = in_degrees(crs, corners)
    return west, south, east, north


def _asked(answer: Answer) -> Mapping[str, Any]:
    return esri.answered(read_json(answer))


def _query(service: Service, table: Table, **more: str) -> Request:
    asked = {"f": "json", "where": _where(service), **more}
    if service.bbox is not None:
        asked |= {
            "geometry": ",".join(f"{v:.9g}" for v in service.bbox),
            "geometryType": "esriGeometryEnvelope",
            "inSR": "4326",
            "spatialRel": "esriSpatialRelIntersects",
        }
    return Request(with_parameters(f"{table.url}/query", asked.items()), JSON)


def _where(service: Service) -> str:
    where = service.filter
    return sql_of(where.tree, str, written) if where is not None and where.simple else "1=1"


def _ids(service: Service, visit: Visit, table: Table) -> list[int]:
    answer = _asked(visit.ask(_query(service, table, returnIdsOnly="true")))
    count = _asked(visit.ask(_query(service, table, returnCountOnly="true"))).get("count")
    if whole(count) is None:
        raise refuse("source-content", "returnCountOnly")
    visit.ledger.announce("count", whole(count))
    ids = answer.get("objectIds", [])
    ids = [] if ids is None else ids
    if not isinstance(ids, list) or not all(isinstance(i, int) for i in ids):
        raise refuse("source-content", "objectIds")
    visit.ledger.announce("ids", len(set(ids)))
    return sorted(set(ids))


def _range(service: Service, visit: Visit, table: Table, ids: Sequence[int]) -> Iterator[Features]:
    """Yield the objects of some ids, in halves where the server gives fewer than it promised."""
    within = f"({_where(service)}) AND {table.oid} >= {ids[0]} AND {table.oid} <= {ids[-1]}"
    request = _query(
        service, table, where=within, outFields="*", outSR=str(table.wkid), returnGeometry="true"
    )
    with visit.page(request) as answer:
        short, found = read_objects(answer, table.objects)
        got = [int(row[table.oid] or 0) for row in found.attributes]
        missing = set(ids) - set(got)
        limited = short and len(ids) > 1 and missing
        if not limited:
            if missing:
                raise refuse("source-incomplete", f"{table.oid} {min(missing)}")
            if extra := set(got) - set(ids):
                raise refuse("source-changed", f"{table.oid} {min(extra)}")
            found = swapped(found) if service.swapped else found
            check_place(found, service.bbox or table.region)
            visit.count(found, map(str, got))
    if not limited:
        yield found
        return
    half = len(ids) // 2
    yield from _range(service, visit, table, ids[:half])
    yield from _range(service, visit, table, ids[half:])
