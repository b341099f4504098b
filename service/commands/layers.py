"""`belang layers`: list the layers of a catalogue, or load them into the store."""

import argparse

from layers.layer import Layer
from layers.store import LayerUnavailableError, Store
from layers.version import LayerVersion
from service.commands.progress import Progress
from service.commands.setting import setting
from service.commands.usage import UsageError
from service.report import console

UNRESOLVED = 3


def run(given: argparse.Namespace) -> int:
    """List or load; a layer that cannot be loaded is told with its reason (status 3)."""
    with Progress() as progress:
        where = setting(given, progress)
        chosen = _chosen(where.catalogue.layers, given.codes)
        if given.action == "list":
            console.layers([(layer, None) for layer in chosen], given.lang)
            return 0
        progress.expect(len(chosen))
        loaded = [(layer, _load(where.store, layer)) for layer in chosen]
    console.layers(loaded, given.lang)
    return UNRESOLVED if any(isinstance(state, Exception) for _, state in loaded) else 0


def _chosen(layers: tuple[Layer, ...], codes: list[str]) -> list[Layer]:
    unknown = set(codes) - {layer.code for layer in layers}
    if unknown:
        raise UsageError(f"no such layer: {', '.join(sorted(unknown))}")
    return [layer for layer in layers if not codes or layer.code in codes]


def _load(store: Store, layer: Layer) -> LayerVersion | LayerUnavailableError:
    try:
        return store.version(layer)
    except LayerUnavailableError as error:
        return error
