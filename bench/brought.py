"""Documents and pictures as people bring them, to be changed byte by byte and sent."""

import tempfile
from functools import cache
from pathlib import Path

from bench.awkward_archives import packed
from bench.awkward_json import GOOD, REJECT
from bench.corpus import Sample
from tests.layers.reading.pictures import geotiff, picture

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
)
TEXT = "<w:document xmlns:w='urn:w'><w:body><w:p>Bedenken</w:p></w:body></w:document>"
OPEN = "application/vnd.oasis.opendocument.text"
XPLAN = (
    '<xplan:XPlanAuszug xmlns:xplan="http://www.xplanung.de/xplangml/6/0" '
    'xmlns:gml="http://www.opengis.net/gml/3.2" gml:id="a"/>'
)
KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>Am See</name><Polygon>'
    "<outerBoundaryIs><LinearRing><coordinates>13.4,52.5 13.41,52.5 13.41,52.51 13.4,52.5"
    "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>"
)
PDF = (
    b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Kids[]/Count 0>>\n"
    b"endobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"
)


@cache
def letters() -> tuple[Sample, ...]:
    """Return what an office may answer with by a link."""
    embedded = packed(("[Content_Types].xml", TYPES), ("xl/workbook.xml", "<workbook/>"))
    return (
        _sample("letter.docx", packed(("[Content_Types].xml", TYPES), ("word/document.xml", TEXT))),
        _sample(
            "letter_with_table.docx",
            packed(
                ("[Content_Types].xml", TYPES),
                ("word/document.xml", TEXT),
                ("word/embeddings/table.xlsx", embedded),
            ),
        ),
        _sample("letter.pdf", PDF),
    )


@cache
def packages() -> tuple[Sample, ...]:
    """Return archives that hold a plan and what lies beside it."""
    beside = (("Begründung.pdf", PDF), ("anlagen/Tabelle.txt", "Fläche;12\n" * 40))
    return (
        _sample("plan_with_report.zip", packed(("plan.geojson", GOOD), *beside)),
        _sample("xplan_with_report.zip", packed(("plan.gml", XPLAN), *beside)),
        _sample("place.kmz", packed(("doc.kml", KML), ("files/bild.png", _picture("png")))),
    )


@cache
def papers() -> tuple[Sample, ...]:
    """Return documents of every kind that is taken."""
    table = packed(("[Content_Types].xml", TYPES), ("xl/workbook.xml", "<workbook/>"))
    odt = packed(
        ("mimetype", OPEN), ("content.xml", "<office/>"), ("META-INF/manifest.xml", "<m/>")
    )
    return (
        *letters(), *packages(), *pictures(),
        _sample("table.xlsx", table), _sample("text.odt", odt),
        _sample("plan.gml", XPLAN.encode()), _sample("note.txt", "Vermerk: Gespräch\n".encode()),
    )  # fmt: skip


@cache
def pictures() -> tuple[Sample, ...]:
    """Return scanned plans: one that says where it lies, and others that do not."""
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        path = Path(folder) / "scan.tif"
        scale, tiepoints = (0.5, 0.5, 0.0), (0.0, 0.0, 0.0, 392_000.0, 5_819_100.0, 0.0)
        placed = geotiff(path, scale=scale, tiepoints=tiepoints).read_bytes()
    return (
        _sample("scan.tif", placed),
        *(_sample(f"scan.{ending}", _picture(ending)) for ending in ("png", "jpg")),
    )


def _picture(ending: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        return picture(Path(folder) / f"scan.{ending}").read_bytes()


def _sample(name: str, content: bytes) -> Sample:
    return Sample(name, name, content, ("accept", *REJECT))
