"""What the deadlines of a case are computed from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from service.deadlines.period import Span
from service.deadlines.workdays import FIRST, LAST

REFORM = date(2026, 7, 29)  # §§ 72 to 78 VwVfG as they are since
A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Consent:
    """An extension that was granted and recorded: until a day, or by a span from the end before."""

    clock: str
    until: date | Span


@dataclass(frozen=True, slots=True)
class Facts:
    """A case as far as its deadlines depend on it.

    `named` is the day the letter names; `named_fixed` says that it does so referring to § 31 (3)
    VwVfG, so that it does not move. `dates` are days of the procedure by the names of events.
    `off` are clocks that were switched off, with the reason. `supplement`: documents are awaited.
    """

    procedure: str | None
    received: date
    named: date | None = None
    named_fixed: bool = False
    dates: Mapping[str, date] = field(default_factory=dict)
    kind: str = "sonstiges"
    uses: tuple[str, ...] = ()
    law: str | None = None
    consents: tuple[Consent, ...] = ()
    off: Mapping[str, str] = field(default_factory=dict)
    supplement: bool = False

    def day(self, event: str) -> date | None:
        """Return the day of an event, if it is known."""
        return self.received if event == "received" else self.dates.get(event)

    @property
    def subjects(self) -> frozenset[str]:
        """What the plan is and what it is for."""
        return frozenset({self.kind, *self.uses})

    @property
    def version(self) -> Literal["old", "new"]:
        """The procedural law: as stated, or by the day of receipt (§ 102b VwVfG)."""
        stated = A_DAY.search(self.law or "")
        day = _day(stated[0]) if stated else None
        return "old" if (day or self.received) < REFORM else "new"

    @property
    def implausible(self) -> tuple[str, ...]:
        """The names of days that cannot be meant."""
        named = {"received": self.received, "deadline": self.named, **self.dates}
        return tuple(n for n, day in named.items() if day and not FIRST <= day <= LAST)

    def plausible(self) -> "Facts":
        """Return the facts without days that cannot be meant; that of receipt must be usable."""
        wrong = set(self.implausible)
        kept = {name: day for name, day in self.dates.items() if name not in wrong}
        consents = tuple(c for c in self.consents if _usable(c.until))
        named = None if "deadline" in wrong else self.named
        return replace(self, dates=kept, named=named, consents=consents)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _usable(until: date | Span) -> bool:
    return isinstance(until, Span) or FIRST <= until <= LAST
