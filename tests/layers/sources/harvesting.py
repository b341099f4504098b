"""One harvest in a test: impatient, and with everything it left behind."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.problem import Refusal
from layers.harvest.client import Client
from layers.harvest.gate import Gates
from layers.harvest.manners import Manners
from layers.harvest.protocol import Ledger, Protocol
from layers.harvest.visit import Visit, visit
from layers.reading import Features

IMPATIENT = Manners(
    per_second=10_000,
    connect=1,
    read=0.4,
    request=1.2,
    patience=0.2,
    least_rate=2_000,
    attempts=2,
    first_wait=0.01,
    longest_wait=3,
    most_decoded=20_000_000,
)
PATIENT = replace(IMPATIENT, read=60, request=120, patience=60)


@dataclass
class Harvested:
    """What came of a harvest: pages, protocol, and the refusal that ended it, if one did."""

    pages: list[Features]
    protocol: Protocol
    refusal: Refusal | None = None

    @property
    def code(self) -> str | None:
        return self.refusal.code if self.refusal else None

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [dict(row) for page in self.pages for row in page.attributes]

    @property
    def shapes(self) -> NDArray[np.object_]:
        return np.concatenate([page.geometries for page in self.pages])


def client(ledger: Ledger, manners: Manners) -> Client:
    return Client(ledger, manners, Gates())


def harvest(
    pages: Callable[[Any, Visit], Iterator[Features]],
    source: Any,
    spool: Path,
    *,
    manners: Manners = PATIENT,
) -> Harvested:
    """Harvest to the end or to the refusal."""
    got: list[Features] = []
    with visit("probe", spool, manners=manners, client=client) as open_visit:
        try:
            got.extend(pages(source, open_visit))
        except Refusal as refusal:
            return Harvested(got, open_visit.protocol(), refusal)
        return Harvested(got, open_visit.protocol())
