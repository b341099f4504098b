"""Keep what the catalogue wants of each page, count the rest, and prove the whole."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from layers.harvest.proof import Ending
from layers.harvest.protocol import Ledger
from layers.harvest.refusals import refuse
from layers.harvest.where import Where
from layers.reading import Features

if TYPE_CHECKING:
    from layers.harvest.visit import Visit

REASON = "where"


class End(NamedTuple):
    """How a source came to its end; `full` says that its last page was as full as asked for."""

    ending: Ending
    full: bool = False


Pages = Generator[Features, None, End]


@dataclass
class Sift:
    """The client's side of a filter: applied to every page, whatever the source did with it."""

    where: Where | None
    ledger: Ledger
    _unseen: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Remember which attributes must turn up."""
        self._unseen = self.where.names if self.where else frozenset()

    def keep(self, features: Features) -> Features:
        """Return the features of which the filter is true."""
        kept = features
        if self.where is not None:
            for row in features.attributes:
                if not self._unseen:
                    break
                self._unseen -= row.keys()
            hits = [self.where.matches(row) for row in features.attributes]
            rows = tuple(r for r, hit in zip(features.attributes, hits, strict=True) if hit)
            mask = np.array(hits, dtype=bool)
            kept = replace(features, geometries=features.geometries[mask], attributes=rows)
            self.ledger.dropped[REASON] += len(hits) - len(rows)
        self.ledger.kept += len(kept.attributes)
        return kept

    def finish(self) -> None:
        """Refuse a harvest of which no object has an attribute the filter asks for.

        Raises
        ------
        Refusal
            ``source-attribute``: everything would have been dropped by a misspelt name.
        """
        if self._unseen and self.ledger.received:
            raise refuse("source-attribute", ", ".join(sorted(self._unseen)))


def sifted(visit: "Visit", where: Where | None, pages: Pages) -> Iterator[Features]:
    """Yield what is wanted of all pages, then look whether the filter could work, then prove.

    Raises
    ------
    Refusal
        Whatever `pages` raise, ``source-attribute``, and what the proof finds.
    """
    sift = Sift(where, visit.ledger)
    while True:
        try:
            page = next(pages)
        except StopIteration as stop:
            end: End = stop.value
            break
        yield sift.keep(page)
    sift.finish()
    visit.finish(end.ending, full=end.full)
