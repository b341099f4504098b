"""Figures as the report gives them; rounded here and nowhere else.

Lengths to 0.1 mm, areas to 1 cm², shares to 1e-9: far below what is known, far above the noise
of floating point, so that the same inputs give the same digits.
"""


def metres(value: float | None) -> float | None:
    """Round a length to 0.1 mm."""
    return None if value is None else round(value, 4)


def kilometres(value_m: float) -> float:
    """Return a position in kilometres, to 0.1 mm."""
    return round(value_m / 1000, 7)


def square_metres(value: float | None) -> float | None:
    """Round an area to 1 cm²."""
    return None if value is None else round(value, 4)


def share(value: float | None) -> float | None:
    """Round a share to 1e-9; floating point may have taken it a little beyond 1."""
    return None if value is None else min(round(value, 9), 1.0)


def degrees(value: float) -> float:
    """Round an angle to a hundredth of a degree."""
    return round(value, 2)
