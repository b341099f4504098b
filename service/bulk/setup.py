"""What everybody who checks in bulk starts from: one catalogue, one state of every layer, one day.

It travels as bytes and is opened once a process. Versions never change, so wherever a process
runs, with the same bytes it finds the same results, or it finds that it cannot.
"""

import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
import pyproj
import shapely

from gis.problem import Text
from layers import covering
from layers.catalogue import Catalogue, read_catalogue
from layers.frozen import frozen_from
from layers.mirror import mirrored
from layers.store import RESTRICTED, LayerUnavailableError, Store
from service.checks.by_hand import MANUAL
from service.district import District
from service.errors import ServiceError

COMPARED = ("belang", "pyarrow", "orjson")


class SetupError(ServiceError):
    """Whoever is to check does not have what the results must rest on."""


@dataclass(frozen=True)
class Setup:
    """The files of a catalogue, what is frozen of its store, where that lies, and the day on which
    rules must be in force. With `everybody` there are reports for all, as a case keeps them;
    otherwise one internal report in `language`.
    """

    files: list[list[str]]
    frozen: dict[str, Any]
    store: str
    day: str
    language: str
    everybody: bool
    software: dict[str, str]

    def packed(self) -> bytes:
        """Return it as bytes."""
        return zlib.compress(orjson.dumps(asdict(self)), 1)


def setup_from(packed: bytes) -> Setup:
    """Return what `Setup.packed` has written."""
    return Setup(**orjson.loads(zlib.decompress(packed)))


def software() -> dict[str, str]:
    """Return the versions of what could make results differ."""
    found = {name: version(name) for name in COMPARED}
    return {**found, "geos": shapely.geos_version_string, "proj": pyproj.proj_version_str}


def pinned(catalogue: Catalogue, store: Store) -> Store:
    """Return a store that has opened everything any plan can ask for, and keeps to it."""
    kept = store.pinned()
    for layer in catalogue.layers:
        with suppress(LayerUnavailableError):
            kept.version(layer)
        with suppress(LayerUnavailableError):
            if layer.source.type == MANUAL:
                kept.answers(layer)
        source = layer.coverage or catalogue.area
        if source is not None and source.type != "served":
            with suppress(LayerUnavailableError):
                covering.polygon(source, catalogue, kept)
    return kept


def opened(setup: Setup) -> District:
    """Return the district as it was pinned.

    Raises
    ------
    SetupError
        If this process has other software, or does not see the versions.
    """
    mine = software()
    if mine != setup.software:
        raise SetupError("cluster-differs", _differs(setup.software, mine))
    texts = {Path(path): text for path, text in setup.files}
    catalogue = read_catalogue(Path(setup.files[0][0]), texts)
    frozen = frozen_from(setup.frozen)
    names = _versions(catalogue, setup.frozen)
    root = mirrored(setup.store, names) if "://" in setup.store else Path(setup.store)
    if missing := [name for name in names if not (root / name).is_dir()]:
        raise SetupError("store-unseen", _unseen(setup.store, missing))
    return District(catalogue, Store(root, catalogue.crs).at(frozen))


def _versions(catalogue: Catalogue, frozen: Mapping[str, Any]) -> list[str]:
    """Return the folders of all versions that are frozen, below the root of the store."""
    hidden = {layer.code for layer in catalogue.layers if layer.visibility == "restricted"}
    found = {
        f"{RESTRICTED}/versions/{kept['version']}"
        if kind == "layers" and name in hidden
        else f"versions/{kept['version']}"
        for kind in ("layers", "coverages")
        for name, kept in frozen[kind].items()
        if kept.get("version")
    }
    return sorted(found)


def day_of(setup: Setup) -> date:
    """Return the day on which rules must be in force."""
    return date.fromisoformat(setup.day)


def _differs(wanted: Mapping[str, str], mine: Mapping[str, str]) -> Text:
    def listed(found: Mapping[str, str]) -> str:
        return ", ".join(f"{n} {v}" for n, v in found.items() if wanted.get(n) != mine.get(n))

    return Text(
        f"Ein Rechner des Clusters hat andere Programmstände ({listed(mine)} statt "
        f"{listed(wanted)}), die Ergebnisse wären nicht vergleichbar; bitte überall dieselben "
        "installieren.",
        f"A machine of the cluster has other software ({listed(mine)} instead of "
        f"{listed(wanted)}), its results could not be compared; install the same everywhere.",
    )


def _unseen(store: str, missing: list[str]) -> Text:
    return Text(
        f"Unter {store} fehlen {len(missing)} Datenstände, zuerst {missing[0]}; bitte den Speicher "
        "dort einhängen oder mit --store einen nennen, den alle Rechner erreichen.",
        f"{len(missing)} layer versions are missing below {store}, first {missing[0]}; mount the "
        "store there, or name one with --store that all machines reach.",
    )
