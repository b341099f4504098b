"""What a statement says of the check and of offices without points; part of its content."""

from dataclasses import dataclass

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Silent:
    """An office without points: `reason` in words, where there is one; `on` the day it answered."""

    office: str
    name: str
    reason: str | None = None
    on: str | None = None


@dataclass(frozen=True, slots=True)
class NotAffected:
    """An office that was not asked since nothing was found, with what was looked at."""

    office: str
    name: str
    checked: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """A body that the district did not ask: whoever plans must do so.

    `because` are legal bases; `by_hand` where the coordinator named it, not a rule.
    """

    code: str
    name: str
    because: tuple[str, ...] = ()
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Unresolved:
    """What could not be checked, or hangs on an answer; `offices` must look at it."""

    layer: str | None
    title: str
    reason: str
    offices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One line of the table of findings."""

    layer: str
    title: str
    theme: str
    visibility: str
    outcome_code: str
    outcome: str
    objects: int
    extent: str
    data_date: str
    source: str
    offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check says to the readers of one edition."""

    findings: tuple[FindingRow, ...]
    not_affected: tuple[NotAffected, ...]
    outside: tuple[Outside, ...]
    unresolved: tuple[Unresolved, ...]
    warnings: tuple[str, ...]
    withheld: tuple[Silent, ...]
    disclaimer: str
    provenance: tuple[Row, ...]
