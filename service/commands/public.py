"""`belang public`: write what a public instance may know, and nothing else."""

import argparse

from gis.problem import Text
from service.commands.progress import Progress
from service.commands.setting import data_root, setting
from service.district import District
from service.public.export import Exported, export
from service.report import console
from service.report.listing import as_json, listing

OPEN = 3
TITLE = Text("Fehlt im Export", "Missing in the export")
COLUMNS = (Text("Schicht", "layer"), Text("was", "what"), Text("Grund", "reason"))
WHAT = {"data": Text("Daten", "data"), "tiles": Text("Kacheln", "tiles")}


def run(given: argparse.Namespace) -> int:
    """Write an export; status 3 where data or tiles of a layer are missing in it."""
    with Progress() as progress:
        where = setting(given, progress)
        district = District(where.catalogue, where.store)
        made = export(district, data_root(given), given.folder, during=progress.step)
    if given.as_json:
        as_json(_plain(made))
    else:
        size = f"{made.bytes / 1e6:.1f} MB"
        said = Text(
            f"{made.layers} öffentliche Schichten, {made.files} Dateien, {size} → {given.folder}",
            f"{made.layers} public layers, {made.files} files, {size} → {given.folder}",
        )
        console.plain(said.in_language(given.lang))
        if made.missing:
            rows = [
                (m.layer, WHAT[m.what].in_language(given.lang), m.reason.in_language(given.lang))
                for m in made.missing
            ]
            listing(TITLE, COLUMNS, rows, given.lang)
    return OPEN if made.missing else 0


def _plain(made: Exported) -> dict[str, object]:
    return {
        "layers": made.layers,
        "files": made.files,
        "bytes": made.bytes,
        "missing": [
            {"layer": m.layer, "what": m.what, "reason": m.reason._asdict()} for m in made.missing
        ],
    }
