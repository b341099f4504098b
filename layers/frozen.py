"""What a check has opened, as plain data: with it the same check can be made again.

A version is named by its content; what its way into the store added (notes, the transformation,
how old it was, whether it was stale) is kept beside it, as two ways may lead to the same content.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gis.problem import Text
from layers.answers import Answer
from layers.unavailable import LayerUnavailableError
from layers.version import FACTS, LayerVersion, checked_facts, open_version

Json = dict[str, Any]
KINDS = ("layers", "coverages")
GONE = Text(
    "Der Datenstand {0} der Prüfung ist nicht mehr vorhanden oder beschädigt; bitte eine Sicherung "
    "des Datenordners zurückspielen.",
    "The version {0} of the check is no longer there or is damaged; restore a backup of the data "
    "folder.",
)


@dataclass(frozen=True)
class Kept:
    """A version by its content hash with the facts of its origin, or why there was none."""

    name: str | None = None
    origin: Mapping[str, Any] = field(default_factory=dict)
    reason: Text | None = None

    def version(self, versions: Path) -> LayerVersion:
        """Return the version, below the folder `versions`.

        Raises
        ------
        LayerUnavailableError
            If there was none then, or it is not there any more.
        """
        if self.reason is not None:
            raise LayerUnavailableError(self.reason)
        if (opened := self.at_hand) is not None:
            return opened
        name = str(self.name)
        try:
            return self.holding(open_version(versions / name).by(self.origin))
        except (OSError, ValueError) as error:
            gone = Text(GONE.de.format(name[:12]), GONE.en.format(name[:12]))
            raise LayerUnavailableError(gone) from error

    @property
    def at_hand(self) -> LayerVersion | None:
        """The version, where it was opened already."""
        return self.__dict__.get("_opened")

    def holding(self, version: LayerVersion) -> LayerVersion:
        """Keep an opened version at hand: it is mapped and cannot be collected meanwhile."""
        self.__dict__["_opened"] = version
        return version

    def to_json(self) -> Json:
        """Return it as plain data."""
        if self.reason is not None:
            return {"reason": self.reason._asdict()}
        return {"version": self.name, "origin": dict(self.origin)}


def kept(opening: Callable[[], LayerVersion]) -> Kept:
    """Return what came of opening a version, for good."""
    try:
        version = opening()
    except LayerUnavailableError as error:
        return Kept(reason=error.text)
    found = Kept(version.folder.name, _added(version))
    found.holding(version)
    return found


def _added(version: LayerVersion) -> Json:
    """Return the facts of a version that are not in its content."""
    try:
        of_content = checked_facts((version.folder / FACTS).read_bytes())
    except (OSError, ValueError):  # collected this moment; then all of them
        of_content = {}
    nothing = object()
    return {n: v for n, v in version.facts.items() if of_content.get(n, nothing) != v}


@dataclass(frozen=True)
class Frozen:
    """Versions by layer code, coverages by the key of their source, answers by layer code."""

    layers: dict[str, Kept] = field(default_factory=dict)
    coverages: dict[str, Kept] = field(default_factory=dict)
    answers: dict[str, tuple[Answer, ...] | Text] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Kept]:
        """Return what is kept of ``layers`` or of ``coverages``."""
        return self.layers if kind == "layers" else self.coverages

    def versions(self) -> dict[str, str]:
        """Return the content hashes of all that must not be collected, by layer or source."""
        return {name: k.name for kind in KINDS for name, k in self.of(kind).items() if k.name}

    def to_json(self) -> Json:
        """Return it as plain data."""
        return {
            **{kind: {n: k.to_json() for n, k in sorted(self.of(kind).items())} for kind in KINDS},
            "answers": {n: _plain(rows) for n, rows in sorted(self.answers.items())},
        }


def frozen_from(data: Mapping[str, Any]) -> Frozen:
    """Return what `Frozen.to_json` has written."""
    return Frozen(
        **{kind: {n: _kept_from(k) for n, k in data[kind].items()} for kind in KINDS},
        answers={n: _answers(rows) for n, rows in data["answers"].items()},
    )


def _plain(rows: tuple[Answer, ...] | Text) -> Any:
    return rows._asdict() if isinstance(rows, Text) else [asdict(row) for row in rows]


def _answers(data: Any) -> tuple[Answer, ...] | Text:
    return Text(**data) if isinstance(data, dict) else tuple(Answer(**row) for row in data)


def _kept_from(data: Mapping[str, Any]) -> Kept:
    reason = data.get("reason")
    if reason is not None:
        return Kept(reason=Text(reason["de"], reason["en"]))
    return Kept(data["version"], data["origin"])
