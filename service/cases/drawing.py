"""Map, GeoPackage and GeoJSON of a check: made when asked for from what was frozen, then kept.

They lie in a folder that may be emptied at any time.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from gis.problem import Text
from layers.folder import write_whole
from layers.reading.ogr import engine as gdal
from layers.store import Store
from maps import geopackage, interactive
from maps.picture import Picture
from service.blobs import Blobs
from service.cases import geojson
from service.cases.opening import Read
from service.cases.repeating import repeat
from service.cases.results import audience_named
from service.errors import ConflictError, UnavailableError
from service.models.check import Check, Report
from service.report.picture import picture
from service.review import heard

SOFTWARE = ("belang", "geos", "proj")


@dataclass(frozen=True, slots=True)
class Table:
    """What drawing works with: the folder of what was drawn, and what checks rest on."""

    folder: Path
    blobs: Blobs
    store: Store
    read: Read


def drawn(table: Table, check: Check, blob: str, report: Report, form: str) -> bytes:
    """Return a check in a form (see `FORMS`) for the audience and language of `report`.

    Raises
    ------
    ConflictError
        If the check cannot be made again as it was.
    UnavailableError
        If a library for drawing is not installed.
    """
    name = hashlib.sha256(f"{report.audience} {report.language} {form}".encode()).hexdigest()
    path = table.folder / str(check.id) / name[:32]
    try:
        return path.read_bytes()
    except FileNotFoundError:
        body = FORMS[form](pictured(table, check, blob, report))
    table.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, body)
    return body


def pictured(table: Table, check: Check, blob: str, report: Report) -> Picture:
    """Return what a check shows to the audience of `report`; errors as `drawn`."""
    repeated = repeat(check, blob, table.blobs, table.store, table.read)
    audience = audience_named(report.audience)
    found = heard(repeated.gathered, audience).review(report.language)
    if _told(found.document) != _told(orjson.loads(report.body)):
        raise ConflictError("check-not-repeatable", OTHER)
    words, store = repeated.district.vocabulary, repeated.district.store
    return picture(found, words, report.language, store=store)


def _told(document: Mapping[str, Any]) -> bytes:
    """Return what a report says, but for the releases of the programs that say it."""
    rests_on = {n: v for n, v in document["provenance"].items() if n not in SOFTWARE}
    return orjson.dumps({**document, "provenance": rests_on})


def _map(shown: Picture) -> bytes:
    try:
        return interactive.render(shown).encode()
    except interactive.MissingLibraryError as error:
        raise UnavailableError("map-unavailable", NO_LIBRARY) from error


def _fragment(shown: Picture) -> bytes:
    try:
        return interactive.fragment(shown).encode()
    except interactive.MissingLibraryError as error:
        raise UnavailableError("map-unavailable", NO_LIBRARY) from error


def _geopackage(shown: Picture) -> bytes:
    gdal()  # set up for reading before anybody else imports it
    with TemporaryDirectory(prefix="belang-") as folder:
        path = Path(folder) / "check.gpkg"
        geopackage.write(path, shown)
        return path.read_bytes()


FORMS: Mapping[str, Callable[[Picture], bytes]] = {
    "map": _map,
    "fragment": _fragment,
    "geopackage": _geopackage,
    "geojson-wgs84": lambda shown: geojson.written(shown, "wgs84"),
    "geojson-working": lambda shown: geojson.written(shown, "working"),
}
OTHER = Text(
    "Mit den heutigen Programmen ergibt die Prüfung nicht mehr genau dasselbe, deshalb wird sie "
    "nicht gezeichnet; der Bericht gilt weiter. Bitte erneut prüfen lassen.",
    "With today's programs the check no longer gives exactly the same, so it is not drawn; the "
    "report still stands. Have the plan checked again.",
)
NO_LIBRARY = Text(
    "Die Karte kann nicht erzeugt werden, weil Leaflet nicht installiert ist; bitte der "
    "Betriebsstelle melden.",
    "The map cannot be made because Leaflet is not installed; please tell who runs the service.",
)
