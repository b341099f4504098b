"""How far apart two boundaries may lie and still mean the same line on the ground."""

from math import hypot

# Nothing on a map is known better than this; also keeps numerical noise from being a finding.
FLOOR_M = 0.01

# Verdicts compare lengths; a millionth of a metre absorbs the rounding of coordinates of 10^6 m.
SNAP_M = 1e-6


def tolerance_m(sigma_layer_m: float, sigma_plan_m: float) -> float:
    """Return eps = 2·√(σ_layer² + σ_plan²), at least 1 cm: two boundaries digitised
    independently with these standard deviations stay within it at the 95 % level.
    """
    return max(FLOOR_M, 2 * hypot(sigma_layer_m, sigma_plan_m))
