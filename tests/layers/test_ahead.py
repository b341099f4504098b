from collections.abc import Iterator

import pytest

from layers.ahead import ahead


def test_items_come_in_order() -> None:
    assert list(ahead(range(100))) == list(range(100))
    assert list(ahead([])) == []


def test_what_goes_wrong_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield from (1, 2)
        raise ValueError("oops")

    going = ahead(items())
    assert [next(going), next(going)] == [1, 2]
    with pytest.raises(ValueError, match="oops"):
        next(going)


def test_who_stops_early_leaves_nothing_open() -> None:
    left = []

    def items() -> Iterator[int]:
        try:
            yield from range(1_000_000)
        finally:
            left.append(True)

    going = ahead(items())
    assert next(going) == 0
    going.close()  # type: ignore[attr-defined]
    assert left == [True]
