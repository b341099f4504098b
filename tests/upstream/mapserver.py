"""A real MapServer with its two silent faults: a capped count, and an ignored offset."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.upstream import region
from tests.upstream.gateway import Served, cgi

PROGRAM = Path("/usr/lib/cgi-bin/mapserv")
CAP = 1_000

MAP = """MAP
  NAME "{name}"
  SIZE 100 100
  EXTENT 300000 5650000 340000 5690000
  UNITS METERS
  PROJECTION "init=epsg:{epsg}" END
  WEB METADATA
    "ows_enable_request" "*"
    "ows_title" "Probe"
    "ows_onlineresource" "{url}/?map={name}"
    "oga_onlineresource" "{url}/{name}/ogcapi"
    "wfs_getfeature_formatlist" "gml,geojson"
    "wfs_maxfeatures" "{cap}"
    "oga_title" "Probe"
    "oga_description" "Probe"
  END END
  OUTPUTFORMAT
    NAME "geojson"
    DRIVER "OGR/GEOJSON"
    MIMETYPE "application/json; subtype=geojson"
    FORMATOPTION "STORAGE=stream"
    FORMATOPTION "FORM=SIMPLE"
  END
{layers}
END
"""
LAYER = """  LAYER
    NAME "{name}"
    TYPE POLYGON
    STATUS ON
    {data}
    TEMPLATE "void"
    PROJECTION "init=epsg:{epsg}" END
    METADATA
      "ows_title" "{name}"
      "ows_enable_request" "*"
      "ows_srs" "EPSG:{epsg}"
      "gml_include_items" "all"
      "gml_featureid" "nr"
      "gml_types" "auto"
      "ows_extent" "{extent}"
      "wfs_maxfeatures" "{cap}"
      "wfs_use_default_extent_for_getfeature" "false"
    END
  END
"""
CONFIG = """CONFIG
  ENV
    MS_MAP_PATTERN "."
    OGCAPI_HTML_TEMPLATE_DIRECTORY "/usr/share/mapserver/ogcapi/templates/html-bootstrap4/"
  END
  MAPS
    metres "{metres}"
    degrees "{degrees}"
  END
END
"""


def layer(name: str, file: Path, epsg: int, cap: int) -> str:
    data = (
        f'CONNECTIONTYPE OGR CONNECTION "{file}" DATA "{file.stem}"'
        if file.suffix == ".gpkg"
        else f'DATA "{file}"\n    ENCODING "UTF-8"'
    )
    extent = "320000 5660000 325000 5665000" if epsg == 25833 else "12.5 51.1 12.56 51.16"
    return LAYER.format(name=name, data=data, epsg=epsg, cap=cap, extent=extent)


@contextmanager
def mapserver(folder: Path, *, cap: int = CAP) -> Iterator[Served]:
    """Run MapServer with 2,500 squares in EPSG:25833 and in EPSG:4326, as GeoPackage and Shape."""
    maps = {name: folder / f"{name}.map" for name in ("metres", "degrees")}
    config = folder / "mapserver.conf"
    config.write_text(CONFIG.format(**maps))
    with cgi(str(PROGRAM), {"MAPSERVER_CONFIG_FILE": str(config)}) as served:
        for name, shapes, epsg in (
            ("metres", region.squares(), 25833),
            ("degrees", region.in_degrees(), 4326),
        ):
            layers = ""
            for suffix in (".gpkg", ".shp"):
                file = folder / f"{name}{suffix}"
                region.write(file, shapes, f"EPSG:{epsg}")
                layers += layer(f"{name}_{suffix[1:]}", file, epsg, cap)
            text = MAP.format(name=name, epsg=epsg, cap=cap, layers=layers, url=served.url)
            maps[name].write_text(text)
        yield served
