"""GML feature collections and XPlanGML, without GDAL: nothing is fetched, guessed or left out."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from lxml.etree import QName
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.crs import crs_from
from layers.reading import xml, xplan
from layers.reading.features import Attributes, Features, shapes
from layers.reading.geojson import announced
from layers.reading.gmlshape import GEOMETRIES, Shaper
from layers.reading.profile import Profile
from layers.reading.refusals import notice, refuse, which
from layers.reading.xml import children, local

if TYPE_CHECKING:
    from layers.reading.read import Answers

MEMBERS = ("featureMember", "featureMembers", "member", "members")
AUTHORITY = re.compile(r"^(?:urn:|https?://www\.opengis\.net/def/)", re.IGNORECASE)


def read(path: Path, profile: Profile, answers: "Answers") -> Features:
    """Read a GML document; the outline of the plan where it is XPlanGML.

    Coordinates named by URN come in the order the authority defines, others x before y.
    """
    seen = xml.scan(path)
    if seen.root in ("ExceptionReport", "ServiceExceptionReport"):
        raise refuse("service-exception")
    crs = _one_crs(seen)
    root = xml.parse(path)
    shaper = Shaper(answers.accept, dimension=_dimension(crs))
    plan = xplan.plan_element(root)
    name: str | None
    if plan is not None:
        found, rows, name, document = xplan.outline(root, plan, shaper)
    else:
        found, rows, name = _collection(root, shaper, answers.layer, profile)
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


def _one_crs(seen: xml.Scan) -> str | None:
    """Return the one CRS of a document; several names for the same CRS are one."""
    named = {crs_from(name): name for name in sorted(seen.srs)}
    if len(named) > 1:
        raise refuse("crs-mixed")
    return next(iter(named.values()), None)


def _dimension(crs: str | None) -> int:
    """Return how many numbers a place has under a CRS: three where it has heights."""
    if crs is None:
        return 2
    try:
        return len(CRS.from_user_input(crs).axis_info)
    except CRSError:  # a form only `crs_from` understands, none of which has heights
        return 2


def northing_first(name: str) -> bool:
    """Tell whether coordinates under this name come northing (or latitude) first."""
    if not AUTHORITY.match(name):
        return False
    axis = crs_from(name).axis_info
    return bool(axis) and axis[0].direction == "north"


def _turned(geometry: Any) -> Any:
    return shapely.transform(geometry, lambda xy: xy[:, ::-1])


def _collection(
    root: Any, shaper: Shaper, chosen: str | None, profile: Profile
) -> tuple[list[Any], list[Attributes], str | None]:
    features = [f for holder in root.iter() if local(holder) in MEMBERS for f in children(holder)]
    lacking = announced(root.get("numberMatched")) > len(features)
    if lacking and "features-incomplete" not in shaper.accept:
        raise refuse("features-incomplete")
    if not features:
        if profile.gaps:
            return [], [], None
        raise refuse("no-features")
    with_geometry = {local(f) for f in features if _geometry_of(f) is not None}
    names = sorted(with_geometry or {local(f) for f in features})
    if chosen is not None and chosen not in names:
        raise which("layer-multiple", names, chosen)
    if chosen is None and len(names) > 1:
        raise which("layer-multiple", names)
    name = chosen or names[0]
    mine = [f for f in features if local(f) == name]
    found = [(None if (g := _geometry_of(f)) is None else shaper.shape(g)) for f in mine]
    return found, [_row(f) for f in mine], name


def _geometry_of(feature: Any) -> Any | None:
    for child in children(feature):
        if local(child) != "boundedBy":
            for inner in children(child):
                if local(inner) in GEOMETRIES:
                    return inner
    return None


def _row(feature: Any) -> Attributes:
    row = {
        local(c): (c.text or "").strip() or None
        for c in children(feature)
        if not children(c) and local(c) != "boundedBy"
    }
    names = [v for k, v in feature.attrib.items() if QName(k).localname in ("id", "fid")]
    return {"gml_id": names[0], **row} if names else row
