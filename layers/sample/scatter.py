"""Many small areas strewn over a ground, for layers that have no named objects."""

from collections.abc import Iterable

from shapely.geometry.base import BaseGeometry

from layers.sample.draw import blob, dice, scattered
from layers.sample.feature import Feature, numbered
from layers.sample.land import Land


def fragments(
    land: Land, layer: str, number: int, low: float, high: float, ground: BaseGeometry | None = None
) -> Iterable[BaseGeometry]:
    """Yield that many small areas of `low` to `high` hectares, their centres in `ground`."""
    numbers = dice(layer)
    for x, y in scattered(numbers, ground or land.district, number):
        yield blob(
            numbers, x, y, numbers.uniform(low, high), corners=18, stretch=numbers.uniform(1, 3)
        )


def spots(
    land: Land, layer: str, number: int, low: float, high: float, ground: BaseGeometry | None = None
) -> list[BaseGeometry]:
    """Return that many rounder areas of `low` to `high` hectares, away from the clearing."""
    numbers = dice(layer)
    at = scattered(numbers, (ground or land.district).difference(land.clearing.buffer(300)), number)
    return [
        blob(numbers, x, y, numbers.uniform(low, high), corners=26, stretch=numbers.uniform(1, 2.2))
        for x, y in at
    ]


def titled(shapes: list[BaseGeometry], word: str, prefix: str) -> list[Feature]:
    """Return shapes as features named by a word and their number."""
    return numbered([(s, {"name": f"{word} {i}"}) for i, s in enumerate(shapes, 1)], prefix)
