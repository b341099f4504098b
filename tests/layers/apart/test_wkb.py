"""What is let through to the decoder of WKB, and what is not."""

import struct

import pytest
import shapely
from shapely import from_wkt

from layers.apart.wkb import is_flat

PLAIN = [
    "POINT (1 2)",
    "LINESTRING (0 0, 1 1, 2 0)",
    "POLYGON ((0 0, 9 0, 9 9, 0 0), (1 1, 2 1, 2 2, 1 1))",
    "MULTIPOINT (0 0, 1 1)",
    "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))",
    "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0)), ((10 10, 19 10, 19 19, 10 10), (12 11, 13 11, 13 12, 12 11)))",  # noqa: E501
    "POLYGON EMPTY",
]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_geometries_are_let_through_whole(text: str) -> None:
    content = shapely.to_wkb(from_wkt(text))
    assert is_flat(content)
    assert not is_flat(content + b"\0")
    assert not any(is_flat(content[:n]) for n in range(len(content)))


@pytest.mark.parametrize(
    "content",
    [
        shapely.to_wkb(from_wkt("GEOMETRYCOLLECTION (POINT (1 2))")),
        shapely.to_wkb(from_wkt("POINT Z (1 2 3)")),
        shapely.to_wkb(from_wkt("POINT (1 2)"), byte_order=0),
        struct.pack("<BII", 1, 6, 1) * 20_000,  # areas in areas in areas
        struct.pack("<BII", 1, 3, 0xFFFFFFFF),
        struct.pack("<BII", 1, 2, 0xFFFFFFFF),
        b"",
    ],
)
def test_what_nests_or_lies_is_not(content: bytes) -> None:
    assert not is_flat(content)
