"""Too many objects to draw one by one: what matters most is drawn, the rest is put together.

A browser draws some thousand shapes at once and no hundred thousand. What lies in the plan, matters
to an office and is large goes first; of the rest, those of a layer that lie together become one
outline that says for how many it stands. Nothing is lost from the tables.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from gis.problem import Text
from gis.relation import Relation
from maps.picture import Hit, Overlay, Picture

MOST = 1_500  # objects drawn and listed one by one
CELLS = 24  # across the window: some 40 pixels each at first sight
ORDER = {Relation.OVERLAPS: 0, Relation.BORDERS: 1, Relation.NEAR: 2}
TITLE = Text("{0} Objekte, zusammengefasst", "{0} objects, put together")
MEANS = Text(
    "Umriss um alle; einzeln in der Tabelle und im GeoPackage",
    "an outline around them all; one by one in the table and the GeoPackage",
)
LABEL = Text("Dargestellt", "Drawn")
NOTE = Text(
    "Auf der Karte sind {0} von {1} Objekten einzeln gezeichnet: zuerst, was in der Planung liegt "
    "und ein Amt betrifft. Die übrigen sind je Schicht zu Umrissen zusammengefasst, die größer "
    "sind als die Objekte selbst. Tabelle und GeoPackage enthalten alle.",
    "The map draws {0} of {1} objects one by one, beginning with what lies in the plan and "
    "concerns an office. The others are put together, layer by layer, to outlines that are larger "
    "than the objects themselves. Table and GeoPackage hold them all.",
)


@dataclass(frozen=True)
class Thinned:
    """A picture as it is drawn, and by layer the objects that are in its tables alone."""

    picture: Picture
    rest: tuple[tuple[Hit, ...], ...]


def thinned(picture: Picture, most: int | None = None) -> Thinned:
    """Return a picture of which some `most` objects are drawn one by one, and those that lie apart
    from all others; unchanged where there are not more.
    """
    most = MOST if most is None else most
    hits = [(k, hit) for k, overlay in enumerate(picture.overlays) for hit in overlay.hits]
    if len(hits) <= most:
        return Thinned(picture, tuple(() for _ in picture.overlays))
    first = sorted(range(len(hits)), key=lambda number: (_rank(hits[number][1]), number))
    chosen = set(first[:most])
    many: dict[int, list[Hit]] = defaultdict(list)
    for number, (layer, hit) in enumerate(hits):
        if number not in chosen:
            many[layer].append(hit)
    cell_m = _cell(picture, many, most)
    layers = [_layer(o, many[k], cell_m, picture.language) for k, o in enumerate(picture.overlays)]
    single = len(hits) - sum(len(rest) for _, rest in layers)
    counts = (_grouped(n, picture.language) for n in (single, len(hits)))
    note = NOTE.in_language(picture.language).format(*counts)
    overlays = tuple(overlay for overlay, _ in layers)
    drawn = replace(picture, overlays=overlays, notes=(note, *picture.notes))
    return Thinned(drawn, tuple(rest for _, rest in layers))


def _layer(
    overlay: Overlay, many: Sequence[Hit], cell_m: float, language: str
) -> tuple[Overlay, tuple[Hit, ...]]:
    """Return a layer as it is drawn, and the objects that are not drawn by themselves."""
    groups: dict[tuple[object, ...], list[Hit]] = defaultdict(list)
    for hit, key in zip(_placed(many), _keys(many, cell_m), strict=True):
        groups[key].append(hit)
    together = [members for members in groups.values() if len(members) > 1]
    alone = {id(members[0]) for members in groups.values() if len(members) == 1}
    rest = tuple(hit for hit in many if id(hit) not in alone)
    left_out = {id(hit) for hit in rest}
    single = [hit for hit in overlay.hits if id(hit) not in left_out]
    outlines = [_outline(members, language) for members in together]
    return replace(overlay, hits=(*single, *outlines)), rest


def _outline(members: Sequence[Hit], language: str) -> Hit:
    first = members[0]
    shapes = shapely.geometrycollections([hit.geometry for hit in members])
    title = TITLE.in_language(language).format(_grouped(len(members), language))
    return Hit(
        id=title,
        title=title,
        relation=first.relation,
        geometry=shapely.convex_hull(shapes),
        offices=first.offices,
        rows=((LABEL.in_language(language), MEANS.in_language(language)),),
        basis=first.basis,
        stands_for=len(members),
    )


def _rank(hit: Hit) -> tuple[int, bool, float]:
    """Return what an object is sorted by: where it lies, whether it matters, how large it is."""
    size = hit.overlap_m2 or hit.length_m or 0.0
    near = hit.distance_m or 0.0
    return (ORDER[hit.relation], not hit.offices, near - size)


def _cell(picture: Picture, many: dict[int, list[Hit]], most: int) -> float:
    """Return the width of a cell (m) with which there are at most `most` of them, if possible."""
    left, bottom, right, top = picture.window
    whole = max(right - left, top - bottom)
    size = whole / CELLS
    while size < whole and sum(len(set(_keys(hits, size))) for hits in many.values()) > most:
        size *= 1.5
    return size


def _keys(hits: Sequence[Hit], cell_m: float) -> Iterator[tuple[object, ...]]:
    """Yield for every object with a place what it is put together by."""
    placed = _placed(hits)
    bounds = shapely.bounds([hit.geometry for hit in placed]).reshape(-1, 4)
    cells = np.floor((bounds[:, :2] + bounds[:, 2:]) / 2 / cell_m).astype(int).tolist()
    for hit, cell in zip(placed, cells, strict=True):
        yield (hit.relation, hit.offices, hit.basis, *cell)


def _placed(hits: Sequence[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.geometry is not None and not hit.geometry.is_empty]


def _grouped(number: int, language: str) -> str:
    text = f"{number:,}"
    return text if language == "en" else text.replace(",", ".")
