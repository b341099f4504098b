"""What the journal says of names and texts that were erased, held against what is erased."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from service.models.journal import Entry

ERASED = "journal.erased"  # the entry that says which names and texts are gone
LAG = timedelta(minutes=1)  # of the erasing behind its entry, where that does not name the time


@dataclass(frozen=True, slots=True)
class Erasure:
    """When names and texts were erased: by the time of the entry that says so, and, unless it is
    of an older release, by what it says.
    """

    entry: datetime
    said: Any

    def fits(self, at: datetime | None) -> bool:
        """Tell whether something erased then was erased by this one."""
        if at is None:
            return False
        if self.said is None:
            return abs(at - self.entry) <= LAG
        return bool(written(at) == self.said)


def told(entry: Entry) -> dict[int, Erasure]:
    """Return the numbers of earlier entries that an entry says were erased, and when."""
    named = entry.facts.get("entries") if entry.action == ERASED else None
    numbers = named if isinstance(named, list) else []
    erasure = Erasure(entry.at, entry.facts.get("at"))
    return {n: erasure for n in numbers if isinstance(n, int) and n < entry.seq}


def differing(
    erased: Mapping[int, datetime | None], said: Mapping[int, Erasure]
) -> Iterator[tuple[int, str]]:
    """Yield the entries of which something else is erased, or at another time, than is said."""
    for number in sorted(erased.keys() | said.keys()):
        if number not in said:
            yield number, "was erased, which no entry says"
        elif number not in erased:
            yield number, "is not erased, though an entry says so"
        elif not said[number].fits(erased[number]):
            yield number, "was erased at another time than an entry says"


def written(at: datetime) -> str:
    """Return a time as entries hold it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
