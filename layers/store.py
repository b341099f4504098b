"""The store: turns a layer's source into a version once, and finds it again afterwards.

Below the root lie `versions/<content hash>/` and `sources/<key>.json`, which says which version
a source led to. The key holds everything that could change the features: the file's identity,
size and times, and what the catalogue makes of it.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from platformdirs import user_data_path
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.problem import Problem, Refusal, Text
from layers import sources
from layers.features import Ready, ready
from layers.layer import Layer, Source
from layers.place import checked
from layers.reading.ogr import siblings
from layers.version import FORMAT, LayerVersion, open_version, origin, united, write_version


class LayerUnavailableError(Exception):
    """A layer or a coverage cannot be had; `text` says why. Never the same as being empty."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def default_root() -> Path:
    """Return `$BELANG_DATA`, or the user's data folder for Belang."""
    named = os.environ.get("BELANG_DATA")
    return Path(named) if named else user_data_path("belang", appauthor=False)


@dataclass
class Store:
    """Layer versions below `root`, in the working CRS `crs`.

    With an `area` of competence a layer that would lie there only if it were labelled otherwise
    is unavailable.
    """

    root: Path
    crs: CRS
    loading: Callable[[str], None] = lambda _: None  # told the name of each source that is read
    area: Source | None = None
    _coverages: dict[Source, BaseGeometry] = field(default_factory=dict)

    def version(self, layer: Layer) -> LayerVersion:
        """Return the current version of `layer`, reading its source where it changed.

        Raises
        ------
        LayerUnavailableError
            With the reason, whatever went wrong with the source.
        """
        version = self._version(layer.source, layer.id, layer.title.de)
        width = layer.half_width.attribute if layer.half_width else None
        if width is not None and version.count and width not in version.attributes:
            raise LayerUnavailableError(
                Text(
                    f"Das Attribut „{width}“ fehlt in {layer.source.path.name}, deshalb ist der "
                    "Abstand vom Rand nicht bestimmbar; bitte half_width im Katalog prüfen.",
                    f"{layer.source.path.name} has no attribute “{width}”, so distances from the "
                    "edge cannot be told; check half_width in the catalogue.",
                )
            )
        return version

    def polygon(self, source: Source) -> BaseGeometry:
        """Return the union of the areas in `source` (coverage, area of competence).

        Raises
        ------
        LayerUnavailableError
            If it cannot be read or holds no area.
        """
        if source not in self._coverages:
            version = self._version(source, None, source.path.name)
            try:
                whole = united(version)
            except (ValueError, shapely.errors.ShapelyError) as error:
                raise LayerUnavailableError(_unreadable(source, error)) from error
            if shapely.get_dimensions(whole) != 2 or not whole.area:
                raise LayerUnavailableError(
                    Text(
                        f"{source.path.name} enthält keine Fläche.",
                        f"{source.path.name} holds no area.",
                    )
                )
            self._coverages[source] = whole
        return self._coverages[source]

    def _version(self, source: Source, id_attribute: str | None, name: str) -> LayerVersion:
        try:
            key = self._key(source, id_attribute)
            pointer = self.root / "sources" / f"{key}.json"
            if known := self._known(pointer):
                return known
            self.loading(name)
            read = sources.read(source)
            features = ready(read, self.crs, id_attribute=id_attribute)
            checked(read, features, self.crs, self._competence(source))
            if self._key(source, id_attribute) != key:
                raise Refusal("file-changing", _changing(source))
        except Problem as problem:
            raise LayerUnavailableError(problem.text) from problem
        except (OSError, ValueError, shapely.errors.ShapelyError) as error:
            raise LayerUnavailableError(_unreadable(source, error)) from error
        return self._kept(features, pointer)

    def _competence(self, source: Source) -> BaseGeometry | None:
        """Return the area of competence to compare `source` with, where there is one to be had."""
        if self.area is None or source == self.area:
            return None
        try:
            return self.polygon(self.area)
        except LayerUnavailableError:
            return None  # every finding says so already

    def _known(self, pointer: Path) -> LayerVersion | None:
        try:
            named = json.loads(pointer.read_text(encoding="utf-8"))
            version = open_version(self.root / "versions" / named["version"])
            return LayerVersion(version.folder, {**version.facts, **named["origin"]})
        except (OSError, ValueError, KeyError, TypeError):
            return None  # never seen, or damaged: read the source again

    def _kept(self, features: Ready, pointer: Path) -> LayerVersion:
        """Write a version and the pointer that leads to it."""
        try:
            version = write_version(self.root / "versions", features, self.crs)
            named: dict[str, Any] = {"version": version.folder.name, "origin": origin(features)}
            pointer.parent.mkdir(parents=True, exist_ok=True)
            aside = pointer.with_suffix(f".{secrets.token_hex(4)}.part")
            aside.write_text(json.dumps(named, ensure_ascii=False), encoding="utf-8")
            aside.rename(pointer)
        except Refusal as refusal:
            raise LayerUnavailableError(refusal.text) from refusal
        except (OSError, ValueError) as error:
            raise LayerUnavailableError(_unkept(self.root, error)) from error
        return LayerVersion(version.folder, {**version.facts, **named["origin"]})

    def _key(self, source: Source, id_attribute: str | None) -> str:
        parts = [FORMAT, str(source.path), source.type, source.layer, id_attribute]
        parts.append(self.crs.to_string())
        for file in _files(source.path):
            stat = file.stat()
            parts.append([file.name, stat.st_size, stat.st_mtime_ns, stat.st_ino])
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _files(path: Path) -> list[Path]:
    """Return the file, and for a Shapefile all the files that make it up."""
    if not path.exists():
        return []
    return [path, *siblings(path)] if path.suffix.lower() == ".shp" else [path]


def _changing(source: Source) -> Text:
    name = source.path.name
    return Text(
        f"{name} wurde beim Lesen verändert; bitte erneut versuchen, wenn sie fertig ist.",
        f"{name} was changed while it was read; try again when it is complete.",
    )


def _unreadable(source: Source, error: Exception) -> Text:
    name = source.path.name
    return Text(
        f"{name} konnte nicht gelesen werden: {error}", f"{name} could not be read: {error}"
    )


def _unkept(root: Path, error: Exception) -> Text:
    return Text(
        f"Der Datenstand konnte in {root} nicht gespeichert werden: {error}",
        f"The version could not be stored in {root}: {error}",
    )
