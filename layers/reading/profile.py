"""How much a file may hold: little for a plan, more for a layer."""

from dataclasses import dataclass

UPLOAD_FORMATS = frozenset(
    {"geojson", "gpkg", "shapefile", "gml", "xplangml", "kml", "gpx", "wkt", "dxf"}
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Limits of one reading, and the formats it takes.

    With `gaps` objects without geometry, with an empty one or with coordinates that are no
    numbers, and files without objects, are read as they are: whoever reads them has to deal with
    what is nowhere.
    """

    formats: frozenset[str]
    most_bytes: int
    most_features: int
    most_fields: int
    most_text: int  # characters of one value
    most_unpacked: int  # bytes of everything in an archive
    most_members: int
    gaps: bool


UPLOAD = Profile(
    formats=UPLOAD_FORMATS,
    most_bytes=50_000_000,
    most_features=5_000,
    most_fields=200,
    most_text=10_000,
    most_unpacked=500_000_000,
    most_members=100,
    gaps=False,
)
SOURCE = Profile(
    formats=UPLOAD_FORMATS | {"flatgeobuf", "geoparquet"},
    most_bytes=8_000_000_000,
    most_features=20_000_000,
    most_fields=1_000,
    most_text=1_000_000,
    most_unpacked=20_000_000_000,
    most_members=1_000,
    gaps=True,
)
