"""What every command needs: the catalogue it is about, and the store it works in."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from layers.catalogue import Catalogue, read_catalogue
from layers.sample import build, is_current
from layers.settling import settle
from layers.store import Store, default_root
from service.commands.progress import Progress


@dataclass(frozen=True)
class Setting:
    """A catalogue and its store."""

    catalogue: Catalogue
    store: Store

    def pinned(self) -> "Setting":
        """Return the setting with a store that keeps to what it has opened once."""
        return Setting(self.catalogue, self.store.pinned())


def data_root(given: argparse.Namespace) -> Path:
    """Return the data folder: ``--data``, ``$BELANG_DATA``, or the user's own."""
    named: Path | None = given.data
    return named or default_root()


def setting(given: argparse.Namespace, progress: Progress) -> Setting:
    """Return the setting of a command; the sample region's without ``--catalogue``.

    Raises
    ------
    CatalogueError
        If the catalogue cannot be used.
    """
    root = data_root(given)
    catalogue = read_catalogue(given.catalogue or sample_catalogue(root, progress))
    # Only a file: an area made of a layer cannot be what that layer is compared with.
    area = catalogue.area if catalogue.area and catalogue.area.path else None
    store = Store(root / "layers", catalogue.crs, loading=progress.step, area=area)
    settle(store, catalogue.layers)
    return Setting(catalogue, store)


def sample_catalogue(root: Path, progress: Progress) -> Path:
    """Return the path of the sample's catalogue below the data folder, building it when needed."""
    folder = root / "sample"
    if not is_current(folder):
        progress.step("Beispielregion / sample region")
        build(folder)
    return folder / "catalogue.yaml"
