"""The store: turns a layer's source into a version once, and finds it again afterwards.

Below the root lie `versions/<content hash>/`, and what leads to them: `sources/<key>.json` for
files, whose key holds everything that could change the features (the file's identity, size and
times, and what the catalogue makes of it), and `published/<code>/` for what is refreshed. All of
it lies once more below `restricted/` for layers that not everybody may read.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import shapely
from platformdirs import user_data_path
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.problem import Problem, Refusal, Text
from layers import sources
from layers.answers import Answer, answers
from layers.building import Built
from layers.folder import write_whole
from layers.frozen import Frozen, kept
from layers.importing import imported
from layers.layer import Layer, Source
from layers.published import Published
from layers.unavailable import LayerUnavailableError
from layers.version import FORMAT, LayerVersion, open_version, united

__all__ = ["LayerUnavailableError", "Store", "default_root"]
DAY_S = 86_400.0
NOT_THEN = Text(
    "Das lag der Prüfung damals nicht vor.", "This was not at hand when the check was made."
)
BY_HAND = Text("nur von Hand nachzusehen, keine Daten", "to be looked up by hand, no data")
RESTRICTED = "restricted"  # a root of its own, for its owner's eyes only


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
    _united: dict[str, BaseGeometry] = field(default_factory=dict)  # coverages by their version
    _frozen: Frozen | None = None  # what was opened, where the store keeps to that
    _closed: bool = False  # nothing else is to be had than what is frozen
    _crs_name: str = ""

    def __post_init__(self) -> None:
        """Look the name of the CRS up once: it is part of every key."""
        self._crs_name = self._crs_name or self.crs.to_string()

    def pinned(self) -> "Store":
        """Return a store that keeps to what it has opened once, for one check from end to end."""
        return self if self._frozen is not None else replace(self, _frozen=Frozen())

    def frozen(self) -> Frozen:
        """Return all that a pinned store has given out; with `at` it gives out the same again."""
        return Frozen() if self._frozen is None else self._frozen

    def at(self, frozen: Frozen) -> "Store":
        """Return a store that gives out what is frozen and nothing else, whatever came since."""
        return replace(self, _frozen=frozen, _closed=True)

    def base(self, layer: Layer) -> Path:
        """Return the folder below which everything about a layer lies."""
        if layer.visibility != "restricted":
            return self.root
        folder = self.root / RESTRICTED
        with suppress(OSError):  # whoever writes there says so
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        return folder

    def published(self, layer: Layer) -> Published:
        """Return what is known of a layer that is refreshed."""
        return Published(self.base(layer) / "published" / layer.code, layer.code)

    def version(self, layer: Layer) -> LayerVersion:
        """Return the current version of `layer`, reading its source where it changed.

        Raises
        ------
        LayerUnavailableError
            With the reason, whatever went wrong with the source.
        """
        if layer.fault is not None:
            raise LayerUnavailableError(layer.fault)
        if layer.source.type == "manual":
            raise LayerUnavailableError(BY_HAND)
        base = self.base(layer)
        return self._once("layers", layer.code, base, lambda: self._version_of(layer))

    def answers(self, layer: Layer) -> tuple[Answer, ...]:
        """Return what was found out by hand about a layer; errors as `layers.answers.answers`."""
        if self._frozen is None:
            return answers(self.base(layer), layer.code)
        before = self._frozen.answers
        if layer.code not in before:
            before[layer.code] = NOT_THEN if self._closed else self._answers(layer)
        found = before[layer.code]
        if isinstance(found, Text):
            raise LayerUnavailableError(found)
        return found

    def _answers(self, layer: Layer) -> tuple[Answer, ...] | Text:
        try:
            return answers(self.base(layer), layer.code)
        except Refusal as refusal:
            return refusal.text

    def _once(
        self, kind: str, name: str, base: Path, opening: Callable[[], LayerVersion]
    ) -> LayerVersion:
        """Open a version, or what was opened by that name before; a failure, too, stays one."""
        if self._frozen is None:
            return opening()
        before = self._frozen.of(kind)
        if name not in before:
            if self._closed:
                raise LayerUnavailableError(NOT_THEN)
            before[name] = kept(opening)
        return before[name].at_hand or before[name].version(base / "versions")

    def _version_of(self, layer: Layer) -> LayerVersion:
        published = self.published(layer)
        if layer.source.type in sources.REFRESHED or published.exists():
            version = published.version(self.base(layer) / "versions")
        else:
            version = self._version(layer.source, layer.id, layer.title.de, self.base(layer))
        width = layer.half_width.attribute if layer.half_width else None
        if width is not None and version.count and width not in version.attributes:
            raise LayerUnavailableError(
                Text(
                    f"Das Attribut „{width}“ fehlt in {layer.source.name}, deshalb ist der "
                    "Abstand vom Rand nicht bestimmbar; bitte half_width im Katalog prüfen.",
                    f"{layer.source.name} has no attribute “{width}”, so distances from the "
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
        version = self._once(
            "coverages",
            source.key,
            self.root,
            lambda: self._version(source, None, source.name, self.root),
        )
        if version.sha256 not in self._united:
            try:
                whole = united(version)
            except (ValueError, shapely.errors.ShapelyError) as error:
                raise LayerUnavailableError(_unreadable(source, error)) from error
            if shapely.get_dimensions(whole) != 2 or not whole.area:
                raise LayerUnavailableError(
                    Text(
                        f"{source.name} enthält keine Fläche.",
                        f"{source.name} holds no area.",
                    )
                )
            self._united[version.sha256] = whole
        return self._united[version.sha256]

    def _version(
        self, source: Source, id_attribute: str | None, name: str, base: Path
    ) -> LayerVersion:
        try:
            key = self.key(source, id_attribute)
            pointer = base / "sources" / f"{key}.json"
            if known := self._known(pointer):
                return known
            self.loading(name)
            built = self.imported(source, id_attribute, base)
            if self.key(source, id_attribute) != key:
                raise Refusal("file-changing", _changing(source))
        except Problem as problem:
            raise LayerUnavailableError(problem.text) from problem
        except (OSError, ValueError, shapely.errors.ShapelyError) as error:
            raise LayerUnavailableError(_unreadable(source, error)) from error
        return self._kept(built, pointer)

    def imported(self, source: Source, id_attribute: str | None, base: Path) -> Built:
        """Read a source into a version; nothing points to it yet.

        Raises
        ------
        Problem
            What is wrong with the source or the data folder.
        """
        return imported(
            base / "versions",
            sources.batches(source),
            self.crs,
            id_attribute=id_attribute,
            area=self.competence(source),
        )

    def competence(self, source: Source) -> BaseGeometry | None:
        """Return the area of competence to compare `source` with; None where none is declared.

        Raises
        ------
        LayerUnavailableError
            If it cannot be read: what was imported without the comparison would be kept.
        """
        if self.area is None or source == self.area:
            return None
        try:
            return self.polygon(self.area)
        except LayerUnavailableError as error:
            text = error.text
            raise LayerUnavailableError(
                Text(
                    f"Gebiet der Zuständigkeit nicht lesbar: {text.de}",
                    f"area of competence cannot be read: {text.en}",
                )
            ) from error

    def _known(self, pointer: Path) -> LayerVersion | None:
        try:
            named = json.loads(pointer.read_text(encoding="utf-8"))
            folder = pointer.parent.parent / "versions" / named["version"]
            version = open_version(folder).by(named["origin"])
        except (OSError, ValueError, KeyError, TypeError):
            return None  # never seen, or damaged: read the source again
        if time.time() - pointer.stat().st_mtime > DAY_S:
            with suppress(OSError):  # where nothing can be written nothing is collected either
                os.utime(pointer)  # it is still in use
        return version

    def _kept(self, built: Built, pointer: Path) -> LayerVersion:
        """Write the pointer that leads to a version."""
        named: dict[str, Any] = {"version": built.version.folder.name, "origin": built.origin}
        try:
            write_whole(pointer, json.dumps(named, ensure_ascii=False).encode())
            return built.version.by(built.origin)
        except (OSError, ValueError) as error:
            raise LayerUnavailableError(_unkept(self.root, error)) from error

    def key(self, source: Source, id_attribute: str | None) -> str:
        """Return what names a file as it is now, and how it is read."""
        parts = [FORMAT, str(source.path), source.type, source.layer, source.stated, id_attribute]
        parts.append(self._crs_name)
        for path in sources.file.read_of(source):
            stat = path.stat()
            parts.append([path.name, stat.st_size, stat.st_mtime_ns, stat.st_ino])
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _changing(source: Source) -> Text:
    name = source.name
    return Text(
        f"{name} wurde beim Lesen verändert; bitte erneut versuchen, wenn sie fertig ist.",
        f"{name} was changed while it was read; try again when it is complete.",
    )


def _unreadable(source: Source, error: Exception) -> Text:
    name = source.name
    return Text(
        f"{name} konnte nicht gelesen werden: {error}", f"{name} could not be read: {error}"
    )


def _unkept(root: Path, error: Exception) -> Text:
    return Text(
        f"Der Datenstand konnte in {root} nicht gespeichert werden: {error}",
        f"The version could not be stored in {root}: {error}",
    )
