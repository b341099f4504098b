"""Keep what the catalogue wants of a page, by filter and by mapping, and count the rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from layers.harvest.protocol import Ledger
from layers.harvest.refusals import refuse
from layers.harvest.where import Where
from layers.reading import Features

REASON = "where"


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


@contextmanager
def sifting(where: Where | None, ledger: Ledger) -> Iterator[Sift]:
    """Give a sift for one harvest and look at the end whether it could have worked."""
    sift = Sift(where, ledger)
    yield sift
    sift.finish()
