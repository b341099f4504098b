"""What has to be done from time to time: sweeping, refreshing layers, heads of the journal."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from gis.problem import Refusal
from layers import gazetteer, refresh
from layers.due import due
from layers.folder import synced
from layers.layer import Layer
from layers.references import References
from layers.store import Store
from layers.tiles import there, tiles
from layers.unavailable import LayerUnavailableError
from service import journal
from service.access import sessions
from service.blobs import Blobs, unneeded
from service.config import Settings
from service.db import transaction
from service.district import District
from service.models.account import Attempt, LoginSession
from service.models.blob import Blob
from service.models.check import Check
from service.models.repeat import Repeat

log = logging.getLogger(__name__)
DAY = timedelta(days=1)
KEPT_DRAWN_S = 30 * 86_400.0  # maps and GeoPackages that were made on request
MANUAL = "manual"
HEADS = Path("audit") / "heads.jsonl"
DRAWN = "drawn"  # folder of what can be made again at any time
NAMES = "names"  # below it: names of places, to search by


def sweep(engine: Engine, settings: Settings, blobs: Blobs, store: Store) -> dict[str, int]:
    """Remove what nobody needs any more; return how much of each kind."""
    with transaction(engine) as session:
        rows = _old_rows(session, settings, datetime.now(UTC))
        unneeded(session)
    with transaction(engine) as session:
        known = frozenset(session.scalars(select(Blob.sha256)))
        checks = {str(number) for number in session.scalars(select(Check.id))}
    return {
        **rows,
        "blobs": blobs.sweep(known),
        "references": _stray_references(References(store.root / "refs"), checks),
        "drawn": _old_files(settings.data / DRAWN, KEPT_DRAWN_S),
    }


def _old_rows(session: Session, settings: Settings, now: datetime) -> dict[str, int]:
    # What lies in the future was written before the clock was set back.
    gone = {
        "attempts": delete(Attempt).where(~Attempt.at.between(now - DAY, now + DAY)),
        "sessions": delete(LoginSession).where(sessions.over(settings, now)),
        "repeats": delete(Repeat).where(Repeat.created < now - DAY),
    }
    return {name: session.execute(rows).rowcount for name, rows in gone.items()}  # type: ignore[attr-defined]  # of a delete it is a CursorResult


def _stray_references(references: References, checks: set[str]) -> int:
    """Drop references of checks that never came to be; one just being written is left."""
    young = time.time() - DAY.total_seconds()
    strays = [
        name
        for name in references.results()
        if name not in checks and _is_ours(name) and references.written(name) < young
    ]
    for name in strays:
        references.drop(name)
    return len(strays)


def _is_ours(name: str) -> bool:
    """Tell whether a reference is named as those of checks are: others belong to somebody else."""
    return len(name) == 36 and name.count("-") == 4


def _old_files(folder: Path, oldest_s: float) -> int:
    before = time.time() - oldest_s
    old = [p for p in folder.rglob("*") if p.is_file() and p.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def refresh_layers(district: District, stop: Callable[[], bool] = lambda: False) -> dict[str, str]:
    """Refresh the layers whose interval has run out, one after the other; return the outcomes.

    Whatever goes wrong with one, the version in force stays, and its findings say since when.
    """
    outcomes: dict[str, str] = {}
    for layer in due(district.store, district.catalogue.layers, datetime.now(UTC)):
        if stop():
            break
        outcome = refresh.refresh(district.store, layer, who=journal.SYSTEM)
        outcomes[layer.code] = outcome.event
        _draw(district, layer)
        facts = {"layer": layer.code, "event": outcome.event, "code": outcome.code}
        log.info("layer refreshed", extra={"facts": facts})
    return outcomes


def refresh_layer(district: District, code: str, who: str) -> str:
    """Refresh one layer because somebody has asked for it; return the outcome."""
    layer = district.catalogue.layer(code)
    outcome = refresh.refresh(district.store, layer, who=who)
    log.info("layer refreshed", extra={"facts": {"layer": code, "event": outcome.event}})
    _draw(district, layer)
    return outcome.event


def draw_layers(
    district: District, settings: Settings, stop: Callable[[], bool] = lambda: False
) -> None:
    """Write the names to search places by, and draw the tiles of public layers that have none."""
    gazetteer.prepare(district.catalogue, district.store, settings.data / DRAWN / NAMES)
    for layer in district.catalogue.layers:
        if stop():
            return
        if layer.visibility == "public" and layer.source.type != MANUAL:
            _draw(district, layer, anew=False)


def _draw(district: District, layer: Layer, *, anew: bool = True) -> None:
    """Draw the tiles of what is in force now; without them the map shows less, and that is all.

    With `anew` those that are there are read, and drawn again where they are damaged.
    """
    if layer.visibility == "restricted":
        return
    try:
        version = district.store.version(layer)
        if anew or not there(version, layer):
            tiles(version, layer)
    except (LayerUnavailableError, Refusal) as error:
        log.warning("no tiles", extra={"facts": {"layer": layer.code, "why": str(error)}})


def export_head(engine: Engine, data: Path) -> tuple[int, str]:
    """Add the journal's last number and hash to a file; return them.

    Kept elsewhere, they show later that nothing was changed or cut off before.
    """
    with transaction(engine) as session:
        number, digest = journal.head(session)
    path = data / HEADS
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    row = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "seq": number, "hash": digest}
    with path.open("ab") as file:
        file.write(orjson.dumps(row) + b"\n")
        file.flush()
    synced(path)
    return number, digest
