"""Every page in a real browser, once: no barrier that axe knows, no complaint, nobody foreign."""

import io
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import shapely
from geopandas import GeoDataFrame
from playwright.sync_api import Browser, expect

from bench.barriers import LOOKS, walked
from bench.visits import Visit, bearers, visits
from tests.service.portal.conftest import Demo
from tests.service.portal.served import Visitor

FIRST = ("coordinator", "officer", "planner", "steward", "public", "administrator")
NO_PAGES = (".atom", ".ics", "/kartengrund", "/orte")
RING = [(330000, 5670000), (330200, 5670000), (330200, 5670200), (330000, 5670000)]
DEGREES = [(12.50, 51.15), (12.502, 51.15), (12.502, 51.151), (12.50, 51.15)]


def of_each_route(found: list[Visit]) -> list[Visit]:
    """Return one visit of each page: by whom it is made for, in the state with the most to see."""
    best: dict[str, Visit] = {}
    for one in sorted(found, key=lambda one: FIRST.index(one.role)):
        # Frames are tried in test_public_map.py, where the settings let them.
        if not one.route.endswith(NO_PAGES) and "/einbetten/" not in one.route:
            best.setdefault(one.route, one)
    return list(best.values())


def test_no_page_has_a_barrier_complains_or_asks_others(browser: Browser, demo: Demo) -> None:
    app = demo.app
    now = datetime.now(UTC)
    known = bearers(app.state.engine, now, now + timedelta(hours=1))
    pages = of_each_route(visits(app, app.state.district))
    assert len(pages) > 25
    for number, (look, how) in enumerate(LOOKS.items()):  # a third of them in each look
        found = walked(browser, demo.address, pages[number::3], known, {look: how})
        wrong = {name: found[name] for name in ("barriers", "complaints", "foreign", "failed")}
        assert wrong == {name: {} for name in wrong}


def written(driver: str, path: Path) -> bytes:
    """Return a small area as a driver of GDAL writes it; several files as an archive."""
    frame = GeoDataFrame({"name": ["Plan"]}, geometry=[shapely.Polygon(RING)], crs="EPSG:25833")
    told = frame[["geometry"]] if driver == "DXF" else frame
    told.to_pickle(path.with_suffix(".pickle"))
    # In a process of its own: in this one reading may have left no drivers but its own.
    script = (
        "import sys, pandas, pyogrio; from pathlib import Path; path = Path(sys.argv[1]); "
        "frame = pandas.read_pickle(path.with_suffix('.pickle')); "
        "pyogrio.write_dataframe(frame, path, driver=sys.argv[2])"
    )
    plain = {name: value for name, value in os.environ.items() if name != "GDAL_SKIP"}
    subprocess.run([sys.executable, "-c", script, path, driver], env=plain, check=True)
    path.with_suffix(".pickle").unlink()
    files = sorted(path.parent.glob(f"{path.stem}.*"))
    if driver != "ESRI Shapefile":
        return path.read_bytes()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as into:
        for file in files:
            into.write(file, file.name)
    return made.getvalue()


def archive(name: str, body: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as into:
        into.writestr(name, body)
    return made.getvalue()


CORNERS = " ".join(f"{x},{y},0" for x, y in DEGREES)
KML = (
    '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>'
    "<name>Plan</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
    f"{CORNERS}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"
)
GPX = (
    '<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
    "<trk><trkseg>"
    + "".join(f'<trkpt lat="{y}" lon="{x}"/>' for x, y in DEGREES[:3])
    + "</trkseg></trk></gpx>"
)
WKT = f"POLYGON (({', '.join(f'{x} {y}' for x, y in RING)}))"
FILES = {
    "plan.geojson": (shapely.to_geojson(shapely.Polygon(DEGREES)).encode(), None),
    "plan.wkt": (WKT.encode(), None),
    "plan.kml": (KML.encode(), None),
    "plan.kmz": (archive("doc.kml", KML), None),
    "weg.gpx": (GPX.encode(), "4 m Breite"),
    "plan.gpkg": ("GPKG", None),
    "plan.gml": ("GML", None),
    "plan.shp": ("ESRI Shapefile", None),
    "plan.dxf": ("DXF", "EPSG:25833"),
}


def test_a_file_of_every_format_is_understood(
    demo: Demo, newcomer: Visitor, tmp_path: Path
) -> None:
    page = newcomer.goes("/vorpruefung")
    for name, (body, answer) in FILES.items():
        folder = tmp_path / name.partition(".")[2]
        folder.mkdir()
        content = written(body, folder / name) if isinstance(body, str) else body
        page.evaluate("document.getElementById('result').replaceChildren()")
        sent = name.replace(".shp", ".zip")
        page.set_input_files(
            "#file", {"name": sent, "mimeType": "application/octet-stream", "buffer": content}
        )
        if answer is not None:
            page.get_by_role("button", name=answer).first.click()
        expect(page.locator("#understood"), name).to_be_visible(timeout=20_000)
