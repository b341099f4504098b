"""What GDAL may do: asked in a process of its own, since its drivers are chosen on import."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def ask(script: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


DRIVERS = "from layers.reading.ogr import engine; print(*sorted(engine().list_drivers()), sep=', ')"


def test_only_the_drivers_that_are_needed_are_there() -> None:
    assert ask(DRIVERS) == "DXF, ESRI Shapefile, FlatGeobuf, GPKG, MEM"


def test_the_environment_cannot_bring_others_back() -> None:
    assert ask(DRIVERS, GDAL_SKIP="", CPL_VSIL_CURL_ALLOWED_FILENAME="x").startswith("DXF, ESRI")


def test_settings_hold_where_pyogrio_was_imported_before() -> None:
    script = (
        "import pyogrio; from layers.reading.ogr import engine; p = engine();"
        "print(p.get_gdal_config_option('OGR_ARC_STEPSIZE'),"
        " p.get_gdal_config_option('CPL_VSIL_CURL_ALLOWED_FILENAME'))"
    )
    assert ask(script) == "0.25 /vsicurl/none"


def test_importing_the_reader_does_not_import_gdal() -> None:
    script = "import sys, layers.reading, layers.store; print('pyogrio' in sys.modules)"
    assert ask(script) == "False"
