"""What is said about a plan: beside its file, and in it. What was said beside it counts first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.problem import Notice, Text
from service.plans import attributes
from service.plans.kinds import Kind, Vocabulary
from service.plans.plan import Value

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Intake:
    """Everything said about a plan beside its file; None where nothing was said.

    `area` is the area of competence in `crs` (None: everywhere), `accept` the codes of questions
    answered with yes, lengths are in metres. `origin` is how the outline came about
    (`service.plans.origin`); `accuracy_m` of 0 then means the usual one of that origin.
    """

    crs: CRS
    vocabulary: Vocabulary
    area: BaseGeometry | None = None
    beside_m: float = 0.0
    source_crs: str | None = None
    layer: str | None = None
    encoding: str | None = None
    accept: frozenset[str] = frozenset()
    kind: str | None = None
    uses: tuple[str, ...] = ()
    procedure: str | None = None
    title: str | None = None
    width_m: float | None = None
    radius_m: float | None = None
    accuracy_m: float = 0.0
    origin: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    named: str | None = None  # what the sender's file was called, where it lies under another name


@dataclass(frozen=True)
class Declared:
    """What a plan says of itself, and what of that could not be understood or differs."""

    kind: Kind
    uses: tuple[str, ...]
    procedure: str | None
    values: Mapping[str, Value]
    notices: tuple[Notice, ...]


def declared(intake: Intake, rows: Rows) -> Declared:
    """Return kind, uses, procedure and attributes; the file's `rows` where nothing was stated.

    A word of the file that is not known is told, never dropped silently.
    """
    kind, of_kind = _kind(intake, rows)
    uses, of_uses = _uses(intake, rows)
    procedure, of_procedure = _procedure(intake, rows)
    values, differing = attributes.declared(intake.attributes, rows)
    return Declared(kind, uses, procedure, values, (*of_kind, *of_uses, *of_procedure, *differing))


def _kind(intake: Intake, rows: Rows) -> tuple[Kind, list[Notice]]:
    words = intake.vocabulary
    named = intake.kind or str(attributes.first(rows, attributes.KIND) or "").strip().lower()
    if named in words.kinds:
        return words.kinds[named], []
    said = Text(f"„{named[:60]}“ ist nicht bekannt", f"“{named[:60]}” is not known")
    if not named:
        said = Text("ist nicht angegeben", "is not stated")
    text = Text(
        f"Die Art der Planung {said.de} (--kind); geprüft wird als „Sonstige Planung“.",
        f"The kind of plan {said.en} (--kind); it is checked as “other plan”.",
    )
    return words.kinds["sonstiges"], [Notice("kind-assumed", text)]


def _uses(intake: Intake, rows: Rows) -> tuple[tuple[str, ...], list[Notice]]:
    if intake.uses:
        return intake.uses, []
    said = [w for v in attributes.values(rows, attributes.USE) for w in attributes.words(v)]
    found = dict.fromkeys(word.lower() for word in said)
    unknown = [word for word in found if word not in intake.vocabulary.uses]
    return tuple(w for w in found if w not in unknown), _unknown("use-unknown", "--use", unknown)


def _procedure(intake: Intake, rows: Rows) -> tuple[str | None, list[Notice]]:
    if intake.procedure:
        return intake.procedure, []
    found = str(attributes.first(rows, attributes.PROCEDURE) or "").strip().lower()
    if found in intake.vocabulary.procedures:
        return found, []
    # XPlanGML has numbers of its own for these, which say nothing of the step reached.
    said = [found] if found and not found.isdigit() else []
    return None, _unknown("procedure-unknown", "--procedure", said)


def _unknown(code: str, option: str, said: Sequence[str]) -> list[Notice]:
    if not said:
        return []
    listed = ", ".join(word[:60] for word in said[:5])
    text = Text(
        f"Die Angabe {listed} der Datei ist nicht bekannt und zählt nicht; bitte selbst "
        f"angeben ({option}).",
        f"The file says {listed}, which is not known and does not count; please "
        f"state it ({option}).",
    )
    return [Notice(code, text)]
