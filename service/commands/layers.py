"""`belang layers`: what the steward of the layers does, one action a function."""

import argparse
from typing import Any

from layers.layer import Layer
from layers.store import LayerUnavailableError, Store
from layers.version import LayerVersion
from service.commands import answer, comparing, refreshing, tiling, upkeep
from service.commands.chosen import chosen
from service.commands.progress import Progress
from service.commands.setting import Setting, setting
from service.report import console
from service.report.listing import as_json

UNRESOLVED = 3
ACTIONS = {
    "answer": answer.run,
    "refresh": refreshing.refresh,
    "status": refreshing.status,
    "history": refreshing.history,
    "accept": refreshing.accept,
    "diff": comparing.diff,
    "export": comparing.export,
    "tiles": tiling.run,
    "verify": upkeep.verify,
    "gc": upkeep.gc,
    "copy": upkeep.copy,
}


def run(given: argparse.Namespace) -> int:
    """Carry out the action; status 3 where something is left open."""
    if given.action in ACTIONS:
        return ACTIONS[given.action](given)
    with Progress() as progress:
        where = setting(given, progress)
        states = _states(given, where, progress)
    if given.as_json:
        as_json([_plain(layer, state) for layer, state in states])
    else:
        console.layers(states, given.lang)
    return UNRESOLVED if any(isinstance(state, Exception) for _, state in states) else 0


def _states(
    given: argparse.Namespace, where: Setting, progress: Progress
) -> list[tuple[Layer, LayerVersion | LayerUnavailableError | None]]:
    layers = chosen(where.catalogue.layers, given.codes)
    if given.action == "list":
        return [(layer, None) for layer in layers]
    progress.expect(len(layers))
    return [(layer, _load(where.store, layer)) for layer in layers]


def _load(store: Store, layer: Layer) -> LayerVersion | LayerUnavailableError:
    try:
        return store.version(layer)
    except LayerUnavailableError as error:
        return error


def _plain(layer: Layer, state: LayerVersion | LayerUnavailableError | None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "layer": layer.code,
        "title": layer.title.de,
        "keeper": layer.keeper,
        "visibility": layer.visibility,
        "source": layer.source.type,
        "data_date": layer.data_date,
    }
    if isinstance(state, LayerVersion):
        document |= {"version": state.sha256, "count": state.count, "broken": len(state.broken)}
    if isinstance(state, LayerUnavailableError):
        document |= {"reason": {"de": state.text.de, "en": state.text.en}}
    return document
