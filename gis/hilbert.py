"""Places along a Hilbert curve: what is near on the curve is near on the ground.

The order in which boxes are packed into the pages of a tree; I. Kamel and C. Faloutsos, "On
packing R-trees" (1993).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

BITS = 16
SIDE = 1 << BITS


def keys(
    boxes: NDArray[np.float64], extent: tuple[float, float, float, float]
) -> NDArray[np.uint32]:
    """Return where the middle of each box (n × 4) lies on the curve that fills `extent`."""
    left, bottom, right, top = extent
    x: NDArray[Any] = _cells((boxes[:, 0] + boxes[:, 2]) / 2, left, right)
    y: NDArray[Any] = _cells((boxes[:, 1] + boxes[:, 3]) / 2, bottom, top)
    found: NDArray[Any] = np.zeros(len(boxes), dtype=np.uint32)
    for bit in reversed(range(BITS)):
        east, north = (x >> bit) & 1, (y >> bit) & 1
        found = (found << np.uint32(2)) | ((3 * east) ^ north)
        flip = (north == 0) & (east == 1)  # a quarter that is gone through backwards
        x, y = np.where(flip, ~x, x), np.where(flip, ~y, y)
        turn = north == 0
        x, y = np.where(turn, y, x), np.where(turn, x, y)
    return found


def _cells(places: NDArray[np.float64], first: float, last: float) -> NDArray[np.uint32]:
    share = (places - first) / (last - first) if last > first else np.zeros(len(places))
    cells = np.nan_to_num(share) * (SIDE - 1)
    found: NDArray[np.uint32] = np.clip(cells, 0, SIDE - 1).astype(np.uint32)
    return found
