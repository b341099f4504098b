"""`belang demo`: accounts and cases to look at, in a data folder that holds nothing yet."""

import argparse
import sys
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, exists, select

from service.blobs import Blobs
from service.cases.checking import carry_out
from service.cases.demonstration import Hands, Login, accounts, fill, signers
from service.cases.samples import CASES, SENT, Sample
from service.config import Settings
from service.consolidation import demonstration, drafting
from service.db import engine_for, transaction
from service.district import open_district
from service.house import open_house
from service.models.account import Account
from service.plans.intake import read_plan
from service.running.database import database
from service.running.given import settings_from
from service.running.schema import upgraded

TITLES = {
    "planner": "Planer", "officer": "Fachamt", "coordinator": "Koordination",
    "steward": "Geodaten", "administrator": "Verwaltung",
}  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """Make what is to be looked at, unless it is there already; write the log-ins to a file."""
    settings = settings_from({"data": given.data})
    with database(settings) as url:
        upgraded(url)
        engine = engine_for(url)
        try:
            _demonstrate(engine, settings, given.accounts, given.cases)
        finally:
            engine.dispose()
    return 0


def _demonstrate(engine: Engine, settings: Settings, target: Path, cases: int | None) -> None:
    district = open_district(settings)
    with transaction(engine) as session:
        if session.scalar(select(exists().select_from(Account))):
            _say("Konten und Vorgänge sind schon da. / Accounts and cases are there already.")
            return
        made = accounts(session, frozenset(district.offices), signers(open_house(settings)))
        _write(target, made)  # before they are committed: a password is shown once
    check = partial(carry_out, engine, district, Blobs(settings.data / "blobs"))
    # Printing statements takes as long as everything else: beside it, and those cases first.
    first = sorted(CASES[:cases], key=lambda sample: SENT not in sample.steps)
    url = engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        sent: list[Future[None]] = []

        def send(case_id: UUID, sample: Sample) -> None:
            sent.append(pool.submit(_sent, url, settings, case_id, sample))

        hands = Hands(check, drafting.begin, send)
        for title in fill(engine, district, settings, read_plan, hands, first):
            _say(f"  {title}")
        for one in sent:
            one.result()


def _sent(url: str, settings: Settings, case_id: UUID, sample: Sample) -> None:
    """Send a statement, in a process of its own."""
    engine = engine_for(url)
    try:
        demonstration.send(engine, open_district(settings), settings, read_plan, case_id, sample)
    finally:
        engine.dispose()


def _write(target: Path, made: list[Login]) -> None:
    lines = [f"{TITLES[one.role]:<13} {one.login:<13} {one.password}\n" for one in made]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    target.write_text("".join(lines), encoding="utf-8")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
