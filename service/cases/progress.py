"""How far a check is: written down now and then, and the moment to notice that it should stop."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, update

from layers.layer import Layer
from service.db import Json, transaction
from service.models.check import Check

EVERY_S = 0.25


class StoppedError(Exception):
    """A check has to stop: it was `cancelled`, or its worker is told to end."""

    def __init__(self, *, cancelled: bool) -> None:
        super().__init__("cancelled" if cancelled else "given back")
        self.cancelled = cancelled


@dataclass
class Progress:
    """Told of each layer before it is checked; writes at most every quarter of a second."""

    engine: Engine
    check_id: UUID
    total: int
    stop: Callable[[], bool] = lambda: False
    done: int = 0
    written: float = 0.0

    def __call__(self, layer: Layer) -> None:
        """Note that `layer` comes next.

        Raises
        ------
        StoppedError
            If the check was cancelled, or is to be given back.
        """
        if self.stop():
            raise StoppedError(cancelled=False)
        if time.monotonic() - self.written >= EVERY_S:
            self._write(layer)
            self.written = time.monotonic()
        self.done += 1

    def _write(self, layer: Layer) -> None:
        running = update(Check).where(Check.id == self.check_id, Check.state == "running")
        now = progress(self.done, self.total, layer)
        with transaction(self.engine) as session:
            found = session.scalars(running.values(progress=now).returning(Check.id)).first()
        if found is None:  # somebody has cancelled it, or another worker was faster
            raise StoppedError(cancelled=True)


def progress(done: int, total: int, layer: Layer | None = None) -> Json:
    """Return how far a check is; a layer that not everybody may read is not named."""
    shown = layer if layer is not None and layer.visibility == "public" else None
    return {
        "done": done,
        "total": total,
        "layer": None if shown is None else shown.code,
        "title": None if shown is None else shown.title._asdict(),
    }
