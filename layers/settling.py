"""Moving what is known of a layer when its visibility changes: restricted data lie apart."""

import fcntl
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from layers.answers import FOLDER as ANSWERS
from layers.folder import published, synced
from layers.layer import Layer
from layers.published import Published
from layers.store import RESTRICTED, Store
from layers.tiles import FOLDER as TILES


def settle(store: Store, layers: Iterable[Layer]) -> list[str]:
    """Move whatever lies in the wrong root; return the codes of the layers it was moved of.

    Restricted from now on: state, history, answers and versions go where only their owner can
    read, the tiles go for good. A version goes along with the last layer that names it. May end
    at any moment and be called again. What a backup or a copy of the store holds stays there.

    Raises
    ------
    OSError
        If something cannot be moved; it then lies where it was.
    """
    every = [layer for layer in layers if layer.fault is None]
    wrong = [layer for layer in every if any(path.exists() for path in _state(store, layer))]
    if not wrong:
        return []
    with _alone(store.root):
        for layer in wrong:
            _move(store, layer)
    return [layer.code for layer in wrong]


def _away(store: Store, layer: Layer) -> Path:
    """Return the root where a layer must not lie."""
    return store.root if layer.visibility == "restricted" else store.root / RESTRICTED


def _state(store: Store, layer: Layer) -> tuple[Path, ...]:
    """Return the places of what is known of a layer, below the wrong root."""
    away = _away(store, layer)
    own = (away / "published" / layer.code, away / ANSWERS / f"{layer.code}.json")
    if layer.source.type not in ("file", "folder"):
        return own
    return (*own, away / "sources" / f"{store.key(layer.source, layer.id)}.json")


def _move(store: Store, layer: Layer) -> None:
    away, home = _away(store, layer), store.base(layer)
    found = [path for path in _state(store, layer) if path.exists()]
    names = {name for path in found for name in _named(path)}
    for name in sorted(names):
        _copied(away / "versions" / name, home / "versions")
    # Deleted before its last mention moves: a crash in between leaves the mention, not the data.
    for name in sorted(names - _named_by_others(away, set(found))):
        shutil.rmtree(away / "versions" / name, ignore_errors=True)
        shutil.rmtree(away / TILES / name, ignore_errors=True)
    for path in found:
        _moved(path, home / path.relative_to(away))


def _named(path: Path) -> set[str]:
    """Return the versions that a layer's state names: in force, staged, or earlier."""
    if path.is_dir():
        published = Published(path, path.name)
        events = {str(event["version"]) for event in published.events() if event.get("version")}
        return published.versions() | events
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return set()
    return {str(said["version"])} if isinstance(said, dict) and "version" in said else set()


def _named_by_others(base: Path, but: set[Path]) -> set[str]:
    others = [*(base / "published").glob("*/"), *(base / "sources").glob("*.json")]
    return {name for path in others if path not in but for name in _named(path)}


def _copied(version: Path, to: Path) -> None:
    """Copy a version, unless it is there; it appears whole or not at all."""
    if not version.is_dir() or (to / version.name).exists():
        return
    with published(to / version.name) as aside:
        shutil.copytree(version, aside, dirs_exist_ok=True)


def _moved(path: Path, to: Path) -> None:
    """Move a file or folder; what is there already is newer and stays."""
    if to.exists():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    path.rename(to)
    synced(to.parent)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    with (root / ".settling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
