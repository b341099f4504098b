"""Do all ways give the same answers? Before anything is timed; one difference ends the run."""

from math import isclose

from bench.anchors.answer import Answer

RELATIVE, METRES = 1e-6, 1e-3


class DisagreementError(AssertionError):
    """Two ways of checking gave different answers."""


def require_same(plan: str, first: str, one: Answer, second: str, other: Answer) -> None:
    """Raise `DisagreementError` unless both found the same objects with the same figures."""
    if one.keys() != other.keys():
        only = sorted(one.keys() - other.keys())[:3], sorted(other.keys() - one.keys())[:3]
        raise DisagreementError(f"{plan}: only {first}: {only[0]}; only {second}: {only[1]}")
    for name, figures in one.items():
        for mine, theirs in zip(figures, other[name], strict=True):
            if not isclose(mine, theirs, rel_tol=RELATIVE, abs_tol=METRES):
                what = f"{plan}, {name}: {first} {figures}, {second} {other[name]}"
                raise DisagreementError(what)
