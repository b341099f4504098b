"""Where objects lie: found as by looking through all of them, and never from a faulty page."""

from pathlib import Path

import numpy as np
import pytest

from layers.places import NAME, PlacesWriter, places
from layers.version import DamagedError, open_version, verify_version
from tests.layers.test_version import some, write_version


def boxes(count: int) -> np.ndarray:
    numbers = np.random.default_rng(count)
    low = numbers.uniform(0, 10_000, (count, 2))
    return np.hstack([low, low + numbers.exponential(60, (count, 2))])


@pytest.mark.parametrize("count", [0, 1, 128, 129, 3_000])
def test_the_same_as_a_look_at_every_box(tmp_path: Path, count: int) -> None:
    every = boxes(count)
    writer = PlacesWriter(tmp_path, (0, 0, 10_000, 10_000))
    for part in np.array_split(every, 3):
        writer.add(part)
    opened = places(tmp_path, writer.finish(), count, DamagedError)
    numbers = np.random.default_rng(1)
    for _ in range(30):
        low = numbers.uniform(-500, 10_000, 2)
        window = np.hstack([low, low + numbers.uniform(0, 4_000, 2)])
        meets = (every[:, :2] <= window[2:]).all(1) & (every[:, 2:] >= window[:2]).all(1)
        near = opened.near(window, window[None])
        assert near.rows.tolist() == np.flatnonzero(meets).tolist()
        left, right = window.copy(), window.copy()
        left[2], right[0] = left[0] + 10, right[2] - 10
        parts = np.array([left, right])
        near = opened.near(window, parts)
        hit = [(every[:, :2] <= p[2:]).all(1) & (every[:, 2:] >= p[:2]).all(1) for p in parts]
        assert near.looked_at == meets.sum()
        assert near.rows.tolist() == np.flatnonzero(hit[0] | hit[1]).tolist()


def test_no_flipped_byte_clears_a_plan(tmp_path: Path) -> None:
    folder = write_version(tmp_path, some(4)).folder
    content = (folder / NAME).read_bytes()
    everywhere = (-1e9, -1e9, 1e9, 1e9)
    for at in range(len(content)):
        (folder / NAME).write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
        with pytest.raises(DamagedError):
            open_version(folder).within(everywhere)
        (folder / "damaged").unlink(missing_ok=True)
        if at % 40 == 0:
            with pytest.raises(DamagedError):
                verify_version(folder)
            (folder / "damaged").unlink(missing_ok=True)
