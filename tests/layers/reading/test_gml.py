import math
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis.problem import Question, Refusal
from layers import reading

NAMESPACES = {
    "3.1": 'xmlns:gml="http://www.opengis.net/gml"',
    "3.2": 'xmlns:gml="http://www.opengis.net/gml/3.2"',
}
SQUARE = "330000 5670000 330100 5670000 330100 5670100 330000 5670100 330000 5670000"
BOX = shapely.box(330_000, 5_670_000, 330_100, 5_670_100)


def document(*members: str, version: str = "3.2", root: str = "", prologue: str = "") -> str:
    inner = "".join(f"<gml:featureMember>{m}</gml:featureMember>" for m in members)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prologue}<gml:FeatureCollection '
        f'{NAMESPACES[version]} xmlns:xlink="http://www.w3.org/1999/xlink" {root}>'
        f"{inner}</gml:FeatureCollection>"
    )


def feature(geometry: str, name: str = "Gebiet", more: str = "", gml_id: str = "g1") -> str:
    return f'<{name} gml:id="{gml_id}"><geom>{geometry}</geom>{more}</{name}>'


def polygon(ring: str = SQUARE, crs: str = "EPSG:25833", *holes: str) -> str:
    inner = "".join(
        f"<gml:interior><gml:LinearRing><gml:posList>{h}</gml:posList></gml:LinearRing>"
        "</gml:interior>"
        for h in holes
    )
    return (
        f'<gml:Polygon srsName="{crs}"><gml:exterior><gml:LinearRing><gml:posList>{ring}'
        f"</gml:posList></gml:LinearRing></gml:exterior>{inner}</gml:Polygon>"
    )


def surface(segments: str) -> str:
    return (
        '<gml:Surface srsName="EPSG:25833"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring>'
        f"<gml:curveMember><gml:Curve><gml:segments>{segments}</gml:segments></gml:Curve>"
        "</gml:curveMember></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches>"
        "</gml:Surface>"
    )


def read(tmp_path: Path, text: str | bytes, **options: Any) -> reading.Features:
    path = tmp_path / "plan.gml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return reading.read(path, **options)


def code_of(tmp_path: Path, text: str | bytes, **options: Any) -> str:
    with pytest.raises(Refusal) as caught:
        read(tmp_path, text, **options)
    return caught.value.code


@pytest.mark.parametrize("version", ["3.1", "3.2"])
def test_geometry_attributes_and_crs(tmp_path: Path, version: str) -> None:
    more = "<name>Größe</name><leer/><boundedBy>x</boundedBy><tief><a>1</a></tief>"
    found = read(tmp_path, document(feature(polygon(), more=more), version=version))
    assert found.crs == "EPSG:25833"
    assert (found.format, found.layer) == ("gml", "Gebiet")
    assert shapely.equals(found.geometries[0], BOX)
    assert found.attributes == ({"gml_id": "g1", "name": "Größe", "leer": None},)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_the_encoding_is_the_one_declared(tmp_path: Path, encoding: str) -> None:
    text = document(feature(polygon(), more="<name>Größe</name>")).replace("UTF-8", encoding)
    assert read(tmp_path, text.encode(encoding)).attributes[0]["name"] == "Größe"


@pytest.mark.parametrize(
    ("crs", "turned"),
    [
        ("EPSG:4326", False),
        ("http://www.opengis.net/gml/srs/epsg.xml#4326", False),
        ("urn:ogc:def:crs:EPSG::4326", True),
        ("urn:ogc:def:crs:EPSG::4258", True),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", True),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", False),
    ],
)
def test_longitude_comes_before_latitude_whatever_the_document_says(
    tmp_path: Path, crs: str, turned: bool
) -> None:
    pairs = [(12.5, 51.2), (12.6, 51.2), (12.6, 51.3), (12.5, 51.2)]
    ring = " ".join(f"{y} {x}" if turned else f"{x} {y}" for x, y in pairs)
    found = read(tmp_path, document(feature(polygon(ring, crs))))
    assert shapely.get_coordinates(found.geometries).tolist() == [list(p) for p in pairs]


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:EPSG::25833", "urn:ogc:def:crs:EPSG::5650"])
def test_an_authority_that_puts_east_first_is_left_alone(tmp_path: Path, crs: str) -> None:
    found = read(tmp_path, document(feature(polygon(SQUARE, crs))))
    assert found.geometries[0].bounds[0] == 330_000


def test_gauss_krueger_by_urn_comes_northing_first(tmp_path: Path) -> None:
    ring = "5670000 4530000 5670000 4530100 5670100 4530100 5670000 4530000"
    found = read(tmp_path, document(feature(polygon(ring, "urn:ogc:def:crs:EPSG::31468"))))
    assert found.geometries[0].bounds[:2] == (4_530_000, 5_670_000)


@pytest.mark.parametrize(
    "geometry",
    [
        polygon(),
        f'<gml:MultiSurface srsName="EPSG:25833"><gml:surfaceMember>{polygon()}'
        "</gml:surfaceMember></gml:MultiSurface>",
        '<gml:Polygon srsName="EPSG:25833"><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>'
        "330000,5670000 330100,5670000 330100,5670100\n330000,5670100 330000,5670000"
        "</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs></gml:Polygon>",
        '<gml:Polygon srsName="EPSG:25833"><gml:exterior><gml:LinearRing>'
        + "".join(
            f"<gml:pos>{x} {y}</gml:pos>"
            for x, y in shapely.get_coordinates(shapely.normalize(BOX)).tolist()
        )
        + "</gml:LinearRing></gml:exterior></gml:Polygon>",
        '<gml:Polygon srsName="EPSG:25833"><gml:exterior><gml:Ring><gml:curveMember>'
        "<gml:LineString><gml:posList>330000 5670000 330100 5670000 330100 5670100</gml:posList>"
        "</gml:LineString></gml:curveMember><gml:curveMember><gml:OrientableCurve orientation='-'>"
        "<gml:baseCurve><gml:LineString><gml:posList>330000 5670000 330000 5670100 330100 5670100"
        "</gml:posList></gml:LineString></gml:baseCurve></gml:OrientableCurve></gml:curveMember>"
        "</gml:Ring></gml:exterior></gml:Polygon>",
        surface(
            f"<gml:LineStringSegment><gml:posList>{SQUARE}</gml:posList></gml:LineStringSegment>"
        ),
    ],
)
def test_the_ways_to_write_a_square(tmp_path: Path, geometry: str) -> None:
    found = read(tmp_path, document(feature(geometry)))
    assert shapely.equals(found.geometries[0], BOX)
    assert not found.notices


def test_holes(tmp_path: Path) -> None:
    hole = "330010 5670010 330020 5670010 330020 5670020 330010 5670020 330010 5670010"
    (found,) = read(tmp_path, document(feature(polygon(SQUARE, "EPSG:25833", hole)))).geometries
    assert (found.area, len(found.interiors)) == (9_900, 1)


def test_patches_of_a_surface_are_one_area(tmp_path: Path) -> None:
    ring = "330100 5670000 330200 5670000 330200 5670100 330100 5670100 330100 5670000"
    patches = "".join(
        f"<gml:PolygonPatch><gml:exterior><gml:LinearRing><gml:posList>{r}</gml:posList>"
        "</gml:LinearRing></gml:exterior></gml:PolygonPatch>"
        for r in (SQUARE, ring)
    )
    geometry = (
        f'<gml:Surface srsName="EPSG:25833"><gml:patches>{patches}</gml:patches></gml:Surface>'
    )
    (found,) = read(tmp_path, document(feature(geometry))).geometries
    assert (found.geom_type, found.area) == ("Polygon", 20_000)


@pytest.mark.parametrize(
    ("geometry", "kind", "measure"),
    [
        ("<gml:Point><gml:pos>1 2</gml:pos></gml:Point>", "Point", 0),
        (
            "<gml:LineString><gml:posList>0 0 3 4</gml:posList></gml:LineString>",
            "LineString",
            5,
        ),
        (
            "<gml:Curve><gml:segments><gml:LineStringSegment><gml:posList>0 0 3 4</gml:posList>"
            "</gml:LineStringSegment><gml:LineStringSegment><gml:posList>3 4 6 8</gml:posList>"
            "</gml:LineStringSegment></gml:segments></gml:Curve>",
            "LineString",
            10,
        ),
        (
            "<gml:MultiCurve><gml:curveMember><gml:LineString><gml:posList>0 0 3 4</gml:posList>"
            "</gml:LineString></gml:curveMember><gml:curveMember><gml:LineString><gml:posList>"
            "9 9 9 10</gml:posList></gml:LineString></gml:curveMember></gml:MultiCurve>",
            "MultiLineString",
            6,
        ),
        (
            "<gml:MultiPoint><gml:pointMember><gml:Point><gml:pos>1 2</gml:pos></gml:Point>"
            "</gml:pointMember><gml:pointMember><gml:Point><gml:pos>3 4</gml:pos></gml:Point>"
            "</gml:pointMember></gml:MultiPoint>",
            "MultiPoint",
            0,
        ),
    ],
)
def test_lines_and_points(tmp_path: Path, geometry: str, kind: str, measure: float) -> None:
    geometry = geometry.replace(">", ' srsName="EPSG:25833">', 1)
    (found,) = read(tmp_path, document(feature(geometry))).geometries
    assert (found.geom_type, found.length) == (kind, measure)


@pytest.mark.parametrize(
    ("segments", "area"),
    [
        (
            "<gml:Arc><gml:posList>0 0 50 50 100 0</gml:posList></gml:Arc><gml:LineStringSegment>"
            "<gml:posList>100 0 0 0</gml:posList></gml:LineStringSegment>",
            math.pi * 1250,
        ),
        (
            "<gml:ArcString><gml:posList>0 0 50 50 100 0 50 -50 0 0</gml:posList></gml:ArcString>",
            math.pi * 2500,
        ),
        ("<gml:Circle><gml:posList>0 0 50 50 100 0</gml:posList></gml:Circle>", math.pi * 2500),
        ("<gml:Circle><gml:posList>0 0 50 50 50 -50</gml:posList></gml:Circle>", math.pi * 2500),
    ],
)
def test_arcs(tmp_path: Path, segments: str, area: float) -> None:
    found = read(tmp_path, document(feature(surface(segments))))
    assert found.geometries[0].area == pytest.approx(area, rel=1e-5)
    assert [n.code for n in found.notices] == ["curve-linearised"]


@pytest.mark.parametrize(
    ("crs", "dimension"),
    [("EPSG:25833", ' srsDimension="3"'), ("urn:ogc:def:crs:EPSG::5556", "")],
)
def test_heights_are_dropped(tmp_path: Path, crs: str, dimension: str) -> None:
    """The CRS says so where the coordinates do not: 25833 with heights is 5556."""
    ring = "330000 5670000 9 330100 5670000 9 330100 5670100 9 330000 5670000 9"
    geometry = polygon(ring, crs).replace("<gml:posList", f"<gml:posList{dimension}")
    found = read(tmp_path, document(feature(geometry)))
    assert found.geometries[0].area == 5_000
    assert [n.code for n in found.notices] == ["z-dropped"]


POINT = "<gml:Point><gml:pos>5 6</gml:pos></gml:Point>"
LINE = "<gml:LineString><gml:posList>0 0 3 4</gml:posList></gml:LineString>"


def several(*inner: str) -> str:
    members = "".join(f"<gml:geometryMember>{g}</gml:geometryMember>" for g in inner)
    return f'<gml:MultiGeometry srsName="EPSG:25833">{members}</gml:MultiGeometry>'


def test_several_geometries_of_one_dimension(tmp_path: Path) -> None:
    for inner, area, length in ((polygon(), 10_000, 400), (LINE, 0, 5), (POINT, 0, 0)):
        (found,) = read(tmp_path, document(feature(several(inner)))).geometries
        assert (found.area, found.length) == (area, length)
    apart = polygon("1 1 2 1 2 2 1 1")
    (found,) = read(tmp_path, document(feature(several(polygon(), apart)))).geometries
    assert found.geom_type == "MultiPolygon"
    bow_tie = polygon("0 0 2 2 2 0 0 2 0 0")
    (found,) = read(tmp_path, document(feature(several(polygon(), bow_tie)))).geometries
    assert len(found.geoms) == 2  # as written: repairing comes later, and is told
    (found,) = read(tmp_path, document(feature(several(polygon(), POINT)))).geometries
    assert found.geom_type == "GeometryCollection"  # as in GeoJSON: intake asks about it
    (found,) = read(tmp_path, document(feature(several(POINT, LINE)))).geometries
    assert found.geom_type == "GeometryCollection"


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (several(), "geometry-empty"),
        ("<gml:Point/>", "geometry-empty"),
        ("<gml:Point><gml:pos/></gml:Point>", "xml-malformed"),
        ("<gml:LineString><gml:pos>1 2</gml:pos></gml:LineString>", "geometry-invalid"),
        ("<gml:Curve><gml:segments/></gml:Curve>", "geometry-empty"),
        ("<gml:MultiSurface/>", "geometry-empty"),
        ("<gml:Point><gml:pos>1</gml:pos></gml:Point>", "xml-malformed"),
        ("<gml:Point srsDimension='x'><gml:pos>1 2 3 4</gml:pos></gml:Point>", "xml-malformed"),
        ("<gml:Point><gml:pos>1 2</gml:pos><gml:pos>3 4</gml:pos></gml:Point>", "xml-malformed"),
        (
            "<gml:LineString><gml:pos>1 2</gml:pos><gml:posList>3 4 5 6</gml:posList>"
            "</gml:LineString>",
            "xml-malformed",
        ),
        (several("<gml:Solid/>"), "geometry-type"),
        (
            "<gml:MultiSurface><gml:surfaceMember><gml:LineString/></gml:surfaceMember>"
            "</gml:MultiSurface>",
            "geometry-type",
        ),
    ],
)
def test_geometries_that_are_none(tmp_path: Path, geometry: str, code: str) -> None:
    assert code_of(tmp_path, document(feature(geometry))) == code


def test_kinds_of_features_are_asked_for(tmp_path: Path) -> None:
    text = document(feature(polygon(), "Wald"), feature(polygon(), "Acker"), "<Text/>")
    with pytest.raises(Question) as caught:
        read(tmp_path, text)
    assert (caught.value.code, len(caught.value.proposals)) == ("layer-multiple", 2)
    assert read(tmp_path, text, layer="Wald").layer == "Wald"


def test_a_kind_that_is_not_there_is_never_replaced_by_another(tmp_path: Path) -> None:
    with pytest.raises(Question):
        read(tmp_path, document(feature(polygon(), "Wald")), layer="Acker")


def test_features_without_geometry(tmp_path: Path) -> None:
    text = document(feature(polygon()), '<Gebiet gml:id="g2"/>')
    assert [n.code for n in read(tmp_path, text).notices] == ["geometry-null-dropped"]
    assert code_of(tmp_path, document("<Gebiet/>")) == "no-geometry"
    assert len(read(tmp_path, text, profile=reading.SOURCE).geometries) == 2


def test_collections_inside_collections(tmp_path: Path) -> None:
    """As WFS 2 answers several queries."""
    inner = f"<wfs:member>{feature(polygon())}</wfs:member>"
    text = (
        f'<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" {NAMESPACES["3.2"]} '
        'numberMatched="1" numberReturned="1"><wfs:member><wfs:FeatureCollection>'
        f"{inner}</wfs:FeatureCollection></wfs:member></wfs:FeatureCollection>"
    )
    assert len(read(tmp_path, text).geometries) == 1


@pytest.mark.parametrize("count", ["numberReturned", "numberOfFeatures"])
def test_less_than_a_service_says_it_sent_is_incomplete(tmp_path: Path, count: str) -> None:
    text = document(feature(polygon()), root=f'{count}="2"')
    assert code_of(tmp_path, text) == "features-incomplete"
    assert len(read(tmp_path, text.replace('"2"', '"1"')).geometries) == 1


def test_one_page_of_many_is_incomplete(tmp_path: Path) -> None:
    page = document(feature(polygon()), root='numberMatched="2500" numberReturned="1"')
    for profile in (reading.UPLOAD, reading.SOURCE):
        assert code_of(tmp_path, page, profile=profile) == "features-incomplete"
    unknown = document(feature(polygon()), root='numberMatched="unknown"')
    assert len(read(tmp_path, unknown).geometries) == 1


NEXT = "330200 5670000 330300 5670000 330300 5670100 330200 5670100 330200 5670000"


def named(geometry: str, gml_id: str = "P2") -> str:
    """Return a geometry with an id, as another property has it."""
    return f"<teil>{geometry.replace('>', f' gml:id={gml_id!r}>', 1)}</teil>"


def surfaces(*members: str) -> str:
    return f'<gml:MultiSurface srsName="EPSG:25833">{"".join(members)}</gml:MultiSurface>'


def line_of(places: str) -> str:
    return f"<gml:LineString><gml:posList>{places}</gml:posList></gml:LineString>"


def pieces(*lines: str) -> str:
    """Return a polygon whose ring is made of several lines."""
    inner = "".join(f"<gml:curveMember>{line_of(line)}</gml:curveMember>" for line in lines)
    return (
        '<gml:Polygon srsName="EPSG:25833"><gml:exterior><gml:Ring>'
        f"{inner}</gml:Ring></gml:exterior></gml:Polygon>"
    )


START = "330000 5670000 330100 5670000"


EDGE = "330100 5670000 330100 5670100 330000 5670100"
SHARED = pieces(START, EDGE, "330000 5670100 330000 5670000").replace(
    f"<gml:curveMember>{line_of(EDGE)}</gml:curveMember>", '<gml:curveMember xlink:href="#P2"/>'
)
LINKED = '<gml:surfaceMember xlink:href="#P2"/>'
HERE = f"<gml:surfaceMember>{polygon()}</gml:surfaceMember>"


@pytest.mark.parametrize(
    ("text", "area"),
    [
        (document(feature(surfaces(HERE, LINKED), more=named(polygon(NEXT)))), 20_000),
        (document(feature(surfaces(LINKED), more=named(polygon(NEXT)))), 10_000),
        (document('<Gebiet><geom xlink:href="#P2"/></Gebiet>', f"<A>{named(polygon())}</A>"), 1e4),
        (document(feature(SHARED, more=named(line_of(EDGE)))), 10_000),
    ],
)  # fmt: skip
def test_a_link_within_the_document_stands_for_what_it_leads_to(
    tmp_path: Path, text: str, area: float
) -> None:
    (found,) = read(tmp_path, text, layer="Gebiet").geometries
    assert found.area == area


AROUND = surfaces(HERE, LINKED).replace("<gml:MultiSurface", '<gml:MultiSurface gml:id="P2"')
TWICE = named(polygon(NEXT)) + named(polygon(NEXT))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (document(feature(surfaces(HERE, LINKED))), "xml-xlink-remote"),
        (document(feature(surfaces(HERE, LINKED), more=TWICE)), "xml-malformed"),
        (document(feature(surfaces(HERE, LINKED), gml_id="P2")), "xml-depth"),
        (document(feature(AROUND)), "xml-depth"),
        (document(feature(surfaces(HERE, LINKED), more=named(LINE))), "geometry-type"),
        (document('<Gebiet><geom xlink:href="#weg"/></Gebiet>'), "xml-xlink-remote"),
        # No name of a geometry by itself, but it holds one in another object.
        (document(f"<F><umring>{polygon()}</umring></F>",
                  '<F><umring xlink:href="http://127.0.0.1:9/a#b"/></F>'), "xml-xlink-remote"),
        (document(feature(polygon()), '<F><surfaceProperty xlink:href="http://127.0.0.1:9/"/></F>'),
         "xml-xlink-remote"),
        (document(feature(polygon())).replace(
            "</gml:FeatureCollection>",
            '<gml:featureMember xlink:href="#f2"/></gml:FeatureCollection>'), "xml-xlink-remote"),
    ],
)  # fmt: skip
def test_a_link_that_leads_nowhere_or_round_is_refused(
    tmp_path: Path, text: str, code: str
) -> None:
    assert code_of(tmp_path, text) == code


def test_links_that_multiply_end_in_time(tmp_path: Path) -> None:
    """Each of seven surfaces links to the next one a thousand times."""
    bomb = "".join(
        named(surfaces(LINKED.replace("P2", f"P{n + 1}") * 1_000), f"P{n}") for n in range(7)
    )
    text = document(feature(surfaces(LINKED.replace("P2", "P0")), more=bomb))
    assert code_of(tmp_path, text) == "plan-too-large"


def test_a_link_to_a_list_of_words_is_no_geometry(tmp_path: Path) -> None:
    link = '<geometryType xlink:href="https://registry.gdi-de.org/codelist/de.xyz/flaeche"/>'
    assert len(read(tmp_path, document(feature(polygon(), more=link))).geometries) == 1


def test_a_member_may_link_to_a_feature_that_was_sent_before(tmp_path: Path) -> None:
    again = document(feature(polygon()), root='numberReturned="2"').replace(
        "</gml:FeatureCollection>", '<gml:featureMember xlink:href="#g1"/></gml:FeatureCollection>'
    )
    assert len(read(tmp_path, again).geometries) == 1


@pytest.mark.parametrize(
    "geometry",
    [
        pieces(f"{START} 330100 5670040", "330100 5670090 330000 5670100 330000 5670000"),
        surface(
            f"<gml:LineStringSegment><gml:posList>{START}</gml:posList></gml:LineStringSegment>"
            "<gml:LineStringSegment><gml:posList>330400 5670000 330000 5670100 330000 5670000"
            "</gml:posList></gml:LineStringSegment>"
        ),
    ],
)
def test_pieces_that_do_not_meet_are_asked_about(tmp_path: Path, geometry: str) -> None:
    with pytest.raises(Question) as caught:
        read(tmp_path, document(feature(geometry)))
    assert caught.value.code == "ring-unclosed"
    closed = read(tmp_path, document(feature(geometry)), accept=frozenset({"ring-unclosed"}))
    assert closed.geometries[0].is_valid


def test_pieces_that_meet_within_a_millimetre_meet(tmp_path: Path) -> None:
    geometry = pieces(START, "330100.0005 5670000 330100 5670100 330000 5670100 330000 5670000")
    (found,) = read(tmp_path, document(feature(geometry))).geometries
    assert len(found.exterior.coords) == 5


def test_a_polygon_has_one_outline(tmp_path: Path) -> None:
    ring = f"<gml:LinearRing><gml:posList>{NEXT}</gml:posList></gml:LinearRing>"
    second = f"<gml:exterior>{ring}</gml:exterior></gml:Polygon>"
    geometry = polygon().replace("</gml:Polygon>", second)
    assert code_of(tmp_path, document(feature(geometry))) == "xml-malformed"


def test_several_areas_of_one_object_are_asked_about(tmp_path: Path) -> None:
    """Nobody knows whether it is the plan, its extension or the ground that was surveyed."""
    text = document(feature(polygon(), more=f"<erweiterung>{polygon(NEXT)}</erweiterung>"))
    with pytest.raises(Question) as caught:
        read(tmp_path, text)
    assert caught.value.code == "layer-multiple"
    assert "'Gebiet/erweiterung'" in caught.value.proposals[1].option
    for way in ("geom", "erweiterung"):
        (found,) = read(tmp_path, text, layer=f"Gebiet/{way}").geometries
        assert found.area == 10_000
    with pytest.raises(Question):
        read(tmp_path, text, layer="Gebiet/rand")
    beside = text.replace("<gml:featureMember>", f"<gml:featureMember>{feature(polygon())}", 1)
    assert len(read(tmp_path, beside, layer="Gebiet/erweiterung").geometries) == 2
    (found,) = read(tmp_path, text, profile=reading.SOURCE).geometries
    assert found.area == 20_000  # of a layer nobody can be asked


def test_several_values_of_one_property_are_one_geometry(tmp_path: Path) -> None:
    text = document(feature(f"{polygon()}</geom><geom>{polygon(NEXT)}"))
    assert read(tmp_path, text).geometries[0].area == 20_000


@pytest.mark.parametrize(
    ("place", "kind"),
    [("330050 5670050", "Polygon"), ("330500 5670050", "GeometryCollection")],
)
def test_the_place_of_a_label_counts_only_beside_the_outline(
    tmp_path: Path, place: str, kind: str
) -> None:
    label = f"<gml:Point><gml:pos>{place}</gml:pos></gml:Point>"
    text = document(f"<F><schrift>{label}</schrift><geom>{polygon()}</geom></F>")
    (found,) = read(tmp_path, text).geometries
    assert (found.geom_type, found.area) == (kind, 10_000)
    (found,) = read(tmp_path, text, profile=reading.SOURCE).geometries
    assert found.geom_type == "Polygon"


def test_a_geometry_of_an_unknown_kind_is_no_lack_of_one(tmp_path: Path) -> None:
    unknown = '<gml:TriangulatedSurface srsName="EPSG:25833"/>'
    text = document(feature(polygon()), feature(unknown))
    assert code_of(tmp_path, text) == "geometry-type"
    missing = shapely.is_missing(read(tmp_path, text, profile=reading.SOURCE).geometries)
    assert missing.tolist() == [False, True]


def test_a_geometry_deep_inside_an_object_is_its_own(tmp_path: Path) -> None:
    text = document(f"<F><umriss><Umriss><geom>{polygon()}</geom></Umriss></umriss></F>")
    assert read(tmp_path, text).geometries[0].area == 10_000


def test_what_a_service_sends_with_an_object_of_a_layer_is_not_its_place(tmp_path: Path) -> None:
    around = polygon("0 0 400000 0 400000 6000000 0 6000000 0 0")
    text = document(feature(polygon(), more=f"<in><Land><geom>{around}</geom></Land></in>"))
    assert read(tmp_path, text, profile=reading.SOURCE).geometries[0].area == 10_000


@pytest.mark.parametrize("root", ["feature", "geometry"])
def test_a_single_feature_or_geometry(tmp_path: Path, root: str) -> None:
    """As a WFS answers GetFeatureById, and PostGIS writes."""
    text = feature(polygon()) if root == "feature" else polygon()
    found = read(tmp_path, text.replace(" ", f" {NAMESPACES['3.2']} ", 1))
    assert found.geometries[0].area == 10_000


@pytest.mark.parametrize(
    "crs",
    [
        "urn:x-ogc:def:crs:EPSG:25833",
        "urn:ogc:def:crs,crs:EPSG::25833,crs:EPSG::7837",
        " urn:ogc:def:crs:EPSG::25833",
    ],
)
def test_names_of_a_crs(tmp_path: Path, crs: str) -> None:
    text = document(feature(polygon(crs=crs).replace("posList>", 'posList srsDimension="2">', 1)))
    assert shapely.equals(read(tmp_path, text).geometries[0], BOX)


def test_a_compound_crs_has_heights(tmp_path: Path) -> None:
    ring = "330000 5670000 9 330100 5670000 9 330100 5670100 9 330000 5670000 9"
    crs = "urn:ogc:def:crs,crs:EPSG::25833,crs:EPSG::7837"
    found = read(tmp_path, document(feature(polygon(ring, crs))))
    assert found.geometries[0].area == 5_000
    assert [n.code for n in found.notices] == ["z-dropped"]


def test_blank_space_between_coordinates_is_of_any_kind(tmp_path: Path) -> None:
    ring = "0,0\t10,0\n10,10\r\n 0,0"
    text = document(feature(polygon(ring).replace("posList", "coordinates")))
    assert read(tmp_path, text).geometries[0].area == 50


def test_many_circles_are_no_large_plan(tmp_path: Path) -> None:
    places = "330000 5670000 330005 5670005 330010 5670000"
    circle = surface(f"<gml:Circle><gml:posList>{places}</gml:posList></gml:Circle>")
    (found,) = read(tmp_path, document(feature(circle))).geometries
    assert found.area == pytest.approx(math.pi * 25, rel=1e-3)
    assert len(found.exterior.coords) < 200


def test_a_schema_is_named_but_not_fetched(tmp_path: Path) -> None:
    root = (
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="a http://127.0.0.1:9/x.xsd"'
    )
    found = read(tmp_path, document(feature(polygon()), root=root))
    assert [n.code for n in found.notices] == ["xml-schema-ignored"]


def test_an_empty_layer(tmp_path: Path) -> None:
    assert code_of(tmp_path, document()) == "no-features"
    assert len(read(tmp_path, document(), profile=reading.SOURCE).geometries) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (document(feature(polygon()))[:-40], "xml-malformed"),
        (document(feature(polygon("1 2 3 4 x 6 1 2"))), "xml-malformed"),
        (document(feature(polygon("1 2 3 4 5"))), "xml-malformed"),
        (document(feature(polygon("1 2 NaN 4 5 6 1 2"))), "geometry-nonfinite"),
        (document(feature(polygon("1 2 3 4 5 -INF 1 2"))), "geometry-nonfinite"),
        (document(feature(polygon("1 2 3 4 5 1e999 1 2"))), "geometry-nonfinite"),
        (document(feature(polygon("1 2 3 4"))), "geometry-invalid"),
        (document(feature(polygon(""))), "geometry-empty"),
        (document(feature('<gml:Polygon srsName="EPSG:25833"/>')), "geometry-empty"),
        (document(feature(polygon(crs="EPSG:99999"))), "crs-unknown"),
        (document(feature(polygon(crs="http://127.0.0.1:9/crs.xml"))), "crs-unknown"),
        (document(feature(polygon()), feature(polygon(crs="EPSG:25832"))), "crs-mixed"),
        (
            document(feature('<gml:Polygon xlink:href="http://127.0.0.1:9/p"/>')),
            "xml-xlink-remote",
        ),
        (document(feature(polygon()), prologue="<!DOCTYPE x>"), "xml-dtd"),
        (
            document(feature(polygon()), prologue='<!DOCTYPE x [<!ENTITY e "e">]>'),
            "xml-dtd",
        ),
        (document(feature("<a>" * 200 + "</a>" * 200)), "xml-depth"),
        (document(feature(surface("<gml:Arc><gml:posList>0 0 1 1</gml:posList></gml:Arc>"))),
         "geometry-invalid"),
        (document(feature(surface("<gml:Circle><gml:posList>0 0 1 1</gml:posList></gml:Circle>"))),
         "geometry-invalid"),
        (document(feature(surface("<gml:Bezier><gml:posList>0 0 1 1</gml:posList></gml:Bezier>"))),
         "geometry-type"),
        (document(feature(surface("<gml:Circle><gml:posList>0 0 1 1 2 2</gml:posList></gml:Circle>"))),  # noqa: E501
         "geometry-zero-area"),
        # Three numbers a place, and nothing says so.
        (document(feature(polygon("10 20 5 30 20 5 30 40 5 10 20 5"))), "xml-malformed"),
        (document(feature(polygon()), "<truncatedResponse/>"), "service-exception"),
        (document(feature(polygon(crs="EPSG:4326")),
                  feature(polygon(crs="urn:ogc:def:crs:EPSG::4326"))), "crs-mixed"),
        ('<?xml version="1.0"?><html><body>/gml</body></html>', "no-features"),
        ('<?xml version="1.0"?><html><body>404</body></html>', "format-mismatch"),
        ('<ows:ExceptionReport xmlns:ows="x"/>', "service-exception"),
        ("<kml/>", "no-features"),
        ("<svg/>", "format-mismatch"),
        ("\ufeff".encode("utf-16") + "<a/>".encode("utf-16"), "encoding"),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, text: str | bytes, code: str) -> None:
    assert code_of(tmp_path, text) == code


def test_a_number_that_is_none_is_found_wherever_it_stands(tmp_path: Path) -> None:
    """Also where the parser hands out a long text in pieces."""
    for lead in range(8_150, 8_200):
        ring = "1 1 " * (lead // 4) + " " * (lead % 4) + "NaN 1 1 1"
        assert code_of(tmp_path, document(feature(polygon(ring)))) == "geometry-nonfinite"


COMPOUND = (
    "http://www.opengis.net/def/crs-compound?1=http://www.opengis.net/def/crs/EPSG/0/25833"
    "&amp;2=http://www.opengis.net/def/crs/EPSG/0/7837"
)


@pytest.mark.parametrize("name", [COMPOUND, "urn:ogc:def:crs,crs:EPSG::25833,crs:EPSG::7837"])
def test_a_system_with_heights_has_three_numbers_a_place(tmp_path: Path, name: str) -> None:
    places = "320000 5690000 100 320010 5690000 101"
    curve = f'<gml:LineString srsName="{name}"><gml:posList>{places}</gml:posList></gml:LineString>'
    found = read(tmp_path, document(feature(curve)))
    assert found.geometries[0].length == pytest.approx(10)
    assert [one.code for one in found.notices] == ["z-dropped"]


def test_the_line_of_a_layers_object_is_kept_beside_its_area(tmp_path: Path) -> None:
    axis = (
        '<gml:LineString srsName="EPSG:25833"><gml:posList>330050 5670050 331000 5670050'
        "</gml:posList></gml:LineString>"
    )
    text = document(feature(polygon(), more=f"<achse>{axis}</achse>"))
    (found,) = read(tmp_path, text, profile=reading.SOURCE).geometries
    assert found.bounds[2] == 331_000
    assert found.intersection(BOX).area == 10_000


def test_the_area_of_a_layers_object_may_lie_deeper_than_its_label(tmp_path: Path) -> None:
    label = '<gml:Point srsName="EPSG:25833"><gml:pos>330050 5670050</gml:pos></gml:Point>'
    text = document(
        feature(label, more=f"<teil><Teil><flaeche>{polygon()}</flaeche></Teil></teil>")
    )
    (found,) = read(tmp_path, text, profile=reading.SOURCE).geometries
    assert found.area == 10_000


@pytest.mark.parametrize(
    "geometry",
    [
        f"<gml:MultiGeometry><gml:geometryMember>{polygon()}</gml:geometryMember>"
        "<gml:geometryMember><gml:Solid/></gml:geometryMember></gml:MultiGeometry>",
        '<gml:MultiGeometry srsName="EPSG:25833"/>',
        polygon(SQUARE.rsplit(" ", 2)[0]),
    ],
)
def test_an_object_of_a_layer_that_is_not_read_costs_no_other(
    tmp_path: Path, geometry: str
) -> None:
    text = document(feature(polygon()), feature(geometry, gml_id="g2"))
    found = read(tmp_path, text, profile=reading.SOURCE)
    assert list(shapely.is_missing(found.geometries)) == [False, True]
    with pytest.raises((Refusal, Question)):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (polygon("1 2 0 3 2 0 3 4 0 1 2 0"), "srsDimension"),
        (polygon(SQUARE, "EPSG:25833", SQUARE).replace("interior", "exterior"), "MultiSurface"),
    ],
)
def test_what_is_well_formed_and_not_to_be_read_is_called_by_its_name(
    tmp_path: Path, geometry: str, said: str
) -> None:
    with pytest.raises(Refusal, match=said):
        read(tmp_path, document(feature(geometry)))
