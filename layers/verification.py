"""Verifying a whole store: every byte of every version, and that everything named is there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from layers.collect import bases, publications
from layers.folder import ASIDE
from layers.references import References
from layers.store import Store
from layers.tiles import FOLDER, verify_tiles
from layers.unavailable import LayerUnavailableError
from layers.version import DamagedError, OtherFormatError, verify_version


@dataclass(frozen=True, slots=True)
class Damage:
    """What is not as it was written, and why."""

    path: Path
    reason: str


def verified(store: Store, during: Callable[[str], None] = lambda _: None) -> Iterator[Damage]:
    """Yield everything that is damaged; `during` is told the name of each version."""
    present: set[str] = set()
    for base in bases(store):
        versions = [p for p in sorted((base / "versions").glob("*")) if not _aside(p)]
        present |= {path.name for path in versions}
        for path in versions:
            during(path.name)
            try:
                verify_version(path)
            except OtherFormatError:
                present.discard(path.name)
            except DamagedError as error:
                yield Damage(path, str(error))
        yield from _tiles(base)
        yield from _publications(base, {path.name for path in versions})
    try:
        lacking = References(store.root / "refs").versions() - present
    except ValueError as error:
        yield Damage(store.root / "refs", str(error))
    else:
        for name in sorted(lacking):
            yield Damage(store.root / "refs", f"a result refers to version {name[:12]}, not here")


def _aside(path: Path) -> bool:
    return path.name.startswith(ASIDE)


def _tiles(base: Path) -> Iterator[Damage]:
    for path in sorted((base / FOLDER).glob("*/*")):
        if _aside(path):
            continue
        try:
            verify_tiles(path)
        except DamagedError as error:
            yield Damage(path, str(error))


def _publications(base: Path, present: set[str]) -> Iterator[Damage]:
    for published in publications(base):
        try:
            lacking = published.versions() - present
        except LayerUnavailableError as error:
            yield Damage(published.folder, error.text.en)
            continue
        for name in sorted(lacking):
            yield Damage(published.folder, f"version {name[:12]} is not here")
        for number in published.history.damaged():
            yield Damage(published.history.path, f"line {number} is damaged")
