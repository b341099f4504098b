"""A backup as a file (tar) or a folder: members, and a manifest that knows the hash of each.

The manifest is the last member and vouched for by its own hash, so a backup that was cut off, or
in which a bit has turned, is never taken for a whole one.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Protocol

from gis.problem import Problem, Text
from layers.folder import synced

MANIFEST, SEAL = "manifest.json", "manifest.sha256"
CHUNK = 1 << 20
LARGEST_MANIFEST = 1 << 30


class BackupError(Problem):
    """A backup cannot be made or used; the text says why and what to do next."""


class Readable(Protocol):
    """What can be read from its beginning to its end."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


class Members(Protocol):
    """Where members are written to, or read from."""

    def put(self, name: str, source: Readable, size: int) -> None:
        """Write a member of exactly `size` bytes."""

    def open(self, name: str) -> BinaryIO:
        """Open a member; KeyError or OSError where there is none."""

    def names(self) -> set[str]:
        """Return the names of all members, the manifest's among them."""


@dataclass(frozen=True)
class FolderMembers:
    """Members as files below a folder."""

    root: Path

    def put(self, name: str, source: Readable, size: int) -> None:
        """Write a member, synced."""
        path = self.root / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("xb") as file:
            shutil.copyfileobj(source, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())

    def open(self, name: str) -> BinaryIO:
        """Open a member."""
        return (self.root / name).open("rb")

    def names(self) -> set[str]:
        """Return the paths of all files."""
        files = (path for path in self.root.rglob("*") if path.is_file() or path.is_symlink())
        return {path.relative_to(self.root).as_posix() for path in files}


@dataclass(frozen=True)
class TarMembers:
    """Members of a tar archive."""

    tar: tarfile.TarFile

    def put(self, name: str, source: Readable, size: int) -> None:
        """Append a member."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self.tar.addfile(info, source)

    def open(self, name: str) -> BinaryIO:
        """Open a member."""
        found = self.tar.extractfile(name)
        if found is None:
            raise KeyError(name)
        return found  # type: ignore[return-value]  # it reads like a file

    def names(self) -> set[str]:
        """Return the names of all members, of whatever type."""
        return set(self.tar.getnames())


@dataclass
class Writer:
    """Writes members and remembers their hashes."""

    members: Members
    hashes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def put(self, name: str, path: Path) -> str:
        """Write a file as a member; return the hash of what was written."""
        with path.open("rb") as source:
            counted = _Hashing(source)
            self.members.put(name, counted, os.fstat(source.fileno()).st_size)
        self.hashes[name] = {"sha256": counted.digest.hexdigest(), "size": counted.size}
        return counted.digest.hexdigest()

    def put_bytes(self, name: str, content: bytes) -> None:
        """Write bytes as a member."""
        self.members.put(name, io.BytesIO(content), len(content))
        self.hashes[name] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}

    def finish(self, about: Mapping[str, Any]) -> dict[str, Any]:
        """Write the manifest; return it."""
        manifest = {"format": 1, **about, "members": dict(sorted(self.hashes.items()))}
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self.members.put(MANIFEST, io.BytesIO(text), len(text))
        seal = hashlib.sha256(text).hexdigest().encode()
        self.members.put(SEAL, io.BytesIO(seal), len(seal))
        return manifest


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.digest, self.size = hashlib.sha256(), 0

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._source.read(size)
        self.digest.update(chunk)
        self.size += len(chunk)
        return chunk


@contextmanager
def opened(path: Path) -> Iterator[Members]:
    """Open a backup for reading.

    Raises
    ------
    BackupError
        ``backup-unreadable``.
    """
    try:
        if path.is_dir():
            yield FolderMembers(path)
            return
        with tarfile.open(path, "r:") as tar:
            yield TarMembers(tar)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise unreadable(path, str(error)) from error


def verified(path: Path, members: Members) -> dict[str, Any]:
    """Read every byte of a backup and compare; return the manifest.

    Raises
    ------
    BackupError
        ``backup-damaged``, with the first member that is not what it was.
    """
    try:
        manifest = _manifest(members)
        listed: dict[str, dict[str, Any]] = manifest["members"]
    except (KeyError, ValueError, TypeError, OSError, tarfile.TarError) as error:
        raise damaged(path, MANIFEST) from error
    strangers = members.names() ^ {*listed, MANIFEST, SEAL}
    for name in sorted(strangers):
        raise damaged(path, name)
    for name, known in listed.items():
        if not _safe(name) or _hash(members, name) != (known["sha256"], known["size"]):
            raise damaged(path, name)
    return manifest


def _manifest(members: Members) -> dict[str, Any]:
    with members.open(MANIFEST) as file, members.open(SEAL) as seal:
        text = file.read(LARGEST_MANIFEST)
        if hashlib.sha256(text).hexdigest().encode() != seal.read(100):
            raise ValueError("the manifest was changed")
    manifest: dict[str, Any] = json.loads(text)
    if manifest["format"] != 1:
        raise ValueError("written by a later Belang")
    return manifest


def _safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and str(path) == name


def _hash(members: Members, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    try:
        with members.open(name) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except (KeyError, OSError, tarfile.TarError):
        return "", -1  # cannot be read to its end
    return digest.hexdigest(), size


def extract(members: Members, name: str, path: Path) -> None:
    """Write one member to a file, synced."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with members.open(name) as source, path.open("xb") as file:
        shutil.copyfileobj(source, file, CHUNK)
    synced(path)


def unreadable(path: Path, reason: str) -> BackupError:
    """Return the error for what is no backup."""
    return BackupError(
        "backup-unreadable",
        Text(
            f"{path} ist keine lesbare Sicherung von Belang ({reason}); bitte eine andere nehmen.",
            f"{path} is no readable backup of Belang ({reason}); take another one.",
        ),
    )


def damaged(path: Path, name: str) -> BackupError:
    """Return the error for a backup that is not what was written."""
    return BackupError(
        "backup-damaged",
        Text(
            f"Die Sicherung {path} ist beschädigt ({name}); nichts wurde verändert. Bitte eine "
            "andere Kopie oder eine ältere Sicherung nehmen.",
            f"The backup {path} is damaged ({name}); nothing was changed. Take another copy of "
            "it, or an older backup.",
        ),
    )
