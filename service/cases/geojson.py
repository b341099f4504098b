"""The GeoJSON of a check: the plan and every object it meets, as its reader may see them."""

from collections.abc import Iterator
from typing import Any

import orjson

from maps.picture import Overlay, Picture
from service.cases.outlines import geojson, working_crs
from service.db import SRID

Json = dict[str, Any]


def written(shown: Picture, crs: str) -> bytes:
    """Return a picture as a FeatureCollection: as RFC 7946 has it for ``wgs84``, else with its CRS.

    Objects whose place is not for this reader have no geometry.
    """
    if shown.crs != working_crs():
        raise ValueError(f"not in the working CRS: {shown.crs}")
    collection: Json = {"type": "FeatureCollection", "features": list(_features(shown, crs))}
    if crs != "wgs84":
        name = f"urn:ogc:def:crs:EPSG::{SRID}"
        collection["crs"] = {"type": "name", "properties": {"name": name}}
    collection["disclaimer"] = shown.disclaimer
    collection["attribution"] = shown.attribution
    return orjson.dumps(collection)


def _features(shown: Picture, crs: str) -> Iterator[Json]:
    yield _feature(shown.plan.footprint, crs, {"what": "plan", "title": shown.plan.title})
    for part in shown.plan.parts:
        yield _feature(part.geometry, crs, {"what": "part", "role": part.role, "name": part.name})
    for overlay in shown.overlays:
        yield from _of_layer(overlay, crs)


def _of_layer(overlay: Overlay, crs: str) -> Iterator[Json]:
    about = {
        "layer": overlay.code,
        "title": overlay.title,
        "theme": overlay.theme,
        "outcome": overlay.outcome,
    }
    if not overlay.hits:
        yield _feature(None, crs, {"what": "finding", **about, "reason": overlay.reason})
    for hit in overlay.hits:
        yield _feature(
            hit.geometry,
            crs,
            {
                "what": "object",
                **about,
                "id": hit.id,
                "name": hit.title,
                "relation": hit.relation.value,
                "overlap_m2": hit.overlap_m2,
                "share_of_plan": hit.share_of_plan,
                "length_m": hit.length_m,
                "distance_m": hit.distance_m,
                "offices": list(hit.offices),
                "basis": list(hit.basis),
            },
        )
    if overlay.uncovered is not None:
        yield _feature(overlay.uncovered, crs, {"what": "uncovered", **about})


def _feature(shape: Any, crs: str, properties: Json) -> Json:
    geometry = None if shape is None or shape.is_empty else geojson(shape, crs)
    return {"type": "Feature", "geometry": geometry, "properties": properties}
