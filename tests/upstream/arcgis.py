"""An ArcGIS FeatureServer layer, CONSTRUCTED from the documented shape of its REST answers.

No real one can be run here. What is answered: the layer's description, ids, a count, and
objects by a range of ids, never more than `most` at a time and fewer than it promises if told to.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.upstream import region
from tests.upstream.gateway import Asked, Reply, Served, answering

EDITED = 1_767_225_600_000  # 2026-01-01
FIRST = 11  # object ids seldom start with 1, and have gaps
PATH = "/arcgis/rest/services/probe/FeatureServer/0"


def description(promised: int) -> dict[str, Any]:
    """Return what the layer's resource says."""
    reference = {"wkid": 25833, "latestWkid": 25833}
    kinds = {"OBJECTID": "OID", "nr": "Integer", "name": "String", "status": "String",
             "breite": "Double", "stand": "Date"}  # fmt: skip
    return {
        "currentVersion": 11.1,
        "id": 0,
        "name": "Probe",
        "type": "Feature Layer",
        "geometryType": "esriGeometryPolygon",
        "objectIdField": "OBJECTID",
        "maxRecordCount": promised,
        "supportedQueryFormats": "JSON, geoJSON, PBF",
        "extent": {
            "xmin": 320000, "ymin": 5660000, "xmax": 325000, "ymax": 5665000,
            "spatialReference": reference,
        },
        "editingInfo": {"lastEditDate": EDITED},
        "fields": [{"name": n, "type": f"esriFieldType{k}"} for n, k in kinds.items()],
    }  # fmt: skip


def objects(number: int) -> dict[int, dict[str, Any]]:
    """Return the objects by id; each third id is missing."""
    made: dict[int, dict[str, Any]] = {}
    ids = (FIRST + 3 * (i // 2) + i % 2 for i in range(number))
    for oid, shape, row in zip(ids, region.squares(number), region.rows(number), strict=True):
        ring = [list(p) for p in shape.exterior.coords]
        clockwise = ring if not shape.exterior.is_ccw else ring[::-1]
        attributes = {"OBJECTID": oid, **row, "stand": EDITED}
        made[oid] = {"attributes": attributes, "geometry": {"rings": [clockwise]}}
    return made


@contextmanager
def arcgis(
    number: int = region.COUNT, *, promised: int = 1_000, most: int = 1_000, port: int = 0
) -> Iterator[Served]:
    """Serve a layer that promises `promised` objects at a time and gives at most `most`."""
    stock = objects(number)

    def answer(asked: Asked) -> Reply:
        seen = asked.parameters
        path = asked.path.partition("?")[0]
        if path == PATH:
            return _json(description(promised))
        if path != f"{PATH}/query":
            return _json({"error": {"code": 404, "message": "Service not found", "details": []}})
        wanted = [stock[i] for i in sorted(stock) if _within(seen.get("where", ""), stock[i])]
        if seen.get("returnidsonly") == "true":
            ids = [o["attributes"]["OBJECTID"] for o in wanted]
            return _json({"objectIdFieldName": "OBJECTID", "objectIds": ids or None})
        if seen.get("returncountonly") == "true":
            return _json({"count": len(wanted)})
        document = {
            "objectIdFieldName": "OBJECTID",
            "geometryType": "esriGeometryPolygon",
            "spatialReference": {"wkid": int(seen["outsr"]), "latestWkid": int(seen["outsr"])},
            "features": wanted[:most],
        }
        if len(wanted) > most:
            document["exceededTransferLimit"] = True
        return _json(document)

    with answering(answer, port) as served:
        yield served


def _within(where: str, thing: dict[str, Any]) -> bool:
    attributes = thing["attributes"]
    for bound, number in re.findall(r"OBJECTID ([<>])= (\d+)", where):
        oid = attributes["OBJECTID"]
        if (bound == ">" and oid < int(number)) or (bound == "<" and oid > int(number)):
            return False
    status = re.search(r"status = '(\w+)'", where)
    return status is None or attributes["status"] == status[1]


def _json(document: dict[str, Any]) -> Reply:
    body = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    return 200, {"Content-Type": "text/plain;charset=utf-8"}, body
