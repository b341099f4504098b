"""GML, KML and GPX that reach out, hide something, or never end."""

from collections.abc import Iterator
from typing import Any

from bench.awkward_json import ACCEPT, ANY, REJECT
from bench.corpus import Sample

SINK = "http://127.0.0.1:8999/"
ELSEWHERE = "file:///var/tmp/belang-canary/secret.gml"
POSITIONS = "392000 5819000 392100 5819000 392100 5819100 392000 5819100 392000 5819000"
DEGREES = "13.4,52.5 13.41,52.5 13.41,52.51 13.4,52.5"
SPACES = (
    'xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def gml(
    positions: str = POSITIONS, *, head: str = "", root: str = "", inside: str = "",
    srs: str = "EPSG:25833", of_list: str = "",
) -> str:  # fmt: skip
    """Return a collection of one polygon, with something strange somewhere."""
    ring = f"<gml:LinearRing><gml:posList {of_list}>{positions}</gml:posList></gml:LinearRing>"
    return (
        f"{head}<gml:FeatureCollection {SPACES} {root}><gml:featureMember><F gml:id='f1'>{inside}"
        f'<g><gml:Polygon srsName="{srs}"><gml:exterior>{ring}</gml:exterior></gml:Polygon></g>'
        "</F></gml:featureMember></gml:FeatureCollection>"
    )


def kml(coordinates: str = DEGREES, *, head: str = "", inside: str = "") -> str:
    """Return a placemark with a polygon."""
    return (
        f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}<Placemark>'
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{coordinates}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        "</Document></kml>"
    )


def samples() -> Iterator[Sample]:
    """Yield them."""
    groups = (("dtd", _dtd()), ("gml", _gml()), ("kml", _kml()), ("xml", _other()), ("gpx", _gpx()))
    for group, rows in groups:
        for name, content, wants, *codes in rows:
            body = content if isinstance(content, bytes) else content.encode()
            suffix = group if group in ("kml", "gpx") else "gml"
            yield Sample(f"{group}_{name}", f"{group}_{name}.{suffix}", body, wants, tuple(codes))


def _dtd() -> Iterator[tuple[Any, ...]]:
    for name, body in {
        "lower": "<!doctype a>",
        "empty": "<!DOCTYPE gml:FeatureCollection>",
        "entity": f'<!DOCTYPE a [<!ENTITY x SYSTEM "{ELSEWHERE}">]>',
        "parameter": f'<!DOCTYPE a [<!ENTITY % x SYSTEM "{SINK}a.dtd"> %x;]>',
        "public": f'<!DOCTYPE a PUBLIC "-//W3C//DTD" "{SINK}a.dtd">',
        "late": "<!--" + "x" * 70_000 + '--><!DOCTYPE a [<!ENTITY x "y">]>',
        "attributes": '<!DOCTYPE a [<!ATTLIST Polygon srsName CDATA "EPSG:4326">]>',
    }.items():
        codes = ("xml-malformed", "format-mismatch") if name in ("lower", "late") else ()
        yield name, gml(head=body), REJECT, "xml-dtd", *codes
        yield f"kml_{name}", kml(head=body), REJECT, "xml-dtd", *codes
    yield (
        "declared",
        '<?xml version="1.0"?>' + gml(head='<!DOCTYPE a [<!ENTITY x "y">]>'),
        REJECT,
        "xml-dtd",
    )
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    yield (
        "laughs",
        gml("&l11;", head=f'<!DOCTYPE a [<!ENTITY l0 "1 2 ">{laughs}]>'),
        REJECT,
        "xml-dtd",
    )
    yield (
        "utf_16",
        gml(head='<!DOCTYPE a [<!ENTITY x "y">]>').encode("utf-16"),
        REJECT,
        "encoding",
        "xml-dtd",
    )
    yield "utf_7", gml(head='<?xml version="1.0" encoding="UTF-7"?>'), REJECT, "xml-malformed"


def _gml() -> Iterator[tuple[Any, ...]]:
    yield "good", gml(), ACCEPT
    yield "bom", b"\xef\xbb\xbf" + gml().encode(), ACCEPT
    yield "latin_1", '<?xml version="1.0" encoding="ISO-8859-1"?>' + gml(), ACCEPT
    yield (
        "encoding_unknown",
        '<?xml version="1.0" encoding="x-none"?>' + gml(),
        REJECT,
        "xml-malformed",
    )
    yield "stylesheet", f'<?xml-stylesheet href="{SINK}a.xsl"?>' + gml(), ACCEPT
    yield "include", gml(inside=f'<n><xi:include href="{ELSEWHERE}" parse="text"/></n>'), ACCEPT
    yield (
        "include_as_geometry",
        gml().replace("<g>", f'<g><xi:include href="{ELSEWHERE}"/>'),
        ACCEPT,
    )
    yield (
        "schema",
        gml(root=f'xsi:schemaLocation="http://a {SINK}a.xsd"'),
        ACCEPT,
        "xml-schema-ignored",
    )
    yield "schema_bare", gml(root=f'xsi:noNamespaceSchemaLocation="{SINK}a.xsd"'), ACCEPT
    links = (
        "http://127.0.0.1:8999/a#b",
        ELSEWHERE,
        "other.gml#a",
        "//127.0.0.1:8999/a",
        "FTP://a/b",
    )
    for number, name in enumerate(links):
        link = f'<gml:surfaceMember xlink:href="{name}"/>'
        away = gml().replace("<gml:Polygon", "<gml:MultiSurface><gml:surfaceMember><gml:Polygon")
        away = away.replace(
            "</gml:Polygon>", f"</gml:Polygon></gml:surfaceMember>{link}</gml:MultiSurface>"
        )
        yield f"link_{number}", away, REJECT, "xml-xlink-remote"
    systems = (
        SINK,
        ELSEWHERE,
        "/var/tmp/belang-canary/secret.txt",  # noqa: S108 - to be refused
        "EPSG:0",
        "&#10;",
        "urn:ogc:def:crs:EPSG::",
    )
    for number, name in enumerate(systems):
        yield f"srs_{number}", gml(srs=name), REJECT, "crs-unknown"
    for name, text in {
        "nan": "NaN", "inf": "INF", "minus_inf": "-INF", "infinity": "Infinity", "huge": "1e400",
        "split": "N<!-- -->aN",
    }.items():  # fmt: skip
        codes = ("geometry-nonfinite", "xml-malformed", "json-structure")
        yield f"number_{name}", gml(POSITIONS.replace("392100", text, 1)), REJECT, *codes
    for name, text in {
        "underscore": "392_100", "digits": "٣٩٢١٠٠", "hex": "0x5", "comma": "392100,5", "letters": "abc",
        "fullwidth": "\uff13\uff19\uff12\uff11\uff10\uff10",
    }.items():  # fmt: skip
        yield (
            f"number_{name}",
            gml(POSITIONS.replace("392100", text, 1)),
            REJECT,
            "xml-malformed",
            "geometry-invalid",
        )
    for name, text in {
        "comment": "<!-- a -->",
        "instruction": "<?a b?>",
        "element": "<x/>",
    }.items():
        yield (
            f"torn_by_{name}",
            gml(POSITIONS.replace("392100 5819100", f"{text} 392100 5819100")),
            ANY,
        )
    line = gml(POSITIONS.replace("392100 5819100", "392100 5819100 <!-- a -->"))
    yield "torn_at_the_end", line, ACCEPT
    yield "cdata", gml(f"<![CDATA[{POSITIONS}]]>"), ACCEPT
    yield "odd", gml(POSITIONS + " 1"), REJECT
    yield "none", gml(" "), REJECT, "geometry-empty"
    for value in ("0", "-1", "1", "7", "abc", "1e9", "99999999999999999999"):
        yield f"dimension_{value}", gml(of_list=f'srsDimension="{value}"'), ANY
    yield "count", gml(root='numberMatched="10" numberReturned="1"'), REJECT, "features-incomplete"
    yield "cut", gml()[:-20], REJECT, "xml-malformed"
    yield "two_roots", gml() + gml(), REJECT, "xml-malformed"
    yield "nul", gml(inside="<n>a\0b</n>"), REJECT, "xml-malformed", "text-control"
    yield "escaped_nul", gml(inside="<n>&#0;</n>"), REJECT, "xml-malformed", "text-control"
    yield "undeclared", gml(inside="<q:n>a</q:n>"), REJECT, "xml-malformed"
    yield "depth", gml(inside="<n>" * 500 + "</n>" * 500), REJECT, "xml-depth"
    yield (
        "depth_of_rings",
        gml().replace("<gml:Polygon", "<gml:MultiGeometry>" * 300 + "<gml:Polygon"),
        REJECT,
        "xml-depth",
    )
    yield "attributes", gml(inside="<n " + " ".join(f'a{i}=""' for i in range(50_000)) + "/>"), ANY
    yield "long_text", gml(inside=f"<n>{'x' * 12_000_000}</n>"), REJECT
    yield (
        "members",
        f"<gml:FeatureCollection {SPACES}>"
        + "<gml:featureMember/>" * 200_000
        + "</gml:FeatureCollection>",
        REJECT,
    )


def _kml() -> Iterator[tuple[Any, ...]]:
    yield "good", kml(), ACCEPT
    link = f"<NetworkLink><Link><href>{SINK}a.kml</href></Link></NetworkLink>"
    yield "link", kml(inside=link), ACCEPT, "kml-networklink-ignored"
    yield (
        "link_old",
        kml(inside=link.replace("Link>", "Url>").replace("NetworkUrl", "NetworkLink")),
        ACCEPT,
    )
    yield (
        "overlay",
        kml(inside=f"<GroundOverlay><Icon><href>{SINK}a.png</href></Icon></GroundOverlay>"),
        ACCEPT,
    )
    yield "style", kml(inside=f"<styleUrl>{ELSEWHERE}#a</styleUrl>"), ACCEPT
    yield (
        "model",
        kml().replace(
            "<Polygon>", f"<Model><Link><href>{SINK}a.dae</href></Link></Model><Polygon>"
        ),
        REJECT,
        "geometry-type",
    )
    yield "folders", kml(inside="<Folder>" * 5_000 + "</Folder>" * 5_000), REJECT, "xml-depth"
    yield "text_only", kml().replace("Polygon>", "P>"), REJECT, "no-geometry"
    for name, text in {"nan": "nan", "inf": "inf", "huge": "1e400", "minus": "-Infinity"}.items():
        yield (
            f"number_{name}",
            kml(DEGREES.replace("13.41", text, 1)),
            REJECT,
            "geometry-nonfinite",
            "xml-malformed",
        )
    for name, text in {"underscore": "1_3.41", "digits": "١٣.٤", "hex": "0xd", "empty": ""}.items():
        yield (
            f"number_{name}",
            kml(DEGREES.replace("13.41", text, 1)),
            REJECT,
            "xml-malformed",
            "geometry-empty",
        )
    for name, text in {"comment": "<!-- a -->", "instruction": "<?a b?>"}.items():
        yield f"torn_by_{name}", kml(DEGREES.replace(" 13.41,52.51", f" {text}13.41,52.51")), ANY
    yield (
        "script",
        kml(inside="<description><![CDATA[<script>alert(1)</script>]]></description>"),
        ACCEPT,
    )
    yield "namespace", kml().replace("http://www.opengis.net/kml/2.2", SINK), ANY


def _other() -> Iterator[tuple[Any, ...]]:
    for name, body in {
        "vrt": f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{ELSEWHERE[7:]}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        "vrt_gml": f"<!-- http://www.opengis.net/gml --><OGRVRTDataSource><a>{SINK}</a></OGRVRTDataSource>",
        "vrt_raster": f"<VRTDataset><SourceFilename>/vsicurl/{SINK}</SourceFilename></VRTDataset>",
        "wms": f"<GDAL_WMS><Service><ServerUrl>{SINK}</ServerUrl></Service></GDAL_WMS>",
        "wfs": f"<OGRWFSDataSource><URL>{SINK}</URL></OGRWFSDataSource>",
        "wfs_gml": f"<OGRWFSDataSource xmlns='http://www.opengis.net/gml'><URL>{SINK}</URL></OGRWFSDataSource>",
        "svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "xslt": f"<xsl:stylesheet xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:include href='{SINK}'/></xsl:stylesheet>",
        "capabilities": "<wfs:WFS_Capabilities xmlns:wfs='http://www.opengis.net/wfs'/>",
        "html": "<!DOCTYPE HTML><html><body>Fehler 503</body></html>",
        "html_plain": "<HTML><BODY>/gml</BODY></HTML>", "xhtml": '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
        "osm": "<osm version='0.6'/>", "soap": "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'/>",
        "landxml": "<LandXML/>", "broken": "<", "only_comment": "<!-- a -->", "only_head": '<?xml version="1.0"?>',
        "blank": "<" + " " * 60_000 + ">", "marks": "<!" * 30_000, "questions": "<?" * 30_000,
    }.items():  # fmt: skip
        codes = ("format-mismatch", "xml-malformed", "no-features", "xml-dtd")
        yield name, body, REJECT, *codes
    yield (
        "exception",
        "<ows:ExceptionReport xmlns:ows='http://www.opengis.net/ows'/>",
        REJECT,
        "service-exception",
    )
    yield (
        "exception_old",
        "<ServiceExceptionReport><a/></ServiceExceptionReport>",
        REJECT,
        "service-exception",
    )


def _gpx() -> Iterator[tuple[Any, ...]]:
    head = '<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'
    for name, lon in {
        "nan": "NaN",
        "inf": "inf",
        "range": "999",
        "underscore": "1_3",
        "text": "x",
    }.items():
        yield name, f'{head}<wpt lat="52.5" lon="{lon}"/></gpx>', REJECT
    yield "empty", f"{head}</gpx>", REJECT, "no-features"
    yield "link", f'{head}<trk><link href="{SINK}"/><trkseg/></trk></gpx>', REJECT
    yield "dtd", f'<!DOCTYPE gpx [<!ENTITY a "b">]>{head}</gpx>', REJECT, "xml-dtd"
