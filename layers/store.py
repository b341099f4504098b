"""The store: turns a layer's source into a version once, and finds it again afterwards.

Below the root lie `versions/<content hash>/` and `sources/<key>.json`, which says which version
a source led to. The key holds everything that could change the features: the file's identity,
size and times, and what the catalogue makes of it.
"""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import shapely
from platformdirs import user_data_path
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.problem import Problem, Text
from layers import sources
from layers.features import ready
from layers.layer import Layer, Source
from layers.version import FORMAT, LayerVersion, open_version, united, write_version


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
    """Layer versions below `root`, in the working CRS `crs`."""

    root: Path
    crs: CRS
    loading: Callable[[str], None] = lambda _: None  # told the name of each source that is read
    _coverages: dict[Source, BaseGeometry] = field(default_factory=dict)

    def version(self, layer: Layer) -> LayerVersion:
        """Return the current version of `layer`, reading its source where it changed.

        Raises
        ------
        LayerUnavailableError
            With the reason, whatever went wrong with the source.
        """
        return self._version(layer.source, layer.id, layer.title.de)

    def polygon(self, source: Source) -> BaseGeometry:
        """Return the union of the areas in `source` (coverage, area of competence).

        Raises
        ------
        LayerUnavailableError
            If it cannot be read or holds no area.
        """
        if source not in self._coverages:
            whole = united(self._version(source, None, source.path.name))
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
            pointer = self.root / "sources" / f"{self._key(source, id_attribute)}.json"
            return self._known(pointer) or self._read(source, id_attribute, name, pointer)
        except Problem as problem:
            raise LayerUnavailableError(problem.text) from problem
        except (OSError, ValueError, shapely.errors.ShapelyError) as error:
            raise LayerUnavailableError(
                Text(
                    f"{source.path.name} konnte nicht gelesen werden: {error}",
                    f"{source.path.name} could not be read: {error}",
                )
            ) from error

    def _known(self, pointer: Path) -> LayerVersion | None:
        try:
            named = json.loads(pointer.read_text(encoding="utf-8"))["version"]
            return open_version(self.root / "versions" / named)
        except (OSError, ValueError, KeyError):
            return None  # never seen, or damaged: read the source again

    def _read(
        self, source: Source, id_attribute: str | None, name: str, pointer: Path
    ) -> LayerVersion:
        self.loading(name)
        features = ready(sources.read(source), self.crs, id_attribute=id_attribute)
        version = write_version(self.root / "versions", features, self.crs)
        pointer.parent.mkdir(parents=True, exist_ok=True)
        aside = pointer.with_suffix(f".{os.getpid()}.part")
        aside.write_text(json.dumps({"version": version.folder.name}), encoding="utf-8")
        aside.rename(pointer)
        return version

    def _key(self, source: Source, id_attribute: str | None) -> str:
        parts = [FORMAT, str(source.path), source.type, source.layer, id_attribute]
        parts.append(self.crs.to_string())
        for file in _siblings(source.path):
            stat = file.stat()
            parts.append([file.name, stat.st_size, stat.st_mtime_ns, stat.st_ino])
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _siblings(path: Path) -> list[Path]:
    """Return the file, and for a Shapefile all the files that make it up."""
    if path.suffix.lower() != ".shp":
        return [path] if path.exists() else []
    return sorted(p for p in path.parent.glob(f"{path.stem}.*") if p.is_file())
