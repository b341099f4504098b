from math import sqrt

import pytest

from gis.tolerance import FLOOR_M, tolerance_m


@pytest.mark.parametrize(
    ("layer", "plan", "eps"),
    [
        (0.0, 0.0, 0.01),  # never less than 1 cm
        (0.005, 0.0, 0.01),
        (0.03, 0.0, 0.06),
        (0.03, 0.03, 0.06 * sqrt(2)),
        (3.0, 4.0, 10.0),
        (10.0, 0.0, 20.0),
    ],
)
def test_tolerance_is_twice_the_common_standard_deviation(
    layer: float, plan: float, eps: float
) -> None:
    assert tolerance_m(layer, plan) == pytest.approx(eps, rel=1e-12)
    assert tolerance_m(plan, layer) == tolerance_m(layer, plan) >= FLOOR_M
