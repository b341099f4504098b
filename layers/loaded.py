"""Several layers brought from their sources into the store: two at a time.

While one waits for the process that reads its file, for the disk or for checksums, the other has
the processor. More at once need more memory and gain nothing on two cores.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from layers.layer import Layer
from layers.store import Store
from layers.unavailable import LayerUnavailableError
from layers.version import LayerVersion

AT_ONCE = 2


def loaded(store: Store, layers: Iterable[Layer]) -> list[LayerVersion | LayerUnavailableError]:
    """Return the current version of each of `layers`, in their order, or why there is none."""

    def one(layer: Layer) -> LayerVersion | LayerUnavailableError:
        try:
            return store.version(layer)
        except LayerUnavailableError as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, layers))
