"""`belang audit`: verify the journal, print its head or a case's part, erase names in time."""

import argparse
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, select

from gis.problem import Text
from service import journal
from service.commands.usage import UsageError
from service.config import Settings
from service.db import engine_for, snapshot, transaction
from service.erasing import due, erase_account, erase_case
from service.journal import SYSTEM
from service.models.account import Account
from service.models.case import Case
from service.models.journal import Detail, Entry
from service.report.listing import as_json, listing
from service.running.database import database
from service.running.given import SettingsError, settings_from
from service.upkeep import HEADS

WRONG = 3
TITLE = Text("Abweichungen im Journal", "Faults of the journal")
COLUMNS = (Text("Eintrag", "entry"), Text("was", "what"))
SOUND = Text("Das Journal ist unverändert", "The journal is unchanged")


def run(given: argparse.Namespace) -> int:
    """Carry out the action; `verify` ends with 3 where anything is wrong.

    Raises
    ------
    UsageError
        If a setting cannot be used, or what was named does not exist.
    """
    try:
        settings = settings_from({"data": given.data, "catalogue": given.catalogue})
    except SettingsError as error:
        raise UsageError(str(error)) from error
    with database(settings) as url:
        engine = engine_for(url, pool=1)
        try:
            return ACTIONS[given.action](engine, settings, given)
        finally:
            engine.dispose()


def _verify(engine: Engine, settings: Settings, given: argparse.Namespace) -> int:
    paths = [settings.data / HEADS, *([given.heads] if given.heads else [])]
    if given.heads and not given.heads.is_file():
        raise UsageError(f"there is no file {given.heads}")
    kept = {number: digest for path in paths for number, digest in _heads(path)}
    with snapshot(engine) as session:  # others may be writing
        found = [(fault.seq, fault.what) for fault in journal.faults(session, kept)]
        seq, digest = journal.head(session)
    if given.as_json:
        faults = [{"entry": number, "what": what} for number, what in found]
        as_json({"entries": seq, "head": digest, "heads_kept": len(kept), "faults": faults})
    elif found:
        listing(TITLE, COLUMNS, [(str(number), what) for number, what in found], given.lang)
    else:
        counted = Text(
            f"{seq} Einträge, {len(kept)} hinterlegte Köpfe",
            f"{seq} entries, {len(kept)} heads kept",
        )
        _print(f"{SOUND.in_language(given.lang)}: {counted.in_language(given.lang)}.")
    return WRONG if found else 0


def _heads(path: Path) -> Iterable[tuple[int, str]]:
    """Yield the heads a file holds; a line that was cut off counts for nothing."""
    if not path.is_file():
        return
    for line in path.read_bytes().splitlines():
        try:
            row = orjson.loads(line)
            yield int(row["seq"]), str(row["hash"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            continue


def _head(engine: Engine, settings: Settings, given: argparse.Namespace) -> int:
    with transaction(engine) as session:
        seq, digest = journal.head(session)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    _print(orjson.dumps({"at": at, "seq": seq, "hash": digest}).decode())
    return 0


def _export(engine: Engine, settings: Settings, given: argparse.Namespace) -> int:
    with transaction(engine) as session:
        case = _case(session, given.case)
        rows = select(Entry, Detail).outerjoin(Detail, Detail.seq == Entry.seq)
        for entry, detail in session.execute(
            rows.where(Entry.case_id == case.id).order_by(Entry.seq)
        ):
            _print(orjson.dumps(_told(entry, detail)).decode())
    return 0


def _told(entry: Entry, detail: Detail | None) -> dict[str, Any]:
    """Return an entry with all that its hash covers, so that it can be computed again."""
    return {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "case": str(entry.case_id),
        "action": entry.action,
        "facts": entry.facts,
        "detail_hash": None if entry.detail_hash is None else entry.detail_hash.hex(),
        "previous": entry.previous.hex(),
        "hash": entry.hash.hex(),
        "detail": None if detail is None else detail.body,
        "salt": None if detail is None or detail.salt is None else detail.salt.hex(),
        "erased": None if detail is None else detail.erased,
    }


def _erase(engine: Engine, settings: Settings, given: argparse.Namespace) -> int:
    rows = []
    with transaction(engine) as session:
        if given.account is not None:
            account = session.scalars(select(Account).where(Account.login == given.account)).first()
            if account is None:
                raise UsageError(f"there is no account {given.account}")
            rows.append({"account": str(account.pseudonym)})
            if not given.dry_run:
                erase_account(session, account, actor=SYSTEM)
        else:
            cases = (
                [_case(session, given.case)]
                if given.case
                else due(session, settings.retention_years, datetime.now(UTC))
            )
            for case in cases:
                rows.append({"case": case.reference})
                if not given.dry_run:
                    reason = "request" if given.case else "retention"
                    done = erase_case(session, case, actor=SYSTEM, reason=reason)
                    rows[-1] |= {name: str(n) for name, n in done.counts.items() if n}
    if given.as_json:
        as_json({"dry_run": given.dry_run, "erased": rows})
    else:
        said = Text("würden gelöscht", "would go") if given.dry_run else Text("gelöscht", "erased")
        _print(f"{len(rows)} {said.in_language(given.lang)}")
        for row in rows:
            _print(", ".join(f"{name}: {value}" for name, value in row.items()))
    return 0


def _case(session: Any, reference: str | None) -> Case:
    if reference is None:
        raise UsageError("--case REFERENCE is missing")
    found: Case | None = session.scalars(
        select(Case).where(Case.reference == reference).with_for_update()
    ).first()
    if found is None:
        raise UsageError(f"there is no case {reference}")
    return found


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


ACTIONS = {"verify": _verify, "head": _head, "export": _export, "erase": _erase}
