from typing import Any

import pytest

from layers.layer import HalfWidth


@pytest.mark.parametrize(
    ("width", "row", "half"),
    [
        (HalfWidth(metres=7.5), {}, 7.5),
        (HalfWidth(), {}, 0.0),
        (HalfWidth(attribute="breite"), {"breite": 15}, 7.5),
        (HalfWidth(attribute="breite"), {"breite": "15.0"}, 7.5),
        (HalfWidth(attribute="breite"), {"breite": 0}, 0.0),
        (HalfWidth(attribute="breite"), {"breite": None}, 0.0),
        (HalfWidth(attribute="breite"), {}, 0.0),
    ],
)
def test_from_the_axis_to_the_edge(width: HalfWidth, row: dict[str, Any], half: float) -> None:
    assert width.of(row) == half


@pytest.mark.parametrize("value", [-1, "breit", float("nan"), float("inf"), 20_001])
def test_a_width_that_is_none_is_no_width_of_nought(value: Any) -> None:
    with pytest.raises(ValueError, match=r"width|float"):
        HalfWidth(attribute="breite").of({"breite": value})
