"""The plans of a folder, each file one plan, in an order that does not depend on the machine."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from service.bulk.job import Job

PARTS = frozenset({".dbf", ".shx", ".prj", ".cpg", ".qix", ".qmd", ".sbn", ".sbx"})  # of Shapefiles


def plan_files(folder: Path, said: Mapping[str, Any]) -> list[Job]:
    """Return a job for every file below `folder`, hidden ones and parts of Shapefiles excepted.

    What is `said` goes for all of them; a plan that says something itself keeps to that.
    """
    return [
        Job(
            number=number,
            name=path.relative_to(folder).as_posix(),
            sha256=_hash(path),
            path=str(path.absolute()),
            said={**said, "named": path.stem},
        )
        for number, path in enumerate(_files(folder))
    ]


def _files(folder: Path) -> Iterator[Path]:
    found = ((path.relative_to(folder), path) for path in folder.rglob("*"))
    for inner, path in sorted(found, key=lambda pair: pair[0].as_posix()):
        hidden = any(part.startswith(".") for part in inner.parts)
        if not hidden and path.suffix.lower() not in PARTS and path.is_file():
            yield path


def _hash(path: Path) -> str:
    """Return the SHA-256 of a file in hex; of one that cannot be read none, and its row says so."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
