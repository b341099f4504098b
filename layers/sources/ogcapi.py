"""An OGC API – Features (parts 1 to 3) as the source of a layer.

Pages follow one another by their links alone. What a page says about the number of objects is a
hint, but one that may not be larger than what came.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from gis.crs import crs_from, label
from gis.problem import Refusal
from layers.harvest.jsonpage import whole
from layers.harvest.page import JSON, check_kind, peek_json, read_geojson, read_json
from layers.harvest.place import Region, check_place, swapped
from layers.harvest.refusals import refuse
from layers.harvest.request import Answer, Request, followed, with_parameters
from layers.harvest.service import Service
from layers.harvest.sift import End, Pages, sifted
from layers.harvest.visit import Visit
from layers.reading import Features
from layers.reading.gml import northing_first

GEOJSON = "application/geo+json, application/json;q=0.9"
JSON_ONLY = "application/json"
CRS84 = "OGC:CRS84"


@dataclass(frozen=True, slots=True)
class Collection:
    """What the API says about a collection, and what it conforms to."""

    crs: tuple[str, ...]
    storage: str | None
    region: Region | None
    filters: bool


def pages(service: Service, visit: Visit) -> Iterator[Features]:
    """Yield the features of a collection, a page at a time; complete when it ends.

    Raises
    ------
    Refusal
        With the cause, at any moment; what was yielded before is then worth nothing.
    """
    yield from sifted(visit, service.filter, _pages(service, visit))


def _pages(service: Service, visit: Visit) -> Pages:
    collection = describe(service, visit)
    visit.ledger.region = collection.region
    crs = _crs(service, collection)
    address = _items(service, collection, crs)
    _begin(visit, address)
    asked: set[str] = set()
    url: str | None = with_parameters(address, [("limit", str(service.page))])
    region = service.bbox or collection.region
    full = False
    while url is not None:
        asked.add(url)
        with visit.page(Request(url, GEOJSON)) as answer:
            found, document = _read(answer, crs)
            found = swapped(found) if service.swapped else found
            check_place(found, region)
            _counted(found, document, visit)
            url = _next(document, answer.url, asked)
        full = len(found.geometries) >= service.page
        if not len(found.geometries):
            return End("empty")
        yield found
    return End("last-link", full)


def describe(service: Service, visit: Visit) -> Collection:
    """Return what the API says about the collection; for a look before the harvest, too.

    Raises
    ------
    Refusal
        ``source-layer`` where there is no such collection, or with another cause.
    """
    base = service.url.rstrip("/")
    conforms = _strings(
        read_json(visit.ask(Request(f"{base}/conformance", JSON_ONLY))), "conformsTo"
    )
    try:
        answer = visit.ask(
            Request(f"{base}/collections/{quote(service.layer, safe='')}", JSON_ONLY)
        )
    except Refusal as refusal:
        if refusal.code == "source-status":
            raise refuse("source-layer", service.layer) from refusal
        raise
    document = read_json(answer)
    crs = [c for c in _strings(document, "crs") if not c.startswith("#")]
    storage = document.get("storageCrs")
    several = any(c.endswith("/conf/crs") and "ogcapi-features-2" in c for c in conforms)
    return Collection(
        tuple(dict.fromkeys([*crs, *([storage] if isinstance(storage, str) else [])]))
        if several
        else (),
        storage if several and isinstance(storage, str) else None,
        _region(document),
        all(any(c.endswith(e) for c in conforms) for e in ("/features-filter", "/cql2-text")),
    )


def _strings(document: Mapping[str, Any], name: str) -> list[str]:
    values = document.get(name)
    return [v for v in values if isinstance(v, str)] if isinstance(values, list) else []


def _region(document: Mapping[str, Any]) -> Region | None:
    try:
        box = [float(v) for v in document["extent"]["spatial"]["bbox"][0]]
    except (KeyError, IndexError, TypeError, ValueError):
        return None  # an extent is optional
    half = len(box) // 2
    return (box[0], box[1], box[half], box[half + 1]) if len(box) in (4, 6) else None


def _crs(service: Service, collection: Collection) -> str:
    """Return the API's name of the CRS to ask for; CRS84 where it has no other."""
    wanted = service.crs or collection.storage or CRS84
    for name in collection.crs:
        try:
            if crs_from(name) == crs_from(wanted):
                return name
        except Refusal:  # a CRS of theirs that nobody knows is none that was asked for
            continue
    if service.crs is None or crs_from(service.crs) == crs_from(CRS84):
        return CRS84
    raise refuse("source-crs", f"{label(crs_from(wanted))} – {', '.join(collection.crs)}")


def _items(service: Service, collection: Collection, crs: str) -> str:
    parameters = {}
    if crs != CRS84:
        parameters["crs"] = crs
    if service.bbox is not None:
        parameters["bbox"] = ",".join(f"{v:.9g}" for v in service.bbox)
    if service.where is not None and collection.filters:
        parameters |= {"filter": service.where, "filter-lang": "cql2-text"}
    path = f"{service.url.rstrip('/')}/collections/{quote(service.layer, safe='')}/items"
    return with_parameters(path, parameters.items())


def _begin(visit: Visit, address: str) -> None:
    """Ask how many there are, to know whether the pages of an earlier attempt still count."""
    answer = visit.ask(Request(with_parameters(address, [("limit", "1")]), GEOJSON))
    count = whole(read_json(answer).get("numberMatched"))
    visit.ledger.announce("numberMatched", count)
    visit.spool.begin(f"{count} {answer.headers.get('last-modified', '')}")


def _read(answer: Answer, crs: str) -> tuple[Features, Mapping[str, Any]]:
    check_kind(answer, JSON, "+json")
    said = answer.headers.get("content-crs", "").strip().strip("<>")
    if (said or crs != CRS84) and crs_from(said or CRS84) != crs_from(crs):
        raise refuse("source-crs", f"{said or '–'} – {crs}")
    found = read_geojson(answer)
    document = peek_json(answer)
    if document.get("type") != "FeatureCollection":
        raise refuse("source-content", str(document.get("type")))
    if (whole(document.get("numberReturned")) or 0) > len(found.geometries):
        raise refuse("source-truncated", f"numberReturned {document['numberReturned']}")
    if crs != CRS84:
        found = replace(found, crs=crs)
        found = swapped(found) if northing_first(crs) else found
    return found, document


def _counted(found: Features, document: Mapping[str, Any], visit: Visit) -> None:
    visit.ledger.announce("numberMatched", whole(document.get("numberMatched")))
    ids = [feature.get("id") for feature in document["features"]]
    visit.count(found, [None if i is None else str(i) for i in ids])


def _next(document: Mapping[str, Any], url: str, asked: set[str]) -> str | None:
    """Return the address of the next page, None at the end.

    Raises
    ------
    Refusal
        ``source-link`` where it leads to another server or back to a page that was read.
    """
    links = document.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "next":
            target = followed(url, str(link.get("href", "")))
            if target in asked:
                raise refuse("source-link", target)
            return target
    return None
