"""Where closed cases lie: outlines from the table itself, or from a file of geodata beside it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from shapely.geometry.base import BaseGeometry

from gis.problem import Problem, Text
from service.cases.importing.columns import HEADINGS
from service.cases.importing.entry import Entry
from service.cases.importing.fault import Fault, FaultyError, of_problem
from service.plans.declared import Intake
from service.plans.plan import Plan
from service.plans.several import Gathered, Wanted

OUTLINE = HEADINGS["outline"][0]
AT_A_TIME = 100  # outlines a child makes
MOST_FAILURES = 5  # outlines that are too much for a child each by itself


class Outliner(Protocol):
    """Who reads geometries apart from this process: `service.plans.apart.Reader`."""

    def gathered(self, path: Path, by: tuple[str, ...], intake: Intake) -> Gathered:
        """Return the objects of a file by the reference of their case."""

    def outlines(self, wanted: Sequence[Wanted], intake: Intake) -> list[Plan | Problem]:
        """Return for everything wanted a plan, or what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Geodata:
    """A file with the outlines; `by` names the attribute with the references, None: as usual."""

    path: Path
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Shaped:
    """Every case with its plan, None where it has no outline; how many objects no case wanted."""

    cases: tuple[tuple[Entry, Plan | None], ...]
    unused: int


def shaped(
    entries: Sequence[Entry], geodata: Geodata | None, intake: Intake, outliner: Outliner
) -> Shaped:
    """Return the cases with their outlines.

    Raises
    ------
    FaultyError
        With every outline that cannot be used, and every case the geodata lack.
    """
    found = None if geodata is None else _gathered(geodata, intake, outliner)
    objects = _by_reference(found)
    faults = list(_missing(entries, objects) if found else ())
    wanted = {e.reference: w for e in entries if (w := _wanted(e, objects, found))}
    plans: dict[str, Plan] = {}
    lines = {entry.reference: entry.line for entry in entries}
    for one, plan in _outlined(list(wanted.values()), intake, outliner):
        if isinstance(plan, Problem):
            faults.append(of_problem(lines[one.key], OUTLINE, plan))
        else:
            plans[one.key] = plan
    if faults:
        raise FaultyError(faults)
    unused = set(objects) - set(lines)
    left = sum(len(objects[key]) for key in unused) + (found.nameless if found else 0)
    return Shaped(tuple((e, plans.get(e.reference)) for e in entries), left)


def _gathered(geodata: Geodata, intake: Intake, outliner: Outliner) -> Gathered:
    by = HEADINGS["reference"] if geodata.by is None else (geodata.by.casefold(),)
    try:
        return outliner.gathered(geodata.path, by, intake)
    except Problem as problem:
        raise FaultyError([of_problem(None, None, problem)]) from problem


def _by_reference(found: Gathered | None) -> dict[str, tuple[BaseGeometry, ...]]:
    objects: dict[str, tuple[BaseGeometry, ...]] = {}
    for one in found.objects if found else ():
        objects[one.key] = (*objects.get(one.key, ()), one.shape)
    return objects


def _missing(
    entries: Iterable[Entry], objects: dict[str, tuple[BaseGeometry, ...]]
) -> Iterable[Fault]:
    for entry in entries:
        if entry.outline is not None and entry.reference in objects:
            yield Fault(entry.line, OUTLINE, TWO)
        elif entry.outline is None and entry.reference not in objects:
            yield Fault(entry.line, HEADINGS["reference"][0], NOWHERE)


def _wanted(
    entry: Entry, objects: dict[str, tuple[BaseGeometry, ...]], found: Gathered | None
) -> Wanted | None:
    one = Wanted(entry.reference, entry.kind, width_m=entry.width_m, radius_m=entry.radius_m)
    if entry.outline is not None:
        return replace(one, text=entry.outline)
    if entry.reference in objects and found is not None:
        return replace(one, objects=objects[entry.reference], crs=found.crs)
    return None


def _outlined(
    wanted: Sequence[Wanted], intake: Intake, outliner: Outliner
) -> Iterator[tuple[Wanted, Plan | Problem]]:
    """Yield everything wanted with its plan, or what is wrong with it.

    What is too much for a child together is tried by halves, so that one bad outline is found;
    after a few such failures of single ones the rest is left.
    """
    waiting = [wanted[at : at + AT_A_TIME] for at in range(0, len(wanted), AT_A_TIME)]
    failures = 0
    while waiting and failures < MOST_FAILURES:
        some = waiting.pop(0)
        try:
            yield from zip(some, outliner.outlines(some, intake), strict=True)
        except Problem as problem:
            half = len(some) // 2
            if half:
                waiting[:0] = [some[:half], some[half:]]
            else:
                failures += 1
                yield some[0], problem


TWO = Text(
    "Der Umriss steht hier und in der Geodatei; bitte einen davon löschen.",
    "The outline is here and in the geodata file; please delete one of them.",
)
NOWHERE = Text(
    "Die Geodatei hat zu diesem Aktenzeichen kein Objekt; bitte ergänzen oder das Aktenzeichen "
    "angleichen.",
    "The geodata file has no object with this reference; please add it or make the references "
    "the same.",
)
