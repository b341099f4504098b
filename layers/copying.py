"""Copying a whole store to another folder or an object store, which is usable at any moment.

Versions go first, what points to them last: a copy that is interrupted is an older state, never
a torn one. What never changes is not sent twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from layers.folder import ASIDE, write_whole
from layers.store import RESTRICTED, Store
from layers.tiles import FOLDER


class MissingLibraryError(RuntimeError):
    """An object store needs a library that is not installed."""


class Target(Protocol):
    """Where files go, by their path below the store."""

    def size(self, path: str) -> int | None:
        """Return the size of a file; None where there is none."""

    def put(self, source: Path, path: str) -> None:
        """Write a file, whole or not at all."""


@dataclass(frozen=True, slots=True)
class FolderTarget:
    """A folder, also one of another machine that is mounted here."""

    root: Path

    def size(self, path: str) -> int | None:
        """Return the size of a file; None where there is none."""
        there = self.root / path
        return there.stat().st_size if there.is_file() else None

    def put(self, source: Path, path: str) -> None:
        """Write a file, whole or not at all."""
        if path.startswith(f"{RESTRICTED}/"):
            (self.root / RESTRICTED).mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self.root / path, source.read_bytes())


@dataclass(frozen=True, slots=True)
class ObjectTarget:
    """A bucket or whatever else fsspec has a name for; it writes objects whole."""

    files: Any
    root: str

    def size(self, path: str) -> int | None:
        """Return the size of an object; None where there is none."""
        try:
            return int(self.files.info(f"{self.root}/{path}")["size"])
        except FileNotFoundError:
            return None

    def put(self, source: Path, path: str) -> None:
        """Write an object."""
        there = f"{self.root}/{path}"
        self.files.makedirs(there.rsplit("/", 1)[0], exist_ok=True)
        self.files.put_file(str(source), there)


def target(address: str) -> Target:
    """Return the target of an address: a folder, or ``protocol://…``.

    Raises
    ------
    MissingLibraryError
        Where the library for it is not installed.
    ValueError
        Where nobody knows the protocol.
    """
    if "://" not in address:
        return FolderTarget(Path(address))
    try:
        fsspec = import_module("fsspec")
    except ImportError as error:
        raise MissingLibraryError(
            "fsspec is not installed: pip install 'belang[remote]'"
        ) from error
    try:
        files, root = fsspec.core.url_to_fs(address)
    except ImportError as error:
        raise MissingLibraryError(str(error)) from error
    return ObjectTarget(files, str(root).rstrip("/"))


@dataclass(frozen=True, slots=True)
class Copied:
    """How many files were sent, how many were there already, and the bytes sent."""

    sent: int
    there: int
    bytes: int


def copy(
    store: Store,
    to: Target,
    *,
    restricted: bool = False,
    during: Callable[[str], None] = lambda _: None,
) -> Copied:
    """Copy a store; restricted layers only when asked for."""
    sent = there = size = 0
    for source, name, immutable in files(store.root, restricted):
        if immutable and to.size(name) == source.stat().st_size:
            there += 1
            continue
        during(name)
        to.put(source, name)
        sent, size = sent + 1, size + source.stat().st_size
    return Copied(sent, there, size)


def files(root: Path, restricted: bool) -> Iterator[tuple[Path, str, bool]]:
    """Yield every file of the store at `root`, its path there, and whether it never changes."""
    prefixes = ("", f"{RESTRICTED}/") if restricted else ("",)
    for prefix in prefixes:
        for kind in ("versions", FOLDER):
            for path in sorted((root / prefix / kind).rglob("*")):
                name = str(path.relative_to(root))
                if path.is_file() and ASIDE not in name:
                    yield path, name, True
    for prefix in prefixes:
        for kind in ("sources", "published", "refs"):
            for path in sorted((root / prefix / kind).rglob("*")):
                ours = path.suffix in (".json", ".jsonl") and "spool" not in path.parts
                if path.is_file() and ours and not path.name.startswith("."):
                    yield path, str(path.relative_to(root)), False
