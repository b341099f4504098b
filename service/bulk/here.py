"""Checking in this very process, one part after the other: slow, and nothing else is started."""

from types import TracebackType

from service.bulk.assessing import assessed
from service.bulk.fanning import Answer, Part


class Here:
    """A pool of nobody but the process itself; a plan that ends it ends the run."""

    def __init__(self, setup: bytes) -> None:
        self.setup = setup
        self._parts: list[Part] = []

    def __enter__(self) -> "Here":
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End."""

    def room(self) -> int:
        """Return 1, or 0 where a part waits."""
        return 1 - len(self._parts)

    def submit(self, part: Part) -> None:
        """Take a part."""
        self._parts.append(part)

    def ended(self) -> list[tuple[Part, Answer]]:
        """Check the part that waits."""
        parts, self._parts = self._parts, []
        return [(part, assessed(self.setup, part.jobs)) for part in parts]
