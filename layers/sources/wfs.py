"""A Web Feature Service (2.0, 1.1) as the source of a layer; pages are asked for here.

No client in reach pages right: a service may cap the count it announces, and a page that is
short may be so for that reason. So it goes on until a page is empty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gis.crs import crs_from, label
from gis.problem import Refusal
from layers.harvest import fes
from layers.harvest.featuretype import FeatureType, typed
from layers.harvest.jsonpage import whole
from layers.harvest.page import attribute_types, feature_type, read_gml, root_of
from layers.harvest.place import check_place, swapped
from layers.harvest.refusals import refuse
from layers.harvest.request import Answer, Request, with_parameters
from layers.harvest.service import Service, box_in
from layers.harvest.sift import End, Pages, sifted
from layers.harvest.visit import Visit
from layers.reading import Features

XML = "application/gml+xml, application/xml, text/xml"


def pages(service: Service, visit: Visit) -> Iterator[Features]:
    """Yield the features of a feature type, a page at a time; complete when it ends.

    Raises
    ------
    Refusal
        With the cause, at any moment; what was yielded before is then worth nothing.
    """
    yield from sifted(visit, service.filter, _pages(service, visit))


def _pages(service: Service, visit: Visit) -> Pages:
    harvest = _begun(service, visit)
    return (yield from harvest.from_page(0) if harvest.kind.pages else harvest.at_once())


def _begun(service: Service, visit: Visit) -> "_Harvest":
    kind = describe(service, visit)
    visit.ledger.region = kind.region
    name = service.crs or next(iter(kind.crs), None)
    if name is None:
        raise refuse("source-crs", "–")
    harvest = _Harvest(service, visit, kind, _offered(name, kind), types(service, visit, kind))
    hits = root_of(visit.ask(harvest.request(resultType="hits")))
    count = whole(hits.get("numberMatched", hits.get("numberOfFeatures")))
    visit.ledger.announce("hits", count)
    visit.spool.begin(f"{kind.updated} {count}")
    return harvest


def describe(service: Service, visit: Visit) -> FeatureType:
    """Return what the service says about the feature type; for a look before the harvest, too."""
    asked = service.version or "2.0.0"
    return feature_type(
        visit.ask(_request(service, "GetCapabilities", {"version": asked})),
        service.url,
        service.layer,
    )


def types(service: Service, visit: Visit, kind: FeatureType) -> Mapping[str, str]:
    """Return what the service says about the attributes, as `featuretype.attribute_types`."""
    names = "typeNames" if kind.version.startswith("2") else "typeName"
    asked = {"version": kind.version, names: kind.name}
    return attribute_types(visit.ask(_request(service, "DescribeFeatureType", asked)), kind.local)


def _request(service: Service, request: str, parameters: Mapping[str, str]) -> Request:
    every = {"service": "WFS", "request": request, **parameters}
    return Request(with_parameters(service.url, every.items()), XML)


def _offered(crs: str, kind: FeatureType) -> str:
    """Return the service's own name for a CRS."""
    wanted = crs_from(crs)
    for name in kind.crs:
        try:
            if crs_from(name) == wanted:
                return name
        except Refusal:  # a CRS of theirs that nobody knows is none that was asked for
            continue
    raise refuse("source-crs", f"{label(wanted)} – {', '.join(kind.crs)}")


@dataclass(frozen=True)
class _Harvest:
    """One way through a feature type."""

    service: Service
    visit: Visit
    kind: FeatureType
    crs: str
    types: Mapping[str, str]

    def request(self, **more: str) -> Request:
        """Return a GetFeature request."""
        new = self.kind.version.startswith("2")
        asked = {
            "version": self.kind.version,
            "typeNames" if new else "typeName": self.kind.name,
            "srsName": self.crs,
            **self._choice(),
            **more,
        }
        if self.service.sort:
            asked["sortBy"] = self.service.sort
        return _request(self.service, "GetFeature", asked)

    def _choice(self) -> dict[str, str]:
        """Return the parameters that choose features; filter and box exclude each other."""
        where, bbox = self.service.filter, self.service.bbox
        box = None if bbox is None else [f"{v:.9g}" for v in box_in(bbox, self.crs)]
        if where is not None and where.simple:
            corners = box and (self.crs, " ".join(box[:2]), " ".join(box[2:]))
            text = fes.filter_of(where.tree, version=self.kind.version, box=corners or None)
            return {"filter": text}
        return {"bbox": ",".join([*box, self.crs])} if box else {}

    def from_page(self, start: int) -> Pages:
        """Yield pages from an object on, until one is empty."""
        while True:
            with self.visit.page(self._page(start)) as answer:
                found = self._read(answer)
                self._count(found)
            if not len(found.geometries):
                return End("empty")
            yield found
            start += len(found.geometries)

    def at_once(self) -> Pages:
        """Yield everything a service gives that says it does not page, and look whether it does.

        A cap on the number of objects cuts a single answer as silently as a page.
        """
        with self.visit.page(self.request()) as answer:
            found = self._read(answer)
            self._count(found)
        yield found
        received = len(found.geometries)
        try:
            beyond = self._read(self.visit.ask(self._page(received)))
        except Refusal:
            beyond = found  # it does not understand the question: as if it had not been asked
        if self.visit.tally.knows(beyond, _ids(beyond)):
            return End("single")
        return (yield from self.from_page(received))

    def _page(self, start: int) -> Request:
        size = "count" if self.kind.version.startswith("2") else "maxFeatures"
        return self.request(**{size: str(self.service.page), "startIndex": str(start)})

    def _count(self, found: Features) -> None:
        self.visit.count(found, _ids(found))

    def _read(self, answer: Answer) -> Features:
        root, found = read_gml(answer, self.kind.local)
        number = len(found.geometries)
        if (whole(root.get("numberReturned")) or 0) > number:
            raise refuse("source-truncated", f"{number} / {root['numberReturned']}")
        self.visit.ledger.announce("page", whole(root.get("numberMatched")))
        if number:
            if found.crs is None or crs_from(found.crs) != crs_from(self.crs):
                raise refuse("source-crs", f"{found.crs} – {self.crs}")
            found = swapped(found) if self.service.swapped else found
            check_place(found, self.service.bbox or self.kind.region)
        rows = tuple(typed(row, self.types) for row in found.attributes)
        return replace(found, attributes=rows)


def _ids(found: Features) -> list[str | None]:
    return [None if (v := row.get("gml_id")) is None else str(v) for row in found.attributes]
