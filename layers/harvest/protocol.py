"""The protocol of a harvest: what was asked, what came, what was dropped and why."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gis.problem import Notice, Text

Evidence = Literal["ids", "content"]


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a harvest went. `announced` lists every count the source gave, with where it said so.

    `bytes` counts what came over the wire, `seconds` the whole harvest; `dropped` counts objects
    by reason. `spooled` pages were left by an earlier attempt. `complete` is only set by a proof.
    `validators` are what the source offers to be asked next time whether anything has changed,
    `region` is where it says its data lie: west, south, east, north in degrees.
    """

    source: str
    complete: bool = False
    evidence: Evidence = "ids"
    requests: int = 0
    retries: int = 0
    spooled: int = 0
    pages: int = 0
    announced: tuple[tuple[str, int], ...] = ()
    received: int = 0
    distinct: int = 0
    kept: int = 0
    bytes: int = 0
    seconds: float = 0.0
    dropped: tuple[tuple[str, int], ...] = ()
    notes: tuple[Notice, ...] = ()
    validators: Mapping[str, str] = field(default_factory=dict)
    region: tuple[float, float, float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain data for a version's facts, a report or ``--json``."""
        return {
            "source": self.source,
            "complete": self.complete,
            "evidence": self.evidence,
            "requests": self.requests,
            "retries": self.retries,
            "spooled": self.spooled,
            "pages": self.pages,
            "announced": [{"by": by, "count": count} for by, count in self.announced],
            "received": self.received,
            "distinct": self.distinct,
            "kept": self.kept,
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "dropped": [{"reason": reason, "count": count} for reason, count in self.dropped],
            "notes": [{"code": n.code, "de": n.text.de, "en": n.text.en} for n in self.notes],
            "validators": dict(self.validators),
            "region": None if self.region is None else list(self.region),
        }


@dataclass
class Ledger:
    """What is written down while a harvest goes on."""

    source: str
    clock: Callable[[], float] = time.monotonic
    requests: int = 0
    retries: int = 0
    spooled: int = 0
    pages: int = 0
    bytes: int = 0
    received: int = 0
    distinct: int = 0
    kept: int = 0
    complete: bool = False
    evidence: Evidence = "ids"
    announced: dict[tuple[str, int], None] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    notes: dict[str, Notice] = field(default_factory=dict)
    validators: dict[str, str] = field(default_factory=dict)
    region: tuple[float, float, float, float] | None = None

    def __post_init__(self) -> None:
        """Start the clock."""
        self.started = self.clock()

    def announce(self, by: str, count: int | None) -> None:
        """Write down that the source gave a count; None where it gave none."""
        if count is not None:
            self.announced[by, count] = None

    def note(self, code: str, de: str, en: str) -> None:
        """Write down something a steward should know, once a code."""
        self.notes.setdefault(code, Notice(code, Text(de, en)))

    @property
    def counts(self) -> Mapping[str, int]:
        """The largest count each place has given."""
        largest: dict[str, int] = {}
        for by, count in self.announced:
            largest[by] = max(count, largest.get(by, 0))
        return largest

    def protocol(self) -> Protocol:
        """Return the protocol as of now."""
        return Protocol(
            source=self.source,
            complete=self.complete,
            evidence=self.evidence,
            requests=self.requests,
            retries=self.retries,
            spooled=self.spooled,
            pages=self.pages,
            announced=tuple(self.announced),
            received=self.received,
            distinct=self.distinct,
            kept=self.kept,
            bytes=self.bytes,
            seconds=self.clock() - self.started,
            dropped=tuple(sorted(self.dropped.items())),
            notes=tuple(self.notes.values()),
            validators=dict(self.validators),
            region=self.region,
        )
