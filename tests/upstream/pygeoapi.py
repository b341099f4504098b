"""A real pygeoapi in its own environment: OGC API – Features over 2,500 squares."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any

import yaml

from tests.upstream import region

ROOT = Path(__file__).parent.parent.parent
PROGRAM = ROOT / ".venv-upstream" / "bin" / "pygeoapi"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def _collection(path: Path, provider: str, **more: Any) -> dict[str, Any]:
    crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    return {
        "type": "collection",
        "title": "Probe",
        "description": "Probe",
        "keywords": ["probe"],
        "extents": {"spatial": {"bbox": list(region.BBOX), "crs": crs84}},
        "providers": [
            {
                "type": "feature",
                "name": provider,
                "data": str(path),
                "id_field": "nr",
                "crs": [crs84, f"{EPSG}25833", f"{EPSG}4326"],
                **more,
            }
        ],
    }


def _config(folder: Path, port: int) -> dict[str, Any]:
    contact = {"name": "Probe", "url": "http://127.0.0.1"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 100, "max_items": 1000},
            "map": {"url": "http://127.0.0.1/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "Probe", "description": "Probe", "keywords": ["probe"],
                "terms_of_service": "none", "url": "http://127.0.0.1",
            },
            "license": {"name": "none", "url": "http://127.0.0.1"},
            "provider": contact,
            "contact": contact,
        },
        "resources": {
            "degrees": _collection(folder / "degrees.geojson", "GeoJSON"),
            "metres": _collection(
                folder / "metres.geojson", "GeoJSON", storage_crs=f"{EPSG}25833"
            ),
        },
    }  # fmt: skip


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def pygeoapi(folder: Path) -> Iterator[str]:
    """Run pygeoapi; give its address."""
    region.geojson(folder / "degrees.geojson", region.in_degrees())
    region.geojson(folder / "metres.geojson", region.squares())
    port = _free_port()
    config, openapi = folder / "pygeoapi.yml", folder / "openapi.yml"
    config.write_text(yaml.safe_dump(_config(folder, port)))
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GDAL_", "OGR_", "CPL_"))}
    environment = {**clean, "PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    openapi.write_text("openapi: 3.0.2\n")  # made by pygeoapi in seconds; nobody here reads it
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [PROGRAM, "serve"], env=environment, stdout=output, stderr=output, cwd=folder
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, server, log)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/conformance", timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            if server.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(log.read_text(errors="replace"))
