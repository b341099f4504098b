"""Collecting what nobody needs any more: old versions, what killed writers have left."""

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from layers.folder import ABANDONED_S, ASIDE
from layers.published import Published
from layers.references import References
from layers.store import RESTRICTED, Store
from layers.tiles import FOLDER

DAY_S = 86_400.0
GRACE_S = 3_600.0  # a version just built is named a moment later


@dataclass(frozen=True, slots=True)
class Garbage:
    """What can go, and how much space it takes, bytes."""

    paths: tuple[Path, ...]
    bytes: int


def bases(store: Store) -> list[Path]:
    """Return the folders below which versions lie, public ones first."""
    return [base for base in (store.root, store.root / RESTRICTED) if base.is_dir()]


def publications(base: Path) -> list[Published]:
    """Return all layers that are refreshed below a base."""
    folders = sorted((base / "published").glob("*/"))
    return [Published(folder, folder.name) for folder in folders if folder.is_dir()]


def garbage(store: Store, keep_days: float, now: float | None = None) -> Garbage:
    """Return what can go: it was not used for `keep_days`, and nothing refers to it.

    Raises
    ------
    ValueError
        If what refers to versions cannot be read: nothing may go then.
    """
    oldest = (time.time() if now is None else now) - max(keep_days * DAY_S, GRACE_S)
    referred = References(store.root / "refs").versions()
    found = [path for base in bases(store) for path in _of(base, referred, oldest)]
    return Garbage(tuple(found), sum(_size(path) for path in found))


def collect(found: Garbage) -> None:
    """Remove what can go; who has it open keeps it."""
    for path in found.paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _of(base: Path, referred: set[str], oldest: float) -> Iterator[Path]:
    needed = set(referred)
    for published in publications(base):
        needed |= published.versions()
    for pointer in sorted((base / "sources").glob("*.json")):
        if pointer.stat().st_mtime >= oldest:
            needed.add(_named(pointer))
        else:
            yield pointer
    kept = set()
    for version in sorted((base / "versions").glob("*/")):
        old = version.stat().st_mtime < oldest
        if old and version.name not in needed and not version.name.startswith(ASIDE):
            yield version
        else:
            kept.add(version.name)
    for drawn in sorted((base / FOLDER).glob("*/")):
        if drawn.name not in kept:
            yield drawn
    yield from _left(base)


def _named(pointer: Path) -> str:
    try:
        return str(json.loads(pointer.read_text(encoding="utf-8"))["version"])
    except (ValueError, KeyError, TypeError):
        return ""  # damaged: the source is read again, and the pointer written anew


def _left(base: Path) -> Iterator[Path]:
    """Yield what writers have left that were killed a day ago or earlier."""
    abandoned = time.time() - ABANDONED_S
    asides = [*base.glob(f"versions/{ASIDE}*"), *base.glob(f"{FOLDER}/*/{ASIDE}*")]
    for path in sorted([*asides, *base.glob("*/**/.*.part")]):
        if path.stat().st_mtime < abandoned:
            yield path


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
