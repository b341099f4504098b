from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from layers.sorting import EVERY, Runs


def records(names: list[bytes], marks: list[int], first: int = 0) -> NDArray[Any]:
    width = max(map(len, names), default=1) or 1
    made = np.zeros(len(names), dtype=[("ids", f"S{width}"), ("marks", "<u8"), ("at", "<i8")])
    made["ids"], made["marks"] = names, marks
    made["at"] = range(first, first + len(names))
    return made


def sorted_in_parts(folder: Path, batches: list[NDArray[Any]], most: int) -> list[NDArray[Any]]:
    runs = Runs(folder, ("ids", "marks"), most)
    try:
        for batch in batches:
            runs.add(batch)
        return list(runs.parts())
    finally:
        runs.close()


def rows(parts: list[NDArray[Any]]) -> list[tuple[bytes, int, int]]:
    return [tuple(row) for part in parts for row in part.tolist()]


OBJECTS = st.tuples(st.binary(max_size=3).map(lambda b: b.rstrip(b"\0")), st.integers(0, 2))


@settings(max_examples=60, deadline=None)
@given(batches=st.lists(st.lists(OBJECTS, max_size=9), max_size=9), most=st.integers(1, 30))
def test_parts_are_what_sorting_all_at_once_gives(
    tmp_path_factory: pytest.TempPathFactory, batches: list[Any], most: int
) -> None:
    made, first = [], 0
    for batch in batches:
        made.append(records([name for name, _ in batch], [mark for _, mark in batch], first))
        first += len(batch)
    wanted = sorted(rows(made))  # what agrees keeps its order: `at` comes last
    assert rows(sorted_in_parts(tmp_path_factory.getbasetemp(), made, most)) == wanted


def test_no_part_is_much_larger_than_asked_for(tmp_path: Path) -> None:
    names = [f"N{n:07}".encode() for n in np.random.default_rng(1).permutation(60_000)]
    made = [records(names[n : n + 700], [0] * len(names[n : n + 700]), n) for n in
            range(0, len(names), 700)]  # fmt: skip
    parts = sorted_in_parts(tmp_path, made, 5_000)
    assert [row[0] for row in rows(parts)] == sorted(names)
    assert max(map(len, parts)) <= 5_000 + EVERY * len(names) / 5_000
    assert not list(tmp_path.iterdir())  # what was put aside has no name


def test_little_is_never_put_aside(tmp_path: Path) -> None:
    gone = tmp_path / "there is no such folder"
    assert rows(sorted_in_parts(gone, [records([b"b", b"a"], [1, 2])], 3)) == [
        (b"a", 2, 1),
        (b"b", 1, 0),
    ]
    assert sorted_in_parts(gone, [], 3) == []
