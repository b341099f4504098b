"""A look at the sources of a catalogue before anything is harvested: does each of them answer,
does it have the layer, and does that have the attributes the catalogue asks for?

Every source is asked for a handful of objects. What is never asked: themes looked up by hand.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gis.crs import crs_from, label
from gis.problem import Problem, Text
from layers import sources
from layers.harvest.manners import Manners
from layers.harvest.visit import Visit, visit
from layers.harvest.where import where_from
from layers.layer import Layer, Source
from layers.sources import stated

HASTY = Manners(connect=5, read=20, request=30, harvest=90, attempts=2, longest_wait=10)
SAMPLE = 20  # objects asked for: a single one may lack what others have
AT_ONCE = 8  # servers; each of them is asked two things at a time at most
SERVICES = ("wfs", "ogcapi", "arcgis")
REMOTE = (*SERVICES, "url", "postgis")
# Whoever says so has answered, but has no such layer.
NO_SUCH_LAYER = frozenset({"source-layer", "layer-multiple", "source-exception"})
NOBODY = frozenset({"source-unreachable", "source-slow", "file-missing", "source-unset"})


@dataclass(frozen=True)
class Look:
    """What one address came to: who answered, what was found there; `reason` where not all is
    as it should be. `count` is what the source announces, None where it announces nothing.
    """

    source: Source
    reachable: bool
    found: bool
    crs: str | None = None
    count: int | None = None
    attributes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    code: str | None = None
    reason: Text | None = None

    @property
    def fine(self) -> bool:
        """Whether a harvest may begin."""
        return self.found and not self.missing and self.code is None


@dataclass(frozen=True)
class Probed:
    """What came of a layer: its own address, and the others its entry names.

    `look` is None for what is looked up by hand.
    """

    layer: Layer
    look: Look | None
    others: tuple[Look, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether nothing needs to be done."""
        return self.look is None or self.look.fine


def probe(
    layers: Iterable[Layer],
    *,
    manners: Manners = HASTY,
    during: Callable[[Layer], None] = lambda _: None,
) -> Iterator[Probed]:
    """Yield what became of each layer, in their order; servers are asked side by side."""
    every = list(layers)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # Files are read one after the other: GDAL shares its settings among threads.
        remote = {
            id(one): pool.submit(probed, one, manners) for one in every if _remote(one.source)
        }
        for layer in every:
            during(layer)
            waiting = remote.get(id(layer))
            yield waiting.result() if waiting else probed(layer, manners)


def _remote(source: Source) -> bool:
    return source.type in REMOTE


def probed(layer: Layer, manners: Manners = HASTY) -> Probed:
    """Return what becomes of one layer."""
    if layer.fault is not None:
        return Probed(layer, Look(layer.source, False, False, code="catalogue", reason=layer.fault))
    if layer.source.type == "manual":
        return Probed(layer, None)
    expected = wanted(layer)
    others = tuple(look(other, expected, manners) for other in alternatives(layer.source))
    return Probed(layer, look(layer.source, expected, manners), others)


def alternatives(source: Source) -> Iterator[Source]:
    """Yield the source at every other address or under every other name its entry knows."""
    said = dict(source.options)
    for other in said.pop("alternatives", ()):
        changed = {**said, **{k: v for k, v in other.items() if k not in ("type", "layer")}}
        named = other.get("layer", source.layer)
        yield replace(
            source,
            type=other.get("type", source.type),
            layer=None if named is None else str(named),
            stated=json.dumps(changed, ensure_ascii=False, sort_keys=True),
        )


def wanted(layer: Layer) -> frozenset[str]:
    """Return the attributes of the source that the catalogue asks for, as the source calls them."""
    how = stated.mapping(layer.source)
    width, linear = layer.half_width, layer.linear_reference
    asked = [layer.id, layer.name, width.attribute if width else None]
    asked += [linear.section, linear.start, linear.end] if linear else []
    made = {*how.constant, *how.classes, *how.widths}
    own = {how.rename.get(name, name) for name in asked if name is not None and name not in made}
    where = layer.source.options.get("where")
    return frozenset(own | how.needs | (where_from(where).names if where else frozenset()))


def look(source: Source, expected: frozenset[str], manners: Manners) -> Look:
    """Ask one address for some objects; whatever goes wrong is what was found out."""
    with (
        TemporaryDirectory(prefix="belang-") as folder,
        visit(source.name, Path(folder) / "spool", manners=manners) as going,
    ):
        try:
            return _looked(source, expected, going)
        except Problem as problem:
            reachable, found = problem.code not in NOBODY, problem.code not in NO_SUCH_LAYER
            count = max(going.ledger.counts.values(), default=None)
            # Once a count was announced, the layer is there whatever came afterwards.
            found = found and (count is not None or bool(going.ledger.received))
            return Look(
                source, reachable, found, count=count, code=problem.code, reason=problem.text
            )
        except Exception as error:  # noqa: BLE001 - whatever one source does, ask the others
            said = f"{type(error).__name__}: {error}"
            return Look(source, False, False, code="unforeseen", reason=Text(said, said))


def _looked(source: Source, expected: frozenset[str], going: Visit) -> Look:
    pages: Any = sources.pages(_some(source), going)  # a generator, which is not read to its end
    with closing(pages):
        first = next(pages, None)
    described = _described(source, going)
    count = max(going.ledger.counts.values(), default=None)
    if first is None:
        return Look(source, True, True, count=count, attributes=tuple(sorted(described)))
    seen = described.union(*(row.keys() for row in first.attributes))
    lacking = expected - seen if first.attributes or described else frozenset()
    return Look(
        source,
        True,
        True,
        crs=label(crs_from(first.crs)) if first.crs else None,
        count=count,
        attributes=tuple(sorted(seen)),
        missing=tuple(sorted(lacking)),
    )


def _some(source: Source) -> Source:
    """Return the source without what the catalogue makes of it, asked for few of its objects."""
    said = dict(source.options)
    for name in ("where", "attributes", "alternatives"):
        said.pop(name, None)
    if source.type in (*SERVICES, "postgis"):
        said["page"] = SAMPLE
    return replace(source, stated=json.dumps(said, ensure_ascii=False, sort_keys=True))


def _described(source: Source, going: Visit) -> frozenset[str]:
    """Return the attributes a WFS describes: its objects leave out what is empty."""
    if source.type != "wfs":
        return frozenset()
    from layers.sources import wfs

    service = stated.service(source)
    return frozenset(wfs.types(service, going, wfs.describe(service, going)))
