"""A progress bar for what takes longer than a second; nothing for what does not."""

import sys
import time
from types import TracebackType
from typing import Any

PATIENCE_S = 1.0


class Progress:
    """Tells on the terminal what is being done; silent where nobody is watching."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._bar: Any = None
        self._task: Any = None
        self._total: int | None = None
        self._done = -1  # the step begun is not done

    def expect(self, total: int) -> None:
        """Say how many steps there will be."""
        self._total = total

    def step(self, what: str, count: int = 1) -> None:
        """Begin the next step, or the one after `count` of them."""
        self._done += count
        if self._bar is None and self._worth_showing():
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(what, total=self._total)
        if self._bar is not None:
            self._bar.update(
                self._task, description=what, total=self._total, completed=max(self._done, 0)
            )

    def _worth_showing(self) -> bool:
        return sys.stderr.isatty() and time.monotonic() - self._begun > PATIENCE_S

    def __enter__(self) -> "Progress":
        """Start the clock."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.stop()
