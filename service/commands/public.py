"""`belang public`: write what a public instance may know, and nothing else."""

import argparse
from datetime import date

from gis.problem import Text
from service.cases.publishing import published
from service.commands.progress import Progress
from service.commands.setting import data_root, setting
from service.commands.usage import UsageError
from service.db import engine_for, transaction
from service.district import District
from service.public.export import Exported, export
from service.public.released import plain, stated
from service.report import console
from service.report.listing import as_json, listing
from service.running.database import beside
from service.running.given import SettingsError, settings_from

OPEN = 3
TITLE = Text("Fehlt im Export", "Missing in the export")
COLUMNS = (Text("Schicht", "layer"), Text("was", "what"), Text("Grund", "reason"))
WHAT = {"data": Text("Daten", "data"), "tiles": Text("Kacheln", "tiles")}


def run(given: argparse.Namespace) -> int:
    """Write an export; status 3 where data or tiles of a layer are missing in it."""
    with Progress() as progress:
        where = setting(given, progress)
        district = District(where.catalogue, where.store)
        plans = _released(given, district)
        made = export(district, data_root(given), given.folder, plans=plans, during=progress.step)
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


def _released(given: argparse.Namespace, district: District) -> bytes:
    """Return what was released of cases; nothing where there is no database yet.

    Raises
    ------
    UsageError
        If a setting cannot be used.
    """
    try:
        settings = settings_from({"data": given.data, "catalogue": given.catalogue})
    except SettingsError as error:
        raise UsageError(str(error)) from error
    with beside(settings) as url:
        if url is None:
            return plain(())
        engine = engine_for(url, pool=1)
        try:
            with transaction(engine) as session:
                found = published(session, date.today())
                return plain(found, stated(session, district, found))
        finally:
            engine.dispose()


def _plain(made: Exported) -> dict[str, object]:
    return {
        "layers": made.layers,
        "files": made.files,
        "bytes": made.bytes,
        "missing": [
            {"layer": m.layer, "what": m.what, "reason": m.reason._asdict()} for m in made.missing
        ],
    }
