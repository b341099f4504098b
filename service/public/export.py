"""Writing an export for a public instance: nothing goes in that is not meant for everybody.

Of the store only the versions in force of public layers are taken, file by file; whoever imported
what, when and from where stays inside. Answers given by hand stay inside, too: they are of
persons, and may be about one plan.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as release
from pathlib import Path
from typing import Any

import shapely
import yaml
from shapely.geometry.base import BaseGeometry

from gis.problem import Refusal, Text
from layers import covering
from layers.catalogue import Catalogue
from layers.folder import aside_in, publish, write_whole
from layers.layer import Layer
from layers.published import Published
from layers.store import LayerUnavailableError
from layers.tiles import FOLDER as TILES
from layers.tiles import tiles
from layers.version import FACTS, LayerVersion, checked_text, file_facts
from service.blocks.reading import FILE as BLOCKS
from service.district import District
from service.exported import (
    CATALOGUE,
    FORMAT,
    LAYERS,
    MANIFEST,
    PAGES,
    PLANS,
    ExportError,
    manifest,
)
from service.public.cut import AREA, coverage_file, cut, shown, visions

During = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Missing:
    """A layer that goes without data, or without tiles."""

    layer: str
    what: str  # data, tiles
    reason: Text


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: layers with their data, files, bytes, and what is missing."""

    layers: int
    files: int
    bytes: int
    missing: tuple[Missing, ...]


def export(
    district: District,
    data: Path,
    to: Path,
    *,
    plans: bytes = b"[]",
    during: During = lambda _: None,
) -> Exported:
    """Write an export to the folder `to`, in place of the one before; `data` is the data folder,
    `plans` what was released of cases (`service.public.released`).

    A layer whose data cannot be had is exported without them, so that reports say that it could
    not be checked. It is written aside and gets its name when it is whole.

    Raises
    ------
    ExportError
        ``export-target``: something else is in that folder.
    Refusal
        ``data-folder`` where it cannot be written.
    AreaUnavailableError
        If the area of competence cannot be had: without it every plan would be taken.
    """
    _require_ours(to)
    with aside_in(to.absolute().parent) as aside:
        write_whole(aside / PLANS, plans)
        missing = _written(district, data, aside, during)
        files = {str(p.relative_to(aside)): file_facts(p) for p in aside.rglob("*") if p.is_file()}
        about = {
            "format": FORMAT,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "belang": release("belang"),
            "files": dict(sorted(files.items())),
        }
        write_whole(aside / MANIFEST, json.dumps(about, indent=1).encode())
        publish(aside, to.absolute())
    without = {one.layer for one in missing if one.what == "data"}
    count = sum(layer.code not in without for layer in _with_data(district.catalogue))
    return Exported(count, len(files), sum(size for size, _ in files.values()), tuple(missing))


def _require_ours(to: Path) -> None:
    if to.is_dir() and any(to.iterdir()):
        try:
            manifest(to)
        except ExportError as error:
            raise ExportError("export-target", _occupied(to)) from error
    elif to.exists() and not to.is_dir():
        raise ExportError("export-target", _occupied(to))


def _written(district: District, data: Path, folder: Path, during: During) -> list[Missing]:
    _write_catalogue(district, folder)
    missing: list[Missing] = []
    for layer in _with_data(district.catalogue):
        during(layer.code)
        missing += _write_layer(district, layer, folder)
    for path in sorted((data / PAGES).glob("*.txt")):
        write_whole(folder / PAGES / path.name, path.read_bytes())
    return missing


def _with_data(catalogue: Catalogue) -> list[Layer]:
    return [layer for layer in shown(catalogue) if layer.source.type != "manual"]


def _write_catalogue(district: District, folder: Path) -> None:
    said = cut(district.catalogue, district.rules)
    for name, content in ((CATALOGUE, said), (BLOCKS, visions(district.blocks, said))):
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
        write_whole(folder / name, text.encode())
    if district.area is not None:
        _write_polygon(folder / AREA, district.area, district.catalogue)


def _write_layer(district: District, layer: Layer, folder: Path) -> list[Missing]:
    """Write the version in force with coverage and tiles; return what could not be had."""
    if layer.fault is not None:  # cut of what is wrong in it, it could look as if all was well
        return [Missing(layer.code, "data", layer.fault)]
    try:
        version = district.store.version(layer)
        _write_coverage(district, layer, version, folder)
    except LayerUnavailableError as error:
        return [Missing(layer.code, "data", error.text)]
    _write_version(version, folder / LAYERS)
    _write_state(layer, version, folder / LAYERS)
    try:
        drawn = tiles(version, layer)
    except Refusal as refusal:
        return [Missing(layer.code, "tiles", refusal.text)]
    if drawn is not None:  # only this layer's: others may have the same content
        name = f"{TILES}/{version.folder.name}/{drawn.parent.name}"
        shutil.copytree(drawn.parent, folder / LAYERS / name)
    return []


def _write_version(version: LayerVersion, root: Path) -> None:
    there = root / "versions" / version.folder.name
    if there.exists():
        return  # another layer's, with the same content
    there.mkdir(parents=True)
    for name in version.facts["files"]:
        shutil.copyfile(version.folder / name, there / name)
    facts = {name: v for name, v in version.facts.items() if name not in ("published", "region")}
    (there / FACTS).write_bytes(checked_text(facts))


def _write_state(layer: Layer, version: LayerVersion, root: Path) -> None:
    """Write which version is in force: how old it is, not who published it."""
    known = version.facts.get("published") or {}
    facts = {
        "version": version.folder.name,
        "origin": {name: version.facts[name] for name in ("transformation", "notes")},
        "since": known.get("since"),
        "refreshed": known.get("refreshed"),
    }
    published = Published(root / "published" / layer.code, layer.code)
    write_whole(published.folder / "current.json", checked_text(facts))
    if known.get("stale_since") is not None:
        stale = {"since": known["stale_since"], "after": facts["refreshed"], "reason": STALE}
        write_whole(published.folder / "stale.json", checked_text(stale))


def _write_coverage(district: District, layer: Layer, version: LayerVersion, folder: Path) -> None:
    source, catalogue = layer.coverage, district.catalogue
    if source is None or source.type == "district":
        return
    if source.type == "served":
        area = covering.served(layer, version, catalogue.crs)
    else:
        area = covering.polygon(source, catalogue, district.store)
    _write_polygon(folder / coverage_file(layer), area, catalogue)


def _write_polygon(path: Path, area: BaseGeometry, catalogue: Catalogue) -> None:
    shape: dict[str, Any] = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": catalogue.crs.to_string()}},
        "features": [
            {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(area))}
        ],
    }
    write_whole(path, json.dumps(shape).encode())


STALE = {"de": "innen sind die Gründe bekannt", "en": "the reasons are known inside"}


def _occupied(to: Path) -> Text:
    return Text(
        f"In {to} liegt etwas anderes als ein Export; bitte einen leeren Ordner nennen.",
        f"There is something else than an export in {to}; name an empty folder.",
    )
