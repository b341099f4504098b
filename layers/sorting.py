"""Sorting more records than fit into memory: sorted runs on disk, merged part by part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Records = NDArray[Any]  # of a structured type
MOST = 50_000  # records in memory
EVERY = 500  # of so many records of a run one is remembered, to cut all runs at the same values


class Run(NamedTuple):
    """Sorted records in the file: their type, where they begin, how many there are."""

    kind: np.dtype[Any]
    start: int
    number: int


@dataclass
class Runs:
    """Takes records in any order and gives them back sorted by the fields `by`.

    Memory holds some `most` of them, whatever their number, unless as many agree in the first
    field. Records that agree in all of `by` keep the order in which they came. What does not fit
    lies in `folder`, in a file without a name, which goes with the process.
    """

    folder: Path
    by: Sequence[str]
    most: int = MOST
    _held: list[Records] = field(default_factory=list)
    _runs: list[Run] = field(default_factory=list)
    _samples: list[Records] = field(default_factory=list)
    _file: IO[bytes] | None = None

    def add(self, records: Records) -> None:
        """Take some records; texts may be of another width each time."""
        if len(records):
            self._held.append(records)
        if sum(map(len, self._held)) >= self.most:
            self._spill()

    def parts(self) -> Iterator[Records]:
        """Yield all records in order, a part at a time; nothing can be added any more."""
        if self._file is None:
            if self._held:
                yield self._sorted(self._held)
            return
        if self._held:
            self._spill()
        cuts = self._cuts()
        ends = [np.searchsorted(self._read(run)[self.by[0]], cuts, "right") for run in self._runs]
        edges = np.array([[0, *end, run.number] for end, run in zip(ends, self._runs, strict=True)])
        for first, last in zip(edges.T, edges.T[1:], strict=False):
            spans = zip(self._runs, first.tolist(), last.tolist(), strict=True)
            pieces = [self._read(run, start, end) for run, start, end in spans if start < end]
            if pieces:
                yield self._sorted(pieces)

    def close(self) -> None:
        """Forget everything."""
        if self._file is not None:
            self._file.close()

    def _spill(self) -> None:
        """Write what is held as a sorted run."""
        if self._file is None:
            self._file = TemporaryFile(dir=self.folder)  # noqa: SIM115 - closed by `close`
        run = self._sorted(self._held)
        self._runs.append(Run(run.dtype, self._file.tell(), len(run)))
        self._samples.append(run[self.by[0]][EVERY - 1 :: EVERY].copy())
        self._file.write(run.data.cast("B"))
        self._held = []

    def _sorted(self, pieces: list[Records]) -> Records:
        whole = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        order = np.lexsort([whole[name] for name in reversed(self.by)])
        return whole[order]

    def _cuts(self) -> NDArray[Any]:
        """Return values between which about `most` records lie."""
        samples = np.sort(np.concatenate(self._samples))
        return samples[max(self.most // EVERY, 1) - 1 :: max(self.most // EVERY, 1)]

    def _read(self, run: Run, start: int = 0, end: int | None = None) -> Records:
        assert self._file is not None  # noqa: S101 - there is no run without a file
        count = (run.number if end is None else end) - start
        self._file.seek(run.start + start * run.kind.itemsize)
        return np.frombuffer(self._file.read(count * run.kind.itemsize), run.kind)
