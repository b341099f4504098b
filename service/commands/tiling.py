"""`belang layers tiles`: display tiles follow the switch; where they fail nothing else does."""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gis.problem import Refusal, Text
from layers.layer import Layer
from layers.store import Store
from layers.tiles import NONE_OF_RESTRICTED, existing, tiles
from layers.unavailable import LayerUnavailableError
from service.commands.chosen import chosen
from service.commands.progress import Progress
from service.commands.setting import setting
from service.report import console
from service.report.listing import as_json, listing

OPEN = 3
EVENTS = {
    "made": Text("gezeichnet", "made"),
    "there": Text("vorhanden", "there already"),
    "none": Text("keine", "none"),
    "failed": Text("fehlgeschlagen", "failed"),
}
EMPTY = Text("Die Schicht ist leer.", "The layer is empty.")


@dataclass(frozen=True, slots=True)
class Tiled:
    """What making tiles came to: where they are, or why there are none."""

    layer: Layer
    event: Literal["made", "there", "none", "failed"]
    path: Path | None = None
    code: str | None = None
    reason: Text | None = None

    @property
    def failed(self) -> bool:
        """Whether there should be tiles, and are none."""
        return self.event == "failed"

    def to_json(self) -> Mapping[str, Any]:
        """Return it for other programs."""
        reason = self.reason and {"de": self.reason.de, "en": self.reason.en}
        path = self.path and str(self.path)
        return {"event": self.event, "path": path, "code": self.code, "reason": reason}


def tiled(store: Store, layer: Layer) -> Tiled:
    """Make the tiles of the version in force where they are missing."""
    if layer.visibility == "restricted":
        return Tiled(layer, "none", reason=NONE_OF_RESTRICTED)
    try:
        version = store.version(layer)
        there = existing(version, layer)
        path = there or tiles(version, layer)
    except LayerUnavailableError as error:
        return Tiled(layer, "failed", reason=error.text)
    except Refusal as refusal:
        return Tiled(layer, "failed", code=refusal.code, reason=refusal.text)
    if path is None:
        return Tiled(layer, "none", reason=EMPTY)
    return Tiled(layer, "there" if there else "made", path)


def run(given: argparse.Namespace) -> int:
    """Make missing tiles; status 3 where some should be there and are not."""
    with Progress() as progress:
        where = setting(given, progress)
        layers = chosen(where.catalogue.layers, given.codes)
        if not given.codes:
            layers = [layer for layer in layers if layer.source.type != "manual"]
        progress.expect(len(layers))
        found = []
        for layer in layers:
            progress.step(layer.title.in_language(given.lang))
            found.append(tiled(where.store, layer))
    if given.as_json:
        as_json([{"layer": one.layer.code, **one.to_json()} for one in found])
    else:
        _show(found, given.lang)
    return OPEN if any(one.failed for one in found) else 0


def _show(found: Iterable[Tiled], language: str) -> None:
    rows = [
        (
            one.layer.code,
            EVENTS[one.event].in_language(language),
            one.reason.in_language(language) if one.reason else "",
        )
        for one in found
    ]
    columns = (Text("Schicht", "layer"), Text("Kacheln", "tiles"), Text("Grund", "reason"))
    listing(Text("Kacheln für die Anzeige", "Display tiles"), columns, rows, language)


def warn(found: Iterable[Tiled], language: str) -> None:
    """Print a line for each layer whose tiles could not be made."""
    for one in found:
        if one.failed and one.reason is not None:
            said = Text("Warnung: Kacheln", "Warning: tiles").in_language(language)
            console.plain(f"{said} {one.layer.code}: {one.reason.in_language(language)}")
