"""GML feature collections and XPlanGML, without GDAL: nothing is fetched, guessed or left out."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from lxml.etree import QName
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from gis.crs import crs_from, with_heights
from gis.problem import Problem
from layers.reading import xml, xplan
from layers.reading.features import Attributes, Features, shapes
from layers.reading.gmlfeatures import (
    Held,
    by_property,
    complete,
    features,
    held,
    is_page,
    largest,
    own,
    present,
    whole,
)
from layers.reading.gmllinks import Links
from layers.reading.gmlshape import UNPLACED, Shaper, together
from layers.reading.profile import Profile
from layers.reading.refusals import notice, refuse, which
from layers.reading.xml import children, local

if TYPE_CHECKING:
    from layers.reading.read import Answers

FAILED = {"ExceptionReport", "ServiceExceptionReport", "truncatedResponse"}
AUTHORITY = re.compile(r"^(?:urn:|https?://www\.opengis\.net/def/)", re.IGNORECASE)


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read a GML document; the outline of the plan where it is XPlanGML.

    Coordinates named by URN come in the order the authority defines, others x before y.
    """
    seen = xml.scan(path)
    if FAILED & seen.tags:  # also in the midst of features: the service gave up there
        raise refuse("service-exception")
    crs, dimension = _one_crs(seen)
    root = xml.parse(path)
    shaper = Shaper(answers.accept, dimension, Links(profile.most_bytes))
    if "features-incomplete" not in answers.accept and is_page(root, shaper):
        raise refuse("features-incomplete")
    # Of a layer every feature is wanted, with its attributes, and none is the plan.
    plan = None if profile.gaps else xplan.plan_element(root, answers.layer)
    name: str | None
    if plan is not None:
        found, rows, name, document = xplan.outline(root, plan, shaper)
    else:
        found, rows, name = _collection(features(root, shaper), shaper, answers.layer, profile)
        document = {}
    if crs is not None and northing_first(crs):
        found = [None if g is None else _turned(g) for g in found]
        document = {
            **document,
            "parts": tuple((r, n, _turned(g)) for r, n, g in document.get("parts", ())),
        }
    notices = [
        notice(code)
        for code, applies in (
            ("xml-schema-ignored", seen.schema and plan is None),
            ("parts-unreadable", bool(document.get("unreadable_roles"))),
            ("curve-linearised", shaper.curved),
            ("z-dropped", shaper.heights),
        )
        if applies
    ]
    kind = "xplangml" if plan is not None else "gml"
    return Features(shapes(found), tuple(rows), crs, kind, name, document, tuple(notices))


def _one_crs(seen: xml.Scan) -> tuple[str | None, int]:
    """Return the one CRS of a document, and how many numbers a place has under it.

    Several names for the same CRS are one, as long as they mean the same order and number.
    """
    names = sorted(seen.srs)
    read = {(crs_from(name), northing_first(name), _dimension(name)) for name in names}
    if len(read) > 1:
        raise refuse("crs-mixed")
    return next(((names[-1].strip(), size) for _, _, size in read), (None, 2))


def _dimension(crs: str) -> int:
    """Return how many numbers a place has under a CRS: three where it has heights."""
    if with_heights(crs):
        return 3
    try:
        return len(CRS.from_user_input(crs.strip()).axis_info)
    except CRSError:  # a form only `crs_from` understands
        return 2


def northing_first(name: str) -> bool:
    """Tell whether coordinates under this name come northing (or latitude) first."""
    if not AUTHORITY.match(name.strip()):
        return False
    axis = crs_from(name).axis_info
    return bool(axis) and axis[0].direction == "north"


def _turned(geometry: Any) -> Any:
    return shapely.transform(geometry, lambda xy: xy[:, ::-1])


def _collection(
    those: Sequence[Any], shaper: Shaper, chosen: str | None, profile: Profile
) -> tuple[list[Any], list[Attributes], str | None]:
    if not those:
        if profile.gaps:
            return [], [], None
        raise refuse("no-features")
    found = [list(held(f, shaper)) for f in those]
    ways = own(present(found)) if profile.gaps else complete(found)
    with_geometry = {local(f) for f, parts in zip(those, ways, strict=True) if parts}
    names = sorted(with_geometry or {local(f) for f in those})
    kind, _, way = (chosen or "").partition("/")
    if (chosen is not None and kind not in names) or (chosen is None and len(names) > 1):
        raise which("layer-multiple", names, chosen)
    name = kind or names[0]
    mine = [(f, parts) for f, parts in zip(those, ways, strict=True) if local(f) == name]
    properties = list(dict.fromkeys(w for _, parts in mine for w, _ in parts))
    if way and way not in properties:
        raise which("layer-multiple", _of_kind(name, properties), chosen)
    # Whatever has nothing under the chosen name is not lost for that.
    wanted = [[(w, e) for w, e in parts if w == way] or parts for _, parts in mine]
    shapes = [_drawn(parts, shaper, gaps=profile.gaps) for parts in wanted]
    single = [_one(drawn, _of_kind(name, properties), gaps=profile.gaps) for drawn in shapes]
    return single, [_row(f) for f, _ in mine], name


def _drawn(parts: Held, shaper: Shaper, *, gaps: bool) -> dict[str, BaseGeometry]:
    """Return the geometries of a feature by property; of a layer none where one is not read or not
    whole: the object may lie anywhere then, and costs no other its place.
    """
    try:
        return by_property(parts, shaper)
    except Problem as problem:
        if gaps and problem.code in UNPLACED:
            return {}
        raise


def _of_kind(name: str, properties: Sequence[str]) -> list[str]:
    return [f"{name}/{way}" for way in properties]


def _one(
    shapes: Mapping[str, BaseGeometry], names: list[str], *, gaps: bool
) -> BaseGeometry | None:
    """Return the one geometry of a feature, a collection where it has areas, lines or points as
    well; None without any.

    Raises
    ------
    Question
        ``layer-multiple`` where several of its properties hold an area, or a line.
    """
    if not shapes:
        return None
    if (outer := whole(shapes)) is not None:
        return outer
    if gaps:  # of a layer nobody can be asked: its object lies wherever it might; labels aside
        drawn = [s for s in shapes.values() if shapely.get_dimensions(s) > 0]
        return together(drawn or list(shapes.values()))
    most = largest(shapes)
    outer = whole(most)
    if outer is None:
        raise which("layer-multiple", names)
    return together([outer, *(s for way, s in shapes.items() if way not in most)])


def _row(feature: Any) -> Attributes:
    row = {
        local(c): (c.text or "").strip() or None
        for c in children(feature)
        if not children(c) and local(c) != "boundedBy"
    }
    names = [v for k, v in feature.attrib.items() if QName(k).localname in ("id", "fid")]
    return {"gml_id": names[0], **row} if names else row
