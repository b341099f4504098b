"""What every scanner begins with: the hostile files, and what had to be made for it.

What a child answers is answered here by what runs in a child.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import shapely

from bench.awkward_archives import packed as archived
from bench.awkward_archives import shapefile
from bench.awkward_databases import wkb
from bench.awkward_json import GOOD
from bench.brought import PDF, packages, papers
from bench.corpus import samples
from bench.flips import WORLD
from bench.scanner import ENDINGS, MOST_BYTES
from bench.targets import BREAK
from bench.variants import variants
from gis.crs import crs_from
from layers.apart.child import PIECE, WHOLE
from layers.apart.wire import packed
from layers.harvest import child as sources
from layers.harvest.child import Whole
from service.plans import child as plans
from service.plans.child import Job
from service.plans.declared import Intake
from service.plans.kinds import vocabulary_of
from service.plans.papers import Unpack
from service.plans.sheet import Lay
from tests.layers.reading.pictures import geotiff, picture

TIEPOINTS = (0.0, 0.0, 0.0, 392_000.0, 5_819_100.0, 0.0)
MATRIX = (0.5, 0.0, 0.0, 392_000.0, 0.0, -0.5, 0.0, 5_819_100.0, *(8 * [0.0]))
SMALL = (12, 6)  # pixels
RING = "392000 5819000 392100 5819000 392100 5819100 392000 5819100 392000 5819000"
POLYGON = (
    '<gml:Polygon srsName="EPSG:25833"><gml:exterior><gml:LinearRing><gml:posList>'
    f"{RING}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
)
GPX = (
    '<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"><trk><name>a</name><trkseg>'
    '<trkpt lat="51" lon="12"/><trkpt lat="52" lon="13"><ele>9</ele></trkpt></trkseg></trk></gpx>'
)
XPLAN = (
    '<xplan:XPlanAuszug xmlns:xplan="http://www.xplanung.de/xplangml/6/0" '
    'xmlns:gml="http://www.opengis.net/gml/3.2"><gml:featureMember><xplan:{kind}>'
    "<xplan:name>Am See</xplan:name><xplan:nummer>7</xplan:nummer>"
    "<xplan:beschreibung>Wohnen</xplan:beschreibung>"
    "<xplan:gemeinde><xplan:XP_Gemeinde><xplan:ags>14729050</xplan:ags><xplan:gemeindeName>Borna"
    "</xplan:gemeindeName><xplan:ortsteilName>Nord</xplan:ortsteilName></xplan:XP_Gemeinde>"
    "</xplan:gemeinde><xplan:planArt>1000</xplan:planArt><xplan:verfahren>1000</xplan:verfahren>"
    "<xplan:rechtsstand>3000</xplan:rechtsstand>"
    "<xplan:aufstellungsbeschlussDatum>2026-01-31Z</xplan:aufstellungsbeschlussDatum>"
    "<xplan:erstellungsMassstab>500</xplan:erstellungsMassstab>"
    "<xplan:externeReferenz><xplan:XP_SpezExterneReferenz><xplan:referenzName>B</xplan:referenzName>"
    "<xplan:referenzURL>b.pdf</xplan:referenzURL><xplan:georefURL>b.pgw</xplan:georefURL>"
    "<xplan:referenzMimeType>application/pdf</xplan:referenzMimeType><xplan:typ>1010</xplan:typ>"
    "<xplan:datum>2026-02-01</xplan:datum></xplan:XP_SpezExterneReferenz></xplan:externeReferenz>"
    "<xplan:raeumlicherGeltungsbereich>{shape}</xplan:raeumlicherGeltungsbereich></xplan:{kind}>"
    "</gml:featureMember><gml:featureMember><xplan:BP_UeberbaubareGrundstuecksFlaeche>"
    "<xplan:position>{shape}</xplan:position></xplan:BP_UeberbaubareGrundstuecksFlaeche>"
    "</gml:featureMember><gml:featureMember><xplan:BP_TextAbschnitt>"
    "<xplan:schluessel>1</xplan:schluessel><xplan:gesetzlicheGrundlage>BauGB"
    "</xplan:gesetzlicheGrundlage><xplan:text>Grün</xplan:text></xplan:BP_TextAbschnitt>"
    "</gml:featureMember></xplan:XPlanAuszug>"
)


def seeds(name: str) -> Iterator[bytes]:
    """Yield what the scanner of this name begins with."""
    for sample in (*samples(), *variants(), *papers()):
        if sample.filename.endswith(ENDINGS[name]) and len(sample.content) <= MOST_BYTES:
            yield sample.content
    if name in MADE:
        yield from MADE[name]()


def _rasters() -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        path = Path(folder) / "scan.tif"
        scale = (0.5, 0.5, 0.0)
        yield geotiff(path, SMALL, scale=scale, tiepoints=TIEPOINTS).read_bytes()
        yield geotiff(path, SMALL, {1025: 2, 2048: 4258}, matrix=MATRIX).read_bytes()
        yield geotiff(path, SMALL, {}).read_bytes()
        for ending in ("png", "jpg"):
            yield picture(Path(folder) / f"scan.{ending}", SMALL).read_bytes()


def _xplans() -> Iterator[bytes]:
    for kind in ("BP_Plan", "FP_Plan", "SO_Plan"):
        yield XPLAN.format(kind=kind, shape=POLYGON).encode()


# --- what a child answers ------------------------------------------------------------------------


def _intake() -> Intake:
    area = shapely.box(362e3, 5789e3, 422e3, 5849e3)
    return Intake(crs_from("EPSG:25833"), vocabulary_of(), area, kind="bebauungsplan")


def _plans() -> Iterator[bytes]:
    texts = {"plan.geojson": GOOD, "plan.wkt": "POLYGON ((0 0, 1 0, 1 1, 0 0))", "plan.txt": "?"}
    xplans = {f"{n}.gml": content.decode() for n, content in enumerate(_xplans())}
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        for file, text in {**texts, **xplans}.items():
            (Path(folder) / file).write_text(text, encoding="utf-8")
            yield plans.work(packed(Job(file, _intake())), Path(folder))


def _sheets() -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        for number, content in enumerate(_rasters()):
            (Path(folder) / f"{number}.tif").write_bytes(content)
            job = Lay(f"{number}.tif", _intake(), WORLD if number > 2 else None)
            yield plans.work(packed(job), Path(folder))


def _papers() -> Iterator[bytes]:
    beside = (("a.pdf", PDF), ("b.txt", "Fläche;12"), ("c.exe.txt", b"MZ\0"))
    plan = archived(("plan.gml", XPLAN.format(kind="BP_Plan", shape=POLYGON)), *beside)
    for content in (plan, *(sample.content for sample in packages())):
        with tempfile.TemporaryDirectory(prefix="belang-bench-") as made:
            folder = Path(made)
            (folder / "sent").write_bytes(content)
            parts = [plans.work(packed(Unpack("sent")), folder)]
            left = sorted(path for path in folder.iterdir() if path.name != "sent")
            yield BREAK.join([*parts, *(b"\0" + path.read_bytes() for path in left)])


def _features() -> Iterator[bytes]:
    texts = {"a.geojson": GOOD, "b.wkt": "POINT (1 2)", "c.txt": "?"}
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        for file, text in texts.items():
            (Path(folder) / file).write_text(text, encoding="utf-8")
            answer = sources.work(packed(Whole(file, None, None, 1)), Path(folder))
            yield b"".join(PIECE.pack(WHOLE, len(piece)) + piece for piece in answer)


MADE: Mapping[str, Callable[[], Iterator[bytes]]] = {
    "shapefile": lambda: iter([shapefile()[".shp"]]),
    "table": lambda: iter([shapefile()[".dbf"]]),
    "wkb": lambda: iter([wkb()]),
    "gpx": lambda: iter([GPX.encode()]),
    "world": lambda: iter([WORLD.encode()]),
    "raster": _rasters,
    "xplan": _xplans,
    "plan": _plans,
    "sheet": _sheets,
    "papers": _papers,
    "features": _features,
}
