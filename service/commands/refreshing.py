"""`belang layers refresh`, `status`, `history` and `accept`: what is published, and why."""

import argparse
import getpass
from collections.abc import Mapping
from datetime import date
from typing import Any

from gis.problem import Text
from layers import refresh as refreshes
from layers import sources
from layers.layer import Layer
from layers.quality import overdue
from layers.refresh import Outcome
from layers.store import Store
from layers.unavailable import LayerUnavailableError
from service.commands import tiling
from service.commands.chosen import chosen
from service.commands.progress import Progress
from service.commands.setting import setting
from service.commands.tiling import Tiled
from service.commands.usage import UsageError
from service.report.listing import as_json, listing

KEPT = 3
EVENTS = {
    "published": Text("veröffentlicht", "published"),
    "unchanged": Text("unverändert", "unchanged"),
    "refused": Text("nicht veröffentlicht", "refused"),
    "accepted": Text("freigegeben", "accepted"),
}
LAYER, RESULT, COUNT = (
    Text("Schicht", "layer"),
    Text("Ergebnis", "result"),
    Text("Objekte", "count"),
)
VERSION, REASON, WHEN = Text("Stand", "version"), Text("Grund", "reason"), Text("Zeit", "when")
DASH = "–"


def refresh(given: argparse.Namespace) -> int:
    """Refresh layers, then draw them; status 3 where one was not published or drawn."""
    with Progress() as progress:
        where = setting(given, progress)
        layers = _refreshed(given, where.store, chosen(where.catalogue.layers, given.codes))
        progress.expect(len(layers))
        outcomes = []
        for layer in layers:
            progress.step(layer.title.in_language(given.lang))
            outcomes.append(
                refreshes.refresh(where.store, layer, who=_who(given), dry_run=given.dry_run)
            )
        drawn = [] if given.dry_run else _drawn(where.store, outcomes, progress)
    _tell(given, outcomes, drawn)
    left = any(outcome.kept for outcome in outcomes) or any(one.failed for one in drawn)
    return KEPT if left else 0


def _drawn(store: Store, outcomes: list[Outcome], progress: Progress) -> list[Tiled]:
    """Make the tiles of what is in force now; all layers are published before."""
    drawn = []
    for outcome in outcomes:
        if not outcome.kept:
            progress.step(f"Kacheln / tiles: {outcome.layer.code}")
            drawn.append(tiling.tiled(store, outcome.layer))
    return drawn


def _refreshed(given: argparse.Namespace, store: Store, layers: list[Layer]) -> list[Layer]:
    """Return the layers to refresh: those named, or all that are refreshed at all."""
    if given.codes:
        wrong = [la.code for la in layers if la.source.type not in _known()]
        if wrong:
            raise UsageError(f"nothing to refresh by machine: {', '.join(wrong)}")
    else:
        layers = [la for la in layers if _is_refreshed(store, la)]
    return [la for la in layers if not given.due or _due(store, la)]


def _known() -> set[str]:
    return {*sources.READERS, *sources.REFRESHED}


def _is_refreshed(store: Store, layer: Layer) -> bool:
    return layer.source.type in sources.REFRESHED or store.published(layer).exists()


def _due(store: Store, layer: Layer) -> bool:
    """Tell whether a layer was never published, is stale, or older than its interval allows."""
    try:
        state = store.published(layer).state()
    except LayerUnavailableError:
        return True
    if state.refreshed is None or state.stale_since is not None:
        return True
    age = date.today() - date.fromisoformat(state.refreshed[:10])
    return layer.refresh_days is None or age.days >= layer.refresh_days


def _who(given: argparse.Namespace) -> str:
    if given.who:
        return str(given.who)
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in a container
        return "unknown"


def _tell(given: argparse.Namespace, outcomes: list[Outcome], drawn: list[Tiled]) -> None:
    if given.as_json:
        tiles = {one.layer.code: one.to_json() for one in drawn}
        as_json([{**_outcome(o), "tiles": tiles.get(o.layer.code)} for o in outcomes])
        return
    rows = [
        (
            outcome.layer.code,
            EVENTS[outcome.event].in_language(given.lang),
            DASH if outcome.count is None else str(outcome.count),
            (outcome.version or DASH)[:12],
            _said(outcome.reason, given.lang),
        )
        for outcome in outcomes
    ]
    title = Text("Aktualisierung", "Refresh")
    if getattr(given, "dry_run", False):
        title = Text("Probe: nichts wurde veröffentlicht", "Dry run: nothing was published")
    listing(title, (LAYER, RESULT, COUNT, VERSION, REASON), rows, given.lang)
    tiling.warn(drawn, given.lang)


def _said(reason: Text | None, language: str) -> str:
    return reason.in_language(language) if reason else ""


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "layer": outcome.layer.code,
        "event": outcome.event,
        "code": outcome.code,
        "reason": _both(outcome.reason),
        "version": outcome.version,
        "previous": outcome.previous,
        "count": outcome.count,
        "protocol": outcome.protocol,
    }


def _both(text: Text | None) -> Mapping[str, str] | None:
    return None if text is None else {"de": text.de, "en": text.en}


def status(given: argparse.Namespace) -> int:
    """Print the state of what is refreshed; status 3 where a layer is missing or out of date."""
    with Progress() as progress:
        where = setting(given, progress)
        layers = chosen(where.catalogue.layers, given.codes)
    states = [_state(where.store, la) for la in layers if _is_refreshed(where.store, la)]
    if given.as_json:
        as_json(states)
    else:
        rows = [
            (
                state["layer"],
                (state["version"] or DASH)[:12],
                (state["since"] or DASH)[:16],
                (state["refreshed"] or DASH)[:16],
                " ".join(text[given.lang] for text in state["open"]),
            )
            for state in states
        ]
        since, seen = Text("gilt seit", "since"), Text("zuletzt bestätigt", "last confirmed")
        listing(
            Text("Veröffentlichte Stände", "Published versions"),
            (LAYER, VERSION, since, seen, Text("offen", "open")),
            rows,
            given.lang,
        )
    return KEPT if any(state["open"] for state in states) else 0


def _state(store: Store, layer: Layer) -> dict[str, Any]:
    published = store.published(layer)
    found: list[Text | None] = []
    try:
        published.version(store.base(layer) / "versions")
    except LayerUnavailableError as error:
        found.append(error.text)
    try:
        state = published.state()
    except LayerUnavailableError:
        return {**dict.fromkeys(("version", "since", "refreshed", "stale_since", "staged")),
                "layer": layer.code, "open": [_both(text) for text in found]}  # fmt: skip
    found.append(state.reason)
    if state.refreshed is not None:
        found.append(overdue(layer, date.today(), state.refreshed[:10]))
    return {
        "layer": layer.code,
        "version": state.version,
        "since": state.since,
        "refreshed": state.refreshed,
        "stale_since": state.stale_since,
        "staged": state.staged,
        "open": [_both(text) for text in found if text is not None],
    }


def history(given: argparse.Namespace) -> int:
    """Print what happened to layers, the oldest first."""
    with Progress() as progress:
        where = setting(given, progress)
        layers = chosen(where.catalogue.layers, given.codes)
    events = [
        {"layer": layer.code, **event}
        for layer in layers
        for event in where.store.published(layer).events()
    ]
    if given.as_json:
        as_json(events)
        return 0
    rows = [
        (
            str(event["layer"]),
            str(event["when"])[:19],
            EVENTS[event["event"]].in_language(given.lang),
            str(event["who"]),
            str(event["version"] or DASH)[:12],
            event["because"] or (event["reason"] or {}).get(given.lang, ""),
        )
        for event in events
    ]
    who = Text("wer", "who")
    listing(
        Text("Verlauf", "History"), (LAYER, WHEN, RESULT, who, VERSION, REASON), rows, given.lang
    )
    return 0


def accept(given: argparse.Namespace) -> int:
    """Publish what a refresh has refused, then draw it; status 3 where that fails."""
    if not given.reason.strip():
        raise UsageError("--reason: say why, it stays on record")
    with Progress() as progress:
        where = setting(given, progress)
        (layer,) = chosen(where.catalogue.layers, [given.code])
        outcome = refreshes.accept(where.store, layer, who=_who(given), reason=given.reason.strip())
        drawn = _drawn(where.store, [outcome], progress)
    _tell(given, [outcome], drawn)
    return KEPT if any(one.failed for one in drawn) else 0
