"""`belang layers diff` and `export`: versions looked at by a person."""

import argparse
import csv
import io
from typing import Any

from gis.problem import Text
from layers.difference import Difference, difference
from layers.export import COLUMNS, export_difference, rows
from layers.export import export as exported
from layers.layer import Layer
from layers.store import Store
from layers.unavailable import LayerUnavailableError
from layers.version import LayerVersion, open_version
from service.commands.chosen import chosen
from service.commands.output import put, require_apart, writing
from service.commands.progress import Progress
from service.commands.setting import setting
from service.commands.usage import UsageError
from service.report.listing import as_json, listing
from service.report.table import FORMULA

MOST_SHOWN = 100


def diff(given: argparse.Namespace) -> int:
    """Compare two versions of a layer; print what differs, write what was asked for."""
    require_apart(filter(None, (given.csv, given.gpkg, given.map)), filter(None, [given.catalogue]))
    with Progress() as progress:
        where = setting(given, progress)
        (layer,) = chosen(where.catalogue.layers, [given.code])
        before, now = _two(where.store, layer, given.before, given.now)
        found = difference(before, now)
    table = rows(found)
    if given.csv:
        put(given.csv, _csv(table))
    if given.gpkg:
        with writing(given.gpkg):
            export_difference(found, given.gpkg, now.crs)
    if given.map:
        from service.report.changes import page

        put(given.map, page(layer, found, given.lang))
    _tell(given, found, table, before, now)
    return 0


def _two(
    store: Store, layer: Layer, before: str | None, now: str | None
) -> tuple[LayerVersion, LayerVersion]:
    """Return the versions to compare: what was named, else what is most worth looking at."""
    staged = store.published(layer).state().staged
    if before is None:
        before, now = ("current", "staged") if staged else ("previous", "current")
    return named(store, layer, before), named(store, layer, now or "current")


def named(store: Store, layer: Layer, name: str) -> LayerVersion:
    """Return a version: ``current``, ``previous``, ``staged`` or the beginning of its hash.

    Raises
    ------
    UsageError
        If there is none, or several.
    """
    if name == "current":
        try:
            return store.version(layer)
        except LayerUnavailableError as error:
            raise UsageError(f"{layer.code}: {error.text.en}") from error
    versions = store.base(layer) / "versions"
    found = _marked(store, layer, name)
    if found is None:
        start = name.removeprefix("sha256:")
        fitting = [p.name for p in versions.glob("*") if p.name.startswith(start)] if start else []
        if len(fitting) != 1:
            raise UsageError(f"{layer.code}: {len(fitting)} versions are called {name}")
        found = fitting[0]
    try:
        return open_version(versions / found)
    except (OSError, ValueError) as error:
        raise UsageError(f"{layer.code}: version {found[:12]} cannot be read: {error}") from error


def _marked(store: Store, layer: Layer, name: str) -> str | None:
    """Return which version goes by a word; None for what is no word."""
    if name not in ("staged", "previous"):
        return None
    published = store.published(layer)
    state = published.state()
    if name == "staged":
        found = state.staged
    else:
        before = [e["version"] for e in published.events() if e["event"] != "refused"]
        found = next((v for v in reversed(before) if v != state.version), None)
    if found is None:
        raise UsageError(f"{layer.code}: there is no {name} version")
    return str(found)


def _csv(table: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for row in table:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return "\ufeff" + text.getvalue()


def _cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _tell(
    given: argparse.Namespace,
    found: Difference,
    table: list[dict[str, Any]],
    before: LayerVersion,
    now: LayerVersion,
) -> None:
    versions = {"before": before.sha256, "now": now.sha256}
    if given.as_json:
        as_json({**versions, "counts": found.counts(), "objects": table})
        return
    shown = [
        tuple("" if row[name] is None else str(row[name]) for name in COLUMNS)
        for row in table[:MOST_SHOWN]
    ]
    said = ", ".join(f"{count} {name}" for name, count in found.counts().items())
    names = f"{given.code} {before.folder.name[:12]} → {now.folder.name[:12]}"
    title = f"{names}: {said}"
    if len(table) > MOST_SHOWN:
        title += f" ({MOST_SHOWN} / {len(table)})"
    listing(Text(title, title), [Text(name, name) for name in COLUMNS], shown, given.lang)


def export(given: argparse.Namespace) -> int:
    """Write a version as a GeoPackage."""
    with Progress() as progress:
        where = setting(given, progress)
        (layer,) = chosen(where.catalogue.layers, [given.code])
        version = named(where.store, layer, given.of or "current")
        require_apart([given.file], filter(None, [given.catalogue, layer.source.path]))
        with writing(given.file):
            exported(version, given.file, layer.code)
    if given.as_json:
        as_json({"layer": layer.code, "version": version.sha256, "file": str(given.file)})
    return 0
