"""The next items are made while the last ones are worked on: two cores for one import."""

from collections.abc import Generator, Iterable
from queue import Queue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class _End(Generic[T]):
    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(items: Iterable[T], count: int = 2) -> Generator[T]:
    """Yield `items`, up to `count` of them made in advance by a thread of their own.

    Whatever making one raises is raised here, after the items before it.
    """
    queue: Queue[T | _End[T]] = Queue(count)
    left = Event()

    def make() -> None:
        error: BaseException | None = None
        source = iter(items)
        try:
            for item in source:
                queue.put(item)
                if left.is_set():
                    break
        except BaseException as caught:  # noqa: BLE001 - raised again where the items are used
            error = caught
        finally:
            if left.is_set() and hasattr(source, "close"):
                source.close()
        queue.put(_End(error))

    thread = Thread(target=make, daemon=True)
    thread.start()
    try:
        while not isinstance(item := queue.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        left.set()
        while thread.is_alive():
            while not queue.empty():
                queue.get()
            thread.join(0.01)
