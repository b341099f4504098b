"""DXF drawings: closed polylines become areas; the file never says in which CRS."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.parts import single
from gis.problem import Notice, Proposal, Question, Refusal, Text
from layers.reading import ogr, rings
from layers.reading.features import Features, shapes
from layers.reading.profile import Profile
from layers.reading.refusals import notice, refuse

if TYPE_CHECKING:
    from layers.reading.read import Answers

Pair = tuple[int, str]
Entity = tuple[str, list[Pair]]
BOM = b"\xef\xbb\xbf"
MOST_INSERTS, MOST_KNOTS = 1_000, 5_000
MOST_DEEP, MOST_DRAWN = 10, 100_000
MOST_METRES = 1e8  # no CRS in metres has coordinates beyond
MEETING = 0.01  # lines whose ends lie no farther apart are drawn as one
MESHES = frozenset({15, 16})  # types of geometries that are surfaces in space
# What has an area that GDAL passes over without a word.
UNREAD = frozenset(
    {"REGION", "MPOLYGON", "3DSOLID", "BODY", "SURFACE", "PLANESURFACE", "EXTRUDEDSURFACE",
     "LOFTEDSURFACE", "REVOLVEDSURFACE", "SWEPTSURFACE", "NURBSURFACE", "MESH"}
)  # fmt: skip
ELSEWHERE = 4 | 8  # flags of a block that is another drawing
ON_PAPER = (67, "1")  # of what belongs to the sheet, not to the ground


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read the closed outlines of a drawing; what has none is left out and told.

    Raises
    ------
    Refusal
        ``dxf-structure``, ``geometry-nonfinite``, ``coords-out-of-range``, ``geometry-type``.
    Question
        ``ring-unclosed`` for a line that nearly closes; ``dxf-outline-unread`` where there are
        areas that are not drawn as closed lines.
    """
    entities = _entities(_pairs(path))
    _resolvable(entities)
    curved = any(map(_is_curved, entities))
    found = ogr.read(path, ".dxf", None, "dxf-structure", passed=MESHES)
    areas, rows, lines, meshes = [], [], [], 0
    if not np.isfinite(shapely.get_coordinates(found.geometries)).all():
        raise refuse("geometry-nonfinite")
    for shape, row in zip(found.geometries, found.attributes, strict=True):
        if row.get("PaperSpace") or answers.layer not in (None, row.get("Layer")):
            continue
        meshes += shape is None
        for piece in () if shape is None else single(shape):  # those of a block come as one
            area = _area(piece, answers.accept)
            if area is not None:
                areas.append(area)
                rows.append(row)
            elif isinstance(piece, shapely.LineString):
                lines.append(piece)
    if not areas:
        raise refuse("geometry-type")
    if np.abs(shapely.get_coordinates(areas)).max() > MOST_METRES:
        raise Refusal("coords-out-of-range", NO_METRES)
    unread = [
        name
        for name, layer in _unread(entities)
        if None in (layer, answers.layer) or layer == answers.layer
    ]
    if "dxf-outline-unread" not in answers.accept and (unread or _enclosing(lines, areas)):
        raise _outline_unread(unread)
    notices = (notice("curve-linearised"),) if curved else ()
    left_out = _left_out(len(lines), meshes)
    return Features(
        shapes(areas), tuple(rows), None, "dxf", answers.layer, notices=notices + left_out
    )


def _area(shape: shapely.Geometry, accept: frozenset[str]) -> shapely.Geometry | None:
    if isinstance(shape, shapely.LineString):
        return rings.from_lines(shape, accept)
    return shape if shapely.get_dimensions(shape) == 2 else None


def _enclosing(lines: list[shapely.LineString], areas: list[shapely.Geometry]) -> bool:
    """Tell whether lines make up an outline together, end by end, beyond the areas that are read:
    a house drawn within them takes nothing away.
    """
    if not lines:
        return False
    near = shapely.set_precision(lines, MEETING, mode="pointwise")
    cells = shapely.get_parts(shapely.polygonize(near))
    read = shapely.buffer(shapely.union_all(shapely.make_valid(areas)), MEETING)
    return not shapely.covers(read, cells).all()


def _unread(entities: list[Entity]) -> Iterator[tuple[str, str | None]]:
    """Yield the name and layer of what has an area, or may have one, and is not read: solids and
    regions, other drawings, and blocks that are not there. In a block the layer is None.
    """
    told = ("BLOCK", "ENDBLK", "INSERT", *UNREAD)
    valued = [(name, dict(pairs)) for name, pairs in entities if name in told]
    drawn = {_block(values) for name, values in valued if name == "INSERT"}
    blocks = {_block(values): _count(values.get(70)) for name, values in valued if name == "BLOCK"}
    block = ""
    for name, values in valued:
        if name in ("BLOCK", "ENDBLK"):
            block = _block(values)  # none at its end
        elif ON_PAPER in values.items() or (block and block not in drawn):
            continue
        elif name in UNREAD or _elsewhere(_block(values), blocks):
            yield name, None if block else values.get(8)


def _block(values: dict[int, str]) -> str:
    return values.get(2, "")


def _elsewhere(block: str, flags: dict[str, int]) -> bool:
    return block not in flags or bool(flags[block] & ELSEWHERE)


def _outline_unread(unread: list[str]) -> Question:
    """Return the question whether to do without outlines that are not drawn as closed lines."""
    counted = [(n, INSERTED if name == "INSERT" else Text(name, name))
               for name, n in Counter(unread).most_common()]  # fmt: skip
    names = [Text(f"{n} {name.de}", f"{n} {name.en}") for n, name in counted]
    what = Text(", ".join(n.de for n in names), ", ".join(n.en for n in names))
    what = what if unread else FROM_LINES
    return Question(
        "dxf-outline-unread",
        Text(
            f"Die Zeichnung enthält Flächen, die nicht als geschlossene Polylinien gezeichnet sind "
            f"und nicht gelesen werden ({what.de}). Was zur Planung gehört, bitte zu geschlossenen "
            f"Polylinien verbinden; sollen sie sonst übergangen werden?",
            f"The drawing holds areas that are not drawn as closed polylines and are not read "
            f"({what.en}). Join what belongs to the plan to closed polylines; pass them over "
            f"otherwise?",
        ),
        (Proposal(ONLY_CLOSED, "--accept dxf-outline-unread"),),
    )


def _left_out(lines: int, meshes: int) -> tuple[Notice, ...]:
    """Return what is said of lines and meshes that were passed over."""
    if not lines + meshes:
        return ()
    many = [(lines, "offene Linien", "open lines"), (meshes, "räumliche Netze", "meshes in space")]
    de = ", ".join(f"{name} ({number})" for number, name, _ in many if number)
    en = ", ".join(f"{name} ({number})" for number, _, name in many if number)
    text = Text(
        f"Gelesen wurden die geschlossenen Umrisse der Zeichnung; übergangen wurden: {de}.",
        f"The closed outlines of the drawing were read; passed over were: {en}.",
    )
    return (Notice("dxf-lines-dropped", text),)


def _is_curved(entity: Entity) -> bool:
    name, pairs = entity
    bulging = name in ("LWPOLYLINE", "VERTEX") and any(
        code == 42 and value.strip("+-0.") for code, value in pairs
    )
    return bulging or name in ("ARC", "CIRCLE", "ELLIPSE", "SPLINE")


def _pairs(path: Path) -> list[Pair]:
    lines = path.read_bytes().removeprefix(BOM).splitlines()  # of bytes: at ends of lines alone
    values = [line.decode("cp1252", "replace").strip() for line in lines[1::2]]
    try:
        return [(int(code), value) for code, value in zip(lines[::2], values, strict=False)]
    except ValueError as error:
        raise refuse("dxf-structure") from error


def _entities(pairs: list[Pair]) -> list[Entity]:
    found: list[Entity] = []
    for code, value in pairs:
        if code == 0:
            found.append((value, []))
        elif found:
            found[-1][1].append((code, value))
    return found


def _resolvable(entities: list[Entity]) -> None:
    """Refuse blocks that hold themselves, arrays of thousands, and splines without end."""
    inside: dict[str, Counter[str]] = {}
    block = ""
    for name, pairs in entities:
        values = dict(pairs)
        if name == "BLOCK":
            block = values.get(2, "")
        elif name == "ENDBLK":
            block = ""
        elif name == "INSERT":
            copies = _count(values.get(70)) * _count(values.get(71))
            if copies > MOST_INSERTS:
                raise refuse("dxf-structure")
            inside.setdefault(block, Counter())[values.get(2, "")] += copies
        elif name == "SPLINE" and max(_count(values.get(c)) for c in (72, 73, 74)) > MOST_KNOTS:
            raise refuse("dxf-structure")
    _drawable(inside)


def _count(text: str | None) -> int:
    try:
        return max(1, int(text or 1))
    except ValueError as error:
        raise refuse("dxf-structure") from error


def _drawable(inside: dict[str, Counter[str]]) -> None:
    """Refuse a block that holds itself, directly or through others, or nests ten deep, and what
    would be drawn too often.
    """
    known: dict[str, int] = {}

    def drawn(block: str, above: frozenset[str]) -> int:
        if block in above or len(above) > MOST_DEEP:
            raise refuse("dxf-structure")
        if block not in known:
            inner = inside.get(block, Counter())
            below = above | {block}
            known[block] = 1 + sum(n * drawn(b, below) for b, n in inner.items())
        if known[block] > MOST_DRAWN:
            raise refuse("dxf-structure")
        return known[block]

    for block in inside:
        drawn(block, frozenset())


NO_METRES = Text(
    "Die Koordinaten der Zeichnung sind zu groß für Meter (gezeichnet in Millimetern?); bitte auf "
    "Meter umrechnen, amtliche Koordinaten verwenden und neu speichern.",
    "The coordinates of the drawing are too large for metres (drawn in millimetres?); scale it to "
    "metres, use official coordinates and save it again.",
)
INSERTED = Text(
    "andere Zeichnung oder Block, der fehlt (bitte einbinden)",
    "other drawing, or block that is missing (bind it)",
)
FROM_LINES = Text("Umrisse aus einzelnen Linien", "outlines made of single lines")
ONLY_CLOSED = Text("nur die geschlossenen Umrisse nehmen", "take only the closed outlines")
