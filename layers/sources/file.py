"""A file on disk, a file geodatabase, or all files of a folder, as the source of a layer."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from gis.problem import Refusal, Text
from layers.harvest import apart
from layers.layer import Source
from layers.reading import Features
from layers.reading.ogr import siblings


def batches(source: Source) -> Iterator[Features]:
    """Yield the features of a file, by the same safe reader as for uploads, in a child with larger
    limits.

    Raises
    ------
    Refusal, Question
        Where the file is missing, broken, or leaves open which of its layers is meant.
    """
    if source.path is None or not source.path.exists():
        raise Refusal(
            "file-missing",
            Text(
                f"Die Datei {source.name} fehlt; bitte den Pfad im Katalog prüfen.",
                f"The file {source.name} is missing; check the path in the catalogue.",
            ),
        )
    return _batches(source, source.path)


def folder(source: Source) -> Iterator[Features]:
    """Yield the features of all files of a folder that fit the pattern, by name.

    Raises
    ------
    Refusal, Question
        ``file-missing`` where no file fits; otherwise as `batches`.
    """
    files = members(source)
    if not files:
        pattern = source.options.get("pattern", "*")
        raise Refusal(
            "file-missing",
            Text(
                f"Im Ordner {source.name} liegt keine Datei {pattern}; bitte path und pattern im "
                "Katalog prüfen.",
                f"There is no file {pattern} in the folder {source.name}; check path and pattern "
                "in the catalogue.",
            ),
        )
    for path in files:
        yield from _batches(source, path)


def members(source: Source) -> list[Path]:
    """Return the files of a folder source, by name."""
    if source.path is None or not source.path.is_dir():
        return []
    found = source.path.glob(source.options.get("pattern", "*"))
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def read_of(source: Source) -> list[Path]:
    """Return the file, for a Shapefile all that make it up, for a folder all that are read."""
    path = source.path
    if path is None or not path.exists():
        return []
    named = members(source) if source.type == "folder" else [path]
    if source.type == "file" and path.is_dir():  # a file geodatabase
        named = sorted(p for p in path.iterdir() if p.is_file())
    return [p for file in named for p in ([file, *siblings(file)] if _shape(file) else [file])]


def _shape(path: Path) -> bool:
    return path.suffix.lower() == ".shp"


def _batches(source: Source, path: Path) -> Iterator[Features]:
    said = source.options
    found = apart.batches(path, layer=source.layer, encoding=said.get("encoding"))
    crs = said.get("crs")
    return (replace(batch, crs=crs) if crs else batch for batch in found)
