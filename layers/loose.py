"""Loose ends of a catalogue: what no schema can see, since it hangs on something elsewhere."""

from collections.abc import Iterator, Mapping
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.crs import crs_from
from gis.problem import Problem
from layers.document import Document, Fault
from layers.entry import Entry
from layers.harvest.where import where_from

DEFAULT_CRS = "EPSG:25833"
# Only who serves them can say where a service has data.
SERVICES = ("wfs", "ogcapi", "arcgis")


def loose_ends(entries: Mapping[str, list[Entry]], main: Document) -> Iterator[Fault]:
    """Yield everything declared twice, and everything that names what is not there."""
    for found in entries.values():
        yield from _twice(found)
    known = {name: {e.data["code"] for e in found} for name, found in entries.items()}
    for entry in entries["layers"]:
        yield from _of_layer(entry, known, main.data)
    for entry in entries["rules"]:
        yield from _of_rule(entry, known)
    yield from _of_file(main, known)


def _twice(entries: list[Entry]) -> Iterator[Fault]:
    seen: set[str] = set()
    for entry in entries:
        code = entry.data["code"]
        if code in seen:
            yield entry.fault("code", f"{code} is declared twice")
        seen.add(code)


def _of_layer(entry: Entry, known: Mapping[str, set[str]], main: Any) -> Iterator[Fault]:
    if entry.data["keeper"] not in known["offices"]:
        yield entry.fault("keeper", f"no office {entry.data['keeper']} is declared")
    source = entry.data.get("source", {})
    yield from _of_source(entry, source)
    coverage = entry.data.get("coverage")
    if coverage == "district" and "area" not in main:
        yield entry.fault("coverage", "the catalogue declares no area of competence (area)")
    if coverage == "served" and source.get("type") not in SERVICES:
        yield entry.fault("coverage", f"only {', '.join(SERVICES)} say what they serve")
    if isinstance(coverage, dict) and "municipalities" in coverage:
        yield from _unplaced(entry.fault("coverage", ""), main)


def _of_source(entry: Entry, source: Mapping[str, Any]) -> Iterator[Fault]:
    if source.get("type") == "postgis" and ("table" in source) == ("query" in source):
        yield entry.fault("source.table", "one of table and query is needed")
    if "where" in source:
        try:
            where_from(source["where"])
        except Problem:
            yield entry.fault("source.where", f"is not CQL2: {source['where']}")
    if "crs" in source:
        try:
            crs_from(source["crs"])
        except Problem:
            yield entry.fault("source.crs", f"{source['crs']} is no coordinate reference system")
    box = source.get("bbox")
    if box is not None and not (box[0] < box[2] and box[1] < box[3]):
        yield entry.fault("source.bbox", "must be west, south, east, north in degrees")


def _unplaced(fault: Fault, main: Any) -> Iterator[Fault]:
    if "municipalities" not in main:
        message = "the catalogue does not say which layer holds the municipalities"
        yield Fault(fault.file, fault.line, fault.key, message, fault.at)


def _of_rule(entry: Entry, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    rule = entry.data
    layer = rule.get("layer")
    if layer is not None and layer not in known["layers"]:
        yield entry.fault("layer", f"no layer {layer} is declared")
    if (layer is None) != (rule["when"] == "always"):
        yield entry.fault("when", "“always” goes without a layer, everything else with one")
    context = rule.get("context", {}).get("layer")
    if context is not None and context not in known["layers"]:
        yield entry.fault("context", f"no layer {context} is declared")
    for key, where in (("offices", "offices"), ("external", "external")):
        for code in rule.get(key, []):
            if code not in known[where]:
                yield entry.fault(key, f"no such body is declared under {where}: {code}")


def _of_file(main: Document, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    area = main.data.get("area")
    for number, one in enumerate(main.data.get("places", [])):
        if one["layer"] not in known["layers"]:
            yield main.fault(("places", number, "layer"), "no such layer is declared")
    for name in ("municipalities", "parcels", "addresses"):
        if name in main.data and main.data[name]["layer"] not in known["layers"]:
            yield main.fault((name, "layer"), "no such layer is declared")
    if area is not None:
        if ("path" in area) == ("municipalities" in area):
            yield main.fault(("area",), "needs path, or municipalities")
        elif "municipalities" in area:
            yield from _unplaced(main.fault(("area", "municipalities"), ""), main.data)
    for number, code in enumerate(main.data.get("withheld", [])):
        if code not in known["offices"]:
            yield main.fault(("withheld", number), f"no office {code} is declared")
    yield from _unusable_crs(main)


def _unusable_crs(main: Document) -> Iterator[Fault]:
    text = main.data.get("crs", DEFAULT_CRS)
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        yield main.fault(("crs",), f"{text} is no coordinate reference system")
        return
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        yield main.fault(("crs",), f"{text} is not projected in metres, so nothing can be measured")
