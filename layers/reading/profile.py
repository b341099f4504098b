"""How much a file may hold: little for a plan, more for a layer."""

from dataclasses import dataclass

UPLOAD_FORMATS = frozenset({"geojson", "gpkg", "shapefile", "gml", "xplangml", "kml", "wkt", "dxf"})


@dataclass(frozen=True, slots=True)
class Profile:
    """Limits of one reading, and the formats it takes."""

    formats: frozenset[str]
    most_bytes: int
    most_features: int
    most_fields: int
    most_text: int  # characters of one value


UPLOAD = Profile(UPLOAD_FORMATS, 50_000_000, 5_000, 200, 10_000)
SOURCE = Profile(
    UPLOAD_FORMATS | {"flatgeobuf", "geoparquet"}, 8_000_000_000, 20_000_000, 1_000, 1_000_000
)
