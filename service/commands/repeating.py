"""`belang repeat`: make kept checks again from what was frozen, and compare every byte."""

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from gis.problem import Text
from service.blobs import Blobs
from service.cases.repeating import Comparison, compared
from service.commands.usage import UsageError
from service.config import Settings
from service.db import engine_for, transaction
from service.district import open_district
from service.errors import ServiceError
from service.models.check import Check
from service.plans.apart import read_plan_forked
from service.report.listing import as_json, listing
from service.running.database import database
from service.running.given import SettingsError, settings_from

OTHER = 3
TITLE = Text("Prüfungen, wiederholt", "Checks made again")
COLUMNS = (Text("Prüfung", "check"), Text("Ergebnis", "result"))
SAME, DIFFERS = Text("bytegleich", "the same bytes"), Text("weicht ab: ", "differs: ")


def run(given: argparse.Namespace) -> int:
    """Repeat the checks and print what came of it; 3 where a report is not the same.

    Raises
    ------
    UsageError
        If a setting cannot be used, or a check does not exist.
    """
    try:
        settings = settings_from({"data": given.data, "catalogue": given.catalogue})
    except SettingsError as error:
        raise UsageError(str(error)) from error
    with database(settings) as url:
        engine = engine_for(url, pool=1)
        try:
            rows = list(_repeated(engine, settings, _checks(engine, given.checks), given.lang))
        finally:
            engine.dispose()
    if given.as_json:
        as_json(rows)
    else:
        listing(TITLE, COLUMNS, [(r["check"], _said(r, given.lang)) for r in rows], given.lang)
    return 0 if all(row["same"] for row in rows) else OTHER


def _checks(engine: Engine, named: list[str]) -> list[UUID]:
    with transaction(engine) as session:
        done = select(Check.id).where(Check.state == "done").order_by(Check.finished)
        known = list(session.scalars(done))
    if not named:
        return known
    wanted = [number for number in known if str(number) in named]
    if strangers := set(named) - {str(number) for number in wanted}:
        raise UsageError(f"no finished check: {', '.join(sorted(strangers))}")
    return wanted


def _repeated(
    engine: Engine, settings: Settings, checks: list[UUID], language: str
) -> Iterator[dict[str, Any]]:
    store, blobs = open_district(settings).store, Blobs(settings.data / "blobs")
    for check_id in checks:
        try:
            found = list(compared(engine, check_id, blobs, store, read_plan_forked))
        except ServiceError as error:
            problem = {"code": error.code, "text": error.text.in_language(language)}
            yield {"check": str(check_id), "same": False, "problem": problem, "reports": []}
            continue
        same = all(one.same for one in found)
        reports = [asdict(one) for one in found]
        yield {"check": str(check_id), "same": same, "problem": None, "reports": reports}


def _said(row: dict[str, Any], language: str) -> str:
    if row["problem"]:
        return str(row["problem"]["text"])
    if row["same"]:
        return SAME.in_language(language)
    differing = [Comparison(**report) for report in row["reports"]]
    named = [f"{one.audience} ({one.language})" for one in differing if not one.same]
    return DIFFERS.in_language(language) + ", ".join(named)
