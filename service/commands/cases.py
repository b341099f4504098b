"""`belang cases import`: closed cases of earlier years from a table, all of it or nothing."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from gis.problem import Text
from service.blobs import Blobs
from service.cases.importing.fault import IMPORT, MOST_TOLD, FaultyError
from service.cases.importing.shaping import Geodata
from service.cases.importing.taking import Outcome, Source, take
from service.commands.usage import UsageError
from service.config import Settings
from service.db import engine_for, transaction
from service.district import open_district
from service.errors import ServiceError
from service.journal import SYSTEM
from service.plans.apart import Reader
from service.report import console
from service.report.listing import as_json, listing
from service.running.database import database
from service.running.given import SettingsError, settings_from

REFUSED = 2
COLUMNS = (Text("Zeile", "line"), Text("Spalte", "column"), Text("was zu tun ist", "what to do"))


def run(given: argparse.Namespace) -> int:
    """Import a table; status 2 where it is not taken.

    Raises
    ------
    UsageError
        If a setting cannot be used, or a file does not exist.
    """
    for path in filter(None, (given.file, given.geometry)):
        if not path.is_file():
            raise UsageError(f"there is no file {path}")
    try:
        settings = settings_from({"data": given.data, "catalogue": given.catalogue})
    except SettingsError as error:
        raise UsageError(str(error)) from error
    try:
        outcome = _taken(settings, given)
    except FaultyError as error:
        return _faulty(error, given)
    except ServiceError as error:
        sys.stderr.write(f"{error.text.in_language(given.lang)} [{error.code}]\n")
        return REFUSED
    _told(outcome, given)
    return 0


def _taken(settings: Settings, given: argparse.Namespace) -> Outcome:
    said = {"source_crs": given.crs, "layer": given.plan_layer, "origin": given.origin}
    district = open_district(settings)
    intake = replace(district.intake(), accept=frozenset(given.accept), **said)
    geodata = None if given.geometry is None else Geodata(given.geometry, given.by)
    table = _bytes(given.file, settings.upload_bytes)
    source = Source(table, intake, geodata, district.towns)
    with database(settings) as url, _reader() as reader:
        engine = engine_for(url, pool=1)
        try:
            with transaction(engine) as session:
                return take(
                    session,
                    Blobs(settings.data / "blobs"),
                    source,
                    reader,
                    actor=SYSTEM,
                    today=date.today(),
                    dry_run=given.dry_run,
                )
        finally:
            engine.dispose()


@contextmanager
def _reader() -> Iterator[Reader]:
    reader = Reader()
    try:
        yield reader
    finally:
        reader.close()


def _bytes(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise UsageError(f"{path} is larger than {most} bytes (BELANG_UPLOAD_BYTES)")
    return content


def _faulty(error: FaultyError, given: argparse.Namespace) -> int:
    """Say all that is wrong; with --json as a problem document."""
    told = error.told(given.lang)
    if given.as_json:
        as_json(
            {
                "type": "urn:belang:problem:import-faulty",
                "status": 422,
                "code": "import-faulty",
                "detail": IMPORT.in_language(given.lang),
                "faults": len(error.faults),
                "errors": told,
            }
        )
        return REFUSED
    title = Text("Nichts wurde übernommen", "Nothing was imported")
    rows = [tuple("–" if v is None else str(v) for v in one.values()) for one in told]
    listing(title, COLUMNS, rows, given.lang)
    if (more := len(error.faults) - MOST_TOLD) > 0:
        said = Text(f"… und {more} weitere", f"… and {more} more")
        console.plain(said.in_language(given.lang))
    return REFUSED


def _told(outcome: Outcome, given: argparse.Namespace) -> None:
    if given.as_json:
        as_json(
            {
                "dry_run": given.dry_run,
                "imported": list(outcome.imported),
                "skipped": list(outcome.skipped),
                "without_outline": list(outcome.without_outline),
                "unused": outcome.unused,
                "remarks": [
                    {"line": r.line, "reference": r.reference,
                     "text": r.text.in_language(given.lang)}
                    for r in outcome.remarks
                ],
            }
        )  # fmt: skip
        return
    counts = [len(outcome.imported), len(outcome.skipped), len(outcome.without_outline)]
    verb = Text("würden übernommen", "would be imported")
    if not given.dry_run:
        verb = Text("übernommen", "imported")
    said = Text(
        "{} Vorgänge {verb}, {} waren schon da, {} ohne Umriss; {} Objekte der Geodatei gehören zu "
        "keiner Zeile.".format(*counts, outcome.unused, verb=verb.de),
        "{} cases {verb}, {} were there already, {} without an outline; {} objects of the geodata "
        "belong to no row.".format(*counts, outcome.unused, verb=verb.en),
    )
    lines = [said.in_language(given.lang)]
    lines += [f"{r.line} {r.reference}: {r.text.in_language(given.lang)}" for r in outcome.remarks]
    console.plain("\n".join(lines))
